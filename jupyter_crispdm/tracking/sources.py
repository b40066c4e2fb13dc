"""The files that hold metrics, each a list of rows that only grows. Programs write them: they are checked.

`metrics/*.bin` with `*.names` is what `crispdm.log` writes; `metrics.jsonl` comes from other languages: one
object a line, {"step": 3, "loss": 0.1}, "step" and "time" optional, each other number a row. `gathered/*.bin` is what
the server read of the log and of other trackers' files (see `gathering`), in the first form.
"""

from __future__ import annotations

import math
import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

import msgspec
import numpy as np

from jupyter_crispdm.base.files.regular import (
    Unreadable,
    open_folder,
    open_regular,
    read_regular,
    regular_file,
    stat_regular,
)

from .ranks import GATHERED, rank_of
from .reading.jsonlines import JsonLinesSource
from .reading.lineage import Ancestor, ancestors, stamp
from .reading.order import MOST_ROWS
from .reading.records import MOST_NAMES, RECORD, Fresh, blocks, parts_of
from .types import Series

__all__ = ["RECORD", "RECORDED", "BinarySource", "JsonLinesSource", "Source", "Sources", "label"]

RECORDED = "metrics"
#: More than a run has.
ATTEMPTS = 10_000
SPARSE_ROWS = 1 << 24  # a file that takes almost no room may claim any size
_LEAST_SHARE = 16  # of its size that a file takes; a file system that compresses may take less than all
_MOST_FILES = 1000
_MOST_FRESH = 1 << 12
_NAMES_BYTES = 4 << 20
_ATTEMPT = re.compile(r"-a(\d{1,4})$")


class Source(Protocol):
    """One file of rows."""

    key: str

    #: Of several sources that have a name, those of the lowest rank are shown: a recorder's own, found files, the log.
    rank: int

    #: Which attempt of the run wrote it, from 1; those of runs that it goes on from come before its own.
    attempt: int

    #: Its points from this step on are void: the run that goes on from it has its own.
    until: float

    #: The directory of its run, and what the file is called there.
    home: Path
    file: str

    #: How often it was found to hold other rows than it held before.
    rewritten: int

    @property
    def trouble(self) -> str:
        """Why some of it cannot be read; empty when all can."""

    def rows(self) -> int:
        """How many rows it holds by now."""

    def read(self, start: int, stop: int) -> dict[str, Series]:
        """Some of its rows, by name in the order of numbers; fewer when the file has shrunk."""

    def names(self) -> list[str]:
        """The names that it has so far, in the order of numbers."""


class BinarySource:
    """A file of fixed-size records and its table of names."""

    def __init__(self, path: Path, rank: int = 0) -> None:
        self.key, self.file, self.rank = path.name, path.name, rank
        self.home, self.until = path.parents[1], math.inf
        self.attempt = int(found[1]) if (found := _ATTEMPT.search(path.stem)) else 1
        self.rewritten = 0
        self._in_rows = self._in_names = ""
        self._path = path
        self._root = path.parents[2]
        self._named: list[str] = []  # the names as far as they were needed, …
        self._named_at = 0  # … when the file was as often rewritten
        self._seen = 0  # rows at the last look, …
        self._last = b""  # … and the last of them
        self._opened: int | None = None  # for glances
        self._fresh = Fresh()

    @property
    def trouble(self) -> str:
        """Why some of it cannot be read."""
        return self._in_rows or self._in_names

    def rows(self) -> int:
        """How many whole records there are: a last one may still be on its way."""
        self._in_rows = ""
        try:
            found = stat_regular(self._path, below=self._root)
            rows = found.st_size // RECORD.itemsize
            if rows != self._seen:
                self._compare(rows)
            if self._opened is not None and not os.path.samestat(os.fstat(self._opened), found):
                self.close()
        except Unreadable as error:
            self._in_rows = error.reason
            return 0
        except OSError:
            return 0
        most = _most_rows(found)
        if rows > most:
            self._in_rows = f"'{self.file}' is too long: its first {most:,} points are shown"
        return min(rows, most)

    def glance(self) -> int | None:
        """How many rows there are, of the file that was there at the last look; those that came since are kept.

        None when that cannot be said, or when more than a few rows came, or rows of another file or of new names.
        """
        try:
            if self._opened is None:
                self._opened = open_regular(self._path, below=self._root)
            found = os.fstat(self._opened)
            rows = found.st_size // RECORD.itemsize
            if rows == self._seen and found.st_nlink:
                return rows
            if not 0 < self._seen < rows <= self._seen + _MOST_FRESH or rows > _most_rows(found) or not found.st_nlink:
                return None
            size = RECORD.itemsize
            data = os.pread(self._opened, (rows - self._seen + 1) * size, (self._seen - 1) * size)
        except OSError:
            return None
        fresh = Fresh(self._seen, data[size:])
        is_known = self._named_at == self.rewritten and fresh.highest_name < len(self._named)
        if data[:size] != self._last or fresh.stop != rows or not is_known:
            return None
        self._fresh, self._seen, self._last = fresh, rows, data[-size:]
        return rows

    def close(self) -> None:
        """Let go of the file that is glanced at."""
        self._fresh = Fresh()
        if self._opened is not None:
            os.close(self._opened)
            self._opened = None

    def _compare(self, rows: int) -> None:
        """See whether the row that was the last one is where it was."""
        size = RECORD.itemsize
        with regular_file(self._path, below=self._root) as file:
            if self._seen and os.pread(file.fileno(), size, (self._seen - 1) * size) != self._last:
                self.rewritten += 1
                self._fresh = Fresh()
            self._seen, self._last = rows, os.pread(file.fileno(), size, (rows - 1) * size) if rows else b""

    def read(self, start: int, stop: int) -> dict[str, Series]:
        """Some of its rows, by name."""
        parts = self.parts(start, stop)
        if max(parts, default=-1) >= len(self._named) or self._named_at != self.rewritten:
            self._named, self._named_at = self.names(), self.rewritten
        return {label(self._named, number): parts[number] for number in sorted(parts)}

    def parts(self, start: int, stop: int) -> dict[int, Series]:
        """Some of its rows, taken apart a block at a time, while a block is in the processor's cache; by number."""
        if self._fresh.start <= start <= stop <= self._fresh.stop:
            return self._fresh.parts(start, stop)
        try:
            with regular_file(self._path, below=self._root) as file:
                return parts_of(file, start, stop)
        except OSError as error:  # replaced since it was counted
            self._in_rows = error.reason if isinstance(error, Unreadable) else self._in_rows
            return {}

    def numbers(self, start: int, stop: int) -> set[int]:
        """The numbers of the names in some of its rows."""
        found: set[int] = set()
        try:
            with regular_file(self._path, below=self._root) as file:
                file.seek(start * RECORD.itemsize)
                for records in blocks(file, max(0, stop - start)):
                    found.update(np.unique(records["name"]).tolist())
        except OSError:
            pass
        return found

    def mark(self, row: int) -> bytes:
        """The bytes of one row; empty where there is none."""
        try:
            with regular_file(self._path, below=self._root) as file:
                found = os.pread(file.fileno(), RECORD.itemsize, row * RECORD.itemsize)
        except OSError:
            return b""
        return found if len(found) == RECORD.itemsize else b""

    def names(self) -> list[str]:
        """The names that it has so far, in the order of numbers."""
        try:
            data = read_regular(self._path.with_suffix(".names"), _NAMES_BYTES, below=self._root)
        except Unreadable as error:
            self._in_names = error.reason
            return []
        except OSError:
            return []
        self._in_names = ""
        lines = data.split(b"\n")[:-1]
        return [_name(line, number) for number, line in enumerate(lines[:MOST_NAMES])]


