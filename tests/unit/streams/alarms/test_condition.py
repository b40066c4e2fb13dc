"""When an alarm is raised and when it is cleared."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_crispdm.streams.alarms.condition import Condition, Limits

NAN = math.nan


def turns(limits: Limits, values: Sequence[float], times: Sequence[float] | None = None, size: int = 3) -> str:
    """What becomes of the alarm: for each row R (raised), C (cleared) or a dot, however they are cut into batches."""
    moments = np.array(range(len(values)) if times is None else times, np.float64)
    condition, found = Condition(limits), ["."] * len(values)
    for start in range(0, len(values), size):
        part = slice(start, start + size)
        for turn in condition.look(np.array(values[part], np.float64), moments[part]):
            found[start + turn.row] = "R" if turn.raised else "C"
    return "".join(found)


@pytest.mark.parametrize(("limits", "values", "told"), [
    (Limits(over=0.5), [0, 1, 1, 0, 1], ".R.CR"),
    (Limits(over=0.5), [0.5, 0.5, 0.51], "..R"),
    (Limits(under=0.5), [1, 0, 0.5, 0.4], ".RCR"),
    (Limits(over=10, under=0), [5, 11, 5, -1, 5], ".RCRC"),
    (Limits(), [5, math.inf, -math.inf], "..."),
    (Limits(over=0.5), [math.inf, -math.inf], "RC"),
])  # fmt: skip
def test_an_alarm_is_raised_beyond_a_limit_and_cleared_within(limits: Limits, values: list[float], told: str) -> None:
    assert turns(limits, values) == told


@pytest.mark.proves("alarms.chatter")
@pytest.mark.parametrize(("values", "told"), [
    ([0.6, 0.45, 0.55, 0.41, 0.4, 0.45], "R...C."),
    ([0.6, 0.45, 0.6, 0.2, 0.45, 0.6], "R..C.R"),
])  # fmt: skip
def test_a_value_that_trembles_around_its_limit_neither_clears_nor_raises(values: list[float], told: str) -> None:
    assert turns(Limits(over=0.5, hysteresis=0.1), values) == told


def test_it_must_be_beyond_for_so_many_samples_in_a_row() -> None:
    assert turns(Limits(over=0.5, samples=3), [1, 1, 0, 1, 1, 1, 1, 0]) == ".....R.C"


def test_it_must_be_beyond_for_so_many_seconds() -> None:
    limits = Limits(over=0.5, seconds=10)
    assert turns(limits, [1, 1, 1, 1], [0, 4, 9, 10]) == "...R"
    assert turns(limits, [1, 1, 0, 1, 1], [0, 9, 9.5, 10, 19.9]) == "....."


def test_after_an_alarm_none_is_raised_for_a_while() -> None:
    limits = Limits(over=0.5, quiet=5)
    assert turns(limits, [1, 0, 1, 0, 1, 0, 1, 0]) == "RC....RC"
    assert turns(limits, [1, 0, 1, 1, 1, 1, 1]) == "RC...R."  # still so when the while is over


@pytest.mark.parametrize(("values", "told"), [
    ([NAN, NAN, NAN], "..."), ([1, NAN, NAN, 0], "R..C"), ([1, NAN, 1], "R.."), ([0, NAN, 1], "..R"),
])  # fmt: skip
def test_what_is_missing_changes_nothing(values: list[float], told: str) -> None:
    assert turns(Limits(over=0.5), values) == told


def test_what_is_missing_interrupts_no_row() -> None:
    assert turns(Limits(over=0.5, samples=3), [1, NAN, 1, NAN, 1]) == "....R"


def test_a_clock_that_jumps_raises_nothing_and_holds_nothing_up() -> None:
    limits = Limits(over=0.5, seconds=3)
    assert turns(limits, [1, 1, 1, 1, 1], [0, -5000, -4999, -4998, -4997]) == "....R"
    assert turns(limits, [1, 1, 1, 1, 1], [0, 1, NAN, 10, 12]) == "....R"


def test_an_alarm_that_was_raised_before_goes_on() -> None:
    condition = Condition(Limits(over=0.5), raised=True)
    assert condition.look(np.array([1.0, 1.0]), np.array([0.0, 1.0])) == []
    assert [turn.raised for turn in condition.look(np.array([0.0]), np.array([2.0]))] == [False]


VALUES = st.lists(st.one_of(st.just(NAN), st.floats(0, 1, width=16)), max_size=40)
LIMITS = st.builds(
    Limits, over=st.just(0.5), hysteresis=st.sampled_from([0.0, 0.2]), samples=st.integers(1, 3),
    seconds=st.sampled_from([0.0, 2.0]), quiet=st.sampled_from([0.0, 4.0]),
)  # fmt: skip


@given(LIMITS, VALUES)
def test_batches_of_any_size_tell_the_same(limits: Limits, values: list[float]) -> None:
    assert turns(limits, values, size=1) == turns(limits, values, size=4) == turns(limits, values, size=100)


@given(LIMITS, VALUES)
def test_raised_and_cleared_take_turns(limits: Limits, values: list[float]) -> None:
    told = turns(limits, values).replace(".", "")
    assert told == ("RC" * len(told))[: len(told)]
