"""How many rows go together: as many as may, unless fewer are markedly quicker for each row."""

from __future__ import annotations

from bisect import bisect
from collections import deque

_MARKEDLY = 0.8
_PROBE = 16
"""Every how many batches one is made in another size, to compare: each size in its turn. Before the next, so many times
its rows go in the usual size, so that comparing costs little where the usual size is small."""

_SAMPLES = 3
"""Of so many batches of a size the quickest counts: what held up others says nothing of their size."""


class Sizes:
    """A limit that is learnt from how long batches take: a power of two, or the most there is. It knows no clock."""

    def __init__(self, most: int) -> None:
        self._limit = max(1, most)
        self._steps = _steps(self._limit)
        self._batches = self._rows = 0  # since sizes were compared last
        self._turn = self._compared = 0
        self._seconds: dict[int, deque[float]] = {}

    @property
    def limit(self) -> int:
        """How many rows go together as a rule."""
        return self._limit

    def restrict(self, most: int) -> None:
        """Let never more than so many go together."""
        self._steps = _steps(max(1, min(self._steps[-1], most)))
        self._limit = min(self._limit, self._steps[-1])

    def next(self) -> int:
        """How many rows the next batch may have."""
        if self._batches < _PROBE or self._rows < _PROBE * self._compared:
            self._batches += 1
            return self._limit
        self._choose()
        self._turn += 1
        self._batches, self._rows = 0, 0
        self._compared = self._steps[self._turn % len(self._steps)]
        return self._compared

    def learn(self, rows: int, seconds: float) -> None:
        """A batch of so many rows took so long. It says how quick the greatest size is that it reaches."""
        self._rows += rows
        if len(self._steps) > 1 and rows > 0:
            size = self._steps[bisect(self._steps, rows) - 1]
            self._seconds.setdefault(size, deque(maxlen=_SAMPLES)).append(seconds / rows)

    def _choose(self) -> None:
        samples = {size: self._seconds.get(size, ()) for size in self._steps}
        known = {size: min(some) for size, some in samples.items() if len(some) == _SAMPLES}
        if known:
            good = max(size for size in known if known[size] <= min(known.values()) / _MARKEDLY)
            self._limit = self._steps[-1] if good == max(known) else good


def _steps(most: int) -> list[int]:
    """The sizes that are told apart."""
    return [*(1 << power for power in range((most - 1).bit_length())), most]
