"""Reading a run: all of it, or what is new since a cursor."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np

from .order import Order, file_id
from .sources import MOST_ROWS, Source, Sources, chain
from .thinning import thin
from .types import Series


def read_run(path: str | os.PathLike[str]) -> dict[str, Series]:
    """Every series of a run or job directory, as numpy arrays. What several processes wrote is in time order.

    Examples
    --------
    >>> loss = read_run("crispdm-runs/20261121-133000-4711")["loss"]
    >>> loss.value.min()
    """
    sources = Sources(Path(path).resolve()).refresh()
    return _merge(source.read(0, source.rows()) for source in sources)


class RunReader:
    """Reads on from a cursor: the number of rows read so far, over all files of the run.

    A cursor is good for every reader of the same directory, now and after a restart (see `order`). `trouble` says
    why some of it cannot be read.
    """

    def __init__(self, directory: str | os.PathLike[str]) -> None:
        self._sources = Sources(Path(directory))
        self._order = Order(Path(directory))
        self._known: dict[int, Source] = {}
        self._ends: dict[int, int] = {}
        self._rewritten = 0

    @property
    def epoch(self) -> str:
        """What cursors belong to: it is another one when the files hold other rows, and empty before there are any."""
        return self._order.epoch

    def look(self) -> int:
        """See how many rows there are by now; answers the cursor after them."""
        self._known = {file_id(source.key): source for source in self._sources.refresh()}
        rows = _rows(self._known)
        rewritten, self._rewritten = self._rewritten, self._sources.rewritten
        complete = not self._sources.trouble and sum(rows.values()) < MOST_ROWS
        total, self._ends = self._order.observe(rows, complete=complete, rewritten=rewritten != self._rewritten)
        return total

    def between(
        self, cursor: int, end: int, points: int | None = None, names: Sequence[str] | None = None
    ) -> dict[str, Series]:
        """The rows after one cursor and up to another one of the last `look` or before, thinned as in `since`."""
        begins, ends = self._order.before(cursor), self._order.before(end)
        parts = (
            source.read(begins.get(id, 0), ends.get(id, 0))
            for id, source in self._known.items()
            if ends.get(id, 0) > begins.get(id, 0)
        )
        series = _merge(parts, names)
        if points is not None:
            series = {name: thin(one, points) for name, one in series.items()}
        return series

    def since(
        self, cursor: int = 0, points: int | None = None, names: Sequence[str] | None = None
    ) -> tuple[int, dict[str, Series]]:
        """What came after the cursor, at most about `points` a series, and the cursor after that.

        A cursor beyond the end belongs to something else: nothing is new, and the answered one is right.
        """
        total = self.look()
        return total, self.between(cursor, total, points, names) if cursor < total else {}

    @property
    def trouble(self) -> str:
        """Why some of it cannot be read, as a sentence; empty when all can."""
        reason = self._sources.trouble or self._order.trouble
        return f"Some of the metrics cannot be read: {reason}." if reason else ""

    def close(self) -> None:
        """Let go of the files."""
        self._order.close()


def _rows(sources: Mapping[int, Source]) -> dict[int, int]:
    """How many rows each file holds, as many in all as fit into memory."""
    left, rows = MOST_ROWS, {}
    for id, source in sources.items():
        rows[id] = min(source.rows(), left)
        left -= rows[id]
    return rows


def _merge(parts: Iterable[dict[str, Series]], names: Sequence[str] | None = None) -> dict[str, Series]:
    found: dict[str, list[Series]] = {}
    for part in parts:
        for name, series in part.items():
            if names is None or name in names:
                found.setdefault(name, []).append(series)
    return {name: _in_time(several) for name, several in found.items()}


def _in_time(several: list[Series]) -> Series:
    whole = chain(several)
    return whole if len(several) == 1 else whole.take(np.argsort(whole.time, kind="stable"))
