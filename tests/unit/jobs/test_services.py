from __future__ import annotations

import pytest

from jupyter_crispdm.base.errors import Conflict
from jupyter_crispdm.jobs.queue.queue import JobQueue, QueuedJob
from jupyter_crispdm.jobs.queue.slots import NOTHING, Capacity, Need, Slots
from jupyter_crispdm.jobs.running.attempts import FIRST_PAUSE, LONGEST_PAUSE, pause_of_service
from jupyter_crispdm.jobs.types import Job, JobState, Rerun, Submission
from tests.unit.jobs.fakes import FakeExecutor, House
from tests.unit.jobs.test_retries import attempt, fail


async def serve(house: House) -> Job:
    job, _ = await house.jobs.submit(Submission(command=["true"]), owner="ada", service=True)
    return await house.reaches(job.id, JobState.running)


async def test_a_service_starts_however_full_the_machine_is_and_keeps_nobody_waiting(house: House) -> None:
    for _ in range(2):
        await house.reaches((await house.submit()).id, JobState.running)
    waits = await house.submit()
    service = await serve(house)
    assert (await house.jobs.get(waits.id)).state is JobState.queued
    assert service.cpus == 0


async def test_services_take_no_place_of_those_who_come_after(house: House) -> None:
    for _ in range(3):
        await serve(house)
    for _ in range(2):
        await house.reaches((await house.submit()).id, JobState.running)


async def test_a_service_is_tried_again_for_as_long_as_it_is_wanted(house: House, executor: FakeExecutor) -> None:
    job = await serve(house)
    for number in range(2, 6):
        fail(house, executor, job.id)
        await attempt(house, job.id, number, JobState.queued)
        house.clock.advance(LONGEST_PAUSE)
        await house.submit()  # the timer runs by the real clock
        await attempt(house, job.id, number)
    await house.jobs.stop(job.id)
    await house.reaches(job.id, JobState.stopped)


async def test_a_service_that_waits_for_its_next_attempt_can_be_stopped(house: House, executor: FakeExecutor) -> None:
    job = await serve(house)
    fail(house, executor, job.id)
    await attempt(house, job.id, 2, JobState.queued)
    await house.jobs.stop(job.id)
    await house.reaches(job.id, JobState.stopped)


async def test_a_service_is_still_one_after_a_restart(house: House, executor: FakeExecutor) -> None:
    job = await serve(house)
    await house.jobs.close()
    await house.database.close()
    other = await House(house.path, executor).open()
    fail(other, executor, job.id)
    assert (await attempt(other, job.id, 2, JobState.queued)).cpus == 0
    await other.close()


async def test_a_service_cannot_be_submitted_once_more(house: House) -> None:
    job = await serve(house)
    with pytest.raises(Conflict):
        await house.jobs.rerun(job.id, Rerun(), "ada")


@pytest.mark.parametrize(
    ("last", "started", "ended", "pause"),
    [
        (0.0, 100.0, 101.0, FIRST_PAUSE),
        (FIRST_PAUSE, 100.0, 101.0, 2 * FIRST_PAUSE),
        (LONGEST_PAUSE, 100.0, 101.0, LONGEST_PAUSE),
        (LONGEST_PAUSE, 100.0, 101.0 + LONGEST_PAUSE, FIRST_PAUSE),
        (8.0, None, 101.0, 16.0),
        (8.0, 200.0, 100.0, 16.0),
    ],
)
def test_pauses_double_until_a_service_holds_out(
    last: float, started: float | None, ended: float | None, pause: float
) -> None:
    assert pause_of_service(last, started, ended) == pause


def test_what_needs_nothing_passes_whoever_reserves() -> None:
    queue, slots = JobQueue(), Slots(Capacity(places=1, cpus=1))
    slots.take("other", "bob", Need())
    queue.add(QueuedJob("waits", "ada"))
    queue.add(QueuedJob("service", "ada", NOTHING))
    assert list(queue.next(slots, lambda id: None, 0.0).started) == ["service"]
    assert slots.running("ada") == 0
    assert "waits" in queue
    queue.add(QueuedJob("second", "ada", NOTHING))
    assert queue.remove("second")
    assert not queue.next(slots, lambda id: None, 0.0).started
