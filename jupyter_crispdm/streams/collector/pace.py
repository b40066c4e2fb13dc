"""How many samples a second come: over the last seconds, by a clock that does not jump."""

from __future__ import annotations

from collections import deque

_SECONDS = 5.0


class Pace:
    """Counts samples; only the last seconds are remembered."""

    def __init__(self, now: float) -> None:
        self._counts: deque[tuple[float, int]] = deque([(now, 0)])
        self._total = 0

    def add(self, rows: int) -> None:
        """So many more came."""
        self._total += rows

    def rate(self, now: float) -> float:
        """Samples a second since some seconds ago. To be asked now and then: that is when it is noted."""
        self._counts.append((now, self._total))
        while len(self._counts) > 2 and self._counts[1][0] <= now - _SECONDS:
            self._counts.popleft()
        began, before = self._counts[0]
        return (self._total - before) / (now - began) if now > began else 0.0
