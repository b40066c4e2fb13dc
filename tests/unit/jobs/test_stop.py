from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from jupyter_crispdm.base.errors import BadRequest, NotFound, StorageFull
from jupyter_crispdm.base.files import atomic
from jupyter_crispdm.jobs import directory as directory_module
from jupyter_crispdm.jobs.types import JobState, StopMany
from tests.unit.jobs.fakes import FakeExecutor, House


async def test_a_stopped_job_is_not_retried(house: House) -> None:
    job = await house.submit(retries=3)
    await house.reaches(job.id, JobState.running)
    await house.jobs.stop(job.id)
    assert (await house.reaches(job.id, JobState.stopped)).attempt == 1


async def test_stop_a_waiting_job(house: House, executor: FakeExecutor) -> None:
    jobs = [await house.submit() for _ in range(3)]
    stopped = await house.jobs.stop(jobs[2].id)
    assert (stopped.state, stopped.reason) == (JobState.stopped, "stopped before it started")
    assert json.loads((house.jobs.directory(jobs[2].id) / "exit.json").read_text())["state"] == "stopped"
    assert jobs[2].id not in executor.started


async def test_stop_a_job_while_it_starts(house: House, executor: FakeExecutor) -> None:
    executor.hold.clear()
    job = await house.submit()
    await house.reaches(job.id, JobState.starting)
    assert (await house.jobs.stop(job.id)).state is JobState.stopping
    executor.hold.set()
    await house.reaches(job.id, JobState.stopped)
    assert executor.stopped == [(job.id, (1.0, 2.0))]


async def test_stop_a_job_that_was_about_to_start(house: House, executor: FakeExecutor) -> None:
    job = await house.submit()
    await house.jobs.stop(job.id)
    stopped = await house.reaches(job.id, JobState.stopped)
    assert stopped.reason == "stopped before it started"
    assert executor.started == []


@pytest.mark.proves("settings.stop-grace")
async def test_stop_with_a_grace_of_its_own(house: House, executor: FakeExecutor) -> None:
    job = await house.submit()
    await house.reaches(job.id, JobState.running)
    await house.jobs.stop(job.id, (60.0, 1.0))
    await house.reaches(job.id, JobState.stopped)
    assert executor.stopped == [(job.id, (60.0, 1.0))]


@pytest.mark.proves("jobs.keep-best")
async def test_keeping_the_best_takes_as_long_as_it_takes_and_can_be_hastened(
    house: House, executor: FakeExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[float, ...]] = []

    async def note(directory: Path, grace: Sequence[float]) -> None:
        told.append(tuple(grace))

    monkeypatch.setattr(executor, "stop", note)
    job = await house.submit()
    await house.reaches(job.id, JobState.running)
    assert (await house.jobs.stop(job.id, (1e8, 5.0))).state is JobState.stopping
    await house.jobs.stop(job.id)
    await house.jobs.stop(job.id, (60.0, 0.0))
    assert told == [(1e8, 5.0), (1.0, 2.0), (1.0, 0.0)], "each time the shorter one counts"
    executor.end(job.id)
    assert (await house.reaches(job.id, JobState.succeeded)).exit_code == 0


async def test_the_jobs_named_are_stopped_and_no_others(house: House, executor: FakeExecutor) -> None:
    jobs = [await house.submit() for _ in range(5)]
    for job in jobs[:2]:
        await house.reaches(job.id, JobState.running)
    ids = [jobs[0].id, jobs[3].id, jobs[4].id]
    assert [job.id for job in await house.jobs.stop_many(StopMany(ids=ids, grace=(9.0, 9.0)))] == ids
    for id in ids:
        await house.reaches(id, JobState.stopped)
    await house.reaches(jobs[2].id, JobState.running)
    assert executor.stopped == [(jobs[0].id, (9.0, 9.0))]
    with pytest.raises(NotFound):
        await house.jobs.stop_many(StopMany(ids=[jobs[1].id, "nobody"]))
    assert (await house.jobs.get(jobs[1].id)).state is JobState.running
    for request in (StopMany(), StopMany(all=True, ids=ids)):
        with pytest.raises(BadRequest):
            await house.jobs.stop_many(request)


async def test_what_could_not_be_ended_on_a_full_disk_waits_on(
    house: House, executor: FakeExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs = [await house.submit() for _ in range(4)]
    for job in jobs[:2]:
        await house.reaches(job.id, JobState.running)

    def full(*args: object, **options: object) -> None:
        raise StorageFull("The disk is full.")

    monkeypatch.setattr(directory_module, "write_atomic", full)
    with pytest.raises(StorageFull):
        await house.jobs.stop_many(StopMany(ids=[jobs[2].id, jobs[3].id]))
    monkeypatch.setattr(directory_module, "write_atomic", atomic.write_atomic)
    for job in jobs[:2]:
        executor.end(job.id)
    for job in jobs[2:]:
        await house.reaches(job.id, JobState.running)


@pytest.mark.proves("jobs.stop-all", "http.jobs-stop-many")
async def test_stop_all_leaves_nothing_and_starts_nothing(house: House, executor: FakeExecutor) -> None:
    jobs = [await house.submit() for _ in range(5)]
    for job in jobs[:2]:
        await house.reaches(job.id, JobState.running)
    await house.jobs.stop_many(StopMany(all=True))
    for job in jobs:
        await house.reaches(job.id, JobState.stopped)
    assert len(executor.started) == 2
    with pytest.raises(BadRequest):
        await house.jobs.stop_many(StopMany(all=False))


@pytest.mark.proves("http.jobs-states")
async def test_a_final_state_never_changes(house: House, executor: FakeExecutor) -> None:
    job = await house.submit()
    await house.reaches(job.id, JobState.running)
    executor.end(job.id)
    ended = await house.reaches(job.id, JobState.succeeded)
    assert await house.jobs.stop(job.id) == ended
    assert executor.stopped == []
