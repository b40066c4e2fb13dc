"""The fair lock: never two holders, first come first served, nobody lost, whatever happens in whatever order."""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from jupyter_crispdm.state.leases import PATIENCE, Holder, Lease, Leases
from tests.examples import examples
from tests.support import FakeClock

ADA, BEN = Holder("ada"), Holder("ben")


def test_who_asks_first_has_it_and_the_others_wait_in_line() -> None:
    leases = Leases()
    held = leases.ask("k", "a", ADA, 10, 0)
    assert held == Lease("a", ADA, 10)
    assert leases.ask("k", "a", ADA, 10, 1) == held, "who asks again is told the same"
    assert leases.ask("k", "b", BEN, 10, 1) is None
    assert leases.ask("k", "c", BEN, 10, 1) is None
    assert leases.ask("other", "d", BEN, 10, 1) is not None
    assert leases.free("k", "a", 2)
    assert not leases.free("k", "a", 2)
    assert leases.first("k", 2) == "b"
    assert leases.ask("k", "c", BEN, 10, 2) is None, "it is not its turn"
    assert leases.ask("k", "b", BEN, 10, 2) == Lease("b", BEN, 12)


def test_a_lease_lapses_unless_it_is_renewed() -> None:
    leases = Leases()
    leases.ask("k", "a", ADA, 10, 0)
    assert leases.renew("k", "a", 10, 9.9) == Lease("a", ADA, 19.9)
    assert leases.renew("k", "b", 10, 9.9) is None
    assert leases.is_held("k", "a", 19.8)
    assert not leases.is_held("k", "b", 19.8)
    assert not leases.is_held("k", "a", 19.9)
    assert leases.renew("k", "a", 10, 20) is None
    assert not leases.free("k", "a", 20)
    assert leases.ask("k", "b", BEN, 10, 20) is not None


def test_who_says_nothing_for_long_loses_their_place() -> None:
    leases = Leases()
    leases.ask("k", "a", ADA, 100, 0)
    leases.ask("k", "dead", BEN, 100, 0)
    leases.ask("k", "c", BEN, 100, PATIENCE - 1)
    leases.free("k", "a", PATIENCE)
    assert leases.ask("k", "c", BEN, 100, PATIENCE) is not None


def test_who_leaves_keeps_nobody_waiting_and_nothing_is_kept_of_a_lock_that_nobody_wants() -> None:
    leases = Leases()
    leases.ask("k", "a", ADA, 100, 0)
    leases.ask("k", "b", BEN, 100, 0)
    leases.leave("k", "b", 0)
    leases.leave("k", "a", 0)
    leases.leave("none", "a", 0)
    assert leases.keys() == []
    leases.restore("k", Lease("old", ADA, 50))
    assert leases.held("k", 49) == Lease("old", ADA, 50)
    assert leases.held("none", 0) is None
    assert leases.first("none", 0) is None
    assert leases.renew("none", "a", 1, 0) is None


def test_a_lock_that_lapsed_is_forgotten_unless_somebody_waits_for_it() -> None:
    leases = Leases()
    leases.ask("left", "a", ADA, 10, 0)
    leases.ask("wanted", "b", ADA, 10, 0)
    leases.ask("held", "c", ADA, 20, 0)
    leases.ask("wanted", "d", BEN, 10, 9)
    assert leases.forget(9) == []
    assert leases.forget(10) == ["left"]
    assert leases.keys() == ["wanted", "held"]
    assert leases.ask("wanted", "d", BEN, 10, 10) == Lease("d", BEN, 20)


@dataclass
class Waiting:
    """Somebody in line, as the test sees it: when they last asked."""

    ticket: str
    asked: float
    seconds: float = field(default=5)


class Line(RuleBasedStateMachine):
    """People ask, ask again, die, leave, renew, free and let time pass. A plain list says what must be true."""

    def __init__(self) -> None:
        super().__init__()
        self.leases, self.clock = Leases(), FakeClock()
        self.line: list[Waiting] = []
        self.lease: Lease | None = None
        self.numbers = 0

    @property
    def now(self) -> float:
        return self.clock.monotonic()

    def settle(self) -> None:
        if self.lease is not None and self.lease.ends <= self.now:
            self.lease = None
        self.line = [one for one in self.line if one.asked + PATIENCE > self.now]

    def expect(self, ticket: str, got: Lease | None) -> None:
        """What somebody who asks must be answered: the lock exactly when it is free and they are first."""
        if self.lease is not None and self.lease.id == ticket:
            assert got == self.lease
        elif self.lease is None and self.line[0].ticket == ticket:
            assert got is not None
            assert got.id == ticket
            self.lease = got
            self.line.pop(0)
        else:
            assert got is None

    @rule(seconds=st.floats(0.1, 20))
    def somebody_new_asks(self, seconds: float) -> None:
        self.settle()
        self.numbers += 1
        ticket = str(self.numbers)
        self.line.append(Waiting(ticket, self.now, seconds))
        self.expect(ticket, self.leases.ask("k", ticket, ADA, seconds, self.now))

    @precondition(lambda self: self.line)
    @rule(data=st.data())
    def somebody_asks_again(self, data: st.DataObject) -> None:
        self.settle()
        if self.line:
            one = data.draw(st.sampled_from(self.line))
            one.asked = self.now
            self.expect(one.ticket, self.leases.ask("k", one.ticket, ADA, one.seconds, self.now))

    @precondition(lambda self: self.line)
    @rule(data=st.data())
    def somebody_leaves(self, data: st.DataObject) -> None:
        one = data.draw(st.sampled_from(self.line))
        self.line.remove(one)
        self.leases.leave("k", one.ticket, self.now)

    @precondition(lambda self: self.lease)
    @rule(seconds=st.floats(0.1, 20))
    def the_holder_renews(self, seconds: float) -> None:
        assert self.lease is not None
        id = self.lease.id
        self.settle()
        renewed = self.leases.renew("k", id, seconds, self.now)
        assert (renewed is None) == (self.lease is None)
        self.lease = renewed

    @precondition(lambda self: self.lease)
    @rule()
    def the_holder_frees(self) -> None:
        assert self.lease is not None
        id = self.lease.id
        self.settle()
        assert self.leases.free("k", id, self.now) == (self.lease is not None)
        self.lease = None

    @rule(seconds=st.floats(0.01, 8))
    def time_passes(self, seconds: float) -> None:
        self.clock.advance(seconds)

    @invariant()
    def there_is_one_holder_and_the_line_is_in_order(self) -> None:
        self.settle()
        assert self.leases.held("k", self.now) == self.lease
        assert self.leases.first("k", self.now) == (self.line[0].ticket if self.line else None)

    def teardown(self) -> None:
        """Whoever still waits gets it, in order, when all ask on and each frees it."""
        self.settle()
        if self.lease is not None:
            self.leases.free("k", self.lease.id, self.now)
        served = []
        for one in self.line:
            got = self.leases.ask("k", one.ticket, ADA, 1, self.now)
            assert got is not None, "nobody is lost"
            served.append(got.id)
            self.leases.free("k", got.id, self.now)
        assert served == [one.ticket for one in self.line]
        self.leases.forget(self.now)
        assert self.leases.keys() == [], "nothing stays"


Line.TestCase.settings = settings(max_examples=examples(100), stateful_step_count=40)
TestLine = Line.TestCase
