"""Blocks of points, told by their lowest, their highest and one that is no number: all that a narrow picture shows.

The first level sums up 64 points in an entry, each further one four entries of the level below. So a range of any
length is covered by a few thousand entries of some level, and what is left at its ends by entries of lower ones.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..types import Series

#: A point and its place among all points of its series.
POINT = np.dtype([("at", "<i8"), ("step", "<i8"), ("value", "<f8"), ("time", "<f8")])
#: An entry has so many points, in their order; where fewer are needed, some come twice.
KEPT = 3
ENTRY_BYTES = KEPT * POINT.itemsize
BLOCK = 64
FAN = 4
#: Level 0 are the points themselves. The last level's entries stand for 64 · 4^8 points each.
LEVELS = 10


def points_of(level: int) -> int:
    """How many points an entry of a level stands for; of level 0, one."""
    return 1 if level == 0 else BLOCK * FAN ** (level - 1)


def as_points(series: Series, first: int = 0) -> NDArray[Any]:
    """A stretch of a series that begins at place `first`, as points."""
    found = np.empty(len(series), POINT)
    found["at"] = np.arange(first, first + len(series))
    found["step"], found["value"], found["time"] = series.step, series.value, series.time
    return found


def as_series(points: NDArray[Any]) -> Series:
    """Points as three columns."""
    step, value, time = (np.ascontiguousarray(points[field]) for field in ("step", "value", "time"))
    return Series(step, value, time)


def entries_of(series: Series, first: int) -> NDArray[Any]:
    """The entries of the first level of whole blocks: an array of n rows of three points."""
    value = series.value.reshape(-1, BLOCK)
    places = _telling(value) + (np.arange(len(value)) * BLOCK)[:, None]
    found = np.empty(places.shape, POINT)
    found["at"] = places + first
    found["step"], found["value"], found["time"] = series.step[places], series.value[places], series.time[places]
    return found


def summed_up(entries: NDArray[Any]) -> NDArray[Any]:
    """Each four entries as one of the next level."""
    points = entries.reshape(-1, FAN * KEPT)
    found: NDArray[Any] = np.take_along_axis(points, _telling(points["value"]), axis=1)
    return found


def once(points: NDArray[Any]) -> NDArray[Any]:
    """The points of entries in their order, each once."""
    flat: NDArray[Any] = points.reshape(-1)
    if len(flat) < 2:
        return flat
    is_new = np.empty(len(flat), bool)
    is_new[0], is_new[1:] = True, flat["at"][1:] != flat["at"][:-1]
    return flat[is_new]


def reduced(series: Series, entries: int) -> Series:
    """A series cut into about so many blocks, of each what an entry tells; shorter ones stay as they are."""
    width = len(series) // max(1, entries)
    if width <= KEPT:
        return series
    whole = len(series) - len(series) % width
    value = series.value[:whole].reshape(-1, width)
    places = (_telling(value) + (np.arange(len(value)) * width)[:, None]).reshape(-1)
    rest = np.arange(whole, len(series))
    chosen = np.concatenate([[0], places, rest, [len(series) - 1]]).astype(np.intp)  # in order, some twice
    return series.take(chosen[np.append(True, chosen[1:] != chosen[:-1])])


def _telling(value: NDArray[np.float64]) -> NDArray[np.intp]:
    """Of each row of values the places of its lowest, its highest and its first without a number, in their order."""
    finite = np.isfinite(value)
    if finite.all():
        low, high = value.argmin(axis=1), value.argmax(axis=1)
        return np.stack([np.minimum(low, high), np.maximum(low, high), np.maximum(low, high)], axis=1)
    low = np.where(finite, value, np.inf).argmin(axis=1)
    high = np.where(finite, value, -np.inf).argmax(axis=1)
    odd = np.where(finite.all(axis=1), low, (~finite).argmax(axis=1))
    return np.sort(np.stack([low, high, odd], axis=1), axis=1)
