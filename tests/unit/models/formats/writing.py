"""Files as strangers write them: protocol buffers, graphs, arrays and zips, byte by byte."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import numpy as np


def number(value: int) -> bytes:
    """A whole number as protocol buffers write it."""
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes(out + bytes([value]))


def field(at: int, value: int | bytes | str) -> bytes:
    """One field of a message."""
    if isinstance(value, int):
        return number(at << 3) + number(value)
    data = value.encode() if isinstance(value, str) else value
    return number(at << 3 | 2) + number(len(data)) + data


def tensor(name: str = "w", dims: tuple[int, ...] = (2,), *, raw: bytes | None = b"\0" * 8, kind: int = 1) -> bytes:
    """A TensorProto."""
    data = b"".join(field(1, side) for side in dims) + field(2, kind) + field(8, name)
    return data if raw is None else data + field(9, raw)


def value(name: str, kind: int = 1, shape: tuple[int | str, ...] = (1, 3)) -> bytes:
    """A ValueInfoProto."""
    sides = b"".join(field(1, field(1, side) if isinstance(side, int) else field(2, side)) for side in shape)
    return field(1, name) + field(2, field(1, field(1, kind) + field(2, sides)))


def graph(*tensors: bytes, nodes: tuple[bytes, ...] = ()) -> bytes:
    """A GraphProto with an input `x` and an output `y`."""
    held = b"".join(field(5, one) for one in tensors) + b"".join(field(1, one) for one in nodes)
    return held + field(11, value("x", shape=("batch", 3))) + field(12, value("y", 7, (2,)))


def onnx(*tensors: bytes, nodes: tuple[bytes, ...] = ()) -> bytes:
    """A ModelProto."""
    return field(1, 8) + field(2, "by hand") + field(7, graph(*tensors, nodes=nodes))


def npy(array: Any) -> bytes:
    """An .npy."""
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=True)
    return buffer.getvalue()


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    """A zip."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def node(name: str, loader: str = "ObjectNode", **more: Any) -> dict[str, Any]:
    """An object of a skops schema."""
    module, _, kind = name.rpartition(".")
    return {"__module__": module, "__class__": kind, "__loader__": loader, **more}


def skops(schema: Any, **members: bytes) -> bytes:
    """A skops file."""
    return zipped({"schema.json": json.dumps(schema).encode(), **members})
