"""Texts, and tables: data frames, rows, columns, in a file of JSON."""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping
from typing import Any

from .._events import plain
from .._harmless import harmless
from .keeping import keep, step_of

_TEXT_BYTES = 1 << 20
_MOST_ROWS = 10_000
_MOST_COLUMNS = 256
_MOST_BYTES = 8 << 20


def _nothing(*_: Any, **__: Any) -> None:
    return


@harmless(_nothing)
def text(name: str, value: Any, step: int | None = None) -> None:
    """Keep a text: a sample of what was generated, a note; the first MiB of it."""
    data = str(value)[:_TEXT_BYTES].encode("utf-8", "replace")[:_TEXT_BYTES]
    keep("text", name, step_of("text", name, step), data.decode("utf-8", "ignore").encode(), ".txt")


@harmless(_nothing)
def table(name: str, value: Any, step: int | None = None, columns: Any = None) -> None:
    """Keep a table: a data frame, rows as mappings, rows as lists with `columns`, or a mapping of columns.

    The first 10,000 rows and 256 columns, as far as 8 MiB take; how many rows there were is kept.
    """
    names, rows, total = _table(value, columns)
    names = [str(one)[:200] for one in names[:_MOST_COLUMNS]]
    cells = [[plain(cell) for cell in itertools.islice(row, _MOST_COLUMNS)] for row in rows]
    data = _json(names, cells)
    while len(data) > _MOST_BYTES and cells:
        cells = cells[: len(cells) // 2]
        data = _json(names, cells)
    keep("table", name, step_of("table", name, step), data, ".json", rows=total, columns=len(names))


def _json(names: list[str], rows: list[list[Any]]) -> bytes:
    return json.dumps({"columns": [plain(one) for one in names], "rows": rows}, allow_nan=False).encode()


def _table(value: Any, columns: Any) -> tuple[list[Any], list[Any], int]:
    """The names of the columns, the first rows, and how many there are."""
    if hasattr(value, "columns") and hasattr(value, "head"):  # pandas, polars
        head = value.head(_MOST_ROWS)
        rows = head.rows() if callable(getattr(head, "rows", None)) else head.values.tolist()
        return list(value.columns), list(rows), len(value)
    if hasattr(value, "to_pydict") and hasattr(value, "num_rows"):  # pyarrow
        return _of_columns(value.slice(0, _MOST_ROWS).to_pydict(), value.num_rows)
    if isinstance(value, Mapping):
        return _of_columns(value, None)
    rows = value.tolist() if callable(getattr(value, "tolist", None)) else list(value)
    total, rows = len(rows), rows[:_MOST_ROWS]
    if rows and all(isinstance(row, Mapping) for row in rows):
        names = list(columns or dict.fromkeys(key for row in rows for key in row))
        return names, [[row.get(one) for one in names] for row in rows], total
    rows = [list(row) if isinstance(row, (list, tuple)) else [row] for row in rows]
    return list(columns or range(max(map(len, rows), default=0))), rows, total


def _of_columns(value: Mapping[Any, Any], total: int | None) -> tuple[list[Any], list[Any], int]:
    parts = [list(part.tolist() if hasattr(part, "tolist") else part) for part in value.values()]
    longest = max(map(len, parts), default=0) if total is None else total
    rows = itertools.islice(itertools.zip_longest(*parts), _MOST_ROWS)
    return list(value), [list(row) for row in rows], longest
