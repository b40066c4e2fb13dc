from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_crispdm.jobs.queue.queue import PATIENCE, JobQueue, QueuedJob, Round
from jupyter_crispdm.jobs.queue.slots import Capacity, Need, Slots
from jupyter_crispdm.jobs.types import JobState
from tests.examples import examples


@dataclass
class Floor:
    """A queue with slots and a clock."""

    capacity: Capacity
    queue: JobQueue = field(default_factory=JobQueue)
    states: dict[str, JobState] = field(default_factory=dict)
    now: float = 0.0

    def __post_init__(self) -> None:
        self.slots = Slots(self.capacity)

    def add(self, *ids: str, owner: str = "", after: tuple[str, ...] = (), due: float = 0.0, **need: int) -> None:
        for id in ids:
            self.states[id] = JobState.queued
            self.queue.add(QueuedJob(id, owner, Need(**need), after, due))

    def next(self) -> Round:
        look = self.queue.next(self.slots, self.states.get, self.now)
        self.states.update(dict.fromkeys(look.started, JobState.running))
        self.states.update(dict.fromkeys(look.cancelled, JobState.stopped))
        return look

    def started(self) -> list[str]:
        return list(self.next().started)

    def end(self, *ids: str, state: JobState = JobState.succeeded) -> None:
        for id in ids:
            self.states[id] = state
            self.slots.release(id)


def test_first_come_first_served_within_the_limit() -> None:
    floor = Floor(Capacity(places=2))
    floor.add("a", "b", "c")
    assert floor.started() == ["a", "b"]
    assert floor.started() == []
    floor.end("a")
    assert floor.started() == ["c"]
    assert len(floor.queue) == 0


def test_a_job_that_waits_lets_others_pass() -> None:
    floor = Floor(Capacity(places=1))
    floor.add("first")
    assert floor.started() == ["first"]
    floor.add("second", after=("first",))
    floor.add("other")
    assert floor.started() == []
    floor.end("first")
    assert floor.started() == ["second"], "it came before the other one"


@pytest.mark.proves("http.jobs-after")
@pytest.mark.parametrize("state", [JobState.failed, JobState.stopped, JobState.lost])
def test_a_job_is_cancelled_when_one_it_waits_for_fails_even_when_all_places_are_taken(state: JobState) -> None:
    floor = Floor(Capacity(places=1))
    floor.add("first", "busy")
    floor.add("second", after=("first",))
    floor.next()
    floor.end("first", state=state)
    look = floor.next()
    assert list(look.started) == ["busy"]
    assert look.cancelled == {"second": f"job first, which it waits for, ended as {state.value}"}
    assert "second" not in floor.queue


def test_a_job_is_cancelled_when_one_it_waits_for_was_deleted() -> None:
    floor = Floor(Capacity(places=1))
    floor.add("second", after=("nobody",))
    assert floor.next().cancelled == {"second": "job nobody, which it waits for, was deleted"}


def test_remove_takes_a_job_out_once() -> None:
    floor = Floor(Capacity(places=1))
    floor.add("a")
    floor.add("b", after=("a",))
    for id in "ab":
        assert floor.queue.remove(id)
        assert not floor.queue.remove(id)
    assert floor.started() == []
    assert len(floor.queue) == 0


def test_an_attempt_waits_for_its_time_and_lets_others_pass() -> None:
    floor = Floor(Capacity(places=1))
    floor.add("again", due=30.0)
    assert floor.queue.due() == 30.0
    assert floor.started() == []
    floor.now = 30.0
    assert floor.started() == ["again"]
    assert floor.queue.due() is None


@pytest.mark.proves("jobs.fair")
def test_owners_are_served_in_turn() -> None:
    floor = Floor(Capacity(places=1))
    floor.add("a1", "a2", "a3", owner="ada")
    floor.add("b1", "b2", owner="bob")
    order = []
    while len(floor.queue):
        (id,) = floor.started()
        order.append(id)
        floor.end(id)
    assert order == ["a1", "a2", "a3", "b1", "b2"], "nobody runs anything in between: first come, first served"


