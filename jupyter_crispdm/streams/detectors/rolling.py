"""How far a value is from those before it: the rolling z-score."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from ..batch import Column
from .port import Verdict, column_of

_LEAST = 10
"""Nothing is said before so many values are known."""
_FARTHEST = 1e6
_MOST_LEARNT = 100_000
"""How many recorded samples are learnt at the start: a second's work."""


class Rolling:
    """Mean and spread of the last values, by river.

    What river takes back from its sums when a value leaves is rounded: once a window they are made anew.
    """

    def __init__(self, window: int) -> None:
        self._window = window
        self._values: deque[float] = deque(maxlen=window)
        self._since_new = 0
        self._variance = self._summed()

    def distance(self, value: float) -> float:
        """By how many standard deviations a value differs from the mean; NaN while too few are known."""
        if len(self._values) < min(_LEAST, self._window):
            return math.nan
        mean, spread = self._usual()
        least = 1e-9 * abs(mean)  # what rounding alone makes of equal values
        if abs(value - mean) <= least:
            return 0.0
        return _bounded((value - mean) / spread if spread > least else math.copysign(math.inf, value - mean))

    def learn(self, value: float, farthest: float = math.inf) -> None:
        """Know one more value, and forget the oldest. One farther above the mean counts as one just so far."""
        if len(self._values) >= _LEAST and math.isfinite(farthest):
            mean, spread = self._usual()
            value = min(value, mean + farthest * spread)
        self._values.append(value)
        self._since_new += 1
        if self._since_new > self._window:
            self._variance, self._since_new = self._summed(), 0
        else:
            self._variance.update(value)

    def _usual(self) -> tuple[float, float]:
        """Mean and standard deviation."""
        return self._variance.mean.get(), math.sqrt(max(0.0, self._variance.get()))

    def _summed(self) -> Any:
        from river import stats, utils

        variance: Any = utils.Rolling(stats.Var, window_size=self._window)
        for value in self._values:
            variance.update(value)
        return variance


class ZScore:
    """The distance of each value from the mean of those before it, in standard deviations.

    The score is how likely a usual value is to be nearer: 0.68 at one deviation, 0.997 at three.
    """

    trouble = ""

    def __init__(self, field: str, window: int) -> None:
        self.memory = min(window, _MOST_LEARNT)
        self._field = field
        self._rolling = Rolling(window)

    async def judge(self, columns: Mapping[str, Column]) -> Verdict:
        """Look at some rows."""
        found = np.array(list(self._distances(column_of(columns, self._field).tolist())), np.float64)
        return Verdict(found, np.array([math.erf(one / math.sqrt(2)) for one in found.tolist()], np.float64))

    async def close(self) -> None:
        """Nothing is held."""

    def _distances(self, values: list[float]) -> Iterable[float]:
        for value in values:
            if not math.isfinite(value) or abs(value) > 1e150:  # its square is no number any more
                yield math.nan
                continue
            yield abs(self._rolling.distance(value))
            self._rolling.learn(value)


def _bounded(distance: float) -> float:
    return max(-_FARTHEST, min(_FARTHEST, distance))
