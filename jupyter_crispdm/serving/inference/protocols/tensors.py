"""Tensors in JSON, made into arrays within limits, and back."""

from __future__ import annotations

import math
from typing import Any, cast

import msgspec
import numpy as np

from jupyter_crispdm.base.errors import BadRequest, TooLarge, Unprocessable

from ..settings import RequestLimits
from ..types import InferRequest, OutputTensor, Tensor

_KINDS = {
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
}
_MAX_TENSORS, _MAX_AXES, _EMPTY_BYTES = 100, 16, 4096
_FITS = {"b": "b", "i": "iu", "u": "iu", "f": "iuf"}
"""Kinds of numbers as JSON has them, by the kind of tensor that they fit."""

_NOUNS = {"b": "true or false", "i": "whole numbers in its range", "u": "whole numbers in its range", "f": "numbers"}

_DECODER = msgspec.json.Decoder(InferRequest)


def decode(body: bytes, limits: RequestLimits) -> InferRequest:
    """What is asked, checked as far as it can be without looking at the numbers. Raises BadRequest, TooLarge."""
    try:
        asked = _DECODER.decode(body.removeprefix(b"\xef\xbb\xbf"))
    except (ValueError, RecursionError) as error:
        raise BadRequest(f"The body is no inference request: {str(error)[:300]}") from None
    if not 0 < len(asked.inputs) <= _MAX_TENSORS:
        raise BadRequest(f"'inputs' must hold 1 to {_MAX_TENSORS} tensors.", field="inputs")
    names = [tensor.name for tensor in asked.inputs]
    if len(set(names)) < len(names):
        raise BadRequest("Two of 'inputs' have one name.", field="inputs")
    total = sum(_count(index, tensor, limits.elements) for index, tensor in enumerate(asked.inputs))
    _check_total(total, limits.elements, "The request has")
    return asked


def _count(index: int, tensor: Tensor, most: int) -> int:
    """How many numbers a tensor has. Raises BadRequest, TooLarge."""
    where = f"inputs[{index}]"
    if tensor.datatype not in _KINDS:
        known = ", ".join(_KINDS)
        raise BadRequest(f"'{where}.datatype' must be one of {known}.", field=f"{where}.datatype")
    if len(tensor.shape) > _MAX_AXES or any(not 0 <= length <= most for length in tensor.shape):
        raise BadRequest(
            f"'{where}.shape' must be at most {_MAX_AXES} lengths from 0 to {most:,}.", field=f"{where}.shape"
        )
    count = math.prod(tensor.shape)
    _check_total(count, most, f"'{where}.shape' promises")
    data = bytes(tensor.data)
    commas = data.count(b",") + 1  # as many as numbers, however they are nested: a misfit is found before any is made
    if data[:1] != b"[" or (commas != count if count else len(data) > _EMPTY_BYTES):
        raise _misfit(index, tensor)
    return count


def _check_total(count: int, most: int, what: str) -> None:
    if count > most:
        raise TooLarge(f"{what} {count:,} numbers; at most {most:,} are allowed at once.", limit=most, field="inputs")


def array(index: int, tensor: Tensor) -> np.ndarray[Any, Any]:
    """The tensor's data in its type and shape; a number that does not fit the type is refused. Raises BadRequest."""
    kind = np.dtype(_KINDS[tensor.datatype])
    try:
        given = np.array(msgspec.json.decode(tensor.data)).reshape(-1)
        if given.size and given.dtype.kind not in _FITS[kind.kind]:
            raise _misfit(index, tensor)
        with np.errstate(over="ignore"):
            array = given.astype(kind, order="C").reshape(tensor.shape)
    except (ValueError, TypeError, OverflowError, RecursionError, MemoryError):
        raise _misfit(index, tensor) from None
    exact = np.isfinite(array).all() if kind.kind == "f" else (array.reshape(-1) == given).all()
    if given.size and not exact:
        raise _misfit(index, tensor)
    return array


def _misfit(index: int, tensor: Tensor) -> BadRequest:
    return BadRequest(
        f"'inputs[{index}].data' must be a list, flat or nested, that fits shape {tensor.shape} of {tensor.datatype}: "
        f"{math.prod(tensor.shape):,} {_NOUNS[np.dtype(_KINDS[tensor.datatype]).kind]}.",
        field=f"inputs[{index}].data",
    )


def outputs(described: list[dict[str, Any]], body: bytes, wanted: list[str], most: int) -> list[OutputTensor]:
    """What a model answered: `described` as bytes one after the other. Only the `wanted` are told; none means all.

    Raises Unprocessable for names that the model has not and for NaN, TooLarge for more than `most` numbers.
    """
    known = [item["name"] for item in described]
    unknown = [name[:100] for name in wanted if name not in known]
    if unknown:
        raise Unprocessable(f"The model has no output '{unknown[0]}', but {', '.join(known)}.", field="outputs")
    given: list[OutputTensor] = []
    start, left = 0, most
    for item in described:
        array = np.frombuffer(body, _KINDS[item["datatype"]], math.prod(item["shape"]), start)
        start += array.nbytes
        if wanted and item["name"] not in wanted:
            continue
        left -= array.size
        if left < 0:
            told = f"The answer has more than {most:,} numbers; send less, or name fewer 'outputs'."
            raise TooLarge(told, limit=most)
        if array.dtype.kind == "f" and not np.isfinite(array).all():
            raise Unprocessable(f"The model's output '{item['name']}' holds NaN or infinite values.", field="outputs")
        given.append(cast("OutputTensor", {**item, "data": array.tolist()}))
    return given
