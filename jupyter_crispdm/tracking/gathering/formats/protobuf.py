"""Protocol buffers, as much of them as the files of other trackers need: the fields of a message, in their order."""

from __future__ import annotations

import struct
from collections.abc import Iterator

_VARINT, _DOUBLE, _BYTES, _FLOAT = 0, 1, 2, 5
_LONGEST_VARINT = 10


def fields(data: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Number and value of each field; numbers with fixed size as their bytes. Raises ValueError for what is damaged."""
    at, end = 0, len(data)
    while at < end:
        key, at = varint(data, at)
        kind, number = key & 7, key >> 3
        if kind == _VARINT:
            value, at = varint(data, at)
            yield number, value
            continue
        if kind == _BYTES:
            size, at = varint(data, at)
        elif kind in (_DOUBLE, _FLOAT):
            size = 8 if kind == _DOUBLE else 4
        else:
            raise ValueError(f"a field of the kind {kind}")
        if at + size > end:
            raise ValueError("a field that ends after its message")
        yield number, data[at : at + size]
        at += size


def varint(data: bytes, at: int) -> tuple[int, int]:
    """A number of any size, and where it ends. Raises ValueError."""
    value = 0
    for shift in range(0, 7 * _LONGEST_VARINT, 7):
        if at >= len(data):
            break
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
    raise ValueError("a number without an end")


def signed(value: int | bytes) -> int:
    """A varint as int64. Raises ValueError."""
    if not isinstance(value, int):
        raise ValueError("bytes where a number should be")
    value &= (1 << 64) - 1
    return value - (1 << 64) if value >> 63 else value


def inner(value: int | bytes) -> bytes:
    """The bytes of a message or a text. Raises ValueError."""
    if isinstance(value, int):
        raise ValueError("a number where bytes should be")
    return value


def text(value: int | bytes) -> str:
    """A text. Raises ValueError."""
    return inner(value).decode()


def number(value: int | bytes) -> float:
    """A float or double. Raises ValueError."""
    data = inner(value)
    if len(data) not in (4, 8):
        raise ValueError("a number of another size")
    return float(struct.unpack("<f" if len(data) == 4 else "<d", data)[0])
