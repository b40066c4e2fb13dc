"""Whose turn it is to touch a log: the pump's, which appends to it, or that of whoever cuts its middle out.

Between reading what is newest and cutting the file, what the pump appends would be lost: the last words of a program,
as often as not. The turn is a lock of a file in memory: it costs no look at a disk, and whoever dies lets it go.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

_PAUSE_SECONDS = 0.001
_MOST_TRIES = 200


class Turn:
    """One log's. A system without files in memory has no turns: there what comes in that moment is lost."""

    def __init__(self) -> None:
        try:
            self.descriptor: int | None = os.memfd_create("turn")
        except (AttributeError, OSError):
            self.descriptor = None

    def take(self) -> None:
        """Wait for the turn."""
        self._lock(fcntl.LOCK_EX)

    def give(self) -> None:
        """Let the next have it."""
        self._lock(fcntl.LOCK_UN)

    @contextmanager
    def soon(self) -> Iterator[None]:
        """Have the turn for a while, also without it where somebody keeps it: a disk that hangs holds up no job."""
        for _ in range(_MOST_TRIES):
            if self._lock(fcntl.LOCK_EX | fcntl.LOCK_NB):
                break
            time.sleep(_PAUSE_SECONDS)
        try:
            yield
        finally:
            self.give()

    def _lock(self, how: int) -> bool:
        """Whether there is nothing to wait for."""
        if self.descriptor is None:
            return True
        try:
            fcntl.lockf(self.descriptor, how)
        except OSError:
            return False
        return True
