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


def utc(timestamp: float) -> datetime:
    """Seconds since the epoch as an aware UTC datetime, which travels as ISO 8601."""
    return datetime.fromtimestamp(timestamp, timezone.utc)
