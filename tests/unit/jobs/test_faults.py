from __future__ import annotations

import asyncio
import errno
import json
from pathlib import Path
from typing import Any

import pytest

from jupyter_crispdm.base.errors import StorageFull, Unavailable
from jupyter_crispdm.base.files import atomic
from jupyter_crispdm.jobs import directory as directory_module
from jupyter_crispdm.jobs.directory import JobDirectory
from jupyter_crispdm.jobs.queue import dispatch as dispatch_module
from jupyter_crispdm.jobs.queue.slots import Capacity
from jupyter_crispdm.jobs.running import session as session_module
from jupyter_crispdm.jobs.types import JobFilter, JobState
from tests.support import eventually
from tests.unit.jobs.fakes import CannotStart, Ended, FakeExecutor, House, Running, Vanished


async def test_a_job_that_cannot_start_fails_with_the_reason(house: House, executor: FakeExecutor) -> None:
    executor.refuse = "Resource temporarily unavailable"
    job = await house.submit()
    failed = await house.reaches(job.id, JobState.failed)
    assert failed.reason == "could not start: Resource temporarily unavailable"
    assert failed.ended is not None


@pytest.mark.proves("machine.supervisor-killed")
async def test_a_vanished_job_is_lost_never_succeeded(house: House, executor: FakeExecutor) -> None:
    job = await house.submit(retries=2)
    await house.reaches(job.id, JobState.running)
    executor.become(job.id, Vanished("its supervisor was killed", 100.0))
    lost = await house.reaches(job.id, JobState.lost)
    assert lost.reason == "its supervisor was killed"
    assert json.loads((house.jobs.directory(job.id) / "exit.json").read_text())["state"] == "lost"


@pytest.mark.proves("machine.disk-full")
async def test_a_full_disk_at_submission_leaves_nothing_behind(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*args: object, **options: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(directory_module, "write_atomic", full)
    with pytest.raises(StorageFull):
        await house.submit()
    assert list((house.data / "jobs").iterdir()) == []
    assert await house.jobs.find(JobFilter()) == []
    monkeypatch.undo()
    await house.reaches((await house.submit()).id, JobState.running)


@pytest.mark.proves("machine.disk-full-recovers")
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


@pytest.mark.proves("machine.disk-full")
async def test_a_full_disk_in_the_database_delays_rows_only(
    house: House, executor: FakeExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = house.database.write

    async def full(change: Any) -> Any:
        raise StorageFull("The disk is full.")

    monkeypatch.setattr(house.database, "write", full)
    job = await house.submit()
    await house.reaches(job.id, JobState.running)
    executor.end(job.id)
    await house.reaches(job.id, JobState.succeeded)
    assert [one.state for one in await house.jobs.find(JobFilter())] == [JobState.succeeded]
    monkeypatch.setattr(house.database, "write", real)
    await house.jobs._cache.flush()
    assert [one.state for one in await house.jobs.find(JobFilter())] == [JobState.succeeded]


@pytest.mark.proves("machine.no-files-left")
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


@pytest.mark.proves("machine.no-files-left")
@pytest.mark.parametrize("error", [OSError(errno.EAGAIN, "No more processes"), OSError(errno.EMFILE, "No more files")])
async def test_a_job_that_finds_no_process_or_file_to_be_had_waits_for_one(
    house: House, executor: FakeExecutor, monkeypatch: pytest.MonkeyPatch, error: OSError
) -> None:
    real, failing = executor.start, True

    async def start(directory: Path) -> None:
        if failing:
            raise CannotStart(str(error)) from error
        await real(directory)

    monkeypatch.setattr(session_module, "_RETRY_SECONDS", 0.01)
    monkeypatch.setattr(executor, "start", start)
    job, stopped, other = [await house.submit() for _ in range(3)]
    reason = f"could not start yet: {error}; trying again"

    async def says() -> bool:
        return (await house.jobs.get(stopped.id)).reason == reason

    await eventually(says)
    assert (await house.jobs.get(job.id)).state is JobState.starting
    await house.jobs.stop(stopped.id)
    assert (await house.reaches(stopped.id, JobState.stopped)).reason == "stopped before it started"
    failing = False
    for id in (job.id, other.id):
        assert (await house.reaches(id, JobState.running)).reason == ""


async def test_a_job_whose_following_failed_before_it_started_is_started(
    house: House, executor: FakeExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, failed = executor.start, asyncio.Event()

    async def start(directory: Path) -> None:
        if not failed.is_set():
            failed.set()
            raise ValueError("a mistake of ours")
        await real(directory)

    monkeypatch.setattr(dispatch_module, "_RETRY_SECONDS", 0.01)
    monkeypatch.setattr(executor, "start", start)
    job = await house.submit()
    await failed.wait()
    await house.reaches(job.id, JobState.running)


@pytest.mark.proves("machine.disk-full-recovers")
async def test_a_full_disk_delays_the_next_attempt_the_cancelling_and_the_granting_of_a_job(
    tmp_path: Path, executor: FakeExecutor, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    capacity = Capacity(places=9, devices=("0",))
    house = await House(tmp_path, executor, capacity=capacity).open()
    for module in (session_module, dispatch_module):
        monkeypatch.setattr(module, "_RETRY_SECONDS", 0.01)
    again, first = await house.submit(retries=1), await house.submit()
    granted, cancelled = await house.submit(gpus=1, after=[again.id]), await house.submit(after=[first.id])
    for job in (again, first):
        await house.reaches(job.id, JobState.running)

    def full(*args: object, **options: object) -> None:
        raise StorageFull("The disk is full.")

    with monkeypatch.context() as patch:
        for name in ("grant", "end", "begin_attempt"):
            patch.setattr(JobDirectory, name, full)
        for job in (again, first):
            executor.end(job.id, 1)
        await house.reaches(first.id, JobState.failed)
        await eventually(lambda: "could not be cancelled" in caplog.text and "could not be followed" in caplog.text)
        assert (await house.jobs.get(again.id)).state is JobState.running
        assert (await house.jobs.get(cancelled.id)).state is JobState.queued
    await house.reaches(cancelled.id, JobState.stopped)
    await eventually(lambda: executor.started.count(again.id) == 2)
    with monkeypatch.context() as patch:
        patch.setattr(JobDirectory, "grant", full)
        executor.end(again.id)
        waiting = await house.reaches(granted.id, JobState.starting)
        await eventually(lambda: house.jobs._dispatcher.sessions[granted.id].record.job.reason)
        assert executor.started.count(granted.id) == 0, waiting
    assert (await house.reaches(granted.id, JobState.running)).devices == ["0"]
    await house.close()


@pytest.mark.proves("machine.clock-jumps")
async def test_a_clock_that_jumps_back_makes_no_duration_negative(house: House, executor: FakeExecutor) -> None:
    job = await house.submit()
    await house.reaches(job.id, JobState.running)
    executor.become(job.id, Ended(JobState.failed, 1, None, "exited with code 1", None, 50.0))
    ended = await house.reaches(job.id, JobState.failed)
    assert ended.started is not None
    assert ended.ended == ended.started
