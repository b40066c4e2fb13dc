"""What is due when the clocks change, held against a look at each single minute."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from itertools import takewhile
from zoneinfo import ZoneInfo, available_timezones

import pytest
from cronsim import CronSim
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_crispdm.schedules.calendar import Calendar
from tests.examples import examples

EXPRESSIONS = (
    "* * * * *",
    "45 * * * *",
    "*/20 * * * *",
    "30 2 * * *",
    "0,30 2 * * *",
    "*/30 2 4 4 *",
    "0 */2 * * *",
    "15 0-4 * * 0",
    "59 23 * * *",
    "0 0 * * *",
    "0 3 26-31 * *",
    "0 * 1 * *",
)
ZONES = sorted(available_timezones())
DAY = 86_400
SOME = int(datetime(2009, 1, 1, tzinfo=timezone.utc).timestamp())
LAST = int(datetime(2029, 1, 1, tzinfo=timezone.utc).timestamp())


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=timezone.utc).timestamp()


def written(times: list[float]) -> list[str]:
    return [f"{datetime.fromtimestamp(time, timezone.utc):%Y-%m-%dT%H:%MZ}" for time in times]


@lru_cache
def fields(cron: str) -> CronSim:
    return CronSim(cron, datetime(2024, 1, 1))


def names(cron: str, clock: datetime) -> bool:
    """Whether an expression names what a clock shows."""
    known = fields(cron)
    named = clock.minute in known.minutes and clock.hour in known.hours and clock.month in known.months
    return named and known.match_day(clock.date())


def minute_by_minute(cron: str, clocks: list[tuple[int, datetime]]) -> list[float]:
    """What is due, found by looking at the clock each minute; the first day of `clocks` only warms up."""
    shown = [float(moment) for moment, clock in clocks if names(cron, clock)]
    if len(fields(cron).hours) == 24:
        return [moment for moment in shown if moment >= clocks[0][0] + DAY]
    found: list[float] = []
    latest = clocks[0][1]
    for moment, clock in clocks:
        while latest < clock:  # more than one step where the clock was put forward, none where it was put back
            latest += timedelta(minutes=1)
            if names(cron, latest) and float(moment) not in found[-1:]:
                found.append(float(moment))
    return [moment for moment in found if moment >= clocks[0][0] + DAY]


def look(zone: str, start: int, minutes: int) -> list[tuple[int, datetime]]:
    """What the clock shows each minute; a day earlier already, so that it is known what has passed."""
    place = ZoneInfo(zone)
    start -= start % 60 + DAY
    return [
        (moment, datetime.fromtimestamp(moment, place).replace(tzinfo=None, fold=0))
        for moment in range(start, start + DAY + minutes * 60, 60)
    ]


@lru_cache(None)
def changes(zone: str) -> list[int]:
    """When the clock of a zone changes, from 2009 to 2029."""
    return [*_changes(zone)]


def _changes(zone: str) -> Iterator[int]:
    place = ZoneInfo(zone)

    def offset(moment: int) -> timedelta | None:
        return datetime.fromtimestamp(moment, place).utcoffset()

    for start in range(SOME, LAST, 14 * DAY):
        before, after = start, start + 14 * DAY
        if offset(before) == offset(after):
            continue
        while after - before > 1:
            middle = (before + after) // 2
            before, after = (middle, after) if offset(middle) == offset(before) else (before, middle)
        yield after


def is_odd(zone: str, change: int) -> bool:
    """Whether a change is of no whole hour, or at none, or leads from one day to another."""
    place = ZoneInfo(zone)
    before, after = (datetime.fromtimestamp(moment, place) for moment in (change - 1, change))
    shift = (after.utcoffset() or timedelta()) - (before.utcoffset() or timedelta())
    at_an_hour = after.minute == 0 or (after - timedelta(hours=1)).minute == 0
    return shift.total_seconds() % 3600 != 0 or not at_an_hour or abs(shift) > timedelta(hours=1)


def compare(cron: str, zone: str, clocks: list[tuple[int, datetime]]) -> None:
    since, until = clocks[0][0] + DAY - 60, clocks[-1][0]
    calendar = Calendar(cron, zone)
    expected = minute_by_minute(cron, clocks)
    forwards = [*takewhile(lambda time: time <= until, calendar.upcoming(since, len(expected) + 1))]
    backwards = calendar.between(since, until, 10_000)
    assert written(forwards) == written(expected), (cron, zone)
    assert backwards == forwards, (cron, zone)


@pytest.mark.proves("calendar.changes")
def test_a_schedule_in_chatham_ends_its_look_backwards() -> None:
    calendar = Calendar("0 */2 * * *", "Pacific/Chatham")
    since, until = at("2026-04-04T10:00"), at("2026-04-04T18:00")
    due = ["2026-04-04T10:15Z", "2026-04-04T12:15Z", "2026-04-04T15:15Z", "2026-04-04T17:15Z"]
    assert written(calendar.between(since, until, 9)) == due
    assert written(calendar.upcoming(since, 4)) == due


@pytest.mark.proves("calendar.changes")
def test_a_schedule_in_lord_howe_misses_no_half_hour() -> None:
    calendar = Calendar("*/30 2 4 4 *", "Australia/Lord_Howe")
    assert written(calendar.upcoming(at("2027-04-01T00:00"), 2)) == ["2027-04-03T15:30Z", "2027-04-03T16:00Z"]


def test_a_day_that_a_zone_left_out_is_made_up_for() -> None:
    calendar = Calendar("0 12 * * *", "Pacific/Apia")  # 2011-12-30 never came
    due = ["2011-12-29T22:00Z", "2011-12-30T10:00Z", "2011-12-30T22:00Z"]
    assert written(calendar.upcoming(at("2011-12-29T12:00"), 3)) == due
    assert written(calendar.between(at("2011-12-29T12:00"), at("2011-12-31T00:00"), 9)) == due


@pytest.mark.parametrize(
    ("cron", "zone", "day", "due"),
    [
        ("*/30 2 * * *", "Europe/Berlin", "2024-03-31T00:00", ["2024-03-31T01:00Z"]),
        ("*/30 2 * * *", "Europe/Berlin", "2024-10-27T00:00", ["2024-10-27T00:00Z", "2024-10-27T00:30Z"]),
        ("0 0 * * *", "America/Havana", "2024-03-10T00:00", ["2024-03-10T05:00Z"]),
        ("45 23 * * *", "America/St_Johns", "2009-11-01T00:00", ["2009-11-01T02:15Z"]),
    ],
)
def test_where_some_hours_are_named_nothing_is_lost_and_nothing_twice(
    cron: str, zone: str, day: str, due: list[str]
) -> None:
    assert written(Calendar(cron, zone).between(at(day) - 1, at(day) + 20 * 3600, 9)) == due


def test_no_look_goes_further_than_fifty_years() -> None:
    calendar = Calendar("0 0 29 2 *", "Europe/Berlin")
    assert len(calendar.between(-1e10, at("2024-06-01T00:00"), 1000)) == 13
    assert len(calendar.upcoming(at("2024-06-01T00:00"), 5)) == 5


def test_each_odd_change_of_any_zone_is_as_a_look_at_each_minute_finds_it() -> None:
    known: set[tuple[str, ...]] = set()
    for zone in ZONES:
        for change in changes(zone):
            if not is_odd(zone, change):
                continue
            clocks = look(zone, change - 6 * 3600, 30 * 60)
            seen = tuple(f"{clock}" for _, clock in clocks[1440::30])
            if seen in known:  # another name of the same zone
                continue
            known.add(seen)
            for cron in EXPRESSIONS[1:]:
                compare(cron, zone, clocks)
    assert len(known) > 60


@pytest.mark.proves("calendar.changes")
@settings(max_examples=examples(50))
@given(
    cron=st.sampled_from(EXPRESSIONS),
    zone=st.sampled_from(ZONES),
    start=st.integers(SOME, LAST),
    change=st.integers(0, 70),
    near=st.booleans(),
)
def test_forwards_backwards_and_each_minute_agree(cron: str, zone: str, start: int, change: int, near: bool) -> None:
    found = changes(zone) if near else []
    moment = found[change % len(found)] - start % DAY if found else start
    compare(cron, zone, look(zone, moment, 24 * 60))
