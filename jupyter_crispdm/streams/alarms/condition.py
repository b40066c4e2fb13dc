"""One condition: when a column has been beyond a limit for long enough, and when it is back.

Time is that of the samples, of which only steps forwards count: a clock that is set back holds no alarm up.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..batch import Numbers

_LONGEST_STEP = 3600.0
"""Two samples further apart than this are a clock that was set, or a source that was away."""


@dataclass(frozen=True)
class Limits:
    """Between which values a column is as it should be, and for how long it may be elsewhere.

    It is back when it is `hysteresis` inside of the limit that it crossed. After one alarm none is raised for `quiet`
    seconds, so that a value that trembles around its limit raises one alarm and not a hundred.
    """

    over: float | None = None
    under: float | None = None
    hysteresis: float = 0.0
    samples: int = 1
    seconds: float = 0.0
    quiet: float = 0.0

    def beyond(self, values: Numbers) -> NDArray[np.bool_]:
        """Where values are beyond a limit; what is missing is not."""
        over = values > self.over if self.over is not None else np.zeros(len(values), bool)
        return over | (values < self.under) if self.under is not None else over

    def back(self, values: Numbers) -> NDArray[np.bool_]:
        """Where values are so far inside that an alarm is over; what is missing is not."""
        inside = ~np.isnan(values)
        if self.over is not None:
            inside &= values <= self.over - self.hysteresis
        if self.under is not None:
            inside &= values >= self.under + self.hysteresis
        return inside


class Turn(NamedTuple):
    """An alarm was raised or cleared by a row."""

    row: int
    raised: bool


class Condition:
    """Looks at one batch after the other, and remembers how things stand between them."""

    def __init__(self, limits: Limits, *, raised: bool = False) -> None:
        self.raised = raised
        self._limits = limits
        self._beyond = 0  # samples in a row, …
        self._lasting = 0.0  # … and the seconds from the first of them
        self._since_raised = 0.0 if raised else np.inf
        self._time = np.nan

    def look(self, values: Numbers, times: Numbers) -> list[Turn]:
        """What becomes of the alarm in these rows."""
        beyond, back = self._limits.beyond(values), self._limits.back(values)
        steps = self._steps(times)
        if self._stays(beyond, back):
            self._since_raised += float(steps.sum())
            return []
        return list(self._turns(beyond.tolist(), back.tolist(), steps.tolist(), np.isnan(values).tolist()))

    def _stays(self, beyond: NDArray[np.bool_], back: NDArray[np.bool_]) -> bool:
        """Whether nothing can happen, which is so nearly always."""
        if self.raised:
            return not back.any()
        return not self._beyond and not beyond.any()

    def _turns(self, beyond: list[bool], back: list[bool], steps: list[float], missing: list[bool]) -> Iterator[Turn]:
        for row, step in enumerate(steps):
            self._since_raised += step
            if self.raised:
                if back[row]:
                    self.raised, self._beyond, self._lasting = False, 0, 0.0
                    yield Turn(row, raised=False)
            elif beyond[row]:
                self._lasting = self._lasting + step if self._beyond else 0.0
                self._beyond += 1
                if self._is_due():
                    self.raised, self._since_raised = True, 0.0
                    yield Turn(row, raised=True)
            elif not missing[row]:
                self._beyond, self._lasting = 0, 0.0

    def _is_due(self) -> bool:
        limits = self._limits
        long_enough = self._beyond >= limits.samples and self._lasting >= limits.seconds
        return long_enough and self._since_raised >= limits.quiet

    def _steps(self, times: Numbers) -> Numbers:
        """The seconds from each sample to the next, where they go forwards."""
        steps = np.nan_to_num(np.diff(times, prepend=self._time), nan=0.0, posinf=0.0, neginf=0.0)
        self._time = float(times[-1])
        return np.clip(steps, 0.0, _LONGEST_STEP)
