"""The files that hold metrics, each a list of rows that only grows. Programs write them: they are checked.

`metrics/*.bin` with `*.names` is what `crispdm.log` writes; `metrics.jsonl` comes from other languages: one
object a line, {"step": 3, "loss": 0.1}, "step" and "time" optional, each other number a row. `gathered/*.bin` is what
the server read of the log and of other trackers' files (see `gathering`), in the first form.
"""

from __future__ import annotations

import json
import math
import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any, Protocol

import msgspec
import numpy as np
from numpy.typing import NDArray

from jupyter_crispdm.base.files.regular import Unreadable, open_folder, read_regular, regular_file, stat_regular

from .ranks import GATHERED, rank_of
from .types import Series, chain

RECORD = np.dtype([("name", "<u4"), ("step", "<i8"), ("value", "<f8"), ("time", "<f8")])
RECORDED = "metrics"
_BLOCK_ROWS = 1 << 15
MOST_ROWS = 1 << 32
SPARSE_ROWS = 1 << 24  # a file that takes almost no room may claim any size
_LEAST_SHARE = 16  # of its size that a file takes; a file system that compresses may take less than all
_MOST_KEPT_ROWS = 1 << 21
_MOST_NAMES = 2000
_MOST_FILES = 1000
_NAMES_BYTES = 4 << 20
_READ_BYTES = 64 << 20
_LONGEST_PERIOD = 1000
_LINE_BYTES = 1 << 20
_FINGERPRINT_BYTES = 64
_STEP_LIMIT = 1 << 63
_ATTEMPT = re.compile(r"-a(\d{1,4})$")
_NUMBERS = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


class Source(Protocol):
    """One file of rows."""

    key: str

    #: Of several sources that have a name, those of the lowest rank are shown: a recorder's own, found files, the log.
    rank: int

    #: Which attempt of the run wrote it, from 1.
    attempt: int

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
        self.key, self.rank = path.name, rank
        self.attempt = int(found[1]) if (found := _ATTEMPT.search(path.stem)) else 1
        self.rewritten = 0
        self._in_rows = self._in_names = ""
        self._path = path
        self._root = path.parents[2]
        self._named: list[str] = []  # the names as far as they were needed, …
        self._named_at = 0  # … when the file was as often rewritten
        self._seen = 0  # rows at the last look, …
        self._last = b""  # … and the last of them

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
        except Unreadable as error:
            self._in_rows = error.reason
            return 0
        except OSError:
            return 0
        most = SPARSE_ROWS if found.st_blocks * 512 * _LEAST_SHARE < found.st_size else MOST_ROWS
        if rows > most:
            self._in_rows = f"'{self.key}' is too long: its first {most:,} points are shown"
        return min(rows, most)

    def _compare(self, rows: int) -> None:
        """See whether the row that was the last one is where it was."""
        size = RECORD.itemsize
        with regular_file(self._path, below=self._root) as file:
            if self._seen and os.pread(file.fileno(), size, (self._seen - 1) * size) != self._last:
                self.rewritten += 1
            self._seen, self._last = rows, os.pread(file.fileno(), size, (rows - 1) * size) if rows else b""

    def read(self, start: int, stop: int) -> dict[str, Series]:
        """Some of its rows, by name."""
        parts = self.parts(start, stop)
        if max(parts, default=-1) >= len(self._named) or self._named_at != self.rewritten:
            self._named, self._named_at = self.names(), self.rewritten
        return {label(self._named, number): parts[number] for number in sorted(parts)}

    def parts(self, start: int, stop: int) -> dict[int, Series]:
        """Some of its rows, taken apart a block at a time, while a block is in the processor's cache; by number."""
        try:
            with regular_file(self._path, below=self._root) as file:
                return _parts(file, start, stop)
        except OSError as error:  # replaced since it was counted
            self._in_rows = error.reason if isinstance(error, Unreadable) else self._in_rows
            return {}

    def numbers(self, start: int, stop: int) -> set[int]:
        """The numbers of the names in some of its rows."""
        found: set[int] = set()
        try:
            with regular_file(self._path, below=self._root) as file:
                file.seek(start * RECORD.itemsize)
                for records in _blocks(file, max(0, stop - start)):
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
        return [_name(line, number) for number, line in enumerate(lines[:_MOST_NAMES])]


class JsonLinesSource:
    """A file of JSON lines, read once and kept as rows."""

    key = "metrics.jsonl"
    rank, attempt = 0, 1

    def __init__(self, path: Path) -> None:
        self.trouble = ""
        self.rewritten = 0
        self._path = path
        self._root = path.parents[1]
        self._forget()

    def rows(self) -> int:
        """How many numbers its whole lines hold."""
        self.trouble = ""
        for line in self._new_lines():
            self._take(line)
            if len(self._rows) > _MOST_KEPT_ROWS:
                self.trouble = f"'{self.key}' is too long: its first {_MOST_KEPT_ROWS:,} numbers are shown"
                break
        return min(len(self._rows), _MOST_KEPT_ROWS)

    def read(self, start: int, stop: int) -> dict[str, Series]:
        """Some of the rows."""
        records = np.array(self._rows[start:stop], RECORD)
        names = list(self._names)
        return {names[number]: part for number, part in sorted(by_number(records), key=lambda pair: pair[0])}

    def names(self) -> list[str]:
        """The names that it has so far, in the order of numbers."""
        return list(self._names)

    def _forget(self) -> None:
        self._position = 0
        self._before = b""  # the bytes before the position
        self._names: dict[str, int] = {}
        self._next: dict[str, int] = {}
        self._rows: list[tuple[int, int, float, float]] = []

    def _new_lines(self) -> Iterable[bytes]:
        try:
            with regular_file(self._path, below=self._root) as file:
                size = len(self._before)
                if os.pread(file.fileno(), size, self._position - size) != self._before:
                    self.rewritten += 1
                    self._forget()
                file.seek(self._position)
                end = self._position + _READ_BYTES
                while (line := file.readline(_LINE_BYTES)).endswith(b"\n") or len(line) == _LINE_BYTES:
                    self._position += len(line)
                    self._before = line[-_FINGERPRINT_BYTES:]
                    yield line
                    if self._position > end:  # the rest with the next look
                        return
        except Unreadable as error:
            self.trouble = error.reason
        except OSError:
            return

    def _take(self, line: bytes) -> None:
        values = _object(line)
        step, time = values.pop("step", None), _number(values.pop("time", None), math.nan)
        for name, value in values.items():
            number = _number(value)
            if number is None or not name or (name not in self._names and len(self._names) >= _MOST_NAMES):
                continue
            at = step if _is_step(step) else self._next.get(name, 0)
            self._next[name] = at + 1
            self._rows.append((self._names.setdefault(name, len(self._names)), at, number, time or 0.0))


