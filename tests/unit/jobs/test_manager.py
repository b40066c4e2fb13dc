from __future__ import annotations

import asyncio

import pytest

from jupyter_crispdm.jobs.types import Job, JobState
from tests.unit.jobs.fakes import FakeExecutor, House


async def test_a_job_runs_to_its_end(house: House, executor: FakeExecutor) -> None:
    job = await house.submit(command=["train", "--fast"], tags=["x"], parameters={"rate": 1})
    assert (job.owner, job.environment, job.command) == ("ada", "server", ["train", "--fast"])
    running = await house.reaches(job.id, JobState.running)
    assert running.pid == 4711
    executor.end(job.id)
    ended = await house.reaches(job.id, JobState.succeeded)
    assert (ended.exit_code, ended.tags, ended.parameters) == (0, ["x"], {"rate": 1})
    assert ended.started is not None
    assert ended.ended is not None


@pytest.mark.proves("http.jobs-states")
async def test_states_are_told_in_order(house: House, executor: FakeExecutor) -> None:
    await house.look_by_hand()  # what a job uses is told, too
    told: list[JobState] = []
    house.jobs.on_change(lambda job: told.append(job.state))
    job = await house.submit()
    await house.reaches(job.id, JobState.running)
    executor.end(job.id, 3)
    await house.reaches(job.id, JobState.failed)
    assert told == [JobState.queued, JobState.starting, JobState.running, JobState.failed]


@pytest.mark.proves("settings.max-running")
async def test_no_more_than_max_running_at_once(house: House, executor: FakeExecutor) -> None:
    jobs = [await house.submit() for _ in range(4)]
    for job in jobs[:2]:
        await house.reaches(job.id, JobState.running)
    assert (await house.jobs.get(jobs[2].id)).state is JobState.queued
    executor.end(jobs[0].id)
    await house.reaches(jobs[2].id, JobState.running)
    assert (await house.jobs.get(jobs[3].id)).state is JobState.queued


@pytest.mark.proves("jobs.thousand")
async def test_a_thousand_short_jobs_run_to_the_end(house: House, executor: FakeExecutor) -> None:
    most = 0

    def look(job: Job) -> None:
        nonlocal most
        if job.state is JobState.running:
            most = max(most, len(house.jobs._dispatcher.sessions))
            executor.end(job.id)

    house.jobs.on_change(look)
    ids = [(await house.submit()).id for _ in range(200)]
    await asyncio.gather(*(house.reaches(id, JobState.succeeded) for id in ids))
    assert most <= 2
    assert executor.started == ids


@pytest.mark.proves("http.jobs-after")
async def test_after_waits_and_is_cancelled_with_the_reason(house: House, executor: FakeExecutor) -> None:
    first = await house.submit()
    second = await house.submit(after=[first.id])
    third = await house.submit(after=[second.id])
    await house.reaches(first.id, JobState.running)
    assert (await house.jobs.get(second.id)).state is JobState.queued
    executor.end(first.id, 1)
    stopped = await house.reaches(second.id, JobState.stopped)
    assert stopped.reason == f"job {first.id}, which it waits for, ended as failed"
    await house.reaches(third.id, JobState.stopped)
