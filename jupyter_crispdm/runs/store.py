"""The tables of runs: the index, which can be made anew from the files, what people said of runs, saved views."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

import msgspec
import sqlalchemy as sa

from jupyter_crispdm.base.database import Database, metadata

from .records import Entry, Marks
from .types import SavedView

_log = logging.getLogger(__name__)
_T = TypeVar("_T")
_AT_ONCE = 500

runs_table = sa.Table(
    "runs",
    metadata,
    sa.Column("id", sa.String(128), primary_key=True),
    sa.Column("entry", sa.Text, nullable=False),
)
marks_table = sa.Table(
    "run_marks",
    metadata,
    sa.Column("id", sa.String(128), primary_key=True),
    sa.Column("marks", sa.Text, nullable=False),
)
views_table = sa.Table(
    "run_views",
    metadata,
    sa.Column("name", sa.String(100), primary_key=True),
    sa.Column("view", sa.Text, nullable=False),
)


class RunStore:
    """Typed in, typed out."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def entries(self) -> dict[str, Entry]:
        """The whole index."""
        return await self._all(runs_table.c.id, runs_table.c.entry, Entry)

    async def marks(self) -> dict[str, Marks]:
        """What people said, by run."""
        return await self._all(marks_table.c.id, marks_table.c.marks, Marks)

    async def views(self) -> dict[str, SavedView]:
        """Every saved view, by name."""
        return await self._all(views_table.c.name, views_table.c.view, SavedView)

    async def put_entries(self, entries: Iterable[Entry]) -> None:
        """Insert or replace rows of the index, all in one transaction. Raises StorageFull."""
        rows = [{"id": one.run.id, "entry": text} for one in entries if (text := _text(one)) is not None]

        def change(connection: sa.Connection) -> None:
            for at in range(0, len(rows), _AT_ONCE):
                some = rows[at : at + _AT_ONCE]
                connection.execute(sa.delete(runs_table).where(runs_table.c.id.in_([row["id"] for row in some])))
                connection.execute(sa.insert(runs_table), some)

        if rows:
            await self._database.write(change)

    async def put_marks(self, id: str, marks: Marks) -> None:
        """Note what people said of a run. Raises StorageFull."""
        await self._replace(marks_table, marks_table.c.id == id, {"id": id, "marks": _text(marks) or "{}"})

    async def put_view(self, view: SavedView) -> None:
        """Save a view. Raises StorageFull."""
        row = {"name": view.name, "view": _text(view) or "{}"}
        await self._replace(views_table, views_table.c.name == view.name, row)

    async def forget(self, ids: Sequence[str], *, marks: bool = True) -> None:
        """Forget runs, and what people said of them unless the runs may come back. Raises StorageFull."""
        tables = [runs_table, marks_table] if marks else [runs_table]

        def change(connection: sa.Connection) -> None:
            for table in tables:
                for at in range(0, len(ids), _AT_ONCE):
                    connection.execute(sa.delete(table).where(table.c.id.in_(ids[at : at + _AT_ONCE])))

        if ids:
            await self._database.write(change)

    async def forget_view(self, name: str) -> None:
        """Forget a view. Raises StorageFull."""
        statement = sa.delete(views_table).where(views_table.c.name == name)
        await self._database.write(lambda connection: connection.execute(statement).rowcount)

    async def _replace(self, table: sa.Table, where: sa.ColumnElement[bool], row: Mapping[str, Any]) -> None:
        def change(connection: sa.Connection) -> None:
            connection.execute(sa.delete(table).where(where))
            connection.execute(sa.insert(table), row)

        await self._database.write(change)

    async def _all(self, key: sa.Column[str], content: sa.Column[str], kind: type[_T]) -> dict[str, _T]:
        query = sa.select(key, content)

        def read(connection: sa.Connection) -> dict[str, _T]:
            rows = connection.execute(query).mappings()
            return _read(((row[key], row[content]) for row in rows), kind)

        return await self._database.read(read)


def _read(rows: Iterable[tuple[str, str]], kind: type[_T]) -> dict[str, _T]:
    """The rows that can be read: one of another version, or damaged, must not cost the others."""
    decoder = msgspec.json.Decoder(kind)
    found: dict[str, _T] = {}
    for key, text in rows:
        try:
            found[key] = decoder.decode(text)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            _log.warning("What is kept of the run or view %r cannot be read and is left out: %s", key, error)
    return found


def _text(value: object) -> str | None:
    try:
        return msgspec.json.encode(value).decode()
    except (ValueError, TypeError, OverflowError, RecursionError):
        _log.exception("A run cannot be written down.")
        return None