def test_who_runs_least_comes_first() -> None:
    floor = Floor(Capacity(places=4))
    floor.add("a1", "a2", "a3", "a4", "a5", owner="ada")
    floor.add("b1", "b2", "b3", owner="bob")
    assert floor.started() == ["a1", "b1", "a2", "b2"]
    floor.end("a1", "a2")
    floor.add("c1", owner="cem")
    assert floor.started() == ["a3", "c1"]
    floor.end("c1", "b1")
    assert floor.started() == ["a4", "b3"]


def test_a_job_waits_for_what_it_needs_and_says_what() -> None:
    floor = Floor(Capacity(places=9, cpus=4, memory=10_000_000_000, devices=("0", "1")))
    floor.add("big", cpus=3, gpus=1, memory=9_000_000_000)
    assert floor.next().started == {"big": ("0",)}
    floor.add("cpus", cpus=2)
    floor.add("gpus", gpus=2)
    floor.add("memory", memory=2_500_000_000)
    floor.add("both", cpus=2, gpus=2)
    assert floor.next().waits == {
        "cpus": "waits for 2 CPUs; 1 is free",
        "gpus": "waits for 2 GPUs; 1 is free",
        "memory": "waits for 2.5 GB of memory; 1.0 GB of memory is free",
        "both": "waits for 2 CPUs; 1 is free and 2 GPUs; 1 is free",
    }


def test_what_can_never_start_says_so_and_is_in_nobodys_way() -> None:
    floor = Floor(Capacity(places=9, cpus=4))
    floor.add("huge", cpus=8)
    floor.add("small")
    look = floor.next()
    assert list(look.started) == ["small"]
    assert look.waits == {"huge": "asks for 8 CPUs, but the server has 4 CPUs for jobs"}


def test_few_reasons_are_said_in_one_round() -> None:
    floor = Floor(Capacity(places=9, cpus=9, devices=("0",)))
    floor.add("first", gpus=1)
    floor.add(*(f"j{number}" for number in range(1000)), gpus=1)
    look = floor.next()
    assert list(look.started) == ["first"]
    assert 0 < len(look.waits) <= 20


@pytest.mark.parametrize("owner", ["ada", "bob"])
def test_a_big_job_is_not_passed_over_for_ever(owner: str) -> None:
    floor = Floor(Capacity(places=9, cpus=2))
    floor.add("s0", "s1", owner="bob")
    floor.next()
    floor.add("big", owner=owner, cpus=2)
    running, number = ["s0", "s1"], 2
    while "big" in floor.queue:
        assert number < 3 * PATIENCE
        floor.add(f"s{number}", owner="bob")
        number += 1
        floor.end(running.pop(0))
        running += floor.started()
    assert running == ["big"]


def test_who_needs_nothing_scarce_passes_a_job_that_has_reserved() -> None:
    floor = Floor(Capacity(places=99, cpus=99, devices=("0", "1")))
    floor.add("one", gpus=1)
    floor.next()
    floor.add("both", gpus=2)
    for number in range(PATIENCE):
        floor.add(f"c{number}")
        assert floor.started() == [f"c{number}"]
    floor.add("other", owner="bob", gpus=1)
    floor.add("cpu", owner="bob")
    look = floor.next()
    assert list(look.started) == ["cpu"]
    assert look.waits == {"both": "waits for 2 GPUs; 1 is free", "other": "waits for its turn"}
    floor.end("one")
    assert floor.next().started == {"both": ("0", "1")}


def test_a_thousand_waiting_jobs_cost_little(monkeypatch: pytest.MonkeyPatch) -> None:
    floor = Floor(Capacity(places=1))
    floor.add(*(f"j{number}" for number in range(1000)))
    floor.next()
    asked: list[str] = []
    monkeypatch.setattr(floor.slots, "lacking", asked.append)
    floor.add("one more")
    assert floor.next() == Round({}, {}, {})
    assert asked == [], "while no place is free, nobody is looked at"


