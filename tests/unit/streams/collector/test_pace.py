"""How many samples a second come."""

from __future__ import annotations

from jupyter_crispdm.streams.collector.pace import Pace


def test_it_is_what_came_over_the_last_seconds() -> None:
    pace = Pace(100.0)
    assert pace.rate(100.0) == 0
    pace.add(10)
    assert pace.rate(101.0) == 10
    for second in range(102, 120):
        pace.add(50)
        rate = pace.rate(float(second))
    assert rate == 50


def test_a_source_that_fell_silent_has_none_after_some_seconds() -> None:
    pace = Pace(0.0)
    pace.add(100)
    assert pace.rate(1.0) == 100
    assert [pace.rate(float(second)) for second in range(2, 9)][-1] == 0


def test_it_remembers_no_more_than_the_last_seconds() -> None:
    pace = Pace(0.0)
    for step in range(10_000):
        pace.add(1)
        pace.rate(step / 2)
    assert len(pace._counts) < 20
