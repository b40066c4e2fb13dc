"""Jobs of which nothing moves: neither log, metrics nor events grow, and the processes hardly compute.

A job that waits for input looks the same; it has a mark of its own instead.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from jupyter_crispdm.base.clock import Clock, utc

_K = TypeVar("_K", bound=Hashable)
_LOOKS = 20
_MEASUREMENTS = 3
_LOOK_SECONDS = 10.0
_MEASUREMENT_SECONDS = 30.0
_LEAST_SECONDS = 5.0  # less than two measurements would say nothing

#: Percent of one core below which a job's processes only wait: an idle kernel or server needs less.
BUSY_PERCENT = 1.0


@dataclass
class _Last:
    written: Hashable
    moved: float


class StallWatch(Generic[_K]):
    """Tells since when nothing moved, once that is longer than `after` seconds; None: never."""

    def __init__(self, after: float | None, clock: Clock) -> None:
        self._after = after if after is None else max(after, _LEAST_SECONDS)
        self._clock = clock
        self._last: dict[_K, _Last] = {}

    @property
    def active(self) -> bool:
        """Whether there is anything to watch for."""
        return self._after is not None

    @property
    def look_seconds(self) -> float:
        """How often to look at what jobs wrote."""
        return min(_LOOK_SECONDS, (self._after or 0) / _LOOKS)

    @property
    def measurement_seconds(self) -> float:
        """How often to measure what jobs compute."""
        return min(_MEASUREMENT_SECONDS, (self._after or 0) / _MEASUREMENTS)

    def since(self, key: _K, written: Hashable, busy: bool, known: datetime | None = None) -> datetime | None:
        """Since when the job stands still, or None.

        `written` is anything that differs when it wrote something, `busy` whether it computed since the last look,
        `known` what an earlier server process found.
        """
        now = self._clock.monotonic()
        last = self._last.get(key)
        if last is None:
            age = 0.0 if known is None else max(0.0, self._clock.now() - known.timestamp())
            last = self._last[key] = _Last(written, now - age)
        if busy or written != last.written:
            self._last[key] = last = _Last(written, now)
        idle = now - last.moved
        if self._after is None or idle < self._after:
            return None
        return utc(self._clock.now() - idle)

    def keep_only(self, keys: Collection[_K]) -> None:
        """Forget all other jobs."""
        self._last = {key: last for key, last in self._last.items() if key in keys}
