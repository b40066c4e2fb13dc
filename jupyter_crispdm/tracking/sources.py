"""The files that hold metrics, each a list of rows that only grows. Programs write them: they are checked.

`metrics/*.bin` with `*.names` is what `crispdm.log` writes; `metrics.jsonl` comes from other languages: one
object a line, {"step": 3, "loss": 0.1}, "step" and "time" optional, each other number a row.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Protocol

import msgspec
import numpy as np
from numpy.typing import NDArray

RECORD = np.dtype([("name", "<u4"), ("step", "<i8"), ("value", "<f8"), ("time", "<f8")])
_BLOCK_ROWS = 1 << 15
_LINE_BYTES = 1 << 20
_STEP_LIMIT = 1 << 63
_NUMBERS = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


class Columns:
    """Rows in four arrays; `name` counts in `names`."""

    def __init__(self, rows: int, names: list[str]) -> None:
        self.names = names
        self.name = np.empty(rows, np.uint32)
        self.step = np.empty(rows, np.int64)
        self.value = np.empty(rows, np.float64)
        self.time = np.empty(rows, np.float64)

    def put(self, start: int, records: NDArray[Any]) -> None:
        """Copy records to their place."""
        stop = start + len(records)
        for field in ("name", "step", "value", "time"):
            getattr(self, field)[start:stop] = records[field]

    def cut(self, rows: int) -> None:
        """Keep the first rows only."""
        self.name, self.step = self.name[:rows], self.step[:rows]
        self.value, self.time = self.value[:rows], self.time[:rows]


class Source(Protocol):
    """One file of rows."""

    key: str

    def rows(self) -> int:
        """How many rows it holds by now."""

    def read(self, start: int, stop: int) -> Columns:
        """Some of its rows; fewer when the file has shrunk."""


class BinarySource:
    """A file of fixed-size records and its table of names."""

    def __init__(self, path: Path) -> None:
        self.key = path.name
        self._path = path

    def rows(self) -> int:
        """How many whole records there are: a last one may still be on its way."""
        try:
            return os.stat(self._path).st_size // RECORD.itemsize
        except OSError:
            return 0

    def read(self, start: int, stop: int) -> Columns:
        """Read a block at a time, so that records pass through the processor's cache into their columns."""
        columns = Columns(max(0, stop - start), [])
        done = 0
        with open(self._path, "rb") as file:
            file.seek(start * RECORD.itemsize)
            while done < len(columns.name):
                records = np.fromfile(file, RECORD, min(_BLOCK_ROWS, len(columns.name) - done))
                if not len(records):
                    break
                columns.put(done, records)
                done += len(records)
        columns.cut(done)
        columns.names = self._names()
        return columns

    def _names(self) -> list[str]:
        try:
            lines = self._path.with_suffix(".names").read_bytes().split(b"\n")[:-1]
        except OSError:
            return []
        return [_name(line, number) for number, line in enumerate(lines)]


class JsonLinesSource:
    """A file of JSON lines, read once and kept as rows."""

    key = "metrics.jsonl"

    def __init__(self, path: Path) -> None:
        self._path = path
        self._position = 0
        self._names: dict[str, int] = {}
        self._next: dict[str, int] = {}
        self._rows: list[tuple[int, int, float, float]] = []

    def rows(self) -> int:
        """How many numbers its whole lines hold."""
        for line in self._new_lines():
            self._take(line)
        return len(self._rows)

    def read(self, start: int, stop: int) -> Columns:
        """Some of the rows."""
        records = np.array(self._rows[start:stop], RECORD)
        columns = Columns(len(records), list(self._names))
        columns.put(0, records)
        return columns

    def _new_lines(self) -> Iterable[bytes]:
        try:
            with open(self._path, "rb") as file:
                file.seek(self._position)
                while (line := file.readline(_LINE_BYTES)).endswith(b"\n") or len(line) == _LINE_BYTES:
                    self._position += len(line)
                    yield line
        except OSError:
            return

    def _take(self, line: bytes) -> None:
        values = _object(line)
        step, time = values.pop("step", None), _number(values.pop("time", None), math.nan)
        for name, value in values.items():
            number = _number(value)
            if number is None or not name:
                continue
            at = step if _is_step(step) else self._next.get(name, 0)
            self._next[name] = at + 1
            self._rows.append((self._names.setdefault(name, len(self._names)), at, number, time or 0.0))


class Sources:
    """All metric files of a run directory, as they appear."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._known: dict[str, Source] = {}

    def refresh(self) -> list[Source]:
        """The files that are there now, the oldest first seen first."""
        for path in self._paths():
            if path.name not in self._known:
                self._known[path.name] = (
                    BinarySource(path) if path.suffix == ".bin" else JsonLinesSource(path)
                )
        return list(self._known.values())

    def _paths(self) -> Iterable[Path]:
        lines = self._directory / JsonLinesSource.key
        if lines.is_file():
            yield lines
        try:
            with os.scandir(self._directory / "metrics") as entries:
                files = [Path(one.path) for one in entries if one.name.endswith(".bin") and one.is_file()]
        except OSError:
            return
        yield from sorted(files)


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
