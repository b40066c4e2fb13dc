"""One series as one file has it: what lies in columns, and the points that came since."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..types import EMPTY, Series, chain
from .pyramid import LEVELS, as_points, as_series, once, points_of, reduced
from .store import Columns

#: Points that are looked at for each that is drawn, when some must be chosen.
_SHARE = 4
#: As many points are read as they are.
_PLAIN = 4096
#: A series out of order is looked through point by point if it has no more than these in columns.
_MOST_SEARCHED = 1 << 22
_SEARCHED_AT_ONCE = 1 << 19
_MOST_ENTRIES = 1 << 16
#: Entries that are read at once to find a place.
_MOST_SIGNS = 512


class Track:
    """A series of one file, so far as it was counted; its points are numbered from 0."""

    def __init__(self, tail: Series = EMPTY, columns: Columns | None = None, number: int = 0) -> None:
        self._tail, self._columns, self._number = tail, columns, number
        self._kept = columns.count(number) if columns is not None else 0
        self._signs: dict[tuple[int, int, int], NDArray[Any]] = {}

    def __len__(self) -> int:
        return self._kept + len(self._tail)

    def is_sorted(self, axis: str) -> bool:
        """Whether it never goes back on this axis."""
        tail = self._tail.step if axis == "step" else self._tail.time
        if not bool(np.all(tail[1:] >= tail[:-1])):
            return False
        if self._columns is None or not self._kept:
            return True
        traits = self._columns.table.series[self._number]
        last = traits.step if axis == "step" else traits.time
        return traits.is_sorted(axis) and (not len(tail) or bool(tail[0] >= last))

    def first_step(self) -> int:
        """The lowest step, as far as that is known without looking at all: of one in order, the first."""
        if self._kept and self._columns is not None:
            return int(self._columns.column(self._number, "step", 0, 1)[0])
        if self.is_sorted("step"):
            return int(self._tail.step[0])
        return int(self._tail.step.min())

    def place(self, axis: str, at: float, *, after: bool = False) -> int:
        """The number of the first point that is not before `at` (or that is after it), of one in order."""
        tail = self._tail.step if axis == "step" else self._tail.time
        side: Any = "right" if after else "left"
        if self._columns is not None and self._kept:
            low, high = self._around(axis, at, side)
            found = low + int(np.searchsorted(self._columns.column(self._number, axis, low, high), at, side))
            if found < self._kept:
                return found
        return self._kept + int(np.searchsorted(tail, at, side))

    def _around(self, axis: str, at: float, side: Any) -> tuple[int, int]:
        """Two numbers of points between which a place on an axis is found: about a block apart.

        Entries of each level tell the next one where to look, so that little is read, and that side by side.
        """
        assert self._columns is not None
        low, high = 0, self._kept
        for level in range(LEVELS - 1, 0, -1):
            size, count = points_of(level), self._columns.count(self._number, level)
            first, last = low // size, min(count, -(-high // size))
            if first >= last or last - first > _MOST_SIGNS:
                continue
            signs = self._entries(level, first, last).reshape(-1)
            next_one = int(np.searchsorted(signs[axis], at, side))
            if next_one < len(signs):
                high = min(high, int(signs["at"][next_one]))
            if next_one:
                low = max(low, int(signs["at"][next_one - 1]) + 1)
        return low, max(low, high)

    def _entries(self, level: int, first: int, last: int) -> NDArray[Any]:
        """Some of the entries of a level; those of the highest, which each search begins with, are kept."""
        assert self._columns is not None
        if (level, first, last) not in self._signs:
            self._signs[level, first, last] = self._columns.entries(self._number, level, first, last)
        return self._signs[level, first, last]

    def read(self, start: int, stop: int) -> Series:
        """The points from one number up to another."""
        kept = min(stop, self._kept)
        tail = self._tail.take(slice(max(0, start - self._kept), max(0, stop - self._kept)))
        if start >= kept or self._columns is None:
            return tail
        found = self._columns.series(self._number, start, kept)
        return found if not len(tail) else chain([found, tail])

    def pick(self, start: int, stop: int, points: int) -> Series:
        """Between `points` and a few times as many that show what lies between two numbers, the first and last too.

        What that costs does not depend on how much lies between.
        """
        most = max(_SHARE * points, _PLAIN)
        if stop - start <= most:
            return self.read(start, stop)
        kept = min(stop, self._kept)
        tail = reduced(self.read(max(start, kept), stop), most // 2)
        if start >= kept:
            return tail
        level = next((one for one in range(1, LEVELS) if (kept - start) / points_of(one) <= most // 2), LEVELS - 1)
        parts = [self._point(start), *self._cover(start, kept, level), self._point(kept - 1)]
        found = as_series(once(np.concatenate([part.reshape(-1) for part in parts])))
        return found if not len(tail) else chain([found, tail])

    def within(self, axis: str, begin: float, end: float, points: int) -> Series:
        """Points of a range on an axis, of a series that goes back on it: all are looked at, or entries of blocks."""
        tail = _cut(self._tail, axis, begin, end)
        columns = self._columns
        if columns is None or not self._kept:
            return reduced(tail, _SHARE * points)
        if self._kept > _MOST_SEARCHED:
            level = next((one for one in range(1, LEVELS) if columns.count(self._number, one) <= _MOST_ENTRIES), 1)
            entries = columns.entries(self._number, level, 0, columns.count(self._number, level))
            rest = as_points(columns.series(self._number, len(entries) * points_of(level), self._kept))
            found = _cut(as_series(np.concatenate([once(entries), rest])), axis, begin, end)
        else:
            found = EMPTY
            for start in range(0, self._kept, _SEARCHED_AT_ONCE):
                part = columns.series(self._number, start, min(self._kept, start + _SEARCHED_AT_ONCE))
                found = reduced(chain([found, _cut(part, axis, begin, end)]), 2 * _SHARE * points)
        return reduced(chain([found, tail]), _SHARE * points)

    def _point(self, at: int) -> NDArray[Any]:
        return as_points(self.read(at, at + 1), at)

    def _cover(self, start: int, stop: int, level: int) -> list[NDArray[Any]]:
        """Entries that cover a stretch: of this level in the middle, of lower ones at its ends."""
        assert self._columns is not None
        if start >= stop:
            return []
        if level == 0:
            return [as_points(self._columns.series(self._number, start, stop), start)]
        size = points_of(level)
        first, last = -(-start // size), min(stop // size, self._columns.count(self._number, level))
        if first >= last:
            return self._cover(start, stop, level - 1)
        middle = self._columns.entries(self._number, level, first, last)
        return [
            *self._cover(start, first * size, level - 1),
            middle,
            *self._cover(last * size, stop, level - 1),
        ]


def _cut(series: Series, axis: str, begin: float, end: float) -> Series:
    at = series.step if axis == "step" else series.time
    return series.take(np.flatnonzero((at >= begin) & (at <= end)))

