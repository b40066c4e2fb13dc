"""A series in bounded memory: the mean of each stretch of it, its best point, its newest, and what broke it.

Rows come in any number of pieces. A stretch holds as many rows as it must for all of them to fit: where there are too
many stretches, each two become one. Where the step falls back by more than a stretch, the run began again there (a
retry, a resumed checkpoint), and what lies beyond is forgotten: one curve, no saw-tooth.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..types import Series

STRETCHES = 256
_ROOM = 2 * STRETCHES
_COLUMNS = 5  # first step, last step, time, sum, count: of finite values


@dataclass(frozen=True)
class Point:
    """One point of a series; the time is NaN where unknown."""

    step: int
    value: float
    time: float


class Digest:
    """What is kept of one series. Not safe for threads that call at the same time."""

    def __init__(self) -> None:
        self.count = 0
        self.first: Point | None = None
        self.newest: Point | None = None
        self.lowest: Point | None = None
        self.highest: Point | None = None
        self.broken: Point | None = None  # where it stopped being a number, unless it is one again
        self.last_finite: Point | None = None
        self._rows = np.empty((_ROOM, _COLUMNS))
        self._used = 0
        self._width = 1  # rows in a full stretch

    def add(self, series: Series) -> None:
        """Take the rows that came next."""
        begin = 0
        for restart in _restarts(series.step):
            self._take(series.take(slice(begin, restart)))
            begin = restart
        self._take(series.take(slice(begin, len(series))))

    def stretches(self) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """The middle step, the time and the mean of each stretch, the oldest first."""
        rows = self._rows[: self._used]
        return (rows[:, 0] + rows[:, 1]) / 2, rows[:, 2].copy(), rows[:, 3] / np.maximum(rows[:, 4], 1)

    def _take(self, series: Series) -> None:
        if not len(series):
            return
        self._begin_again(int(series.step[0]))
        self.count += len(series)
        self.first = self.first or _point(series, 0)
        self.newest = _point(series, len(series) - 1)
        finite = np.flatnonzero(np.isfinite(series.value))
        self._note_broken(series, finite)
        if len(finite):
            self._note_extremes(series, finite)
            self._put(series.take(finite) if len(finite) < len(series) else series)

    def _note_broken(self, series: Series, finite: NDArray[np.intp]) -> None:
        last = int(finite[-1]) if len(finite) else -1
        if last >= 0:
            self.broken, self.last_finite = None, _point(series, last)
        if self.broken is None and last < len(series) - 1:
            self.broken = _point(series, last + 1)

    def _note_extremes(self, series: Series, finite: NDArray[np.intp]) -> None:
        values = series.value[finite]
        low, high = _point(series, int(finite[values.argmin()])), _point(series, int(finite[values.argmax()]))
        if self.lowest is None or low.value < self.lowest.value:
            self.lowest = low
        if self.highest is None or high.value > self.highest.value:
            self.highest = high

    def _put(self, series: Series) -> None:
        while len(series):
            if self._used == _ROOM:
                self._halve()
            room = _ROOM - self._used
            last = self._rows[self._used - 1] if self._used else None
            if last is not None and last[4] < self._width:
                taken = min(len(series), self._width - int(last[4]))
                self._extend(last, series.take(slice(taken)))
            else:
                taken = min(len(series), room * self._width)
                self._append(series.take(slice(taken)))
            series = series.take(slice(taken, len(series)))

    def _extend(self, last: NDArray[np.float64], series: Series) -> None:
        last[1] = max(last[1], float(series.step[-1]))
        last[2] = series.time[-1]
        with np.errstate(over="ignore"):
            last[3] += series.value.sum()
        last[4] += len(series)

    def _append(self, series: Series) -> None:
        starts = np.arange(0, len(series), self._width)
        ends = np.minimum(starts + self._width, len(series))
        rows = self._rows[self._used : self._used + len(starts)]
        rows[:, 0], rows[:, 1] = series.step[starts], series.step[ends - 1]
        rows[:, 2] = series.time[ends - 1]
        with np.errstate(over="ignore"):
            rows[:, 3] = np.add.reduceat(series.value, starts)
        rows[:, 4] = ends - starts
        self._used += len(starts)

    def _halve(self) -> None:
        one, other = self._rows[0 : self._used : 2], self._rows[1 : self._used : 2]
        with np.errstate(over="ignore"):
            sums = one[:, 3:] + other[:, 3:]
        joined = np.column_stack([one[:, 0], other[:, 1:3], sums])
        self._rows[: len(joined)] = joined
        self._used, self._width = len(joined), self._width * 2

    def _begin_again(self, step: int) -> None:
        """Forget what lies at or beyond a step that comes once more, where that is more than a writer's jitter."""
        if self.newest is None or not _falls_back(self.newest.step, step, self.first.step if self.first else 0):
            return
        keep = int(np.searchsorted(self._rows[: self._used, 1], step))
        self._used = keep
        kept = self.first if self.first is not None and self.first.step < step else None
        self.first, self.broken = kept, None
        for name in ("lowest", "highest", "last_finite"):
            point: Point | None = getattr(self, name)
            if point is not None and point.step >= step:
                setattr(self, name, self._remembered(name))

    def _remembered(self, name: str) -> Point | None:
        """The best known point before a restart: of the stretches that are left, their means."""
        if not self._used:
            return None
        step, time, mean = self.stretches()
        at = {"lowest": int(mean.argmin()), "highest": int(mean.argmax())}.get(name, self._used - 1)
        return Point(int(step[at]), float(mean[at]), float(time[at]))


def _restarts(step: NDArray[np.int64]) -> list[int]:
    """Where the steps of a piece fall back for good."""
    drops = np.flatnonzero(np.diff(step) < 0) + 1
    if len(drops) > STRETCHES:  # no order in it at all: several writers, or steps that mean nothing
        return []
    return [int(at) for at in drops if _falls_back(int(step[at - 1]), int(step[at]), int(step[0]))]


def _falls_back(before: int, after: int, first: int) -> bool:
    """Whether a step begins again: by more than a tenth of the way, not the disorder of several writers."""
    return before - after > max(1, (before - first) // 10) or (before - after >= 1 and after <= first)


def _point(series: Series, at: int) -> Point:
    return Point(int(series.step[at]), float(series.value[at]), float(series.time[at]))
