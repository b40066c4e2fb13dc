"""Columns of one source file on the disk: read by many, extended by one at a time.

`columns/<file>.table` says what lies where in `columns/<file>.<generation>.data`. What a table says is written once
and never changed, so that a reader who has a table needs no lock; a new table takes the old one's place as a whole.
Nothing is mapped into memory: the program that owns the directory could cut the file under the server's feet.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jupyter_crispdm.base.files.regular import open_folder, open_regular, read_regular, try_lock

from ..types import Series
from .pyramid import BLOCK, ENTRY_BYTES, FAN, KEPT, LEVELS, POINT, entries_of, summed_up
from .table import MOST_BYTES, Damaged, Table, Traits, decode

FOLDER = "columns"
_COLUMN_BYTES = 8
_KINDS = (("step", np.int64), ("value", np.float64), ("time", np.float64))
_NEW_FILE = os.O_RDWR | os.O_CREAT | os.O_EXCL

#: The bytes of a row of the source file, empty when it has none there: by it columns know their source again.
Mark = Callable[[int], bytes]


class Columns:
    """The columns of one source file, as far as they were written when its table was read."""

    def __init__(self, table: Table, descriptor: int) -> None:
        self.table = table
        self.descriptor = descriptor

    @property
    def rows(self) -> int:
        """So many rows of the source, from its first, are in the columns."""
        return self.table.rows

    def count(self, number: int, level: int = 0) -> int:
        """How many points a series has, or entries of a level."""
        return self.table.stream(number, level).count

    def series(self, number: int, start: int, stop: int) -> Series:
        """Some of the points of a series. Raises Damaged when they are not there."""
        step, value, time = (self.column(number, name, start, stop) for name, _ in _KINDS)
        return Series(step, value, time)

    def column(self, number: int, name: str, start: int, stop: int) -> NDArray[Any]:
        """One column of some of the points of a series. Raises Damaged when they are not there."""
        which = [known for known, _ in _KINDS].index(name)
        found = np.empty(max(0, stop - start), _KINDS[which][1])
        done = 0
        stream = self.table.stream(number, 0)
        for offset, capacity, first, count in stream.spans(start, min(stop, stream.count)):
            at = offset + (which * capacity + first) * _COLUMN_BYTES
            self._read(found[done : done + count], at)
            done += count
        if done != len(found):
            raise Damaged("points are missing")
        return found

    def entries(self, number: int, level: int, start: int, stop: int) -> NDArray[Any]:
        """Some of the entries of a level, each a row of three points. Raises Damaged when they are not there."""
        found = np.empty((max(0, stop - start), KEPT), POINT)
        done = 0
        stream = self.table.stream(number, level)
        for offset, _, first, count in stream.spans(start, min(stop, stream.count)):
            self._read(found[done : done + count], offset + first * ENTRY_BYTES)
            done += count
        if done != len(found):
            raise Damaged("entries are missing")
        return found

    def close(self) -> None:
        """Let go of the file."""
        os.close(self.descriptor)

    def _read(self, into: NDArray[Any], at: int) -> None:
        if into.size and os.preadv(self.descriptor, [into.data.cast("B")], at) != into.nbytes:
            raise Damaged("the file is too short")


class Writer(Columns):
    """The columns of one source file, by whoever extends them."""

    def append(self, number: int, series: Series) -> None:
        """Add points to a series, and to the levels above them what is complete by now."""
        before = self.count(number)
        stream = self.table.grow(number, 0, len(series))
        self._note(number, series)
        done = 0
        for offset, capacity, first, count in stream.spans(before, before + len(series)):
            for which, column in enumerate((series.step, series.value, series.time)):
                place = offset + (which * capacity + first) * _COLUMN_BYTES
                self._write(column[done : done + count], place)
            done += count
        stream.count += len(series)
        self._raise_levels(number, before, series)

    def _note(self, number: int, series: Series) -> None:
        traits = self.table.series.setdefault(number, Traits())
        traits.step_sorted &= bool(series.step[0] >= traits.step and np.all(series.step[1:] >= series.step[:-1]))
        traits.time_sorted &= bool(series.time[0] >= traits.time and np.all(series.time[1:] >= series.time[:-1]))
        traits.step, traits.time = int(series.step[-1]), float(series.time[-1])

    def _raise_levels(self, number: int, before: int, series: Series) -> None:
        known, complete = self.count(number, 1), self.count(number) // BLOCK
        if complete <= known:
            return
        rest = self.series(number, known * BLOCK, before)
        whole = _joined(rest, series, (complete - known) * BLOCK)
        self._add_entries(number, 1, entries_of(whole, known * BLOCK))
        for level in range(2, LEVELS):
            known, complete = self.count(number, level), self.count(number, level - 1) // FAN
            if complete <= known:
                return
            self._add_entries(number, level, summed_up(self.entries(number, level - 1, known * FAN, complete * FAN)))

    def _add_entries(self, number: int, level: int, entries: NDArray[Any]) -> None:
        stream = self.table.grow(number, level, len(entries))
        done = 0
        for offset, _, first, count in stream.spans(stream.count, stream.count + len(entries)):
            self._write(entries[done : done + count], offset + first * ENTRY_BYTES)
            done += count
        stream.count += len(entries)

    def _write(self, part: NDArray[Any], at: int) -> None:
        data = memoryview(np.ascontiguousarray(part).tobytes())
        while data:
            written = os.pwrite(self.descriptor, data, at)
            data, at = data[written:], at + written


class Shelf:
    """Where a run keeps the columns of its files: `columns/` in its directory."""

    def __init__(self, run: Path) -> None:
        self._run, self._root = run, run.parent
        self._folder = run / FOLDER

    def open(self, key: str, mark: Mark) -> Columns | None:
        """The columns of a file as they are now; None when there are none, or they are of another file."""
        try:
            table = decode(read_regular(self._folder / f"{key}.table", MOST_BYTES, below=self._root))
            if not is_of(table, mark):
                return None
            return Columns(table, open_regular(self._data(key, table), below=self._root))
        except (OSError, Damaged):
            return None

    @contextmanager
    def extending(self, key: str, mark: Mark) -> Iterator[Writer | None]:
        """The columns of a file to be extended, new ones where there are none; None while somebody else does it.

        Raises OSError where they cannot be kept. What was added counts once `commit` is called.
        """
        self._make_folder()
        lock = open_regular(self._folder / "lock", os.O_RDWR | os.O_CREAT, below=self._root)
        try:
            if not try_lock(lock):
                yield None
                return
            writer = self._writer(key, mark)
            try:
                yield writer
            finally:
                writer.close()
        finally:
            os.close(lock)

    def commit(self, key: str, writer: Writer, mark: Mark) -> None:
        """Let readers see what was added. Raises OSError."""
        table = writer.table
        table.first, table.last = mark(0), mark(table.rows - 1)
        os.fdatasync(writer.descriptor)
        name, fresh = f"{key}.table", f".{key}.{secrets.token_hex(4)}"
        with open_folder(self._folder, below=self._root) as folder:
            file = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600, dir_fd=folder)
            try:
                with os.fdopen(file, "wb") as opened:
                    opened.write(table.encode())
                os.replace(fresh, name, src_dir_fd=folder, dst_dir_fd=folder)
            except BaseException:
                with suppress(OSError):
                    os.unlink(fresh, dir_fd=folder)
                raise
            self._tidy(folder, key, self._data(key, table).name)

    def forget(self, key: str) -> None:
        """Drop columns that proved to be damaged, so that they are made anew."""
        with suppress(OSError), open_folder(self._folder, below=self._root) as folder:
            os.unlink(f"{key}.table", dir_fd=folder)

    def _writer(self, key: str, mark: Mark) -> Writer:
        known = self.open(key, mark)
        if known is not None:
            known.close()
            descriptor = open_regular(self._data(key, known.table), os.O_RDWR, below=self._root)
            return Writer(known.table, descriptor)
        table = Table(secrets.randbits(32))
        return Writer(table, open_regular(self._data(key, table), _NEW_FILE, below=self._root))

    def _make_folder(self) -> None:
        if not self._folder.is_dir():
            with open_folder(self._run, below=self._root) as run, suppress(FileExistsError):
                os.mkdir(FOLDER, 0o700, dir_fd=run)

    def _data(self, key: str, table: Table) -> Path:
        return self._folder / f"{key}.{table.generation:08x}.data"

    def _tidy(self, folder: int, key: str, current: str) -> None:
        """Remove data files of this source that no table tells of."""
        for name in os.listdir(folder):
            if name != current and name.startswith(f"{key}.") and name.endswith(".data"):
                with suppress(OSError):
                    os.unlink(name, dir_fd=folder)


def is_of(table: Table, mark: Mark) -> bool:
    """Whether columns are of this source: their first and last row are where they were."""
    return table.rows > 0 and mark(0) == table.first and mark(table.rows - 1) == table.last


def _joined(rest: Series, series: Series, count: int) -> Series:
    """The first `count` points of two stretches that follow each other."""
    part = series.take(slice(count - len(rest)))
    if not len(rest):
        return part
    return Series(
        np.concatenate([rest.step, part.step]),
        np.concatenate([rest.value, part.value]),
        np.concatenate([rest.time, part.time]),
    )
