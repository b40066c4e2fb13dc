"""A database as what is read on, row by row."""

from __future__ import annotations

import os
import struct
from pathlib import Path

from jupyter_crispdm.base.files.regular import Unreadable

from ..formats.format import Found
from ..inputs import Anew
from ..state import InputState
from .database import Database, Table
from .mlflow import MlflowRuns, Owner, tables_of
from .pages import Pages, Torn
from .records import Damaged

_MOST_ROWS = 2000
_TRIES = 3
_Seen = tuple[tuple[int, int, int], ...]


class StoreInput:
    """A database of MLflow's; `state.position` is the last row that was read.

    Where somebody writes all the time it is looked at again a few times, and else at the next call: nothing is lost,
    as rows keep their numbers.
    """

    def __init__(self, path: Path, below: Path, state: InputState, owner: Owner) -> None:
        self.state, self.trouble = state, ""
        self._path, self._below, self._owner = path, below, owner
        self._seen: _Seen | None = None
        self._tables: tuple[int, dict[str, Table] | None] | None = None  # as of which form of the database

    def is_quiet(self) -> bool:
        """Whether neither the file nor what is written ahead of it has changed."""
        return self._seen == self._look()

    def read(self, time: float, *, over: bool) -> tuple[list[Found], bool]:
        """The points of the next rows. Raises Anew, OSError."""
        self.trouble = ""
        seen = self._look()
        if seen == self._seen:
            return [], False
        for _ in range(_TRIES):
            try:
                found, more = self._read()
            except Torn:
                continue
            except FileNotFoundError:
                return [], False
            except Unreadable as error:
                self.trouble = error.reason
                return [], False
            except (Damaged, struct.error, IndexError):  # until it changes there is nothing to be had
                found, more = [], False
            self._seen = None if more else seen
            return found, more
        return [], False

    def _read(self) -> tuple[list[Found], bool]:
        pages = Pages(self._path, self._below)
        try:
            return self._rows(pages)
        finally:
            pages.close()

    def _rows(self, pages: Pages) -> tuple[list[Found], bool]:
        state, database = self.state, Database(pages)
        if state.file not in (0, pages.inode):  # another database in its place
            raise Anew
        runs = _restored(state, self._owner)
        tables = self._known(database, pages.header.schema)
        if tables is None:
            pages.check()
            return [], False
        points, last, more = runs.read(database, tables, state.position, _MOST_ROWS)
        pages.check()
        state.file, state.position, state.memory = pages.inode, last, runs.state()
        return list(points), more

    def _known(self, database: Database, schema: int) -> dict[str, Table] | None:
        if self._tables is None or self._tables[0] != schema:
            self._tables = schema, tables_of(database)
        return self._tables[1]

    def _look(self) -> _Seen:
        found = []
        for path in (self._path, f"{self._path}-wal"):
            try:
                one = os.lstat(path)
            except OSError:
                continue
            found.append((one.st_ino, one.st_size, one.st_mtime_ns))
        return tuple(found)


def continued(state: InputState, output: str) -> InputState:
    """How another attempt goes on with a database."""
    runs = _restored(state, Owner("", 0.0))
    runs.attempt()
    return InputState(state.kind, output, file=state.file, position=state.position, memory=runs.state())


def _restored(state: InputState, owner: Owner) -> MlflowRuns:
    runs = MlflowRuns(owner)
    try:
        if state.memory:
            runs.restore(state.memory)
    except ValueError:  # of another version of ours
        state.position, state.memory = 0, b""
    return runs
