from __future__ import annotations

import asyncio
import errno
import json
from typing import Any

import pytest

from jupyter_crispdm.base import atomic
from jupyter_crispdm.base.errors import StorageFull, Unavailable
from jupyter_crispdm.jobs import directory as directory_module
from jupyter_crispdm.jobs import dispatch as dispatch_module
from jupyter_crispdm.jobs import ledger as ledger_module
from jupyter_crispdm.jobs import session as session_module
from jupyter_crispdm.jobs.types import JobFilter, JobState
from tests.support import eventually
from tests.unit.jobs.fakes import FakeExecutor, House, Running, Vanished


async def test_a_job_that_cannot_start_fails_with_the_reason(house: House, executor: FakeExecutor) -> None:
    executor.refuse = "Resource temporarily unavailable"
    job = await house.submit()
    failed = await house.reaches(job.id, JobState.failed)
    assert failed.reason == "could not start: Resource temporarily unavailable"
    assert failed.ended is not None


async def test_a_vanished_job_is_lost_never_succeeded(house: House, executor: FakeExecutor) -> None:
    job = await house.submit(retries=2)
    await house.reaches(job.id, JobState.running)
    executor.become(job.id, Vanished("its supervisor was killed", 100.0))
    lost = await house.reaches(job.id, JobState.lost)
    assert lost.reason == "its supervisor was killed"
    assert json.loads((house.jobs.directory(job.id) / "exit.json").read_text())["state"] == "lost"


async def test_a_full_disk_at_submission_leaves_nothing_behind(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*args: object, **options: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(directory_module, "write_atomic", full)
    with pytest.raises(StorageFull):
        await house.submit()
    assert list((house.data / "jobs").iterdir()) == []
    assert await house.jobs.list(JobFilter()) == []
    monkeypatch.undo()
    await house.reaches((await house.submit()).id, JobState.running)


async def test_a_job_that_cannot_start_on_a_full_disk_ends_when_there_is_room(
    house: House, executor: FakeExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    executor.hold.clear()
    executor.refuse = "No space left on device"
    job = await house.submit()
    tried = asyncio.Event()

    def full(*args: object, **options: object) -> None:
        tried.set()
        raise StorageFull("The disk is full.")

    monkeypatch.setattr(session_module, "_RETRY_SECONDS", 0.01)
    monkeypatch.setattr(directory_module, "write_atomic", full)
    executor.hold.set()
    await tried.wait()
    assert (await house.jobs.get(job.id)).state is JobState.starting
    monkeypatch.setattr(directory_module, "write_atomic", atomic.write_atomic)
    assert (await house.reaches(job.id, JobState.failed)).reason == "could not start: No space left on device"


async def test_a_full_disk_in_the_database_delays_rows_only(
    house: House, executor: FakeExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = house.database.write

    async def full(change: Any) -> Any:
        raise StorageFull("The disk is full.")

    monkeypatch.setattr(ledger_module, "_RETRY_SECONDS", 0.01)
    monkeypatch.setattr(house.database, "write", full)
    job = await house.submit()
    await house.reaches(job.id, JobState.running)
    executor.end(job.id)
    await house.reaches(job.id, JobState.succeeded)
    with pytest.raises(StorageFull):
        await house.jobs.list(JobFilter())
    monkeypatch.setattr(house.database, "write", real)
    assert [one.state for one in await house.jobs.list(JobFilter())] == [JobState.succeeded]


async def test_too_many_open_files_is_said_and_passes(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def exhausted(*args: object, **options: object) -> None:
        raise OSError(errno.EMFILE, "Too many open files")

    monkeypatch.setattr(directory_module, "write_atomic", exhausted)
    with pytest.raises(Unavailable):
        await house.submit()
    monkeypatch.undo()
    await house.reaches((await house.submit()).id, JobState.running)


async def test_a_mistake_in_following_is_logged_and_followed_on(
    house: House, executor: FakeExecutor, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(dispatch_module, "_RETRY_SECONDS", 0.01)
    job = await house.submit()
    await house.reaches(job.id, JobState.running)
    executor.become(job.id, Running(1, "rubbish"))  # type: ignore[arg-type]
    await eventually(lambda: "trying again" in caplog.text)
    executor.end(job.id)
    await house.reaches(job.id, JobState.succeeded)
