"""Tensors as they are sent, in JSON or as raw bytes behind it, made into raw tensors within limits."""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np

from jupyter_crispdm.base.errors import BadRequest, TooLarge

from ..settings import RequestLimits
from ..tensors import CODES, SIZES, TEXT, Buffer, RawTensor, pack_texts, unpack_texts
from ..types import InferRequest, Tensor

FLOATS = frozenset({"FP16", "FP32", "FP64"})
_MAX_TENSORS, _MAX_AXES, _EMPTY_BYTES = 100, 16, 4096
_MISSING = float("nan")
"""What null among numbers becomes: a model may know how to do without one."""

_COUNTED = 64 * 2**10
"""From how many bytes on the numbers of a list are counted before any of them is made."""

_FITS = {"b": "b", "i": "iu", "u": "iu", "f": "iuf"}
"""Kinds of numbers as JSON has them, by the kind of tensor that they fit."""

_NOUNS = {"b": "true or false", "i": "whole numbers in its range", "u": "whole numbers in its range", "f": "numbers"}
_HALF = "; BF16 is not read: send FP32, or FP16 as binary data"
_SHARED_MEMORY = "shared_memory_region"
_BINARY_SIZE, _BINARY, _BINARY_OUTPUT, _TIMEOUT = "binary_data_size", "binary_data", "binary_data_output", "timeout"

_DECODER = msgspec.json.Decoder(InferRequest)
_WHOLE, _REAL = msgspec.json.Decoder(list[int]), msgspec.json.Decoder(list[float | None])
_FLAT: dict[str, msgspec.json.Decoder[Any]] = {
    **dict.fromkeys(CODES, _WHOLE),
    **dict.fromkeys(FLOATS, _REAL),
    "BOOL": msgspec.json.Decoder(list[bool]),
    TEXT: msgspec.json.Decoder(list[str]),
}


class Question(msgspec.Struct, frozen=True):
    """What a model is asked: tensors, and how the answer is wanted."""

    inputs: list[RawTensor]
    id: str = ""
    wanted: dict[str, bool] | None = None
    """The outputs that are wanted, and whether as binary data; None means all."""

    binary: bool = False
    """Whether outputs that say nothing of their own are wanted as binary data."""

    timeout: float | None = None
    """In how many seconds the answer must be there."""

    @property
    def rows(self) -> int:
        """How many rows it is about: as many as its first tensor has."""
        shape = self.inputs[0].shape
        return shape[0] if shape else 1


def decode(body: Buffer, limits: RequestLimits, header_length: int | None = None) -> Question:
    """What is asked. `header_length` says how much of the body is JSON, when raw bytes of tensors follow it.

    Raises BadRequest, TooLarge.
    """
    asked = _header(body if header_length is None else memoryview(body)[:header_length])
    inputs, counts = asked.inputs, count_all(asked.inputs, limits)
    if header_length is None and len(inputs) == 1 and not inputs[0].parameters:
        tensor = inputs[0]
        return question(asked, [RawTensor(tensor.name, tensor.datatype, tensor.shape, _numbers(0, tensor, counts[0]))])
    follows = _Follows(body, len(body) if header_length is None else header_length)
    made = [_raw(index, tensor, counts[index], follows) for index, tensor in enumerate(inputs)]
    follows.check_end()
    return question(asked, made)


def count_all(inputs: Sequence[Tensor], limits: RequestLimits) -> list[int]:
    """How many numbers each tensor has, by its shape. Raises BadRequest, TooLarge."""
    if not 0 < len(inputs) <= _MAX_TENSORS:
        raise BadRequest(f"'inputs' must hold 1 to {_MAX_TENSORS} tensors.", field="inputs")
    if len(inputs) > 1 and len({tensor.name for tensor in inputs}) < len(inputs):
        raise BadRequest("Two of 'inputs' have one name.", field="inputs")
    counts = [_count(index, tensor, limits.elements) for index, tensor in enumerate(inputs)]
    if len(counts) > 1:
        _check_total(sum(counts), limits.elements, "The request has")
    return counts


def _header(body: Buffer) -> InferRequest:
    try:
        return _DECODER.decode(body)
    except (ValueError, RecursionError) as error:
        if bytes(body[:3]) == b"\xef\xbb\xbf":
            return _header(body[3:])
        raise BadRequest(f"The body is no inference request: {str(error)[:300]}") from None


def question(asked: InferRequest, inputs: list[RawTensor], binary: bool = False) -> Question:
    """What is asked with these tensors; `binary` where nothing says how the answer is wanted. Raises BadRequest."""
    parameters = asked.parameters
    if not parameters and not asked.outputs:
        return Question(inputs, asked.id, None, binary)
    binary = _flag(parameters, _BINARY_OUTPUT, "parameters", binary)
    wanted: dict[str, bool] = {}
    for index, output in enumerate(asked.outputs):
        where = f"outputs[{index}].parameters"
        refuse_shared(output.parameters, where)
        if output.parameters.get("classification"):
            raise BadRequest(f"'{where}.classification' is not offered.", field=f"{where}.classification")
        wanted[output.name] = _flag(output.parameters, _BINARY, where, binary)
    return Question(inputs, asked.id, wanted or None, binary, _timeout(parameters.get(_TIMEOUT)))


