"""Points written in our own form: the files that the readers of a run know already."""

from __future__ import annotations

import struct
from collections.abc import Iterable

import msgspec

from ..points import Point
from ..sources import RECORD
from .places import Place
from .state import OutputState

_MOST_NAMES = 2000  # as many as the readers take
_NAME_LENGTH = 256
_STEP_LIMIT = 1 << 62
_ROW = struct.Struct("<Iqdd")  # as RECORD has it


class Rows:
    """One file of rows, with its table of names."""

    def __init__(self, place: Place, name: str, state: OutputState) -> None:
        self.name, self.state = name, state
        self._place = place
        self._numbers = {one: number for number, one in enumerate(state.names)}
        self._names_bytes = sum(len(_line(one)) for one in state.names)

    def check(self) -> bool:
        """Drop what was written after the state was; False when there is less than it says."""
        whole = self.state.rows * RECORD.itemsize
        if self._place.size(f"{self.name}.bin") < whole or self._place.size(f"{self.name}.names") < self._names_bytes:
            return False
        self._place.cut(f"{self.name}.names", self._names_bytes)
        self._place.cut(f"{self.name}.bin", whole)
        return True

    def write(self, points: Iterable[Point], time: float) -> None:
        """Append points, those without a step at the next one of their name. Raises OSError."""
        known = len(self.state.names)
        rows = self._packed(points, time)
        new = b"".join(_line(name) for name in self.state.names[known:])
        if new:  # before the rows that have these names
            self._place.append(f"{self.name}.names", new)
            self._names_bytes += len(new)
        if rows:
            self._place.append(f"{self.name}.bin", b"".join(rows))
            self.state.rows += len(rows)

    def _packed(self, points: Iterable[Point], time: float) -> list[bytes]:
        """The bytes of each row; many come a second, so nothing is called for them that can be done here."""
        pack, numbers, highest = _ROW.pack, self._numbers, self.state.highest
        rows: list[bytes] = []
        for name, step, value, when in points:
            number = numbers.get(name)
            if number is None and (number := self._define(name)) is None:
                continue
            if step is None:
                step = highest[number] + 1
            if not -_STEP_LIMIT < step < _STEP_LIMIT:
                continue
            if step > highest[number]:
                highest[number] = step
            rows.append(pack(number, step, value, time if when is None else when))
        return rows

    def _define(self, name: str) -> int | None:
        if not 0 < len(name) <= _NAME_LENGTH or len(self._numbers) >= _MOST_NAMES or not _is_text(name):
            return None
        number = self._numbers[name] = len(self._numbers)
        self.state.names.append(name)
        self.state.highest.append(-1)
        return number


def _line(name: str) -> bytes:
    return msgspec.json.encode(name) + b"\n"


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
