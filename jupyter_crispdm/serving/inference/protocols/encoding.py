"""What a model answered, as it is sent: numbers in JSON, or raw bytes behind it."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from math import isfinite, prod
from typing import Any

import msgspec

from jupyter_crispdm.base.errors import TooLarge, Unprocessable

from ..settings import RequestLimits
from ..tensors import CODES, SIZES, TEXT, Buffer, RawTensor, unpack_texts
from ..types import InferReply, OutputTensor
from .tensors import FLOATS, Question

_ENCODER = msgspec.json.Encoder()


class Answer(msgspec.Struct, frozen=True):
    """The body of an answer in pieces; `header_length` is that of the JSON where raw bytes follow it."""

    body: list[Buffer]
    header_length: int | None = None
    score: float | None = None
    """The mean of what was answered, where the first answer is one number for each row."""


def encode(
    question: Question, model: str, version: str, outputs: Sequence[RawTensor], limits: RequestLimits
) -> Answer:
    """An answer to a question.

    Raises Unprocessable for names that the model has not and for NaN in JSON, TooLarge for too many numbers.
    """
    wanted, binary = question.wanted, question.binary
    told: list[OutputTensor] = []
    follow: list[Buffer] = []
    score = None
    for tensor in chosen(question, outputs, limits):
        if binary if wanted is None else wanted[tensor.name]:
            told.append(_behind(tensor))
            follow.append(tensor.data)
        else:
            values = _values(tensor)
            told.append(OutputTensor(tensor.name, tensor.datatype, tensor.shape, values))
            if len(told) == 1:
                score = score_of(question, tensor, values)
    text = _ENCODER.encode(InferReply(model, version, told, question.id))
    return Answer([text, *follow], len(text), score) if follow else Answer([text], None, score)


def size_in_json(question: Question, outputs: Sequence[RawTensor]) -> int:
    """How many bytes of tensors become numbers in JSON, which takes its time."""
    wanted, binary = question.wanted, question.binary
    if wanted is None and not binary and len(outputs) == 1:
        return len(outputs[0].data)
    if wanted is None:
        return 0 if binary else sum(len(tensor.data) for tensor in outputs)
    return sum(len(tensor.data) for tensor in outputs if wanted.get(tensor.name) is False)


def chosen(question: Question, outputs: Sequence[RawTensor], limits: RequestLimits) -> Sequence[RawTensor]:
    """The outputs that are wanted.

    Raises Unprocessable for names that the model has not, TooLarge for too many numbers.
    """
    if question.wanted is not None:
        outputs = _named(outputs, question.wanted)
    if sum(prod(tensor.shape) for tensor in outputs) > limits.elements:
        more = f"The answer has more than {limits.elements:,} numbers; send less, or name fewer 'outputs'."
        raise TooLarge(more, limit=limits.elements)
    return outputs


def score_of(question: Question, tensor: RawTensor, values: Sequence[Any]) -> float | None:
    """The mean of an answer that is one number for each row."""
    if not values or len(values) != question.rows or tensor.datatype == TEXT:
        return None
    return float(sum(values) / len(values))


def _named(outputs: Sequence[RawTensor], wanted: dict[str, bool]) -> list[RawTensor]:
    known = [tensor.name for tensor in outputs]
    unknown = [name[:100] for name in wanted if name not in known]
    if unknown:
        raise Unprocessable(f"The model has no output '{unknown[0]}', but {', '.join(known)}.", field="outputs")
    return [tensor for tensor in outputs if tensor.name in wanted]


def _behind(tensor: RawTensor) -> OutputTensor:
    parameters = {"binary_data_size": len(tensor.data)}
    return OutputTensor(tensor.name, tensor.datatype, tensor.shape, parameters=parameters)


def _values(tensor: RawTensor) -> Sequence[Any]:
    """Numbers as JSON has them. Raises Unprocessable for those that it has not."""
    if tensor.datatype == TEXT:
        return unpack_texts(tensor.data)
    count = len(tensor.data) // SIZES[tensor.datatype]
    values = struct.unpack(f"<{count}{CODES[tensor.datatype]}", tensor.data)
    if tensor.datatype in FLOATS and not isfinite(sum(values)) and not all(map(isfinite, values)):
        told = f"The model's output '{tensor.name}' holds NaN or infinite values; ask for it as binary data."
        raise Unprocessable(told, field="outputs")
    return values
