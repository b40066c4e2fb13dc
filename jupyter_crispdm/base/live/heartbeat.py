"""Signs of life on a socket that is quiet, so that its client can tell a quiet server from a cut network."""

from __future__ import annotations

from collections.abc import Callable

from .outlet import Later, Timer


class Heartbeat:
    """Calls `beat` whenever nothing was said for some seconds. What is said costs no timer."""

    def __init__(self, beat: Callable[[], object], time: Callable[[], float], later: Later) -> None:
        self._beat, self._time, self._later = beat, time, later
        self._seconds = 0.0
        self._spoken = time()
        self._timer: Timer | None = None

    def start(self, seconds: float) -> None:
        """Beat after so many quiet seconds from now on."""
        self.stop()
        self._seconds, self._spoken = seconds, self._time()
        self._timer = self._later(seconds, self._look)

    def spoke(self) -> None:
        """Something was said."""
        self._spoken = self._time()

    def stop(self) -> None:
        """Beat no more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _look(self) -> None:
        left = self._spoken + self._seconds - self._time()
        if left <= 0:
            self._spoken, left = self._time(), self._seconds
            self._beat()
        self._timer = self._later(left, self._look)
