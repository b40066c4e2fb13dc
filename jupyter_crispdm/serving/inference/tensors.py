"""Tensors as they travel between a client's request and a model's process: raw bytes with a name and a shape."""

from __future__ import annotations

from typing import NamedTuple

Buffer = bytes | bytearray | memoryview
SIZES = {
    "BOOL": 1, "UINT8": 1, "UINT16": 2, "UINT32": 4, "UINT64": 8, "INT8": 1, "INT16": 2, "INT32": 4, "INT64": 8,
    "FP16": 2, "FP32": 4, "FP64": 8,
}  # fmt: skip
"""Bytes of a number, by its datatype; texts (BYTES) have any length."""


class RawTensor(NamedTuple):
    """A tensor in C order and little-endian; `datatype` is the Open Inference Protocol's, such as FP32."""

    name: str
    datatype: str
    shape: tuple[int, ...]
    data: Buffer
