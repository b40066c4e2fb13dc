"""Fewer samples that look the same."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from jupyter_crispdm.streams.batch import Samples, numbers_of
from jupyter_crispdm.streams.recording.thinning import thin, thin_all


def samples(rows: int, more: dict[str, Any] | None = None, *, first: int = 1, **columns: Any) -> Samples:
    seq = np.arange(first, first + rows)
    return Samples(seq, {"time": seq.astype(np.float64), **(more or {}), **columns})


def test_few_samples_stay_as_they_are() -> None:
    few = samples(10, value=np.arange(10.0))
    assert thin(few, 10) is few


@given(st.integers(4, 300), st.integers(0, 4), st.integers(0, 2**32))
def test_no_more_than_wanted_and_every_extreme(points: int, columns: int, seed: int) -> None:
    rows = 2000
    values: dict[str, NDArray[np.float64]] = {
        f"c{number}": column for number, column in enumerate(np.random.default_rng(seed).random((columns, rows)))
    }
    found = thin(samples(rows, values), points)
    assert len(found) <= max(points, 2 + 2 * columns)
    assert found.seq[0] == 1
    assert found.seq[-1] == rows
    assert np.all(np.diff(found.seq) > 0)
    for name, column in values.items():
        assert np.max(numbers_of(found.columns[name])) == np.max(column)
        assert np.min(numbers_of(found.columns[name])) == np.min(column)


@pytest.mark.parametrize("points", [0, 1, 4, 50])
def test_samples_without_numbers_are_taken_evenly(points: int) -> None:
    found = thin(samples(1000, state=["on"] * 1000), points)
    assert 2 <= len(found) <= max(points, 4) + 2
    assert found.columns["state"] == ["on"] * len(found)


def test_missing_numbers_hide_no_extreme() -> None:
    value = np.full(1000, np.nan)
    value[[300, 600]] = 5.0, -5.0
    found = thin(samples(1000, value=value), 20)
    assert {301, 601} <= set(found.seq.tolist())


def test_columns_of_nothing_but_missing_numbers_are_thinned() -> None:
    assert len(thin(samples(1000, value=np.full(1000, np.nan)), 20)) <= 20


def test_many_parts_are_thinned_as_one() -> None:
    parts = []
    for number in range(200):
        value = np.zeros(500)
        if number == 77:
            value[250] = 1.0
        parts.append(samples(500, first=1 + 500 * number, value=value))
    found = thin_all(iter(parts), 50)
    assert len(found) <= 50
    assert {1, 77 * 500 + 251, 100_000} <= set(found.seq.tolist())


def test_of_no_part_comes_nothing() -> None:
    assert len(thin_all([], 50)) == 0
