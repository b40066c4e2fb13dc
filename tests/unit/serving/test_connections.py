"""Connections by a fake clock: who is dropped, who gives way, how long one is waited for."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_crispdm.base.errors import TooManyRequests, Unavailable
from jupyter_crispdm.serving.front.door.callers import Ledger, household
from jupyter_crispdm.serving.front.door.connections import Connections, Pace, Stage, Visit
from jupyter_crispdm.serving.front.settings import Limits, Patience
from tests.support import FakeClock


@dataclass
class Door:
    """Connections and those that were dropped."""

    patience: Patience = field(default_factory=Patience)
    clock: FakeClock = field(default_factory=FakeClock)
    dropped: list[str] = field(default_factory=list)
    unsent: int = 0

    def __post_init__(self) -> None:
        self.connections = Connections(self.patience, self.clock)

    def come(self, name: str, caller: str = "a", stage: Stage = Stage.headers) -> Visit | None:
        visit = self.connections.admit(caller, lambda: self.dropped.append(name), lambda: self.unsent)
        if visit:
            self.connections.reach(visit, stage)
        self.clock.advance(0.001)
        return visit


def test_who_takes_too_long_with_the_headers_is_dropped() -> None:
    door = Door(Patience(headers=10))
    door.come("slow")
    door.come("working", stage=Stage.working)
    door.come("resting", stage=Stage.resting)
    door.clock.advance(9.9)
    door.connections.sweep()
    assert door.dropped == []
    door.clock.advance(0.2)
    door.connections.sweep()
    assert door.dropped == ["slow"]
    assert len(door.connections) == 2


def test_an_answer_may_take_as_long_as_it_goes_on() -> None:
    door = Door(Patience(answer=60))
    door.come("reader", stage=Stage.working)
    for left in (1000, 900, 800):
        door.unsent = left
        door.connections.sweep()
        door.clock.advance(59)
    door.connections.sweep()
    assert door.dropped == []
    door.clock.advance(2)
    door.connections.sweep()
    assert door.dropped == ["reader"]


def test_the_one_who_has_been_idle_longest_gives_way_to_a_new_one_of_the_same_caller() -> None:
    door = Door(Patience(connections_each=3))
    for name, stage in (("body", Stage.body), ("first", Stage.headers), ("second", Stage.headers)):
        door.come(name, stage=stage)
    door.come("other", "b")
    assert door.come("new")
    assert door.dropped == ["first"]
    assert door.come("newer", stage=Stage.resting)
    assert door.come("newest")
    assert door.dropped == ["first", "second", "newer"]


def test_nobody_at_work_gives_way() -> None:
    door = Door(Patience(connections_each=2))
    door.come("one", stage=Stage.working)
    door.come("two", stage=Stage.working)
    assert door.come("three") is None
    assert door.come("other", "b")
    assert door.dropped == []


def test_when_all_is_full_the_caller_with_most_gives_way() -> None:
    door = Door(Patience(connections=5, connections_each=4))
    for number in range(4):
        door.come(f"a{number}")
    door.come("b0", "b")
    assert door.come("c0", "c")
    assert door.dropped == ["a0"]


def test_a_stall_uses_patience_up_and_bytes_bring_it_back_but_never_more_than_at_first() -> None:
    clock, patience = FakeClock(), Patience(body=10, rate=1000)
    pace = Pace(patience, clock)
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
    clock, patience = FakeClock(), Patience(body=10, rate=1000)
    pace, took, size = Pace(patience, clock), 0.0, 0
    for wait, came in arrivals:
        if pace.wait() < wait:
            break
        clock.advance(wait)
        pace.came(came)
        took, size = took + wait, size + came
        assert took <= 10 + size / 1000 + 1e-6


def test_what_each_has_under_way_is_counted_and_given_back() -> None:
    ledger = Ledger(Limits(requests_each=2, in_flight=100, in_flight_each=60))
    for caller in ("a", "a", "b"):
        ledger.enter(caller)
    with pytest.raises(TooManyRequests, match="2 requests under way"):
        ledger.enter("a")
    ledger.hold("a", 60)
    with pytest.raises(TooManyRequests, match="over 60 bytes"):
        ledger.hold("a", 1)
    ledger.hold("b", 40)
    with pytest.raises(Unavailable):
        ledger.hold("b", 1)
    ledger.leave("a", 60)
    ledger.hold("b", 20)
    ledger.leave("b", 60)
    ledger.leave("a", 0)
    assert (dict(ledger._requests), dict(ledger._bytes)) == ({}, {})


@pytest.mark.parametrize(
    ("address", "same"),
    [
        ("127.0.0.1", "127.9.8.7"), ("127.0.0.1", "::1"), ("127.0.0.1", "::ffff:127.0.0.1"), ("", "127.0.0.1"),
        ("2001:db8::1", "2001:db8::ffff:2"), ("10.1.2.3", "::ffff:10.1.2.3"), ("fe80::1%eth0", "fe80::2%eth0"),
    ],
)  # fmt: skip
def test_addresses_of_one_machine_are_one_caller(address: str, same: str) -> None:
    assert household(address) == household(same)


def test_addresses_of_others_are_others() -> None:
    assert len({household(address) for address in ("10.1.2.3", "10.1.2.4", "2001:db8::1", "2001:db8:0:1::1")}) == 4
