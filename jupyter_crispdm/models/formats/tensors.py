"""safetensors: a header in JSON, and behind it nothing but numbers."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jupyter_crispdm.base.errors import Unprocessable
from jupyter_crispdm.base.files.regular import regular_file

from .arrays import refuse_nan
from .seen import Seen

_MAX_HEADER = 64 * 2**20
_MOST_SIDES = 64
_FLOATS = {"F16": "f2", "F32": "f4", "F64": "f8", "BF16": "u2"}
_SIZES = {
    "BOOL": 1, "U8": 1, "I8": 1, "F8_E5M2": 1, "F8_E4M3": 1, "F8_E8M0": 1, "I16": 2, "U16": 2, "F16": 2, "BF16": 2,
    "I32": 4, "U32": 4, "F32": 4, "C64": 8, "F64": 8, "I64": 8, "U64": 8,
}  # fmt: skip
"""Bytes of a number, by what safetensors calls it."""


def inspect(path: Path) -> Seen:
    """Refuse a file that does not hold what its header promises. Raises Unprocessable."""
    size = path.stat().st_size
    with regular_file(path) as file:
        length = int.from_bytes(file.read(8), "little")
        if not 2 <= length <= min(_MAX_HEADER, size - 8):
            raise Unprocessable("The model file is no safetensors file.")
        header = file.read(length)
        try:
            tensors = json.loads(header)
            found = [_tensor(name, item) for name, item in tensors.items() if name != "__metadata__"]
        except (ValueError, RecursionError, AttributeError, KeyError, TypeError, IndexError):
            raise Unprocessable("The header of the safetensors file is damaged.") from None
        behind = 0
        for name, kind, start, end in sorted(found, key=lambda tensor: tensor[2:]):
            if start != behind or end > size - 8 - length:  # those that overlap would be read again and again
                raise Unprocessable("The safetensors file promises tensors that it does not hold, or holds twice.")
            behind = end
            if kind in _FLOATS:
                file.seek(8 + length + start)
                refuse_nan(file, end - start, _FLOATS[kind], big=False, name=name)
    return Seen()


def _tensor(name: str, item: Mapping[str, Any]) -> tuple[str, str, int, int]:
    """One entry of a header. Raises ValueError, KeyError, TypeError where it is none."""
    kind, shape, (start, end) = item["dtype"], item["shape"], item["data_offsets"]
    lengths = [*shape[:_MOST_SIDES], start, end]
    if len(shape) > _MOST_SIDES:
        raise ValueError("too many dimensions")
    if not all(isinstance(length, int) and not isinstance(length, bool) and length >= 0 for length in lengths):
        raise ValueError("no lengths")
    if end - start != math.prod(shape) * _SIZES[kind]:
        raise ValueError("the offsets do not fit the shape")
    return name, kind, start, end
