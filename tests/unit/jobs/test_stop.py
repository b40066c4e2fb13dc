from __future__ import annotations

import json

import pytest

from jupyter_crispdm.base.errors import (
    BadRequest,
)
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


async def test_stop_with_a_grace_of_its_own(house: House, executor: FakeExecutor) -> None:
    job = await house.submit()
    await house.reaches(job.id, JobState.running)
    await house.jobs.stop(job.id, (60.0, 1.0))
    await house.reaches(job.id, JobState.stopped)
    assert executor.stopped == [(job.id, (60.0, 1.0))]


async def test_stop_all_leaves_nothing_and_starts_nothing(house: House, executor: FakeExecutor) -> None:
    jobs = [await house.submit() for _ in range(5)]
    await house.reaches(jobs[1].id, JobState.running)
    await house.jobs.stop_many(StopMany(all=True))
    for job in jobs:
        await house.reaches(job.id, JobState.stopped)
    assert len(executor.started) == 2
    with pytest.raises(BadRequest):
        await house.jobs.stop_many(StopMany(all=False))


async def test_a_final_state_never_changes(house: House, executor: FakeExecutor) -> None:
    job = await house.submit()
    await house.reaches(job.id, JobState.running)
    executor.end(job.id)
    ended = await house.reaches(job.id, JobState.succeeded)
    assert await house.jobs.stop(job.id) == ended
    assert executor.stopped == []
