"""Connections by a fake clock: who is dropped, who gives way, how long one is waited for."""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from jupyter_crispdm.serving.inference.http.connections import Connection, Connections, ConnectionStage, Pace
from jupyter_crispdm.serving.inference.settings import ConnectionLimits
from tests.support import FakeClock


@dataclass
class Listening:
    """Connections and those that were dropped."""

    connection_limits: ConnectionLimits = field(default_factory=ConnectionLimits)
    clock: FakeClock = field(default_factory=FakeClock)
    dropped: list[str] = field(default_factory=list)
    unsent: int = 0

    def __post_init__(self) -> None:
        self.connections = Connections(self.connection_limits, self.clock)

    def come(self, name: str, caller: str = "a", stage: ConnectionStage = ConnectionStage.headers) -> Connection | None:
        connection = self.connections.admit(caller, lambda: self.dropped.append(name), lambda: self.unsent)
        if connection:
            self.connections.reach(connection, stage)
        self.clock.advance(0.001)
        return connection

    def wait(self, seconds: float) -> None:
        """Let time pass in which the server looks every second."""
        for _ in range(int(seconds)):
            self.clock.advance(1)
            self.connections.sweep()
        self.clock.advance(seconds - int(seconds))
        self.connections.sweep()


def test_who_takes_too_long_with_the_headers_is_dropped() -> None:
    listening = Listening(ConnectionLimits(headers=10))
    listening.come("slow")
    listening.come("working", stage=ConnectionStage.working)
    listening.come("resting", stage=ConnectionStage.resting)
    listening.wait(9.9)
    assert listening.dropped == []
    listening.wait(0.2)
    assert listening.dropped == ["slow"]
    assert len(listening.connections) == 2


def test_an_answer_may_take_as_long_as_it_goes_on() -> None:
    listening = Listening(ConnectionLimits(answer=60))
    listening.come("reader", stage=ConnectionStage.working)
    for left in (1000, 900, 800):
        listening.unsent = left
        listening.wait(59)
    assert listening.dropped == []
    listening.wait(3)
    assert listening.dropped == ["reader"]


def test_who_was_not_looked_at_is_not_dropped() -> None:
    """A server that was stopped for a minute dropped whoever was there, whatever they had sent meanwhile."""
    listening = Listening(ConnectionLimits(headers=10, body=10))
    connection = listening.come("headers")
    sending = listening.come("body", stage=ConnectionStage.body)
    assert connection is not None
    assert sending is not None
    slow: list[str] = []
    listening.connections.follow(sending, 0, lambda: slow.append("body"))
    listening.clock.advance(60)
    listening.connections.sweep()
    assert listening.dropped == slow == []
    listening.wait(11)
    assert (listening.dropped, slow) == (["headers"], ["body"])


def test_the_one_who_has_been_idle_longest_gives_way_to_a_new_one_of_the_same_caller() -> None:
    listening = Listening(ConnectionLimits(connections_each=3))
    for name, stage in (
        ("body", ConnectionStage.body),
        ("first", ConnectionStage.headers),
        ("second", ConnectionStage.headers),
    ):
        listening.come(name, stage=stage)
    listening.come("other", "b")
    assert listening.come("new")
    assert listening.dropped == ["first"]
    assert listening.come("newer", stage=ConnectionStage.resting)
    assert listening.come("newest")
    assert listening.dropped == ["first", "second", "newer"]


def test_nobody_at_work_gives_way() -> None:
    listening = Listening(ConnectionLimits(connections_each=2))
    listening.come("one", stage=ConnectionStage.working)
    listening.come("two", stage=ConnectionStage.working)
    assert listening.come("three") is None
    assert listening.come("other", "b")
    assert listening.dropped == []


def test_when_all_is_full_the_caller_with_most_gives_way() -> None:
    listening = Listening(ConnectionLimits(connections=5, connections_each=4))
    for number in range(4):
        listening.come(f"a{number}")
    listening.come("b0", "b")
    assert listening.come("c0", "c")
    assert listening.dropped == ["a0"]


def test_a_stall_uses_patience_up_and_bytes_bring_it_back_but_never_more_than_at_first() -> None:
    clock, connection_limits = FakeClock(), ConnectionLimits(body=10, rate=1000)
    pace = Pace(connection_limits, clock)
    assert pace.wait() == 10
    clock.advance(6)
    pace.came(1000)
    assert pace.wait() == 5
    pace.came(10**9)
    assert pace.wait() == 10
    clock.advance(20)
    pace.came(0)
    assert pace.wait() == 0


@given(st.lists(st.tuples(st.floats(0, 3), st.integers(0, 10_000)), max_size=100))
def test_nobody_holds_a_body_much_longer_than_it_needs_at_the_rate(arrivals: list[tuple[float, int]]) -> None:
    clock, connection_limits = FakeClock(), ConnectionLimits(body=10, rate=1000)
    pace, took, size = Pace(connection_limits, clock), 0.0, 0
    for wait, came in arrivals:
        if pace.wait() < wait:
            break
        clock.advance(wait)
        pace.came(came)
        took, size = took + wait, size + came
        assert took <= 10 + size / 1000 + 1e-6
