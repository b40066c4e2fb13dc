"""Reading a run: all of it, what is new since a cursor, or a range in as many points as a picture has room for."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from .columns.composing import Part, Whole, composed, drawn, ranged
from .columns.held import Held, read_reduced, wholes
from .columns.table import Damaged
from .ranks import Ranking
from .reading.order import MOST_ROWS, Order, file_id
from .reading.thinning import thin
from .sources import BinarySource, Source, Sources, label
from .types import Series

#: Points of one answer, over all of its series.
MOST_POINTS = 1 << 20
_LEAST_POINTS = 100
_NOT_THINNED = 1 << 40
#: A glance holds as many files open.
_MOST_GLANCED_AT = 8


def read_run(path: str | os.PathLike[str]) -> dict[str, Series]:
    """Every series of a run or job directory, as numpy arrays. What several processes wrote is in time order.

    Where a later attempt of a job logs steps again, the earlier one's are cut; `restarts` says where it begins. What
    goes on from another run (`lineage.json`) begins with that one's points.

    Examples
    --------
    >>> loss = read_run("crispdm-runs/20261121-133000-4711")["loss"]
    >>> loss.value.min()
    """
    run = Path(path).resolve()
    files = [(source, source.rows()) for source in Sources(run).refresh()]
    ranking = Ranking()
    ranking.look(source for source, _ in files)
    return _drawn(files, _NOT_THINNED, partial(drawn, points=_NOT_THINNED), ranking)


class RunReader:
    """Reads on from a cursor: the number of rows read so far, over all files of the run.

    A cursor is good for every reader of the same directory, now and after a restart (see `order`). `trouble` says
    why some of it cannot be read.
    """

    def __init__(self, directory: str | os.PathLike[str]) -> None:
        self._directory = Path(directory)
        self._sources = Sources(self._directory)
        self._order = Order(self._directory)
        self._known: dict[int, Source] = {}
        self._ends: dict[int, int] = {}
        self._rewritten = 0
        self._ranking = Ranking()
        self._begun = _Begun()

    @property
    def epoch(self) -> str:
        """What cursors belong to: it is another one when the files hold other rows, and empty before there are any."""
        return self._order.epoch

    def look(self) -> int:
        """See how many rows there are by now; answers the cursor after them."""
        self._known = {file_id(source.key): source for source in self._sources.refresh()}
        rows = _rows(self._known)
        self._ranking.look(self._known.values(), sum(rows.values()))
        rewritten, self._rewritten = self._rewritten, self._sources.rewritten + self._ranking.changes
        complete = not self._sources.trouble and sum(rows.values()) < MOST_ROWS
        total, self._ends = self._order.observe(rows, complete=complete, rewritten=rewritten != self._rewritten)
        return total

    def glance(self) -> int | None:
        """As `look` after one, where the files that are known have a few more rows and nothing else is new.

        It opens nothing by its name. None when it takes a look: there are files of another kind, or too many, or what
        stood in one is no longer there, or rows have names that nobody has asked for yet.
        """
        rows: dict[int, int] = {}
        if not 0 < len(self._known) <= _MOST_GLANCED_AT:
            return None
        for id, source in self._known.items():
            found = source.glance() if isinstance(source, BinarySource) else None
            if found is None:
                return None
            rows[id] = found
        if sum(rows.values()) >= MOST_ROWS:
            return None
        total, self._ends = self._order.observe(rows)
        return total

    def between(
        self, cursor: int, end: int, points: int | None = None, names: Sequence[str] | None = None
    ) -> dict[str, Series]:
        """The rows after one cursor and up to another one of the last `look` or before, thinned as in `since`."""
        begins, ends = self._order.before(cursor), self._order.before(end)
        if not any(begins.values()):
            return self._from_start(ends, points, names)
        best, hidden = self._ranking.best, self._ranking.hidden
        parts: dict[str, list[Part]] = {}
        for id, source in self._known.items():
            start, stop = begins.get(id, 0), ends.get(id, 0)
            begun = self._begun.names(source, start) if source.attempt > 1 else set()
            for name, series in _stretch(source, start, stop, points).items():
                is_wanted = name not in hidden and (names is None or name in names)
                if is_wanted and best.get(name, source.rank) == source.rank:
                    parts.setdefault(name, []).append(Part(source.attempt, series, name not in begun, source.until))
        return _thinned({name: composed(several) for name, several in parts.items()}, points)

    def since(
        self, cursor: int = 0, points: int | None = None, names: Sequence[str] | None = None
    ) -> tuple[int, dict[str, Series]]:
        """What came after the cursor, at most about `points` a series, and the cursor after that.

        A cursor beyond the end belongs to something else: nothing is new, and the answered one is right.
        """
        total = self.look()
        return total, self.between(cursor, total, points, names) if cursor < total else {}

    def zoom(
        self, axis: str, begin: float, end: float, points: int, names: Sequence[str] | None = None
    ) -> tuple[int, dict[str, Series]]:
        """The cursor, and a range of each series on an axis ("step", or "time" in seconds since the epoch).

        Both ends belong to it, and one point on each side, so that a line reaches the edge of its plot. It costs the
        same whatever lies between.
        """
        total = self.look()
        draw = partial(ranged, axis=axis, begin=begin, end=end, points=points)
        found = _drawn(self._whole(self._order.before(total)), points, draw, self._ranking, names)
        return total, _thinned({name: series for name, series in found.items() if len(series)}, points)

    @property
    def trouble(self) -> str:
        """Why some of it cannot be read, as a sentence; empty when all can."""
        reason = self._sources.trouble or self._order.trouble
        return f"Some of the metrics cannot be read: {reason}." if reason else ""

    def close(self) -> None:
        """Let go of the files."""
        self._sources.close()
        self._order.close()

    def _from_start(
        self, ends: Mapping[int, int], points: int | None, names: Sequence[str] | None
    ) -> dict[str, Series]:
        many = points or _NOT_THINNED
        return _thinned(_drawn(self._whole(ends), many, partial(drawn, points=many), self._ranking, names), points)

    def _whole(self, ends: Mapping[int, int]) -> list[tuple[Source, int]]:
        return [(source, ends.get(id, 0)) for id, source in self._known.items()]


class _Begun:
    """Which names a file of a later attempt has had before a row: there its part of those curves began."""

    def __init__(self) -> None:
        self._seen: dict[str, tuple[int, set[int]]] = {}

    def names(self, source: Source, before: int) -> set[str]:
        """The names in the rows before a row."""
        if not isinstance(source, BinarySource):
            return set()
        known, numbers = self._seen.get(source.key, (0, set()))
        if known > before:
            known, numbers = 0, set()
        if before > known:
            numbers = numbers | source.numbers(known, before)
            self._seen[source.key] = before, numbers
        names = source.names()
        return {label(names, number) for number in numbers}


def _drawn(
    files: Sequence[tuple[Source, int]], points: int, draw: Callable[[Sequence[Whole]], Series], ranking: Ranking,
    names: Sequence[str] | None = None,
) -> dict[str, Series]:  # fmt: skip
    """Each curve of a run at so many rows of each file. Columns that are damaged are done without, and forgotten."""
    for is_plain in (False, True):
        held = [(source, Held(source, rows, 2 * points, is_plain=is_plain)) for source, rows in files]
        try:
            return {name: draw(several) for name, several in wholes(held, names, ranking.hidden).items()}
        except Damaged:
            for _, one in held:
                one.forget()
        finally:
            for _, one in held:
                one.close()
    return {}


def _stretch(source: Source, start: int, stop: int, points: int | None) -> dict[str, Series]:
    if stop <= start:
        return {}
    return source.read(start, stop) if points is None else read_reduced(source, start, stop, 2 * points)


def _thinned(series: dict[str, Series], points: int | None) -> dict[str, Series]:
    """Each series in at most about `points` points, fewer where there are very many series."""
    if points is None:
        return series
    most = max(_LEAST_POINTS, MOST_POINTS // max(1, len(series)))
    return {name: thin(one, min(points, most)) for name, one in series.items()}


def _rows(sources: Mapping[int, Source]) -> dict[int, int]:
    """How many rows each file holds, as many in all as have a number."""
    left, rows = MOST_ROWS, {}
    for id, source in sources.items():
        rows[id] = min(source.rows(), left)
        left -= rows[id]
    return rows
