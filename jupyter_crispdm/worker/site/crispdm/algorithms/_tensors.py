"""Tensors as clients send them, held against what a model says that it takes."""

from __future__ import annotations

import struct
from typing import Any, Dict, List, Mapping, Sequence

import numpy as np

KINDS = {
    "BOOL": "bool",
    "UINT8": "uint8",
    "UINT16": "uint16",
    "UINT32": "uint32",
    "UINT64": "uint64",
    "INT8": "int8",
    "INT16": "int16",
    "INT32": "int32",
    "INT64": "int64",
    "FP16": "float16",
    "FP32": "float32",
    "FP64": "float64",
    "BYTES": "object",
}
"""Types of numpy, by what the protocol calls them; texts are objects."""

MANY = 1024
"""Rows that may go together where a model does not mind how many; who deploys it decides on fewer."""

NAMES = {kind: name for name, kind in KINDS.items()}
_LENGTH = struct.Struct("<I")
Signature = Mapping[str, Sequence[Mapping[str, Any]]]


class Refusal(ValueError):
    """A request that cannot be answered, with the field that is to blame."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


def tensor(name: str, datatype: str, shape: Sequence[int]) -> Dict[str, Any]:
    """Describe one input or output; -1 is any length."""
    return {"name": name, "datatype": datatype, "shape": list(shape)}


def check(inputs: Mapping[str, np.ndarray], signature: Signature, missing: bool = False) -> Dict[str, np.ndarray]:
    """Return what a request gives, each tensor of the type that the model wants; Refusal names what does not fit.

    With `missing`, NaN says that a value is not known; without, it is refused.
    """
    wanted = signature["inputs"]
    for one in wanted:
        if one["name"] not in inputs:
            raise Refusal("'%s' is missing; the model takes %s." % (one["name"], told(wanted)), one["name"])
    if len(inputs) > len(wanted):
        known = [one["name"] for one in wanted]
        strange = next(name for name in inputs if name not in known)
        raise Refusal("'%s' is not known; the model takes %s." % (strange[:100], told(wanted)), strange[:100])
    return {one["name"]: fit(inputs[one["name"]], one, missing) for one in wanted}


def fit(array: np.ndarray, wanted: Mapping[str, Any], missing: bool = False) -> np.ndarray:
    """Return a tensor as the type that is wanted, when its shape and its numbers are right; Refusal otherwise."""
    name, shape = wanted["name"], wanted["shape"]
    if not shape and array.shape == (1,):
        array = array.reshape(())  # one number, as those send it who know no tensors without axes
    if len(shape) != array.ndim or any(length not in (-1, got) for length, got in zip(shape, array.shape)):
        given = "[%s]" % ", ".join(map(str, array.shape[:16]))
        raise Refusal("'%s' must have shape %s, not %s%s." % (name, list(shape), given, _hint(shape)), name)
    if not array.size:
        raise Refusal("'%s' holds nothing." % name, name)
    kind = np.dtype(KINDS[wanted["datatype"]])
    if array.dtype != kind:
        array = _converted(array, kind, wanted)
    if array.dtype.kind == "f" and not missing and not np.isfinite(array).all():
        raise Refusal("'%s' holds NaN or infinite values." % name, name)
    return array


def _hint(shape: Sequence[int]) -> str:
    return "; -1 is any length" if -1 in shape else ""


def _converted(array: np.ndarray, kind: np.dtype, wanted: Mapping[str, Any]) -> np.ndarray:
    """Whole numbers as numbers, numbers as finer or coarser ones of their own sort; Refusal for what would be lost."""
    name = wanted["name"]
    if "O" in (array.dtype.kind, kind.kind) or not np.can_cast(array.dtype, kind, "same_kind"):
        given = NAMES.get(str(array.dtype), str(array.dtype))
        raise Refusal("'%s' must be %s, not %s." % (name, wanted["datatype"], given), name)
    if kind.kind in "iu" and array.size:
        limits = np.iinfo(kind)
        if int(array.min()) < limits.min or int(array.max()) > limits.max:
            raise Refusal("'%s' has numbers that %s cannot hold." % (name, wanted["datatype"]), name)
    with np.errstate(over="ignore"):  # what became infinite is refused
        found = array.astype(kind)
    if kind.kind == "f" and (np.isinf(found) & np.isfinite(array)).any():
        raise Refusal("'%s' has numbers that %s cannot hold." % (name, wanted["datatype"]), name)
    return found


def told(tensors: Sequence[Mapping[str, Any]]) -> str:
    """Say in words which tensors there are: "x (FP32 [-1, 20])", the first twenty of them."""
    parts = ["'%s' (%s %s)" % (one["name"], one["datatype"], list(one["shape"])) for one in tensors[:20]]
    return ", ".join(parts) + (" and %d more" % (len(tensors) - 20) if len(tensors) > 20 else "")


def unpack_texts(data: Any, shape: Sequence[int]) -> np.ndarray:
    """Read texts as the protocol writes them, each behind its length; Refusal when they are not whole."""
    count = int(np.prod(shape, dtype=np.int64))
    texts, start, view = [], 0, memoryview(data)
    try:
        for _ in range(count):
            (length,) = _LENGTH.unpack_from(view, start)
            start += _LENGTH.size
            if start + length > len(view):
                raise Refusal("A BYTES tensor is shorter than its texts say.")
            texts.append(str(view[start : start + length], "utf-8"))
            start += length
    except (struct.error, UnicodeDecodeError):
        raise Refusal("A BYTES tensor must hold %d texts in UTF-8, each behind its length." % count) from None
    if start != len(view):
        raise Refusal("A BYTES tensor has more bytes than its shape says.")
    found = np.empty(count, object)
    found[:] = texts
    return found.reshape(shape)


def pack_texts(array: np.ndarray) -> bytes:
    """Write texts as the protocol wants them, each behind its length."""
    parts: List[bytes] = []
    for text in array.ravel():
        data = str(text).encode("utf-8")
        parts += [_LENGTH.pack(len(data)), data]
    return b"".join(parts)
