"""What readers of logs and of other trackers' files find, and how they are fed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, Protocol


class Point(NamedTuple):
    """One number of a series.

    `name` has 1 to 256 characters. `step` None: one more than that name's highest so far, from 0. `time` is in seconds
    since the epoch; None: when it was read.
    """

    name: str
    step: int | None
    value: float
    time: float | None = None


class Reader(Protocol):
    """Goes through one input that only grows, piece by piece; it opens nothing and keeps little.

    Pieces end anywhere, also within a line or a character: what is not complete is kept, within bounds, until the
    rest comes.
    """

    def feed(self, data: bytes, time: float) -> Iterable[Point]:
        """What the next bytes say; `time` is when they were read, or written where that is known."""

    def finish(self, time: float) -> Iterable[Point]:
        """What is said by the last line, which no line break ends: nothing more will come."""

    def state(self) -> bytes:
        """All that it has to remember, at most 64 KiB of JSON: a new reader goes on from it as this one would."""

    def restore(self, state: bytes) -> None:
        """Go on from what another reader answered as its state. Raises ValueError for anything else."""