def _most_rows(found: os.stat_result) -> int:
    """How many rows of a file are read."""
    return SPARSE_ROWS if found.st_blocks * 512 * _LEAST_SHARE < found.st_size else MOST_ROWS


class Sources:
    """All metric files of a run directory, as they appear."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._known: dict[str, Source] = {}
        self._trouble = ""
        self._stamp: tuple[int, int] | None = None
        self._before: list[Ancestor] = []
        self._anew = 0  # how often another lineage was told after there were files

    @property
    def trouble(self) -> str:
        """Why some of it cannot be read; empty when all can."""
        return self._trouble or next((one.trouble for one in self._known.values() if one.trouble), "")

    @property
    def rewritten(self) -> int:
        """How often files were found to hold other rows than before."""
        return self._anew + sum(source.rewritten for source in self._known.values())

    def refresh(self) -> list[Source]:
        """The files that are there now, those of runs that this one goes on from first, then as they were seen."""
        self._trouble = ""
        self._learn_lineage()
        for depth, (run, until) in enumerate(self._before):
            self._take(run, f"{run.name}/", depth * ATTEMPTS, until)
        self._take(self._directory, "", len(self._before) * ATTEMPTS, math.inf)
        return list(self._known.values())

    def close(self) -> None:
        """Let go of the files that are glanced at."""
        for source in self._known.values():
            if isinstance(source, BinarySource):
                source.close()

    def _learn_lineage(self) -> None:
        found = stamp(self._directory)
        if found == self._stamp:
            return
        self._stamp, known = found, self._before
        self._before = ancestors(self._directory)
        if self._known and self._before != known:
            self._anew += 1 + sum(source.rewritten for source in self._known.values())
            self.close()
            self._known.clear()

    def _take(self, run: Path, prefix: str, before: int, until: float) -> None:
        for path in self._paths(run):
            key = prefix + path.name
            if key not in self._known:
                source = BinarySource(path, _rank(path)) if path.suffix == ".bin" else JsonLinesSource(path)
                source.key, source.until = key, until
                source.attempt += before
                self._known[key] = source

    def _paths(self, run: Path) -> Iterable[Path]:
        lines = run / JsonLinesSource.file
        if os.path.lexists(lines):
            yield lines
        for name in (RECORDED, GATHERED):
            yield from self._files(run / name)

    def _files(self, folder: Path) -> Iterable[Path]:
        try:
            with open_folder(folder, below=self._directory.parent) as descriptor:
                names = sorted(name for name in os.listdir(descriptor) if name.endswith(".bin"))
        except Unreadable as error:
            self._trouble = self._trouble or error.reason
            return
        except OSError:
            return
        if len(names) > _MOST_FILES:
            self._trouble = f"'{folder.name}' has more than {_MOST_FILES} files: the others are left out"
        yield from (folder / name for name in names[:_MOST_FILES])


def _rank(path: Path) -> int:
    return rank_of(path.stem) if path.parent.name == GATHERED else 0


def label(names: list[str], number: int) -> str:
    """The name of a number."""
    return names[number] if number < len(names) else f"#{number}"


def _name(line: bytes, number: int) -> str:
    try:
        return str(msgspec.json.decode(line, type=str))
    except msgspec.DecodeError:
        return f"#{number}"
