"""What a job in the queue waits for, in words."""

from __future__ import annotations

import pytest

from jupyter_crispdm.jobs.queue.slots import Capacity, Need, Slots
from jupyter_crispdm.jobs.queue.waits import cannot_fit, waits_for_jobs, waits_for_slots
from jupyter_crispdm.jobs.types import JobState

GB = 10**9
STATES = {"r1": JobState.running, "r2": JobState.queued, "r3": JobState.stopping, "done": JobState.succeeded}


@pytest.mark.parametrize(
    ("after", "words"),
    [
        ([], ""),
        (["done"], ""),
        (["never"], ""),
        (["r1"], "waits for job r1"),
        (["done", "r2"], "waits for job r2"),
        (["r2", "r1"], "waits for job r2 and another one"),
        (["r1", "never", "r2", "done", "r3"], "waits for job r1 and 2 others"),
    ],
)
def test_the_first_job_that_is_not_over_is_named_and_the_others_are_counted(after: list[str], words: str) -> None:
    assert waits_for_jobs(after, STATES.get) == words


def busy(capacity: Capacity, *held: Need) -> Slots:
    """Slots of which some are held."""
    slots = Slots(capacity)
    for number, need in enumerate(held):
        slots.take(str(number), "ada", need)
    return slots


@pytest.mark.parametrize(
    ("need", "words"),
    [
        (Need(cpus=1), ""),
        (Need(cpus=2), ""),
        (Need(cpus=3), "waits for 3 CPUs; 2 are free"),
        (Need(gpus=1), "waits for a GPU"),
        (Need(gpus=2), "waits for 2 GPUs; none are free"),
        (Need(memory=3 * GB), "waits for 3.0 GB of memory; 2.0 GB of memory is free"),
        (Need(memory=3 * GB, gpus=1), "waits for a GPU and 3.0 GB of memory; 2.0 GB of memory is free"),
        (Need(cpus=4, gpus=2, memory=8 * GB),
         "waits for 4 CPUs; 2 are free and 2 GPUs; none are free and 8.0 GB of memory; 2.0 GB of memory is free"),
    ],
)  # fmt: skip
def test_of_what_too_little_is_free_is_told(need: Need, words: str) -> None:
    slots = busy(Capacity(places=9, cpus=4, memory=8 * GB, devices=("0", "1")), Need(2, 2, 6 * GB))
    assert waits_for_slots(need, slots) == words


@pytest.mark.parametrize(
    ("capacity", "need", "words"),
    [
        (Capacity(places=9, cpus=1), Need(cpus=1), "waits for a CPU"),
        (Capacity(places=9, cpus=2), Need(cpus=2), "waits for 2 CPUs; 1 is free"),
        (Capacity(places=9, memory=6 * 10**7), Need(memory=5 * 10**7),
         "waits for 50.0 MB of memory; 10.0 MB of memory is free"),
        (Capacity(places=1), Need(), "waits for its turn: jobs run one at a time"),
        (Capacity(places=1, cpus=1), Need(cpus=1), "waits for its turn: jobs run one at a time"),
    ],
)  # fmt: skip
def test_one_of_something_is_told_as_people_say_it(capacity: Capacity, need: Need, words: str) -> None:
    assert waits_for_slots(need, busy(capacity, Need(memory=5 * 10**7 if capacity.memory else 0))) == words


def test_a_place_is_told_alone_also_where_more_is_lacking() -> None:
    slots = busy(Capacity(places=2, cpus=2), Need(1), Need(1))
    assert waits_for_slots(Need(cpus=2), slots) == "waits for its turn: at most 2 jobs run at once"


def test_what_is_not_counted_is_never_waited_for() -> None:
    slots = busy(Capacity(places=9), Need(1000, 0, 10**15))
    assert waits_for_slots(Need(1000, 0, 10**15), slots) == ""
    assert cannot_fit(Need(1000, 1000, 10**15), slots) == ""


def test_less_than_nothing_is_free_after_a_setting_was_lowered() -> None:
    slots = Slots(Capacity(places=9, cpus=2, memory=4 * GB))
    slots.hold("old", "ada", Need(cpus=8, memory=9 * GB), ())
    assert waits_for_slots(Need(cpus=2), slots) == "waits for 2 CPUs; none are free"
    assert waits_for_slots(Need(cpus=0, memory=GB), slots) == (
        "waits for 1.0 GB of memory; 0.0 MB of memory is free"
    )


@pytest.mark.parametrize(
    ("need", "words"),
    [
        (Need(cpus=4, gpus=1, memory=8 * GB), ""),
        (Need(cpus=5), "asks for 5 CPUs, but the server has 4 CPUs for jobs"),
        (Need(gpus=2), "asks for 2 GPUs, but the server has 1 GPU for jobs"),
        (Need(memory=9 * GB), "asks for 9.0 GB of memory, but the server has 8.0 GB of memory for jobs"),
        (Need(cpus=5, gpus=2), "asks for 5 CPUs, but the server has 4 CPUs for jobs"),
    ],
)
def test_what_there_never_is_enough_of_is_told(need: Need, words: str) -> None:
    assert cannot_fit(need, Slots(Capacity(places=1, cpus=4, memory=8 * GB, devices=("0",)))) == words
