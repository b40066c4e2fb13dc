"""What a cluster does to jobs that a single machine does not: it lets them wait, and it goes away."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import msgspec
import pytest

from jupyter_crispdm.jobs.executors.cluster import ClusterExecutor
from jupyter_crispdm.jobs.executors.records import Ticket, read_records, write_ticket
from jupyter_crispdm.jobs.types import Job, JobState, StopMany
from tests.executors.conftest import Reopen
from tests.executors.house import House
from tests.executors.places import ClusterPlace
from tests.support import eventually

AGO = 3600


async def gives_reason(house: House, job: Job, state: JobState, *words: str) -> Job:
    """The job once it is in a state for a reason that has these words."""

    async def there() -> Job | None:
        now = await house.jobs.get(job.id)
        return now if now.state is state and all(word in now.reason for word in words) else None

    found: Job = await eventually(there)
    return found


def ticket_of(directory: Path) -> Ticket:
    ticket = read_records(directory).ticket
    assert ticket is not None
    return ticket


async def test_a_job_says_what_it_waits_for_and_then_no_more(house: House, place: ClusterPlace) -> None:
    reason = await place.fill()
    try:
        job = await house.submit(command=["cat"])
        await gives_reason(house, job, JobState.starting, reason)
    finally:
        await place.clear()
    running = await house.reaches(job, JobState.running)
    assert running.reason == ""
    await house.jobs.stop(job.id)
    await house.ends(job)


async def test_a_waiting_job_is_stopped_at_once(house: House, place: ClusterPlace) -> None:
    reason = await place.fill()
    try:
        jobs = [await house.submit(command=["touch", "ran"]) for _ in range(3)]
        for job in jobs:
            await gives_reason(house, job, JobState.starting, reason)
        await house.jobs.stop_many(StopMany(all=True))
        ended = [await house.ends(job) for job in jobs]
    finally:
        await place.clear()
    assert {job.state for job in ended} == {JobState.stopped}
    assert not (house.root / "ran").exists()


async def test_a_waiting_job_is_adopted_by_another_server(reopen: Reopen, place: ClusterPlace) -> None:
    house = await reopen()
    reason = await place.fill()
    try:
        job = await house.submit(command=["echo", "once"])
        await gives_reason(house, job, JobState.starting, reason)
        house = await reopen()
        await gives_reason(house, job, JobState.starting, reason)
    finally:
        await place.clear()
    assert (await house.ends(job)).state is JobState.succeeded
    assert house.log(job) == "once\n"


async def test_while_the_cluster_is_away_new_jobs_wait_and_running_ones_go_on(
    house: House, place: ClusterPlace
) -> None:
    running = await house.submit(command=["cat"])
    await house.reaches(running, JobState.running)
    await place.cut()
    try:
        new = await house.submit(command=["echo", "at last"])
        unwanted = await house.submit(command=["echo", "never"])
        await gives_reason(house, new, JobState.starting, "does not answer")
        await gives_reason(house, unwanted, JobState.starting, "does not answer")
        await gives_reason(house, running, JobState.running, "does not answer")
        await house.jobs.stop(unwanted.id)
    finally:
        await place.mend()
    assert (await house.ends(new)).state is JobState.succeeded
    assert house.log(new) == "at last\n"
    await gives_reason(house, running, JobState.running, "")
    await eventually(lambda: is_clear(house, running))
    assert (await house.ends(unwanted)).state is JobState.stopped
    assert house.log(unwanted) == ""
    await house.jobs.stop(running.id)
    assert (await house.ends(running)).state is JobState.stopped


async def is_clear(house: House, job: Job) -> bool:
    return (await house.jobs.get(job.id)).reason == ""


async def test_a_server_that_comes_back_before_its_cluster_waits_for_it(reopen: Reopen, place: ClusterPlace) -> None:
    house = await reopen()
    job = await house.submit(command=["sh", "-c", "while [ ! -e go ]; do sleep 0.1; done; exit 4"])
    await house.reaches(job, JobState.running)
    await place.cut()
    try:
        house = await reopen()
        await gives_reason(house, job, JobState.running, "does not answer")
    finally:
        await place.mend()
    (house.root / "go").touch()
    assert (await house.ends(job)).exit_code == 4


async def test_a_job_that_ended_while_the_cluster_was_away_keeps_its_exit_code(
    house: House, place: ClusterPlace
) -> None:
    job = await house.submit(command=["sh", "-c", "while [ ! -e go ]; do sleep 0.1; done; exit 6"])
    await house.reaches(job, JobState.running)
    await place.cut()
    try:
        (house.root / "go").touch()
        assert (await house.ends(job)).exit_code == 6
    finally:
        await place.mend()


async def test_a_server_that_died_before_it_noted_the_clusters_answer_sends_nothing_twice(
    reopen: Reopen, place: ClusterPlace
) -> None:
    house = await reopen()
    await place.fill()
    try:
        job = await house.submit(command=["echo", "once"])
        directory = house.jobs.directory(job.id)
        await eventually(lambda: read_records(directory).ticket and ticket_of(directory).id)
        known = ticket_of(directory)
        await house.close()
        write_ticket(directory, Ticket(known.name))
        house = await reopen()
        await eventually(lambda: ticket_of(directory) == known)
        assert (await place.names()).count(known.name) == 1
    finally:
        await place.clear()
    assert (await house.ends(job)).state is JobState.succeeded
    assert house.log(job) == "once\n"


async def test_a_server_that_died_before_it_sent_a_job_sends_it_later(reopen: Reopen, place: ClusterPlace) -> None:
    house = await reopen()
    await place.cut()
    try:
        job = await house.submit(command=["echo", "once"])
        await gives_reason(house, job, JobState.starting, "does not answer")
        await house.close()
        directory = house.jobs.directory(job.id)
        long_ago = directory.stat().st_mtime - AGO
        os.utime(directory / "cluster.json", (long_ago, long_ago))
    finally:
        await place.mend()
    house = await reopen()
    assert (await house.ends(job)).state is JobState.succeeded
    assert house.log(job) == "once\n"


async def test_who_starts_a_job_twice_runs_it_once(house: House, place: ClusterPlace) -> None:
    job = await house.submit(command=["sh", "-c", "echo once; read line"])
    await house.says(job, "once")
    other = place.executor()
    await other.start(house.jobs.directory(job.id))
    await other.send(house.jobs.directory(job.id), "\n")
    assert (await house.ends(job)).state is JobState.succeeded
    await other.close()
    assert house.log(job) == "once\n"


async def test_a_job_that_somebody_cancels_in_the_cluster_is_stopped(house: House, place: ClusterPlace) -> None:
    reason = await place.fill()
    try:
        waiting = await house.submit(command=["true"])
        await gives_reason(house, waiting, JobState.starting, reason)
        await place.cancel(house.jobs.directory(waiting.id))
    finally:
        await place.clear()  # Ray heeds it when the job's turn comes
    ended = await house.ends(waiting)
    assert ended.state is JobState.stopped
    assert "cancelled" in ended.reason or "SIGTERM" in ended.reason
    running = await house.submit(command=["sleep", "600"])
    await house.reaches(running, JobState.running)
    await place.cancel(house.jobs.directory(running.id))
    ended = await house.ends(running)
    assert ended.state is JobState.stopped
    assert "cancelled" in ended.reason


@pytest.mark.proves("settings.cluster")
async def test_a_supervisor_that_cannot_run_is_explained(house: House, place: ClusterPlace) -> None:
    assert isinstance(house.executor, ClusterExecutor)
    house.executor._python = "/no/such/python"
    ended = await house.ends(await house.submit(command=["true"]))
    assert ended.state is JobState.failed
    assert ended.reason.startswith("could not start: ")
    assert "/no/such/python" in ended.reason


async def test_an_unusable_ticket_is_as_good_as_none(house: House, place: ClusterPlace) -> None:
    job = await house.submit(command=["cat"])
    await house.reaches(job, JobState.running)
    directory = house.jobs.directory(job.id)
    (directory / "cluster.json").write_bytes(b"[]")
    assert read_records(directory).ticket is None
    write_ticket(directory, Ticket("other"))
    assert msgspec.json.decode((directory / "cluster.json").read_bytes()) == {"name": "other", "id": ""}
    await asyncio.gather(house.jobs.stop(job.id), house.ends(job))
