"""A parquet file: its rows, once it is whole."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date, datetime, time, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

from jupyter_crispdm.base.files.regular import regular_file

from .follower import Piece
from .position import Position

_ROWS = 1000


class TableFollower:
    """Reads the rows of a file in pieces; one of the same name that takes its place is read anew."""

    def __init__(self, path: Path, position: Position | None) -> None:
        self._path = path
        self._position = position
        self._seen: tuple[int, int, int] | None = None
        self._wrong: Exception | None = None
        self._reading: Iterator[Piece] | None = None

    def read(self, most: int) -> list[Piece]:
        """The next piece of the file. Raises OSError for one that is not whole, until it changes."""
        if self._reading is None and self._is_as_it_was():
            if self._wrong is not None:
                raise self._wrong
            return []
        self._reading = self._reading or self._rows()
        try:
            return [next(self._reading)]
        except StopIteration:
            self._reading = None
            return []
        except Exception as error:  # the readers of foreign files raise whatever they like
            self._reading = None
            own = isinstance(error, OSError) and error.errno
            self._wrong = error if own else OSError(None, "is no whole parquet file", str(self._path))
            raise self._wrong from error

    def skip(self) -> Position:
        """Go to the end of what is there. Raises OSError."""
        import pyarrow.parquet

        with regular_file(self._path) as file:
            inode = os.fstat(file.fileno()).st_ino
            try:
                rows = pyarrow.parquet.ParquetFile(file).metadata.num_rows
            except Exception:  # one that is being written
                rows = 0
        self._position = Position(inode, rows)
        return self._position

    def close(self) -> None:
        """Let go of the file."""
        self._reading = None

    def _is_as_it_was(self) -> bool:
        found = os.stat(self._path, follow_symlinks=False)
        now = (found.st_ino, found.st_size, found.st_mtime_ns)
        same, self._seen = now == self._seen, now
        if not same:
            self._wrong = None
        return same

    def _rows(self) -> Iterator[Piece]:
        import pyarrow.parquet

        with regular_file(self._path) as file:
            inode = os.fstat(file.fileno()).st_ino
            known = self._position
            at = known.at if known is not None and known.inode == inode else 0
            passed = 0
            for batch in pyarrow.parquet.ParquetFile(file).iter_batches(_ROWS):
                start = min(max(at - passed, 0), batch.num_rows)
                passed += batch.num_rows
                if start < batch.num_rows:
                    self._position = Position(inode, passed)
                    yield Piece(_columns(batch.slice(start)), self._position)


def _columns(batch: Any) -> dict[str, Any]:
    return {str(name): [_plain(value) for value in column.to_pylist()] for name, column in
            zip(batch.schema.names, batch.columns, strict=True)}  # fmt: skip


def _plain(value: Any) -> Any:
    """A value as a message holds it: a moment as seconds since the epoch."""
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=timezone.utc)).timestamp()
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, bytes):
        return None
    return value
