from __future__ import annotations

from datetime import datetime, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_crispdm.base.errors import BadRequest
from jupyter_crispdm.schedules.calendar import Calendar
from tests.examples import examples

NOON = 1_700_049_600.0


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=timezone.utc).timestamp()


def written(times: list[float]) -> list[str]:
    return [f"{datetime.fromtimestamp(time, timezone.utc):%m-%d %H:%M}" for time in times]


@pytest.mark.parametrize(
    ("cron", "words", "times"),
    [
        ("0 * * * *", "At the start of every hour", ["11-15 13:00", "11-15 14:00"]),
        ("30 2 * * *", "At 02:30 every day", ["11-16 01:30", "11-17 01:30"]),
        ("0 9 * * 1-5", "At 09:00 on Monday through Friday", ["11-16 08:00", "11-17 08:00"]),
        ("  0 0 1 * * ", "At 00:00 on the first day of every month", ["11-30 23:00", "12-31 23:00"]),
        ("0 0 l * *", "At 00:00 on the last day of every month", ["11-29 23:00", "12-30 23:00"]),
    ],
)
def test_an_expression_is_told_in_words_and_times(cron: str, words: str, times: list[str]) -> None:
    calendar = Calendar(cron, "Europe/Berlin")
    assert written(calendar.upcoming(NOON, 2)) == times
    assert calendar.description == words


def test_a_skipped_hour_runs_right_after_the_gap() -> None:
    calendar = Calendar("30 2 * * *", "Europe/Berlin")  # on 2024-03-31, 02:00 becomes 03:00
    assert written(calendar.upcoming(at("2024-03-30T12:00"), 2)) == ["03-31 01:00", "04-01 00:30"]


def test_a_doubled_hour_runs_once_the_first_time() -> None:
    calendar = Calendar("30 2 * * *", "Europe/Berlin")  # on 2024-10-27, 03:00 becomes 02:00
    assert written(calendar.upcoming(at("2024-10-26T12:00"), 2)) == ["10-27 00:30", "10-28 01:30"]


def test_inside_the_doubled_hour_nothing_is_answered_that_lies_before() -> None:
    calendar = Calendar("45 2 * * *", "Europe/Berlin")
    second = at("2024-10-27T01:30")  # 02:30 for the second time
    assert written(calendar.upcoming(second, 1)) == ["10-28 01:45"]
    assert written(calendar.between(at("2024-10-26T12:00"), second, 5)) == ["10-27 00:45"]


def test_a_star_goes_by_elapsed_time_over_both_changes() -> None:
    calendar = Calendar("30 * * * *", "Europe/Berlin")
    assert written(calendar.upcoming(at("2024-03-31T00:00"), 3)) == ["03-31 00:30", "03-31 01:30", "03-31 02:30"]
    assert written(calendar.upcoming(at("2024-10-27T00:00"), 3)) == ["10-27 00:30", "10-27 01:30", "10-27 02:30"]


def test_two_times_in_the_gap_are_one() -> None:
    calendar = Calendar("0,30 2 * * *", "Europe/Berlin")
    assert written(calendar.upcoming(at("2024-03-30T12:00"), 2)) == ["03-31 01:00", "04-01 00:00"]
    assert written(calendar.between(at("2024-03-30T12:00"), at("2024-03-31T12:00"), 9)) == ["03-31 01:00"]


def test_only_the_newest_are_looked_for_however_long_it_was() -> None:
    calendar = Calendar("* * * * *", "UTC")
    assert calendar.between(0, NOON, 2) == [NOON - 60, NOON]
    assert calendar.between(NOON, NOON + 59, 2) == []


@pytest.mark.parametrize(
    ("cron", "reason"),
    [
        ("", "five fields"),
        ("* * * *", "five fields"),
        ("0 0 * * * *", "five fields"),
        ("61 * * * *", "bad minute"),
        ("* 24 * * *", "bad hour"),
        ("* * 0 * *", "bad day-of-month"),
        ("* * * 13 *", "bad month"),
        ("* * * * 8", "bad day-of-week"),
        ("0 0 30 2 *", "no day ever matches"),
        ("0 0 31 4,6 *", "no day ever matches"),
        ("0 0 */31 * MON#5", "no day ever matches"),
        ("@daily", "five fields"),
        ("1" * 5000 + " * * * *", "five fields"),
    ],
)
def test_a_bad_expression_says_what_is_right(cron: str, reason: str) -> None:
    with pytest.raises(BadRequest) as caught:
        Calendar(cron, "UTC")
    assert caught.value.details == {"field": "cron"}
    assert reason in caught.value.message
    assert "30 2 * * 1-5" in caught.value.message


@pytest.mark.parametrize(
    "zone", ["", "Mars/Olympus", "../../etc/passwd", "/etc/localtime", "Europe", "a\0b", "x" * 5000, "Europe/Berlin\n"]
)
def test_a_bad_time_zone_says_what_is_right(zone: str) -> None:
    with pytest.raises(BadRequest) as caught:
        Calendar("* * * * *", zone)
    assert caught.value.details == {"field": "timezone"}
    assert "Europe/Berlin" in caught.value.message


@settings(max_examples=examples(400))
@given(st.text("0123456789*/,-#LWMONJANFE² ", max_size=20).map(lambda text: f"{text} * * *"))
def test_whatever_is_typed_is_a_calendar_or_a_bad_request(cron: str) -> None:
    for expression in (cron, " ".join(cron.split()[::-1])):
        try:
            Calendar(expression, "Europe/Berlin").upcoming(NOON, 2)
        except BadRequest as error:
            assert error.details == {"field": "cron"}  # noqa: PT017
