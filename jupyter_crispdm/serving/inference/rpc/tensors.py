"""Tensors in messages: made into raw tensors within limits, and the answer back.

They come as raw bytes, or typed in `contents`; the answer comes as the question did, or as its parameter
`binary_data_output` says. FP16 has no type of its own there and is always raw.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any

import numpy as np

from jupyter_crispdm.base.errors import BadRequest

from ..protocols.encoding import chosen, score_of
from ..protocols.tensors import Question, check_raw, count_all, question, refuse_shared
from ..settings import RequestLimits
from ..tensors import CODES, SIZES, TEXT, RawTensor, unpack_texts
from ..types import InferRequest, OutputRequest, Tensor
from .messages import MESSAGES

_FIELDS = {
    "BOOL": ("bool_contents", "?"),
    **dict.fromkeys(("INT8", "INT16", "INT32"), ("int_contents", "i4")),
    **dict.fromkeys(("UINT8", "UINT16", "UINT32"), ("uint_contents", "u4")),
    "INT64": ("int64_contents", "i8"),
    "UINT64": ("uint64_contents", "u8"),
    "FP32": ("fp32_contents", "f4"),
    "FP64": ("fp64_contents", "f8"),
    TEXT: ("bytes_contents", ""),
}
"""In which field numbers of a datatype come, and as what."""

_AT_ONCE = 64 * 2**10
"""Numbers that are made together: in between, others have their turn."""


def read(asked: Any, limits: RequestLimits) -> Question:
    """What a ModelInferRequest asks. Raises BadRequest, TooLarge."""
    inputs = [
        Tensor(one.name, tuple(one.shape), one.datatype, parameters=plain(one.parameters)) for one in asked.inputs
    ]
    counts = count_all(inputs, limits)
    for index, tensor in enumerate(inputs):
        refuse_shared(tensor.parameters, f"inputs[{index}].parameters")
    raw = len(asked.raw_input_contents) > 0
    if raw:
        _check_one_way(asked)
        made = [_raw(*one) for one in zip(range(len(inputs)), inputs, counts, asked.raw_input_contents, strict=True)]
    else:
        contents = (one.contents for one in asked.inputs)
        made = [_typed(*one) for one in zip(range(len(inputs)), inputs, counts, contents, strict=True)]
    outputs = [OutputRequest(one.name, plain(one.parameters)) for one in asked.outputs]
    return question(InferRequest([], asked.id, outputs, plain(asked.parameters)), made, raw)


def written(
    question: Question, model: str, version: str, outputs: Sequence[RawTensor], limits: RequestLimits
) -> tuple[bytes, float | None]:
    """A ModelInferResponse, and the mean of what was answered, where that is known and one number for each row.

    Raises Unprocessable, TooLarge.
    """
    outputs = chosen(question, outputs, limits)
    wanted_raw = question.binary if question.wanted is None else any(question.wanted.values())
    raw = wanted_raw or any(tensor.datatype not in _FIELDS for tensor in outputs)
    answer = MESSAGES["ModelInferResponse"](model_name=model, model_version=version, id=question.id)
    score = None
    for tensor in outputs:
        told = answer.outputs.add(name=tensor.name, datatype=tensor.datatype, shape=tensor.shape)
        if raw:
            answer.raw_output_contents.append(bytes(tensor.data))
            continue
        values = _values(tensor)
        getattr(told.contents, _FIELDS[tensor.datatype][0]).extend(values)
        if len(answer.outputs) == 1:
            score = score_of(question, tensor, values)
    return answer.SerializeToString(), score


def plain(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters as values; one that was sent without a value is None."""
    chosen = {name: given.WhichOneof("parameter_choice") for name, given in parameters.items()}
    return {name: getattr(parameters[name], field) if field else None for name, field in chosen.items()}


def _check_one_way(asked: Any) -> None:
    """Raises BadRequest for tensors of which some are raw and others are not."""
    count, told = len(asked.inputs), len(asked.raw_input_contents)
    if told != count:
        raise BadRequest(
            f"'raw_input_contents' must have {count:,} entries, one for each of 'inputs', not {told:,}.",
            field="raw_input_contents",
        )
    for index, one in enumerate(asked.inputs):
        if one.HasField("contents"):
            field = f"inputs[{index}].contents"
            raise BadRequest(f"'{field}' and 'raw_input_contents' were both sent; send one.", field=field)


def _raw(index: int, tensor: Tensor, count: int, data: bytes) -> RawTensor:
    where, kind = f"raw_input_contents[{index}]", tensor.datatype
    if kind != TEXT and len(data) != count * SIZES[kind]:
        told = f"{count * SIZES[kind]:,} bytes, those of shape {list(tensor.shape)} of {kind}, not {len(data):,}"
        raise BadRequest(f"'{where}' must have {told}.", field=where)
    check_raw(index, tensor, count, data, where)
    return RawTensor(tensor.name, kind, tensor.shape, data)


def _typed(index: int, tensor: Tensor, count: int, contents: Any) -> RawTensor:
    where, kind = f"inputs[{index}].contents", tensor.datatype
    if kind not in _FIELDS:
        raise BadRequest(f"'{where}' has no field for {kind}; send it in 'raw_input_contents'.", field=where)
    field, sent = _FIELDS[kind]
    values = getattr(contents, field)
    if len(values) != count or any(other.name != field for other, _ in contents.ListFields()):
        told = f"{count:,} values in '{field}' and none elsewhere, as shape {list(tensor.shape)} of {kind} needs"
        raise BadRequest(f"'{where}' must have {told}.", field=where)
    if kind != TEXT:
        return RawTensor(tensor.name, kind, tensor.shape, _numbers(f"{where}.{field}", kind, sent, values))
    data = b"".join(chain.from_iterable((len(text).to_bytes(4, "little"), text) for text in values))
    check_raw(index, tensor, count, data, f"{where}.{field}")
    return RawTensor(tensor.name, kind, tensor.shape, data)


def _numbers(where: str, datatype: str, sent: str, values: Any) -> bytes:
    """Numbers as bytes. Raises BadRequest for one that is out of the datatype's range."""
    kind = np.dtype(f"<{CODES[datatype]}")
    made = []
    for start in range(0, len(values), _AT_ONCE):
        given = np.array(values[start : start + _AT_ONCE], np.dtype(f"<{sent}"))
        array = given.astype(kind)
        if kind.kind in "iu" and (array != given).any():
            raise BadRequest(f"'{where}' has a number that is none of {datatype}.", field=where)
        made.append(array.tobytes())
    return b"".join(made)


def _values(tensor: RawTensor) -> list[Any]:
    if tensor.datatype == TEXT:
        return [text.encode() for text in unpack_texts(tensor.data)]
    values: Iterable[Any] = np.frombuffer(tensor.data, np.dtype(f"<{CODES[tensor.datatype]}")).tolist()
    return list(values)