def _flag(parameters: dict[str, Any], name: str, where: str, default: bool) -> bool:
    value = parameters.get(name, default)
    if not isinstance(value, bool):
        raise BadRequest(f"'{where}.{name}' must be true or false.", field=f"{where}.{name}")
    return value


def _timeout(microseconds: object) -> float | None:
    """Seconds; 0 means no limit, as other servers of this protocol have it."""
    if microseconds is None or microseconds == 0:
        return None
    if isinstance(microseconds, bool) or not isinstance(microseconds, int) or not 0 < microseconds < 2**63:
        raise BadRequest("'parameters.timeout' must be a whole number of microseconds.", field="parameters.timeout")
    return microseconds / 1e6


def refuse_shared(parameters: dict[str, Any], where: str) -> None:
    """Refuse a tensor in shared memory. Raises BadRequest."""
    if _SHARED_MEMORY in parameters:
        where = f"{where}.{_SHARED_MEMORY}"
        raise BadRequest(f"'{where}': shared memory is not offered.", field=where)


def _count(index: int, tensor: Tensor, most: int) -> int:
    """How many numbers a tensor has. Raises BadRequest, TooLarge."""
    shape = tensor.shape
    if tensor.datatype not in _FLAT:
        where, why = f"inputs[{index}].datatype", _HALF if tensor.datatype == "BF16" else ""
        raise BadRequest(f"'{where}' must be one of {', '.join(_FLAT)}{why}.", field=where)
    if len(shape) > _MAX_AXES or (shape and (min(shape) < 0 or max(shape) > most)):
        where = f"inputs[{index}].shape"
        raise BadRequest(f"'{where}' must be at most {_MAX_AXES} lengths from 0 to {most:,}.", field=where)
    count = math.prod(shape)
    if count > most:
        _check_total(count, most, f"'inputs[{index}].shape' promises")
    return count


def _check_total(count: int, most: int, what: str) -> None:
    if count > most:
        raise TooLarge(f"{what} {count:,} numbers; at most {most:,} are allowed at once.", limit=most, field="inputs")


class _Follows:
    """The raw bytes behind the JSON, which the tensors take in their order."""

    __slots__ = ("_at", "_body")

    def __init__(self, body: Buffer, start: int) -> None:
        if start > len(body):
            raise BadRequest("'Inference-Header-Content-Length' is over the length of the body.",
                             field="Inference-Header-Content-Length")  # fmt: skip
        self._body, self._at = body, start

    def take(self, index: int, size: int) -> Buffer:
        """The next bytes, as they lie in the body."""
        start, self._at = self._at, self._at + size
        if self._at > len(self._body):
            where = f"inputs[{index}].parameters.{_BINARY_SIZE}"
            raise BadRequest(f"'{where}' is {size:,}, but fewer bytes follow the JSON.", field=where)
        return memoryview(self._body)[start : self._at]

    def check_end(self) -> None:
        """Refuse what no tensor took."""
        if self._at < len(self._body):
            raise BadRequest(f"{len(self._body) - self._at:,} bytes follow the JSON that belong to no tensor.",
                             field="inputs")  # fmt: skip


def _raw(index: int, tensor: Tensor, count: int, follows: _Follows) -> RawTensor:
    if tensor.parameters:
        refuse_shared(tensor.parameters, f"inputs[{index}].parameters")
        if _BINARY_SIZE in tensor.parameters:
            return RawTensor(tensor.name, tensor.datatype, tensor.shape, _bytes(index, tensor, count, follows))
    return RawTensor(tensor.name, tensor.datatype, tensor.shape, _numbers(index, tensor, count))


def _bytes(index: int, tensor: Tensor, count: int, follows: _Follows) -> Buffer:
    """A tensor's raw bytes, as they came. Raises BadRequest."""
    size, where = tensor.parameters[_BINARY_SIZE], f"inputs[{index}].parameters.{_BINARY_SIZE}"
    if isinstance(size, bool) or not isinstance(size, int) or size < 0:
        raise BadRequest(f"'{where}' must be a number of bytes.", field=where)
    if tensor.datatype != TEXT and size != count * SIZES[tensor.datatype]:
        told = f"{count * SIZES[tensor.datatype]:,}: the bytes of shape {list(tensor.shape)} of {tensor.datatype}"
        raise BadRequest(f"'{where}' must be {told}.", field=where)
    if bytes(tensor.data):
        raise BadRequest(f"'inputs[{index}]' has 'data' and binary data; send one.", field=f"inputs[{index}].data")
    data = follows.take(index, size)
    check_raw(index, tensor, count, data, where)
    return data


