"""Series made of stretches, and kept short while they are read."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..types import Series
from .pyramid import reduced

EMPTY = Series(np.empty(0, np.int64), np.empty(0, np.float64), np.empty(0, np.float64))


def chain(parts: Sequence[Series]) -> Series:
    """One series out of several that follow each other."""
    if len(parts) == 1:
        return parts[0]
    if not parts:
        return EMPTY
    return Series(
        np.concatenate([part.step for part in parts]),
        np.concatenate([part.value for part in parts]),
        np.concatenate([part.time for part in parts]),
    )


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
