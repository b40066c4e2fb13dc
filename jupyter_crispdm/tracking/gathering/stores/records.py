"""The records of SQLite's form: numbers of one to nine bytes, and the values of a row."""

from __future__ import annotations

import struct

_MOST_COLUMNS = 100
#: Bytes of the values of types 0 to 9; the last two are the numbers 0 and 1, and need none.
_SIZES = (0, 1, 2, 3, 4, 6, 8, 8, 0, 0)
_REAL, _ZERO, _ONE, _FIRST_BYTES = 7, 8, 9, 12
Value = int | float | str | bytes | None


class Damaged(ValueError):
    """The bytes are not what they should be: just being written, or no database at all."""


def number(data: bytes, at: int) -> tuple[int, int]:
    """A number of one to nine bytes, and where the next one begins. Raises Damaged."""
    value = 0
    for place in range(at, min(at + 8, len(data))):
        byte = data[place]
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, place + 1
    if at + 9 > len(data):
        raise Damaged("a number is cut off")
    value = value << 8 | data[at + 8]
    return value - (1 << 64) if value >= 1 << 63 else value, at + 9


def row(data: bytes) -> list[Value]:
    """The values of a row, as far as its bytes go: what is too long for a page is left out. Raises Damaged."""
    size, at = number(data, 0)
    kinds: list[int] = []
    while at < size and len(kinds) < _MOST_COLUMNS:
        kind, at = number(data, at)
        kinds.append(kind)
    values: list[Value] = []
    at = size
    for kind in kinds:
        length = _length(kind)
        if at + length > len(data):
            break
        values.append(_value(kind, data[at : at + length]))
        at += length
    return values


def _length(kind: int) -> int:
    if kind >= _FIRST_BYTES:
        return (kind - _FIRST_BYTES) // 2
    if not 0 <= kind < len(_SIZES):
        raise Damaged("a value of no known type")
    return _SIZES[kind]


def _value(kind: int, data: bytes) -> Value:
    if kind >= _FIRST_BYTES:
        return data.decode("utf-8", "replace") if kind % 2 else data
    if kind == 0:
        return None
    if kind == _REAL:
        return float(struct.unpack(">d", data)[0])
    if kind in (_ZERO, _ONE):
        return kind - _ZERO
    return int.from_bytes(data, "big", signed=True)
