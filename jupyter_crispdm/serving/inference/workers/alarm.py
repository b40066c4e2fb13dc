"""One timer for the nearest of many deadlines: who comes with a later one costs none."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable


class Alarm:
    """Rings when the nearest deadline is there; times are the event loop's.

    `ring` is told the time, and says when to ring next; never is infinity.
    """

    def __init__(self, ring: Callable[[float], float]) -> None:
        self._ring = ring
        self._loop = asyncio.get_running_loop()
        self._due = math.inf
        self._timer: asyncio.TimerHandle | None = None

    @property
    def due(self) -> float:
        """When it rings next."""
        return self._due

    def mind(self, deadline: float) -> None:
        """Ring at this deadline, or before."""
        if deadline < self._due:
            self.cancel()
            self._due, self._timer = deadline, self._loop.call_at(deadline, self.ring)

    def cancel(self) -> None:
        """Ring no more."""
        if self._timer is not None:
            self._timer.cancel()
        self._due, self._timer = math.inf, None

    def ring(self) -> None:
        """Ring now."""
        self.cancel()
        self.mind(self._ring(self._loop.time()))
