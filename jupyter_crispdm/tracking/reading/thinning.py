"""Fewer points that look the same when drawn."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tsdownsample import MinMaxLTTBDownsampler

from ..types import Series

_LEAST_POINTS = 3
_SHARE_OF_ODD_POINTS = 10


def thin(series: Series, points: int) -> Series:
    """At most about `points` points: the first, the last, the extremes, some of those without a number."""
    points = max(points, _LEAST_POINTS)
    if len(series) <= points:
        return series
    places = _chosen(series, points)
    restarts = tuple(dict.fromkeys(np.searchsorted(places, series.restarts).tolist()))
    return replace(series.take(places), restarts=tuple(one for one in restarts if one < len(places)))


def _chosen(series: Series, points: int) -> NDArray[np.intp]:
    finite = np.isfinite(series.value)
    if finite.all():
        return _with_extremes(series.step, series.value, points)
    odd = _evenly(np.flatnonzero(~finite), max(1, points // _SHARE_OF_ODD_POINTS))
    numbers = np.flatnonzero(finite)
    wanted = max(points - len(odd), _LEAST_POINTS)
    if len(numbers) > wanted:
        numbers = numbers[_with_extremes(series.step[numbers], series.value[numbers], wanted)]
    return np.union1d(odd, numbers)


def _with_extremes(step: NDArray[np.int64], value: NDArray[np.float64], points: int) -> NDArray[np.intp]:
    """Points that show the shape, the lowest and the highest always among them."""
    places, extremes = _shape(step, value, points), np.array([value.argmin(), value.argmax()])
    if points < _LEAST_POINTS + len(extremes) or np.isin(extremes, places).all():
        return places
    return np.union1d(extremes, _shape(step, value, points - len(extremes)))


def _shape(step: NDArray[np.int64], value: NDArray[np.float64], points: int) -> NDArray[np.intp]:
    sampler: Any = MinMaxLTTBDownsampler()  # type: ignore[no-untyped-call]
    gaps = np.diff(step)
    least = gaps.min()
    if 0 < least < gaps.max():
        return np.asarray(sampler.downsample(step, value, n_out=points), dtype=np.intp)
    return np.asarray(
        sampler.downsample(value, n_out=points), dtype=np.intp
    )  # even steps: many times quicker


def _evenly(indices: NDArray[np.intp], count: int) -> NDArray[np.intp]:
    if len(indices) <= count:
        return indices
    return indices[np.linspace(0, len(indices) - 1, count).astype(np.intp)]
