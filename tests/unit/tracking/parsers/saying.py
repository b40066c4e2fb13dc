"""Lines, and what a reader of logs says of them."""

from __future__ import annotations

from jupyter_crispdm.tracking.parsers import LogParser
from jupyter_crispdm.tracking.points import Point

Said = dict[str, tuple[int | None, float]]


def points(*lines: str) -> list[Point]:
    """All points of some lines, which are read at the time 5."""
    return list(LogParser().feed("".join(f"{line}\n" for line in lines).encode(), 5.0))


def said(*lines: str) -> Said:
    """The last point of each series, without the epoch beside another step."""
    return {point.name: (point.step, point.value) for point in points(*lines) if point.name != "epoch"}
