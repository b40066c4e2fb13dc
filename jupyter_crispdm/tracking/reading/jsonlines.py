"""Metrics as lines of JSON, from programs in other languages."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from jupyter_crispdm.base.files.regular import Unreadable, regular_file

from ..types import Series
from .records import MOST_NAMES, RECORD, by_number

_MOST_KEPT_ROWS = 1 << 21
_PACKED_ROWS = 1 << 13
_READ_BYTES = 64 << 20
_LINE_BYTES = 1 << 20
_FINGERPRINT_BYTES = 64
_STEP_LIMIT = 1 << 63
_NUMBERS = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


class JsonLinesSource:
    """A file of JSON lines, read once and kept as rows."""

    file = "metrics.jsonl"
    rank = 0

    def __init__(self, path: Path) -> None:
        self.key, self.home = self.file, path.parent
        self.attempt, self.until = 1, math.inf
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
            if len(self._rows) >= _PACKED_ROWS:
                self._pack()
            if self._count > _MOST_KEPT_ROWS:
                self.trouble = f"'{self.file}' is too long: its first {_MOST_KEPT_ROWS:,} numbers are shown"
                break
        return min(self._count, _MOST_KEPT_ROWS)

    def read(self, start: int, stop: int) -> dict[str, Series]:
        """Some of the rows."""
        self._pack()
        found, at = [], 0
        for part in self._packed:
            found.append(part[max(0, start - at) : max(0, stop - at)])
            at += len(part)
        records = np.concatenate(found) if found else np.empty(0, RECORD)
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
        self._packed: list[NDArray[Any]] = []
        self._packed_count = 0
        self._rows: list[tuple[int, int, float, float]] = []  # the newest, before they are packed

    @property
    def _count(self) -> int:
        return self._packed_count + len(self._rows)

    def _pack(self) -> None:
        """Keep rows as they lie in a file: as tuples they take six times as much."""
        if not self._rows:
            return
        part = np.array(self._rows, RECORD)
        self._packed_count += len(part)
        self._rows = []
        if self._packed and len(self._packed[-1]) < _PACKED_ROWS:
            part = np.concatenate([self._packed.pop(), part])
        self._packed.append(part)

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
            if number is None or not name or (name not in self._names and len(self._names) >= MOST_NAMES):
                continue
            at = step if _is_step(step) else self._next.get(name, 0)
            self._next[name] = at + 1
            self._rows.append((self._names.setdefault(name, len(self._names)), at, number, time or 0.0))


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
