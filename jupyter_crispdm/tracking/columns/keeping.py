"""Keeping columns while rows arrive: what is new of a long file is added to them, a stretch at a time."""

from __future__ import annotations

import logging
import os
from pathlib import Path

from ..sources import BinarySource, Sources
from .pyramid import ENTRY_BYTES
from .store import Shelf, Writer
from .table import Damaged

#: A shorter file is read as quickly without columns.
LEAST_ROWS = 1 << 16
#: So many new rows are worth another table.
_LEAST_NEWS = 1 << 14
_ROWS_AT_ONCE = 1 << 19
_COMMIT_ROWS = 1 << 23
#: At most so many rows a call: a second or two.
_MOST_NEWS = 1 << 24
#: Columns take no more than half of what the disk has left, nor the last of it.
_SPARE_BYTES = 256 << 20
_ROW_BYTES = 3 * 8 + ENTRY_BYTES // 40
_log = logging.getLogger(__name__)


def keep(run: Path, most: int = _MOST_NEWS) -> bool:
    """Bring the columns of a run up to date with its files; True when there is more to do than `most` rows.

    It costs a look when there is nothing new. Where columns cannot be kept (a disk that is full or may only be
    read, somebody else at it), nothing happens: whoever reads does without.
    """
    sources, more = Sources(run), False
    for source in sources.refresh():
        if isinstance(source, BinarySource):
            more |= keep_source(source, source.rows(), most)
    return more


def keep_source(source: BinarySource, rows: int, most: int = _MOST_NEWS) -> bool:
    """Bring the columns of one file up to date with its first `rows` rows; True when there is more to do."""
    if rows < LEAST_ROWS:
        return False
    shelf = Shelf(source.home)
    known = shelf.open(source.file, source.mark)
    have = 0
    if known is not None:
        have = known.rows
        known.close()
    if rows - have < _LEAST_NEWS or not _is_room(source.home, rows - have):
        return False
    stop = min(rows, have + most)
    try:
        with shelf.extending(source.file, source.mark) as writer:
            if writer is not None:
                _extend(shelf, source, writer, stop)
    except Damaged:
        shelf.forget(source.file)
        return True
    except OSError as error:
        _log.debug("No columns are kept of %s: %s", source.file, error)
        return False
    return stop < rows


def _extend(shelf: Shelf, source: BinarySource, writer: Writer, stop: int) -> None:
    table = writer.table
    committed = table.rows
    while table.rows < stop:
        end = min(stop, table.rows + _ROWS_AT_ONCE)
        for number, series in source.parts(table.rows, end).items():
            writer.append(number, series)
        table.rows = end
        if end == stop or end - committed >= _COMMIT_ROWS:
            shelf.commit(source.file, writer, source.mark)
            committed = end


def _is_room(run: Path, rows: int) -> bool:
    try:
        found = os.statvfs(run)
    except OSError:
        return False
    return found.f_bavail * found.f_frsize > 2 * rows * _ROW_BYTES + _SPARE_BYTES
