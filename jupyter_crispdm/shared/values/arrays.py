"""numpy arrays: their elements as they lie in memory, and beside them what they are."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from .plain import NotShareable

TYPE = "application/octet-stream"
_ELEMENTS = re.compile(r"[<>|]?(?:b1|[iu][1248]|f[248]|c8|c16|[mM]8\[\w{1,8}\]|[SU]\d{1,7})")
_MOST_DIMENSIONS = 32


def packed(value: Any) -> tuple[bytes, str, dict[str, Any]] | None:
    """An array as it travels; None for what is none. Raises NotShareable."""
    if not isinstance(value, np.ndarray) or not value.ndim:
        return None  # numpy's numbers are JSON
    if not _ELEMENTS.fullmatch(value.dtype.str):
        raise NotShareable(f"An array of {value.dtype} cannot be shared: only numbers, times, and texts of one length.")
    content = np.ascontiguousarray(value).tobytes()
    return content, TYPE, {"kind": "array", "dtype": value.dtype.str, "shape": list(value.shape)}


def unpacked(content: bytes, meta: Mapping[str, Any]) -> Any:
    """The array. Raises ValueError, TypeError for bytes that are none."""
    dtype, shape = meta.get("dtype"), meta.get("shape")
    if not isinstance(dtype, str) or not _ELEMENTS.fullmatch(dtype):
        raise ValueError(f"its elements are {str(dtype)[:40]!r}")
    if not isinstance(shape, list) or len(shape) > _MOST_DIMENSIONS or not all(map(_is_length, shape)):
        raise ValueError("its shape is none")
    elements = np.dtype(dtype)
    if math.prod(shape) * elements.itemsize != len(content):
        raise ValueError(f"{len(content):,} bytes are no array of the shape {shape}")
    return np.frombuffer(bytearray(content), elements).reshape(shape)  # of its own bytes: it may be written to


def _is_length(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**48
