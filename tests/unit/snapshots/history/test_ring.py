"""Which versions stay: the last twenty, then one an hour, then one a day."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_crispdm.snapshots.history.ring import LAST, superseded

HOUR, DAY = 3600.0, 86_400.0
NOW = 1_700_000_000.0
AGES = st.lists(st.integers(0, 30 * 24 * 60).map(lambda minutes: minutes * 60.0), max_size=120, unique=True)


def kept(times: list[float], now: float = NOW) -> list[float]:
    gone = superseded(times, now)
    return sorted((time for time in times if time not in gone), reverse=True)


@pytest.mark.proves("history.ring")
def test_a_file_that_is_saved_every_two_minutes_keeps_twenty_and_one_an_hour() -> None:
    times = [NOW - 120.0 * number for number in range(720)]
    found = kept(times)
    assert found[:LAST] == times[:LAST]
    assert len(found) - LAST in (24, 25)
    assert len({time // HOUR for time in found[LAST:]}) == len(found) - LAST


@pytest.mark.proves("history.ring")
def test_what_is_older_than_a_day_keeps_one_a_day() -> None:
    times = [NOW - HOUR * number for number in range(24 * 10)]
    old = [time for time in kept(times) if NOW - time > DAY]
    assert len({time // DAY for time in old}) == len(old)
    assert len(old) in (9, 10)


@pytest.mark.proves("history.ring")
@given(ages=AGES)
def test_the_last_stay_and_no_day_is_emptied(ages: list[float]) -> None:
    times = [NOW - age for age in ages]
    found = kept(times)
    newest = sorted(set(times), reverse=True)
    assert found[:LAST] == newest[:LAST]
    assert {time // DAY for time in times} == {time // DAY for time in found}
    assert kept(found) == found, "what is kept once is not superseded by itself"


@given(ages=AGES, later=st.floats(0, 3 * DAY))
def test_as_time_goes_on_the_newest_of_a_slot_stays(ages: list[float], later: float) -> None:
    """So a version that was dropped is not missed later, when hours become days."""
    times = [NOW - age for age in ages]
    one_way = kept(kept(times), NOW + later)
    assert one_way == kept(times, NOW + later)
