"""How many rows go together: as many as may, unless fewer are markedly quicker for each row."""

from __future__ import annotations

from collections import deque

_MARKEDLY = 0.8
_PROBE = 16
"""Every how many batches one is made in another size, to compare: each size in its turn."""

_SAMPLES = 3
"""Of so many batches of a size the quickest counts: what held up others says nothing of their size."""


class Sizes:
    """A limit that is learnt from how long batches take; it knows no clock. Sizes are told apart by powers of two."""

    def __init__(self, most: int) -> None:
        self._most = self._limit = max(1, most)
        self._count = 0
        self._seconds: dict[int, deque[float]] = {}

    @property
    def limit(self) -> int:
        """How many rows go together as a rule."""
        return self._limit

    def restrict(self, most: int) -> None:
        """Let never more than so many go together."""
        self._most = max(1, min(self._most, most))
        self._limit = min(self._limit, self._most)

    def next(self) -> int:
        """How many rows the next batch may have."""
        self._count += 1
        turn, rest = divmod(self._count, _PROBE)
        if rest:
            return self._limit
        self._choose()
        return min(self._most, 1 << turn % (self._most.bit_length() + 1))

    def learn(self, rows: int, seconds: float) -> None:
        """A batch of so many rows took so long."""
        if self._most > 1:
            self._seconds.setdefault(rows.bit_length(), deque(maxlen=_SAMPLES)).append(seconds / rows)

    def _choose(self) -> None:
        known = {size: min(samples) for size, samples in self._seconds.items() if len(samples) == _SAMPLES}
        if known:
            good = max(size for size in known if known[size] <= min(known.values()) / _MARKEDLY)
            self._limit = self._most if good == max(known) else min(self._most, (1 << good) - 1)
