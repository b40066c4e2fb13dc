"""Blocks of points and what is told of them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_crispdm.tracking.columns.pyramid import (
    BLOCK,
    FAN,
    KEPT,
    as_points,
    as_series,
    entries_of,
    once,
    points_of,
    reduced,
    summed_up,
)
from jupyter_crispdm.tracking.columns.reducing import Growing
from jupyter_crispdm.tracking.types import Series

VALUES = st.lists(st.floats(allow_nan=True, allow_infinity=True, width=32), min_size=BLOCK, max_size=BLOCK)


def series(values: list[float] | np.ndarray) -> Series:
    value = np.asarray(values, np.float64)
    return Series(np.arange(len(value)), value, np.arange(len(value), dtype=np.float64))


@given(VALUES)
def test_an_entry_tells_the_extremes_and_one_that_is_no_number(values: list[float]) -> None:
    told = once(entries_of(series(values), 0))
    value = np.array(values)
    finite = value[np.isfinite(value)]
    assert 1 <= len(told) <= KEPT
    assert np.all(np.diff(told["at"]) > 0), "in their order, each once"
    np.testing.assert_array_equal(told["value"], value[told["at"]])
    if len(finite):
        assert {finite.min(), finite.max()} <= set(told["value"].tolist())
    if len(finite) < len(value):
        assert not np.isfinite(told["value"]).all()


@given(st.lists(VALUES, min_size=FAN, max_size=FAN))
def test_a_higher_entry_tells_what_all_below_it_tell(blocks: list[list[float]]) -> None:
    value = np.concatenate(blocks)
    told = once(summed_up(entries_of(series(value), 0)))
    finite = value[np.isfinite(value)]
    if len(finite):
        assert {finite.min(), finite.max()} <= set(told["value"].tolist())
    assert np.isfinite(told["value"]).all() == (len(finite) == len(value))
    np.testing.assert_array_equal(told["value"], value[told["at"]])


def test_levels() -> None:
    assert [points_of(level) for level in range(4)] == [1, 64, 256, 1024]


def test_points_and_columns_are_the_same() -> None:
    points = as_points(series([3.0, 1.0, 2.0]), 7)
    assert points["at"].tolist() == [7, 8, 9]
    assert as_series(points).value.tolist() == [3, 1, 2]
    assert len(once(points[:0])) == 0


@pytest.mark.parametrize("length", [10, 999, 100_000])
def test_a_series_cut_down_keeps_its_ends_and_extremes(length: int) -> None:
    value = np.random.default_rng(length).normal(size=length)
    few = reduced(series(value), 50)
    assert len(few) <= max(10, 3 * 50 + length // 50 % 50 + 60)
    assert (few.step[0], few.step[-1]) == (0, length - 1)
    assert (few.value.min(), few.value.max()) == (value.min(), value.max())


def test_a_series_that_grows_by_stretches_stays_short_and_keeps_its_extremes() -> None:
    growing, value = Growing(100), np.random.default_rng(4).normal(size=200_000)
    value[123_456] = np.nan
    lengths = []
    for part in np.split(value, 100):
        growing.add(series(part))
        lengths.append(len(growing.series()))
    assert max(lengths) <= 100 * 8 + 2000
    found = growing.series().value
    assert (np.nanmin(found), np.nanmax(found)) == (np.nanmin(value), np.nanmax(value))
    assert np.isnan(found).any()
