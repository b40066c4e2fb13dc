"""How soon a model's process is started again, and when that is in vain."""

from __future__ import annotations

from ..settings import InferenceSettings

_STEADY_SECONDS = 60.0


class Pace:
    """The pauses between the starts of one worker; in seconds.

    Who kills a process that works says nothing about the model: it is back at once, however often. One that ends by
    itself is started after pauses that grow; so is one that never becomes ready, and only that may be given up.
    """

    def __init__(self, settings: InferenceSettings) -> None:
        self._first, self._longest, self._tries = settings.first_pause, settings.longest_pause, settings.restarts
        self._pause = self._first
        self.in_vain = 0
        """Such starts in a row."""

    @property
    def is_hopeless(self) -> bool:
        """Whether so many starts have been in vain that it is unlikely to become ready."""
        return self.in_vain > self._tries

    def after_life(self, seconds: float, *, by_itself: bool) -> float:
        """The pause after a process that was ready and lived so long."""
        self.in_vain = 0
        if not by_itself or seconds > _STEADY_SECONDS:
            self._pause = self._first
        return self._next()

    def vain(self) -> float:
        """The pause after a start after which it did not become ready."""
        self.in_vain += 1
        return self._longest if self.is_hopeless else self._next()

    def _next(self) -> float:
        pause, self._pause = self._pause, min(2 * self._pause, self._longest)
        return pause
