from __future__ import annotations

from jupyter_crispdm.jobs.queue import Decision, JobQueue, Waiting
from jupyter_crispdm.jobs.types import JobState


def decide(queue: JobQueue, running: int = 0, **states: JobState) -> list[Decision]:
    return queue.next(running, states.get)


def test_first_come_first_served_within_the_limit() -> None:
    queue = JobQueue(2)
    for id in "abc":
        queue.add(Waiting(id))
    assert decide(queue) == [Decision("a"), Decision("b")]
    assert decide(queue, running=2) == []
    assert decide(queue, running=1) == [Decision("c")]
    assert len(queue) == 0


def test_a_job_that_waits_lets_others_pass() -> None:
    queue = JobQueue(1)
    queue.add(Waiting("second", after=("first",)))
    queue.add(Waiting("other"))
    assert decide(queue, first=JobState.running) == [Decision("other")]
    assert decide(queue, first=JobState.succeeded) == [Decision("second")]


def test_a_job_is_cancelled_when_one_it_waits_for_fails_even_when_all_places_are_taken() -> None:
    queue = JobQueue(1)
    queue.add(Waiting("second", after=("first",)))
    (decision,) = decide(queue, running=1, first=JobState.failed)
    assert decision == Decision("second", "job first, which it waits for, ended as failed")
    assert "second" not in queue


def test_a_job_is_cancelled_when_one_it_waits_for_was_deleted() -> None:
    queue = JobQueue(1)
    queue.add(Waiting("second", after=("first",)))
    (decision,) = decide(queue)
    assert "deleted" in decision.cancelled


def test_remove_takes_a_job_out_once() -> None:
    queue = JobQueue(1)
    queue.add(Waiting("a"))
    assert queue.remove("a")
    assert not queue.remove("a")
    assert decide(queue) == []
