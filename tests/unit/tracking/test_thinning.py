"""Fewer points that look the same."""

from __future__ import annotations

import numpy as np
import pytest

from jupyter_crispdm.tracking.reading.thinning import thin
from jupyter_crispdm.tracking.types import Series


def series(value: np.ndarray, step: np.ndarray | None = None) -> Series:
    steps = np.arange(len(value)) if step is None else step
    return Series(steps.astype(np.int64), value.astype(np.float64), np.arange(len(value), dtype=np.float64))


def test_few_points_stay() -> None:
    whole = series(np.arange(100.0))
    assert thin(whole, 100) is whole


@pytest.mark.parametrize("points", [3, 10, 2000])
def test_at_most_so_many(points: int) -> None:
    few = thin(series(np.random.default_rng(1).normal(size=100_000).cumsum()), points)
    assert 2 <= len(few) <= points
    assert (few.step[0], few.step[-1]) == (0, 99_999)
    assert np.all(np.diff(few.step) > 0)


def test_extremes_stay() -> None:
    value = np.zeros(100_000)
    value[[31_234, 77_777]] = 5, -5
    few = thin(series(value), 200)
    assert {31_234, 77_777} <= set(few.step.tolist())


def test_points_without_a_number_stay_visible() -> None:
    value = np.random.default_rng(1).normal(size=50_000)
    value[40_000:] = np.nan
    value[7] = np.inf
    few = thin(series(value), 100)
    assert len(few) <= 110
    assert np.isnan(few.value).any()
    assert np.isinf(few.value).any()
    assert np.isfinite(few.value).sum() >= 80


def test_nothing_but_nan() -> None:
    assert 1 <= len(thin(series(np.full(1000, np.nan)), 100)) <= 100


def test_steps_in_any_order() -> None:
    step = np.random.default_rng(1).permutation(10_000)
    few = thin(series(np.arange(10_000.0), step), 100)
    assert len(few) <= 100
    assert np.all(np.diff(few.time) > 0)


def test_constant_steps() -> None:
    assert len(thin(series(np.arange(10_000.0), np.zeros(10_000)), 50)) <= 50
