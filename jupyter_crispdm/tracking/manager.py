"""Answers questions about runs; everything is read from their directories, in a thread."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

from jupyter_crispdm.base.files.disk import on_disk

from .run import RunReader
from .types import Metrics, curve

#: Of each series, where nobody says how many.
ZOOM_POINTS = 2000
#: Rows of an answer that is not thinned: some 60 MB of JSON.
MOST_ROWS = 1 << 20


class TrackingManager:
    """What the HTTP routes ask of runs."""

    async def since(
        self,
        directory: Path,
        since: int | None = None,
        points: int | None = None,
        names: Sequence[str] | None = None,
    ) -> Metrics:
        """The points after a cursor, at most about `points` a series; None means from the start, or all.

        All are so many rows at most as fit into an answer: the cursor of the answer is where to ask on.
        """
        return await on_disk(directory, _since, directory, since or 0, points, names)

    async def zoom(
        self, directory: Path, axis: str, begin: float | None = None, end: float | None = None,
        points: int | None = None, names: Sequence[str] | None = None,
    ) -> Metrics:  # fmt: skip
        """A range of each series on an axis, "step" or "time" (seconds since the epoch); None means without an end."""
        low, high = -math.inf if begin is None else begin, math.inf if end is None else end
        return await on_disk(directory, _zoom, directory, axis, low, high, points or ZOOM_POINTS, names)


def _zoom(
    directory: Path, axis: str, begin: float, end: float, points: int, names: Sequence[str] | None
) -> Metrics:
    reader = RunReader(directory)
    try:
        end, series = reader.zoom(axis, begin, end, points, names)
    finally:
        reader.close()
    return Metrics(end, {name: curve(one) for name, one in series.items()}, reader.trouble)


def _since(directory: Path, since: int, points: int | None, names: Sequence[str] | None) -> Metrics:
    reader = RunReader(directory)
    try:
        end = reader.look()
        if points is None:
            end = min(end, since + MOST_ROWS) if since < end else end
        series = reader.between(since, end, points, names) if since < end else {}
    finally:
        reader.close()
    return Metrics(end, {name: curve(one) for name, one in series.items()}, reader.trouble)
