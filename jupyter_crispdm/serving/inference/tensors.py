"""Tensors as they travel between a client's request and a model's process: raw bytes with a name and a shape."""

from __future__ import annotations

import struct
from typing import NamedTuple

Buffer = bytes | bytearray | memoryview
CODES = {
    "BOOL": "?", "UINT8": "B", "UINT16": "H", "UINT32": "I", "UINT64": "Q", "INT8": "b", "INT16": "h", "INT32": "i",
    "INT64": "q", "FP16": "e", "FP32": "f", "FP64": "d",
}  # fmt: skip
"""How `struct`, `memoryview` and numpy name the datatypes of numbers; behind a "<" they are as they travel."""

SIZES = {datatype: struct.calcsize(f"<{code}") for datatype, code in CODES.items()}
"""Bytes of a number, by its datatype; texts (BYTES) have any length."""


class RawTensor(NamedTuple):
    """A tensor in C order and little-endian; `datatype` is the Open Inference Protocol's, such as FP32."""

    name: str
    datatype: str
    shape: tuple[int, ...]
    data: Buffer