# --- what holds whatever comes

CAPACITY = Capacity(places=3, cpus=4, memory=10, devices=("0", "1"))

jobs = st.builds(
    lambda owner, cpus, gpus, memory, seconds, back: (owner, Need(cpus, gpus, memory), seconds, back),
    st.sampled_from("abc"),
    st.integers(1, 4),
    st.integers(0, 2),
    st.integers(0, 10),
    st.integers(1, 5),
    st.none() | st.integers(1, 4),
)


@dataclass
class Simulation:
    """Jobs that arrive one a tick, run for their time, and are watched at each tick."""

    floor: Floor
    left: dict[str, int] = field(default_factory=dict)
    ended: set[str] = field(default_factory=set)

    def tick(self) -> None:
        for id in [id for id, seconds in self.left.items() if seconds <= 1]:
            del self.left[id]
            self.ended.add(id)
            self.floor.end(id)
        self.left = {id: seconds - 1 for id, seconds in self.left.items()}

    def start(self, seconds: Callable[[str], int]) -> None:
        for id in self.floor.next().started:
            self.left[id] = seconds(id)

    def check(self, needs: dict[str, Need]) -> None:
        running = [needs[id] for id in self.left]
        assert len(running) <= CAPACITY.places
        assert sum(need.cpus for need in running) <= (CAPACITY.cpus or 0)
        assert sum(need.memory for need in running) <= (CAPACITY.memory or 0)
        devices = [device for holding in self.floor.slots._holdings.values() for device in holding.devices]
        assert sorted(devices) == sorted(set(devices))
        assert len(devices) == sum(need.gpus for need in running)


@pytest.mark.proves("jobs.slots")
@settings(max_examples=examples(200))
@given(st.lists(jobs, max_size=40))
def test_nothing_is_lost_nothing_is_given_twice(arriving: list[tuple[str, Need, int, int | None]]) -> None:
    simulation = Simulation(Floor(CAPACITY))
    needs: dict[str, Need] = {}
    seconds: dict[str, int] = {}
    for number, (owner, need, duration, back) in enumerate(arriving):
        id = f"j{number}"
        after = (f"j{number - back}",) if back is not None and back <= number else ()
        needs[id], seconds[id] = need, duration
        simulation.floor.states[id] = JobState.queued
        simulation.floor.queue.add(QueuedJob(id, owner, need, after))
        simulation.start(seconds.__getitem__)
        simulation.check(needs)
        simulation.tick()
    for _ in range(10 + sum(seconds.values())):
        simulation.start(seconds.__getitem__)
        simulation.check(needs)
        simulation.tick()
    assert simulation.ended == set(needs)
    assert len(simulation.floor.queue) == 0


@pytest.mark.proves("jobs.fair")
@settings(max_examples=examples(100))
@given(jobs, st.lists(jobs, min_size=1, max_size=6), st.integers(1, 3))
def test_nobody_starves_in_a_stream_without_end(
    patient: tuple[str, Need, int, int | None], stream: list[tuple[str, Need, int, int | None]], per_tick: int
) -> None:
    simulation = Simulation(Floor(CAPACITY))
    needs: dict[str, Need] = {}
    seconds: dict[str, int] = {}

    def arrive(id: str, job: tuple[str, Need, int, int | None]) -> None:
        owner, needs[id], seconds[id], _ = job
        simulation.floor.states[id] = JobState.queued
        simulation.floor.queue.add(QueuedJob(id, owner, needs[id]))

    for number in range(5):
        arrive(f"before{number}", stream[number % len(stream)])
    arrive("patient", patient)
    for number in range(1000):
        if "patient" not in simulation.floor.queue:
            return
        for more in range(per_tick):
            arrive(f"s{number}-{more}", stream[(number + more) % len(stream)])
        simulation.start(seconds.__getitem__)
        simulation.check(needs)
        simulation.tick()
    raise AssertionError("it never started")
