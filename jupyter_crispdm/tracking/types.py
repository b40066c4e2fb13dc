"""What travels about runs."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from msgspec import UNSET
from numpy.typing import NDArray

from jupyter_crispdm.base.live.core.log import LogEntry
from jupyter_crispdm.base.live.core.packed import Columns
from jupyter_crispdm.base.wire import Wire


@dataclass(frozen=True)
class Series:
    """One curve: three arrays of the same length. Time is in seconds since the epoch, NaN where unknown.

    `restarts`: the places at which another attempt of the run, or a run that goes on from it, begins. Of an earlier
    curve that is continued by this one, the points from such a place's step on count no more.
    """

    step: NDArray[np.int64]
    value: NDArray[np.float64]
    time: NDArray[np.float64]
    restarts: tuple[int, ...] = ()

    def __len__(self) -> int:
        return len(self.step)

    def take(self, indices: NDArray[np.intp] | slice) -> Series:
        """The points at these indices; where it restarts is not kept."""
        return Series(self.step[indices], self.value[indices], self.time[indices])


#: A series without points.
EMPTY = Series(np.empty(0, np.int64), np.empty(0, np.float64), np.empty(0, np.float64))


def chain(parts: Sequence[Series]) -> Series:
    """One series out of several that follow each other."""
    if len(parts) == 1:
        return parts[0]
    if not parts:
        return EMPTY
    return Series(
        np.concatenate([part.step for part in parts]),
        np.concatenate([part.value for part in parts]),
        np.concatenate([part.time for part in parts]),
    )


class Curve(Wire, frozen=True, omit_defaults=True):
    """A series in JSON, where NaN is null and an infinity is "Infinity" or "-Infinity".

    `restarts`: the places at which another attempt begins: earlier points from its step on count no more.
    """

    step: list[int]
    value: list[float | str | None]
    time: list[float | str | None]
    restarts: list[int] = []


class Metrics(Wire, frozen=True):
    """Series, the cursor after which to ask for what comes next, and why some of them cannot be read."""

    cursor: int
    series: dict[str, Curve]
    trouble: str = ""


class LogFact(LogEntry, frozen=True, omit_defaults=True):
    """What the topic `jobs/{id}/log` tells: the `text` that stands in the log from byte `start` to byte `end`.

    `reset`: the log's bytes were numbered anew, all that was told before is void. `gap`: what stands between the
    last text and this one is left out. `ended`: nothing more will come. `trouble` says why the log cannot be read
    now; empty, that it can again. `times` are pairs of a byte and seconds since the epoch: what stands from there on
    was printed then.
    """

    text: str
    start: int
    end: int
    gap: bool = False
    times: list[tuple[int, float]] = []


class MetricsFact(LogEntry, frozen=True, omit_defaults=True):
    """What the topic `jobs/{id}/metrics` tells: the points of each of the `series` up to the `cursor`.

    `reset`: the points were numbered anew, all that was told before is void. `ended`: nothing more will come.
    `trouble` says why some of them cannot be read now; empty, that all can again.
    """

    series: dict[str, Curve]
    cursor: int

    def columns(self) -> Iterable[Columns] | None:
        """Its curves as they are packed; None when it says more than that."""
        if self.ended or self.trouble is not UNSET:
            return None
        return (
            Columns(name, one.step, _numbers(one.value), _numbers(one.time), one.restarts)
            for name, one in self.series.items()
        )


def curve(series: Series) -> Curve:
    """A series as it travels."""
    return Curve(series.step.tolist(), _jsonable(series.value), _jsonable(series.time), list(series.restarts))


def _numbers(plain: list[float | str | None]) -> list[float]:
    return [math.nan if one is None else float(one) for one in plain]


def _jsonable(numbers: NDArray[np.float64]) -> list[float | str | None]:
    plain: list[float | str | None] = numbers.tolist()
    if np.isfinite(numbers).all():
        return plain
    for index in np.flatnonzero(~np.isfinite(numbers)).tolist():
        number = numbers[index]
        plain[index] = None if np.isnan(number) else "Infinity" if number > 0 else "-Infinity"
    return plain
