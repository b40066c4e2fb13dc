"""Answers questions about runs; everything is read from their directories, in a thread."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from jupyter_crispdm.base.files.disk import on_disk

from .run import RunReader
from .types import Metrics, curve


class TrackingManager:
    """What the HTTP routes ask of runs."""

    async def since(
        self,
        directory: Path,
        since: int | None = None,
        points: int | None = None,
        names: Sequence[str] | None = None,
    ) -> Metrics:
        """The points after a cursor, at most about `points` a series; None means from the start, or all."""
        return await on_disk(directory, _since, directory, since or 0, points, names)


def _since(directory: Path, since: int, points: int | None, names: Sequence[str] | None) -> Metrics:
    reader = RunReader(directory)
    try:
        cursor, series = reader.since(since, points, names)
    finally:
        reader.close()
    return Metrics(cursor, {name: curve(one) for name, one in series.items()}, reader.trouble)
