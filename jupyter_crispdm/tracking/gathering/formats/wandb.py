"""wandb's offline file: a log in LevelDB's form, of wandb's own records. Its history is read, and nothing else."""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence
from typing import Any
from zlib import crc32

import msgspec

from ...points import Point
from .format import Found, decoded, named
from .protobuf import fields, inner, signed, text

_BLOCK = 32 << 10
_HEAD = 7
_FILE_HEAD = b":W&B"
_FILE_HEAD_BYTES = 7
_LARGEST = 4 << 20
_FULL, _FIRST, _MIDDLE, _LAST = 1, 2, 3, 4
_HISTORY, _ITEM, _STEP = 2, 1, 2  # numbers of fields
_KEY, _NESTED_KEY, _VALUE = 1, 2, 16
_DEEPEST = 4
_NUMBERS = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


class _Memory(msgspec.Struct):
    at: int = 0
    is_other: bool = False


class WandbHistory:
    """One run of wandb. A record that is cut over blocks is read once all of it is there."""

    def __init__(self) -> None:
        self._memory = _Memory()

    @property
    def is_other(self) -> bool:
        """Whether it is no such file."""
        return self._memory.is_other

    def take(self, data: bytes, time: float) -> tuple[Sequence[Found], int]:
        """What the complete records say; of a file that is no such log, nothing."""
        at = used = 0
        if self._memory.at == 0 and not self._memory.is_other:
            if len(data) < _FILE_HEAD_BYTES:
                return [], 0
            self._memory.is_other = not data.startswith(_FILE_HEAD)
            at = used = _FILE_HEAD_BYTES
        if self._memory.is_other:
            return [], len(data)
        found: list[Found] = []
        parts: list[bytes] = []
        while (piece := self._piece(data, at)) is not None:
            kind, content, at = piece
            parts = [content] if kind in (_FULL, _FIRST) else [*parts, content]
            if kind in (_FULL, _LAST) or sum(map(len, parts)) > _LARGEST:
                found += _history(b"".join(parts), time) if kind in (_FULL, _LAST) else []
                parts = []
            if not parts:
                used = at
        self._memory.at += used
        return found, used

    def state(self) -> bytes:
        """Where in the file it is: blocks count from its start."""
        return msgspec.json.encode(self._memory)

    def restore(self, state: bytes) -> None:
        """Go on. Raises ValueError."""
        self._memory = decoded(state, _Memory)

    def _piece(self, data: bytes, at: int) -> tuple[int, bytes, int] | None:
        """The kind of the next piece of a record, its content and its end; None when it is not there yet."""
        left = _BLOCK - (self._memory.at + at) % _BLOCK
        if left < _HEAD:  # the rest of a block, too short for anything
            at += left
        if len(data) - at < _HEAD:
            return None
        check, size, kind = struct.unpack_from("<IHB", data, at)
        end = at + _HEAD + size
        if end > len(data) or not _FULL <= kind <= _LAST or _masked(data[at + 6 : end]) != check:
            return None
        return kind, data[at + _HEAD : end], end


def _masked(data: bytes) -> int:
    """wandb takes zlib's checksum where LevelDB has CRC-32C."""
    return crc32(data)


def _history(record: bytes, time: float) -> list[Point]:
    try:
        parts = [inner(value) for field, value in fields(record) if field == _HISTORY]
        return [point for part in parts for point in _points(part, time)]
    except (ValueError, UnicodeDecodeError):
        return []


def _points(history: bytes, time: float) -> list[Point]:
    step, values = None, {}
    for field, value in fields(history):
        if field == _ITEM:
            name, content = _item(inner(value))
            values[name] = content
        elif field == _STEP:
            step = signed(dict(fields(inner(value))).get(1, 0))
    step = values.pop("_step", step)
    when = values.pop("_timestamp", time)
    when = float(when) if isinstance(when, int | float) else time
    whole = step if isinstance(step, int) and abs(step) < 1 << 62 else None
    points: list[Point] = []
    for key, content in values.items():
        if not key.startswith("_"):
            points += _numbers(key, content, whole, when, _DEEPEST)
    return points


def _item(data: bytes) -> tuple[str, Any]:
    name, nested, value = "", [], None
    for field, content in fields(data):
        if field == _KEY:
            name = text(content)
        elif field == _NESTED_KEY:
            nested.append(text(content))
        elif field == _VALUE:
            value = _parsed(inner(content))
    return name or "/".join(nested), value


def _parsed(content: bytes) -> Any:
    try:
        return msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        plain = content.decode("utf-8", "replace").strip('"')
        return _NUMBERS.get(plain)


def _numbers(key: str, value: Any, step: int | None, time: float, deepest: int) -> list[Point]:
    name = named(key)
    if isinstance(value, str):
        value = _NUMBERS.get(value)
    if isinstance(value, dict) and deepest and "_type" not in value:
        inner_values = [(f"{key}/{inside}", each) for inside, each in value.items()]
        return [one for inside, each in inner_values for one in _numbers(inside, each, step, time, deepest - 1)]
    if name is None or isinstance(value, bool) or not isinstance(value, int | float):
        return []
    return [Point(name, step, float(value), time)]
