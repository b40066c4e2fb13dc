"""What a server finds after it was killed: every row comes right, and the files win."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from jupyter_crispdm.jobs.types import Job, JobFilter, JobState
from tests.support import soon
from tests.unit.jobs.fakes import Ended, FakeExecutor, House, NotStarted, Running, Vanished

Between = Callable[[House], Awaitable[None]]


async def restarted(house: House, executor: FakeExecutor) -> House:
    """Another server process on the same directories; the first one is left as a kill leaves it."""
    await house.killed()
    return await House(house.path, executor).open()


@pytest.mark.parametrize(
    ("found", "state", "reason"),
    [
        (Running(7, 100.0), JobState.running, ""),
        (Ended(JobState.succeeded, 0, None, "", 100.0, 200.0), JobState.succeeded, ""),
        (
            Ended(JobState.failed, 3, None, "exited with code 3", 1.0, 2.0),
            JobState.failed,
            "exited with code 3",
        ),
        (Vanished("the machine was restarted"), JobState.lost, "the machine was restarted"),
        (NotStarted(), JobState.running, ""),
    ],
)
async def test_a_running_job_after_a_restart(
    house: House, executor: FakeExecutor, found: Any, state: JobState, reason: str
) -> None:
    job = await house.submit()
    await house.reaches(job.id, JobState.running)
    executor.seen[job.id] = found
    other = await restarted(house, executor)
    now = await other.reaches(job.id, state)
    assert (now.id, now.reason) == (job.id, reason)
    if isinstance(found, Ended):
        assert now.exit_code == found.exit_code
    await other.close()


async def test_start_answers_when_the_table_is_right(house: House, executor: FakeExecutor) -> None:
    job = await house.submit()
    await house.reaches(job.id, JobState.running)
    executor.end(job.id, 5)
    other = await restarted(house, executor)
    (now,) = await other.jobs.find(JobFilter())
    assert (now.state, now.exit_code) == (JobState.failed, 5)
    await other.close()


async def test_the_queue_comes_back_in_order(house: House, executor: FakeExecutor) -> None:
    jobs = []
    for _ in range(5):
        jobs.append(await house.submit())
        house.clock.advance(1)
    for job in jobs[:2]:
        await house.reaches(job.id, JobState.running)
    other = await restarted(house, executor)
    assert [(await other.jobs.get(job.id)).state for job in jobs[2:]] == [JobState.queued] * 3
    executor.end(jobs[0].id)
    await other.reaches(jobs[2].id, JobState.running)
    assert (await other.jobs.get(jobs[3].id)).state is JobState.queued
    await other.close()


@pytest.mark.proves("machine.database-damaged")
async def test_rows_missing_from_the_database_are_rebuilt(house: House, executor: FakeExecutor) -> None:
    running = await house.submit(name="kept", tags=["a"], parameters={"rate": 1})
    ended = await house.submit()
    for job in (running, ended):
        await house.reaches(job.id, JobState.running)
    executor.seen[ended.id] = Ended(JobState.failed, 4, None, "exited with code 4", 1.0, 2.0)
    await house.database.write(lambda connection: connection.exec_driver_sql("DELETE FROM jobs"))
    house.jobs._cache._unwritten.clear()
    events = house.jobs.directory(ended.id) / "events.jsonl"
    events.write_text(json.dumps({"kind": "progress", "done": 3, "total": 4}) + "\n")
    other = await restarted(house, executor)
    again = await other.jobs.get(running.id)
    assert (again.state, again.name, again.tags) == (JobState.running, "kept", ["a"])
    assert again.parameters == {"rate": 1}
    failed = await other.reaches(ended.id, JobState.failed)
    assert failed.exit_code == 4
    assert failed.progress is not None
    assert failed.progress.done == 3
    await other.close()


async def test_a_job_whose_directory_is_gone_is_lost(house: House, executor: FakeExecutor) -> None:
    job = await house.submit()
    await house.reaches(job.id, JobState.running)
    await house.jobs._cache.flush()
    shutil.rmtree(house.jobs.directory(job.id))
    other = await restarted(house, executor)
    lost = await other.reaches(job.id, JobState.lost)
    assert lost.reason == "its directory is gone"
    await other.jobs.delete(job.id)
    await other.close()


async def test_leftovers_of_an_interrupted_submission_and_deletion_go(house: House, executor: FakeExecutor) -> None:
    job = await house.submit()
    await house.reaches(job.id, JobState.running)
    executor.end(job.id)
    await house.reaches(job.id, JobState.succeeded)
    await house.jobs._cache.flush()
    root = house.data / "jobs"
    (root / job.id).rename(root / f".gone-{job.id}")
    (root / ".new-x").mkdir()
    (root / "rubbish").mkdir()
    other = await restarted(house, executor)
    assert await other.jobs.find(JobFilter()) == []
    assert [path.name for path in root.iterdir()] == ["rubbish"]
    await other.close()


async def test_a_stop_that_was_asked_for_is_not_forgotten(house: House, executor: FakeExecutor) -> None:
    job = await house.submit()
    await house.reaches(job.id, JobState.running)
    told = asyncio.Event()

    async def dies(directory: Path, grace: object) -> None:  # as if the server died before it could tell
        told.set()
        await asyncio.Event().wait()

    with patch.object(executor, "stop", dies):
        stopping = asyncio.ensure_future(house.jobs.stop(job.id, (1e6, 3.0)))
        await told.wait()
        stopping.cancel()
    other = await restarted(house, executor)
    await other.reaches(job.id, JobState.stopped)
    assert executor.stopped == [(job.id, (1e6, 3.0))], "with the time that the user allowed"
    await other.close()


async def test_events_from_while_the_server_was_away_are_handed_on_once(house: House, executor: FakeExecutor) -> None:
    seen: list[str] = []
    job = await house.submit()
    house.jobs.on_event(lambda job, event: seen.append(event["name"]))
    await house.reaches(job.id, JobState.running)
    await house.look_by_hand()
    events = house.jobs.directory(job.id) / "events.jsonl"
    events.write_text('{"kind": "model", "name": "a"}\n')
    await house.jobs._monitor.look()
    with events.open("a") as file:
        file.write('{"kind": "model", "name": "b"}\n')
    executor.seen[job.id] = Ended(JobState.succeeded, 0, None, "", 1.0, 2.0)
    await house.killed()
    other = House(house.path, executor)
    other.jobs.on_event(lambda job, event: seen.append(event["name"]))
    await other.open()
    await other.reaches(job.id, JobState.succeeded)
    assert seen == ["a", "b"]
    await other.close()


async def test_retries_go_on_after_a_restart(house: House, executor: FakeExecutor) -> None:
    job = await house.submit(retries=1)
    await house.reaches(job.id, JobState.running)
    exit_file = house.jobs.directory(job.id) / "exit.json"
    exit_file.write_text('{"state": "failed", "exit_code": 9}')
    executor.seen[job.id] = Ended(JobState.failed, 9)
    real = executor.observe

    async def observe(directory: Path) -> Any:  # as the local executor: no exit record, not started
        return await real(directory) if exit_file.exists() or executor.started.count(job.id) == 2 else NotStarted()

    executor.observe = observe  # type: ignore[method-assign]
    other = await restarted(house, executor)

    async def second() -> Job:
        return await other.reaches(job.id, JobState.running)

    assert (await soon(second())).attempt == 2
    await other.close()
