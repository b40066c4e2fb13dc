"""How a batch is written into the log: `[length u32][crc u32][msgpack]`, little-endian, floats as their raw bytes.

What is read may have been cut off or written over: a record counts only when its checksum and its shape are right.
"""

from __future__ import annotations

import struct
import zlib
from typing import Any

import msgspec
import numpy as np

from ..batch import TIME, Batch, Column

_HEAD = struct.Struct("<II")
HEAD_BYTES = _HEAD.size
#: How each payload begins: an array of four, the first of which is "CW1". Foreign bytes are searched for it.
MARK = b"\x94\xa3CW1"
_MARK = "CW1"
#: The most that one record may take, with its head.
MOST_BYTES = 1 << 20

_Shape = tuple[str, int, int, dict[str, bytes | list[str | None]]]
_decoder = msgspec.msgpack.Decoder(_Shape)


def encoded(batch: Batch) -> bytes:
    """The batch as records: several, when it is too large for one. Raises ValueError for a row that is."""
    columns = {name: _packed(column) for name, column in batch.columns.items()}
    payload = msgspec.msgpack.encode((_MARK, batch.first, len(batch), columns))
    if len(payload) + HEAD_BYTES <= MOST_BYTES:
        return _HEAD.pack(len(payload), zlib.crc32(payload)) + payload
    if len(batch) == 1:
        raise ValueError(f"Sample {batch.first} has {len(payload):,} bytes, more than the log takes.")
    half = len(batch) // 2
    return encoded(batch.rows(0, half)) + encoded(batch.rows(half))


def decoded(data: memoryview, start: int) -> tuple[Batch, int] | None:
    """The record that begins at a place, and where it ends; None where there is no whole one."""
    if len(data) - start < HEAD_BYTES:
        return None
    length, checksum = _HEAD.unpack_from(data, start)
    begin, end = start + HEAD_BYTES, start + HEAD_BYTES + length
    if end > len(data) or length + HEAD_BYTES > MOST_BYTES or zlib.crc32(data[begin:end]) != checksum:
        return None
    batch = _batch(data[begin:end])
    return None if batch is None else (batch, end)


def following(data: bytes, start: int) -> int | None:
    """Where after a place the next whole record begins; None where there is none."""
    view = memoryview(data)
    found = data.find(MARK, start + HEAD_BYTES + 1)
    while found >= 0:
        if decoded(view, found - HEAD_BYTES) is not None:
            return found - HEAD_BYTES
        found = data.find(MARK, found + 1)
    return None


def _packed(column: Column) -> Any:
    return column if isinstance(column, list) else np.ascontiguousarray(column, "<f8").tobytes()


def _batch(payload: memoryview) -> Batch | None:
    try:
        mark, first, rows, columns = _decoder.decode(payload)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None
    whole = all(len(column) == (8 * rows if isinstance(column, bytes) else rows) for column in columns.values())
    if mark != _MARK or first < 1 or rows < 1 or not whole or not isinstance(columns.get(TIME), bytes):
        return None
    return Batch(first, {name: _unpacked(column) for name, column in columns.items()})


def _unpacked(column: bytes | list[str | None]) -> Column:
    return column if isinstance(column, list) else np.frombuffer(column, "<f8")