def check_raw(index: int, tensor: Tensor, count: int, data: Buffer, where: str) -> None:
    """Refuse bytes of the right length that are no strings, or neither true nor false. Raises BadRequest."""
    if tensor.datatype == TEXT:
        check_texts(data, count, where)
    elif tensor.datatype == "BOOL" and count and np.frombuffer(data, np.uint8).max() > 1:
        raise _misfit(index, tensor)


def _numbers(index: int, tensor: Tensor, count: int) -> bytes:
    """A tensor's numbers in JSON as bytes; one that does not fit the datatype is refused. Raises BadRequest."""
    data = memoryview(tensor.data)
    if len(data) > _COUNTED or not count:
        _check_count(index, tensor, count, data)
    if _is_nested(data):
        return _nested(index, tensor, count, data)
    try:
        values = _FLAT[tensor.datatype].decode(data)
        if len(values) != count:
            raise _misfit(index, tensor)
        return _packed(tensor.datatype, values)
    except (ValueError, RecursionError, OverflowError, struct.error):
        raise _misfit(index, tensor) from None


def _packed(datatype: str, values: list[Any]) -> bytes:
    """Numbers as bytes. Raises OverflowError, struct.error for one that does not fit."""
    if datatype == TEXT:
        return pack_texts(values)
    layout = f"<{len(values)}{CODES[datatype]}"
    try:
        return struct.pack(layout, *values)
    except struct.error:
        if datatype not in FLOATS:
            raise
        return struct.pack(layout, *(_MISSING if value is None else value for value in values))


def _check_count(index: int, tensor: Tensor, count: int, data: memoryview) -> None:
    """Commas are as many as numbers, however they are nested: a misfit is found before any number is made."""
    if tensor.datatype == TEXT and count:
        return  # a string may hold commas
    commas = int(np.count_nonzero(np.frombuffer(data, np.uint8) == ord(","))) + 1
    if commas != count if count else len(data) > _EMPTY_BYTES:
        raise _misfit(index, tensor)


def _is_nested(data: memoryview) -> bool:
    start = bytes(data[:64])
    return start[:2] == b"[[" or start[1:].lstrip()[:1] == b"["


def _nested(index: int, tensor: Tensor, count: int, data: memoryview) -> bytes:
    """Lists in lists, which must be regular."""
    _check_count(index, tensor, count, data)
    try:
        given = np.array(msgspec.json.decode(data)).reshape(-1)
        if given.size != count:
            raise _misfit(index, tensor)
        return pack_texts(_texts(given)) if tensor.datatype == TEXT else _cast(given, np.dtype(CODES[tensor.datatype]))
    except (ValueError, TypeError, OverflowError, RecursionError, MemoryError):
        raise _misfit(index, tensor) from None


def _texts(given: np.ndarray[Any, Any]) -> list[str]:
    """Strings of a regular list. Raises ValueError for anything else."""
    if given.size and given.dtype.kind != "U":
        raise ValueError
    return [str(text) for text in given]


def _cast(given: np.ndarray[Any, Any], kind: np.dtype[Any]) -> bytes:
    """Numbers of a regular list as bytes. Raises ValueError for one that does not fit the kind."""
    missing = None
    if kind.kind == "f" and given.dtype.kind == "O":
        missing = given == None  # noqa: E711 - of each element
        given = np.array([0 if value is None else value for value in given])
    if given.size and given.dtype.kind not in _FITS[kind.kind]:
        raise ValueError
    with np.errstate(over="ignore"):
        array = given.astype(kind.newbyteorder("<"))
    if given.size and not (np.isfinite(array).all() if kind.kind == "f" else (array == given).all()):
        raise ValueError
    if missing is not None:
        array[missing] = _MISSING
    return array.tobytes()


def check_texts(data: Buffer, count: int, where: str) -> None:
    """Refuse bytes that are not so many strings. Raises BadRequest."""
    try:
        found = len(unpack_texts(data))
    except ValueError as error:
        raise BadRequest(f"The bytes of '{where}' are no strings: {error}.", field=where) from None
    if found != count:
        raise BadRequest(f"The bytes of '{where}' are {found:,} strings, not {count:,}.", field=where)


def _misfit(index: int, tensor: Tensor) -> BadRequest:
    return BadRequest(
        f"'inputs[{index}].data' must be a list, flat or nested, that fits shape {list(tensor.shape)} of "
        f"{tensor.datatype}: {math.prod(tensor.shape):,} {_noun(tensor.datatype)}.",
        field=f"inputs[{index}].data",
    )


def _noun(datatype: str) -> str:
    return "strings" if datatype == TEXT else _NOUNS[np.dtype(CODES[datatype]).kind]
