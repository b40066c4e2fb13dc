"""Budgets by an injected clock."""

from __future__ import annotations

import pytest

from jupyter_crispdm.base.budget import Pace, Shared, Tally, TokenBucket
from tests.support import FakeClock


def test_a_bucket_lets_a_burst_through_and_then_its_rate() -> None:
    clock = FakeClock()
    bucket = TokenBucket(rate=10, burst=20, clock=clock)
    assert [bucket.take() for _ in range(20)] == [0.0] * 20
    assert bucket.take() == pytest.approx(0.1)
    assert bucket.take(9) == pytest.approx(1.0)
    clock.advance(1)
    assert bucket.take() == pytest.approx(0.1)
    clock.advance(1000)
    assert [bucket.take(20), bucket.take()] == [0.0, pytest.approx(0.1)]


def test_a_pace_forgives_a_slow_start_only() -> None:
    pace = Pace(rate=100, grace=5)
    assert not pace.is_slow(0, 5)
    assert pace.is_slow(0, 5.1)
    assert not pace.is_slow(1000, 15)
    assert pace.is_slow(1000, 15.1)


def test_a_caller_has_one_budget_and_finds_it_again() -> None:
    shared: Shared[Tally] = Shared(Tally, most=2)
    shared.of("anna").add("frames slowed", 3)
    shared.of("bert")
    assert shared.of("anna").told() == {"frames slowed": 3}
    shared.of("carl")
    assert shared.of("anna").told() == {"frames slowed": 3}
    shared.of("bert")
    shared.of("carl")
    assert shared.of("anna").told() == {}, "seen longest ago"
