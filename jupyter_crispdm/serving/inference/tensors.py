"""Tensors as they travel between a client's request and a model's process: raw bytes with a name and a shape."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import NamedTuple

Buffer = bytes | bytearray | memoryview
CODES = {
    "BOOL": "?", "UINT8": "B", "UINT16": "H", "UINT32": "I", "UINT64": "Q", "INT8": "b", "INT16": "h", "INT32": "i",
    "INT64": "q", "FP16": "e", "FP32": "f", "FP64": "d",
}  # fmt: skip
"""How `struct`, `memoryview` and numpy name the datatypes of numbers; behind a "<" they are as they travel."""

SIZES = {datatype: struct.calcsize(f"<{code}") for datatype, code in CODES.items()}
"""Bytes of a number, by its datatype; texts (BYTES) have any length."""

TEXT = "BYTES"
"""Strings: for each four bytes that say how long it is, then its UTF-8."""

_LENGTH = struct.Struct("<I")


class RawTensor(NamedTuple):
    """A tensor in C order and little-endian; `datatype` is the Open Inference Protocol's, such as FP32."""

    name: str
    datatype: str
    shape: tuple[int, ...]
    data: Buffer


def pack_texts(texts: Sequence[str]) -> bytes:
    """Strings as bytes."""
    encoded = [text.encode() for text in texts]
    return b"".join(part for text in encoded for part in (_LENGTH.pack(len(text)), text))


def unpack_texts(data: Buffer) -> list[str]:
    """The strings in these bytes. Raises ValueError for what are none."""
    found, at, raw = [], 0, bytes(data)
    while at < len(raw):
        start = at + _LENGTH.size
        if start > len(raw):
            raise ValueError("a length is cut off")
        at = start + _LENGTH.unpack_from(raw, at)[0]
        if at > len(raw):
            raise ValueError("a string is cut off")
        found.append(raw[start:at].decode())
    return found
