"""Time, as something that can be handed in and faked."""

from __future__ import annotations

import time
from datetime import datetime, timezone
from typing import Protocol


class Clock(Protocol):
    """Where a room reads the time."""

    def now(self) -> float:
        """Seconds since the epoch (UTC)."""

    def monotonic(self) -> float:
        """Seconds that never go backwards; only differences mean something."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> float:
        """Seconds since the epoch (UTC)."""
        return time.time()

    def monotonic(self) -> float:
        """Seconds that never go backwards."""
        return time.monotonic()


class AttentiveClock:
    """A clock of the time in which this process looks: from one look to the next, `most` seconds pass at the most.

    For how long somebody else is waited for: while the process itself stands still, whatever they do goes unseen.
    """

    def __init__(self, clock: Clock, most: float) -> None:
        self._clock, self._most = clock, most
        self._looked, self._passed = clock.monotonic(), 0.0

    def now(self) -> float:
        """Seconds since the epoch (UTC)."""
        return self._clock.now()

    def monotonic(self) -> float:
        """Seconds that never go backwards."""
        return self._passed + min(self._clock.monotonic() - self._looked, self._most)

    def look(self) -> None:
        """Go on: whoever has done something by now is heard."""
        self._passed, self._looked = self.monotonic(), self._clock.monotonic()


def utc(timestamp: float) -> datetime:
    """Seconds since the epoch as an aware UTC datetime, which travels as ISO 8601."""
    return datetime.fromtimestamp(timestamp, timezone.utc)
