"""Rules that raise alerts."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_crispdm.base.errors import BadRequest
from jupyter_crispdm.tracking.diagnosis.rules import Watched, Watching, check_rules
from jupyter_crispdm.tracking.diagnosis.types import AlertRule, AlertWhen, Better, PatienceUnit
from tests.examples import examples
from tests.support import grows_evenly

from .curves import series


def rule(when: str, metric: str = "loss", **fields: Any) -> AlertRule:
    return AlertRule(when=AlertWhen(when), metric=metric, **fields)


def watch(wanted: AlertRule, *parts: Any, name: str = "loss") -> Watched:
    """What becomes of a rule, whose metric comes in parts."""
    watched = Watched(wanted)
    watching, at = Watching([watched]), 0
    for part in parts:
        watching.see(name, series(part, first=at))
        at += len(part)
    return watched


@pytest.mark.proves("diagnosis.alerts")
def test_a_threshold_is_told_where_it_is_first_crossed() -> None:
    raised = watch(rule("above", value=2.0), [1.0, 2.0], [1.9, 2.5, 9.0])
    assert raised.reason == "loss is 2.5 at step 3, above 2."
    assert [(point.what, point.step, point.value) for point in raised.evidence] == [("now", 3, 2.5)]
    assert watch(rule("below", value=0.5), [1.0, 0.5, 0.4]).reason == "loss is 0.4 at step 2, below 0.5."
    assert not watch(rule("above", value=2.0), [1.0, math.nan, 2.0]).raised
    assert not watch(rule("above", value=2.0), [3.0], name="other").raised


def test_no_number_is_told_of_one_metric_or_of_any() -> None:
    assert watch(rule("nan"), [1.0, math.nan]).reason == "loss is not a number at step 1."
    assert watch(rule("nan", ""), [-math.inf], name="val/loss").reason == "val/loss is infinite at step 0."
    assert not watch(rule("nan"), [math.nan], name="val/loss").raised


@pytest.mark.proves("diagnosis.alerts")
@pytest.mark.parametrize("cut", range(1, 9))
def test_no_improvement_for_some_values_is_told_once_patience_ends(cut: int) -> None:
    values = [5.0, 4.0, 3.0, 3.0, 3.5, 3.1, 3.2, 2.0, 1.0]
    raised = watch(rule("stuck", patience=4), values[:cut], values[cut:])
    assert raised.reason == "loss has been no better than 3, at step 2, for 4 values, up to step 6."
    assert [(point.what, point.step) for point in raised.evidence] == [("best", 2), ("now", 6)]
    assert not watch(rule("stuck", patience=5), values[:cut], values[cut:]).raised


def test_patience_can_count_steps() -> None:
    watched = Watched(rule("stuck", patience=100, unit=PatienceUnit.steps))
    watching = Watching([watched])
    watching.see("loss", series([3.0, 2.0, 2.5], every=50))
    assert not watched.raised
    watching.see("loss", series([2.5, 2.5], first=150, every=50))
    assert watched.reason == "loss has been no better than 2, at step 50, for 100 steps, up to step 150."


def test_only_what_is_better_by_enough_counts() -> None:
    slow = [1.0 - 0.001 * step for step in range(20)]
    assert watch(rule("stuck", patience=10, least=0.1), slow).raised
    assert not watch(rule("stuck", patience=10), slow).raised
    steady = [1.0 - 0.06 * step for step in range(15)]
    assert not watch(rule("stuck", patience=3, least=0.1), steady).raised


def test_which_way_is_better_is_told_or_read_from_the_name() -> None:
    rising = [0.1 * step for step in range(10)]
    assert not watch(rule("stuck", "accuracy", patience=3), rising, name="accuracy").raised
    assert watch(rule("stuck", patience=3), rising).raised
    assert not watch(rule("stuck", patience=3, better=Better.high), rising).raised


def test_values_that_are_no_numbers_are_no_improvement() -> None:
    assert watch(rule("stuck", patience=3), [1.0, math.nan, -math.inf, math.nan]).raised
    assert not watch(rule("stuck", patience=3), [math.nan] * 10).raised


def test_a_rule_that_was_raised_stays_as_it_is() -> None:
    watched = watch(rule("above", value=1.0), [2.0])
    before = watched.reason
    Watching([watched]).see("loss", series([9.0]))
    assert watched.reason == before
    assert watched.alert().raised


@settings(max_examples=examples(120))
@given(
    st.lists(st.one_of(st.floats(-5, 5), st.just(math.nan)), min_size=1, max_size=60),
    st.integers(1, 8),
    st.sampled_from([0.0, 0.5]),
    st.lists(st.integers(1, 20), min_size=1, max_size=10),
)
def test_it_says_what_a_plain_loop_says(values: list[float], patience: int, least: float, sizes: list[int]) -> None:
    parts, at = [], 0
    for size in sizes:
        parts.append(values[at : at + size])
        at += size
    parts.append(values[at:])
    raised = watch(rule("stuck", patience=patience, least=least), *[part for part in parts if part])
    assert raised.raised is (_plainly(values, patience, least) is not None)
    if raised.raised:
        assert raised.evidence[1].step == _plainly(values, patience, least)


def _plainly(values: list[float], patience: int, least: float) -> int | None:
    best, since = math.inf, 0
    for at, value in enumerate(values):
        if math.isfinite(value) and (best == math.inf or value < best - least):
            best, since = value, 0
        elif best < math.inf:
            since += 1
            if since >= patience:
                return at
    return None


def test_a_metric_that_gets_better_with_every_value_costs_no_more() -> None:
    def work(size: int) -> None:
        watch(rule("stuck", patience=5), np.arange(float(size), 0, -1))

    assert grows_evenly(work, 5000)


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        (rule("above"), "needs a 'value'"),
        (rule("above", value=math.nan), "needs a 'value'"),
        (rule("below", "", value=1.0), "needs a 'metric'"),
        (rule("stuck"), "needs 'patience'"),
        (rule("stuck", patience=3, least=math.inf), "'least'"),
        (rule("nan", "a\nb"), "printable"),
    ],
)
def test_rules_that_say_too_little_are_refused_by_their_number(bad: AlertRule, says: str) -> None:
    with pytest.raises(BadRequest, match="rule 2") as refused:
        check_rules([rule("nan"), bad])
    assert says in refused.value.message
    assert refused.value.details["field"] == "alerts"


def test_no_more_than_fifty_rules() -> None:
    check_rules([rule("nan")] * 50)
    with pytest.raises(BadRequest, match="50"):
        check_rules([rule("nan")] * 51)