class Sources:
    """All metric files of a run directory, as they appear."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._known: dict[str, Source] = {}
        self._trouble = ""

    @property
    def trouble(self) -> str:
        """Why some of it cannot be read; empty when all can."""
        return self._trouble or next((one.trouble for one in self._known.values() if one.trouble), "")

    @property
    def rewritten(self) -> int:
        """How often files were found to hold other rows than before."""
        return sum(source.rewritten for source in self._known.values())

    def refresh(self) -> list[Source]:
        """The files that are there now, the oldest first seen first."""
        for path in self._paths():
            if path.name not in self._known:
                self._known[path.name] = (
                    BinarySource(path, _rank(path)) if path.suffix == ".bin" else JsonLinesSource(path)
                )
        return list(self._known.values())

    def _paths(self) -> Iterable[Path]:
        self._trouble = ""
        lines = self._directory / JsonLinesSource.key
        if os.path.lexists(lines):
            yield lines
        for name in (RECORDED, GATHERED):
            yield from self._files(self._directory / name)

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


def _parts(file: IO[bytes], start: int, stop: int) -> dict[int, Series]:
    rows = max(0, stop - start)
    file.seek(start * RECORD.itemsize)
    parts = _only_series(file, rows)
    if parts is None:
        file.seek(start * RECORD.itemsize)
        parts = _all_series(file, rows)
    return parts


def _only_series(file: IO[bytes], rows: int) -> dict[int, Series] | None:
    """The rows when all have one name, without an intermediate copy; None when they have not."""
    whole = Series(np.empty(rows, np.int64), np.empty(rows, np.float64), np.empty(rows, np.float64))
    done, number = 0, None
    for records in _blocks(file, rows):
        number = records["name"][0] if number is None else number
        if not np.all(records["name"] == number):
            return None
        end = done + len(records)
        for field, column in (("step", whole.step), ("value", whole.value), ("time", whole.time)):
            column[done:end] = records[field]
        done = end
    return {} if number is None else {int(number): whole.take(slice(done))}


def _all_series(file: IO[bytes], rows: int) -> dict[int, Series]:
    parts: dict[int, list[Series]] = {}
    for records in _blocks(file, rows):
        for number, part in by_number(records[records["name"] < _MOST_NAMES]):
            parts.setdefault(number, []).append(part)
    return {number: chain(several) for number, several in parts.items()}


def _blocks(file: IO[bytes], rows: int) -> Iterable[NDArray[Any]]:
    while rows > 0 and len(records := np.fromfile(file, RECORD, min(_BLOCK_ROWS, rows))):
        rows -= len(records)
        yield records


def by_number(records: NDArray[Any]) -> Iterable[tuple[int, Series]]:
    """The records of each name."""
    if not len(records):
        return
    number = np.ascontiguousarray(records["name"])
    period = 1 + int(np.argmax(number[1:] == number[0])) if len(number) > 1 else 1
    once = period <= _LONGEST_PERIOD and len(set(number[:period].tolist())) == period
    if once and np.array_equal(number[period:], number[:-period]):
        for first in range(period):  # each step logs the same names: the usual case
            yield int(number[first]), _columns(records[first::period])
        return
    order = np.argsort(number, kind="stable")
    numbers, starts = np.unique(number[order], return_index=True)
    for one, indices in zip(numbers.tolist(), np.split(order, starts[1:]), strict=True):
        yield one, _columns(records[indices])


def _columns(records: NDArray[Any]) -> Series:
    step, value, time = (np.ascontiguousarray(records[field]) for field in ("step", "value", "time"))
    return Series(step, value, time)


def label(names: list[str], number: int) -> str:
    """The name of a number."""
    return names[number] if number < len(names) else f"#{number}"


def _name(line: bytes, number: int) -> str:
    try:
        return str(msgspec.json.decode(line, type=str))
    except msgspec.DecodeError:
        return f"#{number}"


def _object(line: bytes) -> dict[str, Any]:
    try:
        content = msgspec.json.decode(line)
    except RecursionError:
        return {}
    except msgspec.DecodeError:
        content = _lenient(line)
    return content if isinstance(content, dict) else {}


def _lenient(line: bytes) -> Any:
    """Bare NaN and Infinity, which JSON does not have but many programs write."""
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _number(value: object, missing: float | None = None) -> float | None:
    if isinstance(value, str):
        return _NUMBERS.get(value, missing)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return missing
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def _is_step(step: object) -> bool:
    return isinstance(step, int) and not isinstance(step, bool) and -_STEP_LIMIT <= step < _STEP_LIMIT
