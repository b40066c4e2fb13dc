"""Numbers that are kept for the list of deployments."""

from __future__ import annotations

import pytest

from jupyter_crispdm.serving.inference.http.counts import BUCKETS, ModelSeries, Numbers, Series


def test_a_time_falls_into_the_bucket_that_it_does_not_pass() -> None:
    series = Series()
    for seconds in (0.0, BUCKETS[0], BUCKETS[0] * 1.01, 1000.0):
        series.add(200, seconds)
    assert [place for place, count in enumerate(series.counts) if count] == [0, 1, len(BUCKETS)]
    assert series.counts[0] == 2
    assert series.statuses == {200: 4}
    assert series.total == pytest.approx(1000, abs=0.01)


def answered(*times: float, status: int = 200, seconds: float = 0.01) -> ModelSeries:
    series = ModelSeries()
    for now in times:
        series.note(status, seconds, now)
    return series


def test_nothing_was_asked_yet() -> None:
    assert ModelSeries().numbers(100.0) == Numbers()


def test_the_last_minute_is_told_and_everything_is_counted() -> None:
    series = answered(*range(100))
    numbers = series.numbers(100.0)
    assert (numbers.requests, numbers.errors) == (100, 0)
    assert numbers.rate == pytest.approx(1.0)
    assert series.numbers(1000.0) == Numbers(100, 0)


def test_a_fast_model_s_rate_is_that_of_what_is_remembered() -> None:
    series = answered(*(number / 1000 for number in range(5000)))
    assert series.numbers(5.0).rate == pytest.approx(1000, rel=0.01)
    assert series.numbers(5.0).requests == 5000


def test_percentiles_are_of_times_that_were_measured() -> None:
    series = ModelSeries()
    for number in range(1, 101):
        series.note(200, number / 1000, 1.0)
    numbers = series.numbers(2.0)
    assert (numbers.p50, numbers.p99) == (0.05, 0.099)


@pytest.mark.parametrize(("status", "errors"), [(200, 0), (399, 0), (400, 1), (499, 1), (503, 1)])
def test_what_counts_as_an_error(status: int, errors: int) -> None:
    assert answered(1.0, status=status).numbers(1.0).errors == errors
