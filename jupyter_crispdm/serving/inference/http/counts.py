"""Counts and times that cost little to keep: they are put together when somebody asks."""

from __future__ import annotations

import math
import time
from array import array
from bisect import bisect_left
from dataclasses import dataclass

BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_RECENT = 1024
_SPAN = 60.0
"""Seconds of which the rate and the percentiles tell."""

_FAULT = 400


@dataclass(frozen=True)
class Numbers:
    """What a version of a model answered: since the start, and (rate a second, p50, p99 in seconds) lately."""

    requests: int = 0
    errors: int = 0
    rate: float = 0.0
    p50: float | None = None
    p99: float | None = None


class Series:
    """What was answered in one way: how often, and how fast."""

    __slots__ = ("counts", "statuses", "total")

    def __init__(self) -> None:
        self.statuses: dict[int, int] = {}
        self.counts = [0] * (len(BUCKETS) + 1)
        self.total = 0.0

    def add(self, status: int, seconds: float) -> None:
        """Count an answer."""
        try:
            self.statuses[status] += 1
        except KeyError:
            self.statuses[status] = 1
        self.counts[bisect_left(BUCKETS, seconds)] += 1
        self.total += seconds


class ModelSeries(Series):
    """What a version of a model answered, with the newest of it one by one."""

    __slots__ = ("_at", "_newest", "_seconds", "in_flight")

    def __init__(self) -> None:
        super().__init__()
        self.in_flight = 0
        self._at, self._seconds, self._newest = array("d", bytes(8 * _RECENT)), array("d", bytes(8 * _RECENT)), 0

    def note(self, status: int, seconds: float, now: float) -> None:
        """Count an answer that was given now."""
        self.add(status, seconds)
        place = self._newest % _RECENT
        self._at[place], self._seconds[place] = now, seconds
        self._newest += 1

    def numbers(self, now: float | None = None) -> Numbers:
        """How it does."""
        now = time.monotonic() if now is None else now
        kept = min(self._newest, _RECENT)
        pairs = zip(self._at[:kept], self._seconds[:kept], strict=True)
        lately = sorted(seconds for at, seconds in pairs if now - at <= _SPAN)
        errors = sum(count for status, count in self.statuses.items() if status >= _FAULT)
        if not lately:
            return Numbers(sum(self.statuses.values()), errors)
        return Numbers(
            sum(self.statuses.values()), errors, self._rate(len(lately), now), _part(lately, 0.5), _part(lately, 0.99)
        )

    def _rate(self, lately: int, now: float) -> float:
        """Answers a second: over the whole span, or over the time in which those came that are remembered."""
        span = _SPAN
        if lately == _RECENT:
            span = max(1e-3, now - self._at[self._newest % _RECENT])
        return lately / span


def _part(ordered: list[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, math.ceil(share * len(ordered)) - 1)]
