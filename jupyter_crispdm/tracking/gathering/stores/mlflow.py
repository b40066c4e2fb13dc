"""MLflow's database: what its runs measured, those of them that belong to one run of ours.

Many programs share such a database. A run in it is ours when it bears our mark, which MLflow takes from the
environment of a job; one without any mark, when it was begun since ours was and nobody else works there.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from itertools import islice
from typing import NamedTuple

import msgspec

from ...points import Point
from ..formats.format import decoded, named
from .database import Database, Table
from .records import Value

_MARK = "crispdm.job"  # as `jobs/submitting/preparation.py` tells MLflow, which writes it with each of its runs
_MOST_RUNS = 500
_NEWEST_RUNS, _NEWEST_TAGS = 1000, 20_000
_EARLIER_SECONDS = 60.0
_LARGEST = 1.7976931348623157e308  # as which MLflow writes what has no end
_METRICS = ("key", "value", "timestamp", "run_uuid", "step", "is_nan")
_RUNS = ("run_uuid", "name", "start_time")
_TAGS = ("key", "value", "run_uuid")


class Owner(NamedTuple):
    """Whose runs are wanted: those that bear the `mark`, or none and were begun since `started`, if we are `alone`.

    Without a mark all are.
    """

    mark: str
    started: float
    alone: Callable[[], bool] = lambda: True


class Memory(msgspec.Struct):
    """Of each run of MLflow's what its names begin with; None for one that is another's.

    `former`: how many of them were met in earlier attempts of ours.
    """

    prefixes: dict[str, str | None] = {}
    begun: bool = False
    former: int = 0


class MlflowRuns:
    """What one database says to one run of ours."""

    def __init__(self, owner: Owner) -> None:
        self._owner = owner
        self._memory = Memory()

    def state(self) -> bytes:
        """Which runs were seen."""
        return msgspec.json.encode(self._memory)

    def restore(self, state: bytes) -> None:
        """Go on. Raises ValueError."""
        self._memory = decoded(state, Memory)

    def attempt(self) -> None:
        """Another attempt begins: the first run that it makes needs no other name."""
        self._memory.former = len(self._memory.prefixes)

    def read(
        self, database: Database, tables: dict[str, Table], after: int, most: int
    ) -> tuple[list[Point], int, bool]:
        """The points in the rows behind one, the last row that was read, and whether there are more.

        Raises Damaged, OSError.
        """
        metrics = tables["metrics"]
        if not self._memory.begun:
            after, self._memory.begun = max(after, self._first(database, metrics)), True
        places = [metrics.columns.index(name) for name in _METRICS]
        rows = list(islice(database.rows(metrics.root, after), most))
        cells = [_cells(values, places) for _, values in rows]
        self._meet(database, tables, {str(cell[3]) for cell in cells} - self._memory.prefixes.keys())
        points = [point for cell in cells if (point := self._point(*cell)) is not None]
        return points, rows[-1][0] if rows else after, len(rows) == most

    def _first(self, database: Database, metrics: Table) -> int:
        """Behind which row those may be that were written since the run began: looked for by halves."""
        low, high, place = 0, database.last(metrics.root), metrics.columns.index("timestamp")
        since = (self._owner.started - _EARLIER_SECONDS) * 1000
        while low < high:
            middle = (low + high) // 2
            _, values = next(database.rows(metrics.root, middle), (0, []))
            when = values[place] if place < len(values) else None
            low, high = (low, middle) if not isinstance(when, int) or when >= since else (middle + 1, high)
        return low

    def _meet(self, database: Database, tables: dict[str, Table], fresh: set[str]) -> None:
        """Find out whose the runs are that were not seen before."""
        if not fresh or len(self._memory.prefixes) + len(fresh) > _MOST_RUNS:
            return
        runs = {str(cell[0]): cell for cell in _newest(database, tables["runs"], _RUNS, _NEWEST_RUNS)}
        tags = _newest(database, tables["tags"], _TAGS, _NEWEST_TAGS)
        marks = {str(run): str(value) for key, value, run in tags if key == _MARK}
        for id in sorted(fresh, key=lambda id: list(runs).index(id) if id in runs else -1):
            run, mark = runs.get(id), marks.get(id)
            if run is None or not self._is_ours(mark, run[2]):
                self._memory.prefixes[id] = None
                continue
            met = islice(self._memory.prefixes.values(), self._memory.former, None)
            ours = {prefix for prefix in met if prefix is not None}
            self._memory.prefixes[id] = _prefix(named(run[1]) or id[:8], ours)

    def _is_ours(self, mark: str | None, started: Value) -> bool:
        if mark is not None and self._owner.mark:
            return mark == self._owner.mark
        is_since = isinstance(started, int) and started / 1000 >= self._owner.started
        return is_since and self._owner.alone()

    def _point(self, key: Value, value: Value, when: Value, run: Value, step: Value, is_nan: Value) -> Point | None:
        prefix = self._memory.prefixes.get(str(run))
        name = named(f"{prefix}{key}") if prefix is not None and isinstance(key, str) else None
        if name is None or not isinstance(value, int | float) or not isinstance(when, int):
            return None
        real = math.nan if is_nan else math.copysign(math.inf, value) if abs(value) >= _LARGEST else float(value)
        return Point(name, step if isinstance(step, int) and abs(step) < 1 << 62 else None, real, when / 1000)


def tables_of(database: Database) -> dict[str, Table] | None:
    """The tables that are read; None for a database that is not MLflow's. Raises Damaged, OSError."""
    tables = database.tables("metrics", "runs", "tags")
    wanted = {"metrics": _METRICS, "runs": _RUNS, "tags": _TAGS}
    is_whole = all(name in tables and set(columns) <= set(tables[name].columns) for name, columns in wanted.items())
    return tables if is_whole else None


def _cells(values: list[Value], places: list[int]) -> list[Value]:
    """Some columns of a row; one that was added later is not there in rows from before."""
    return [values[place] if place < len(values) else None for place in places]


def _newest(database: Database, table: Table, columns: tuple[str, ...], most: int) -> Iterator[list[Value]]:
    """Some columns of the last rows of a table."""
    places = [table.columns.index(name) for name in columns]
    after = max(0, database.last(table.root) - most)
    return (_cells(values, places) for _, values in islice(database.rows(table.root, after), most))


def _prefix(name: str, taken: set[str]) -> str:
    """Nothing for the first run, for others their names, with a number where two have the same."""
    if not taken:
        return ""
    choices = (f"{name}/" if not count else f"{name} ({count + 1})/" for count in range(len(taken) + 1))
    return next(choice for choice in choices if choice not in taken)
