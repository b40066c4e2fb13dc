"""A series that is kept short while it is read."""

from __future__ import annotations

from ..types import Series, chain
from .pyramid import reduced


class Growing:
    """A series that grows by stretches and is cut to what a picture shows whenever it gets long.

    Its extremes stay, and of points without a number some.
    """

    def __init__(self, entries: int) -> None:
        self._entries = max(1, entries)
        self._parts: list[Series] = []
        self._length = 0

    def add(self, part: Series) -> None:
        """Add what follows."""
        self._parts.append(part)
        self._length += len(part)
        if self._length > 8 * self._entries:
            self._parts = [reduced(chain(self._parts), self._entries)]
            self._length = len(self._parts[0])

    def series(self) -> Series:
        """All of it, shortened."""
        return chain(self._parts)
