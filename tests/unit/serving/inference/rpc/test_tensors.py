"""Tensors in messages and back, and what is wrong with those that cannot be read."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_crispdm.base.errors import BadRequest, TooLarge, Unprocessable
from jupyter_crispdm.serving.inference.protocols.tensors import Question
from jupyter_crispdm.serving.inference.rpc.messages import MESSAGES
from jupyter_crispdm.serving.inference.rpc.tensors import read, written
from jupyter_crispdm.serving.inference.settings import RequestLimits
from jupyter_crispdm.serving.inference.tensors import CODES, RawTensor, pack_texts

LIMITS = RequestLimits()
TYPED = {
    "BOOL": "bool_contents", "INT8": "int_contents", "INT16": "int_contents", "INT32": "int_contents",
    "INT64": "int64_contents", "UINT8": "uint_contents", "UINT16": "uint_contents", "UINT32": "uint_contents",
    "UINT64": "uint64_contents", "FP32": "fp32_contents", "FP64": "fp64_contents",
}  # fmt: skip


def request(
    datatype: str = "FP32", shape: tuple[int, ...] = (2,), raw: list[bytes] | None = None, **contents: Any
) -> Any:
    tensor = {"name": "x", "datatype": datatype, "shape": shape, **({"contents": contents} if contents else {})}
    return MESSAGES["ModelInferRequest"](model_name="m", inputs=[tensor], raw_input_contents=raw or [])


def answered(question: Question, *outputs: RawTensor) -> Any:
    message, _ = written(question, "m", "1", outputs, LIMITS)
    return MESSAGES["ModelInferResponse"].FromString(message)


@pytest.mark.proves("serving.grpc")
@pytest.mark.parametrize("datatype", [*TYPED, "FP16"])
@given(st.data())
def test_what_is_sent_in_either_way_is_the_same_tensor(datatype: str, data: st.DataObject) -> None:
    count = data.draw(st.integers(0, 5))
    array = np.frombuffer(data.draw(st.binary(min_size=8 * count, max_size=8 * count)), np.uint8)
    kind = np.dtype(f"<{CODES[datatype]}")
    values = (array[: count * kind.itemsize] % 2).astype("?") if datatype == "BOOL" else array[: count * kind.itemsize]
    values = values.view(kind)
    if kind.kind == "f":
        values = np.nan_to_num(values)
    raw = read(request(datatype, (count,), [values.tobytes()]), LIMITS)
    assert raw.binary
    assert bytes(raw.inputs[0].data) == values.tobytes()
    told = answered(raw, raw.inputs[0])
    assert (told.outputs[0].datatype, list(told.outputs[0].shape)) == (datatype, [count])
    assert list(told.raw_output_contents) == [values.tobytes()]
    if datatype in TYPED:
        typed = read(request(datatype, (count,), **{TYPED[datatype]: values.tolist()}), LIMITS)
        assert typed.inputs == [raw.inputs[0]._replace(data=values.tobytes())]
        assert not typed.binary
        told = answered(typed, typed.inputs[0])
        assert list(getattr(told.outputs[0].contents, TYPED[datatype])) == values.tolist()
        assert not told.raw_output_contents


@pytest.mark.proves("serving.grpc")
@given(st.lists(st.text(), max_size=4))
def test_texts_travel_in_either_way(texts: list[str]) -> None:
    sent = [text.encode("utf-8", "replace") for text in texts]
    typed = read(request("BYTES", (len(texts),), bytes_contents=sent), LIMITS)
    packed = pack_texts([text.decode() for text in sent])
    assert bytes(typed.inputs[0].data) == packed
    assert list(answered(typed, typed.inputs[0]).outputs[0].contents.bytes_contents) == sent
    raw = read(request("BYTES", (len(texts),), [packed]), LIMITS)
    assert list(answered(raw, raw.inputs[0]).raw_output_contents) == [packed]


WRONG: list[tuple[Any, str]] = [
    (MESSAGES["ModelInferRequest"](), "'inputs' must hold 1 to 100 tensors."),
    (request("BF16", raw=[b"1234"]), "'inputs[0].datatype' must be one of"),
    (request(raw=[bytes(5)]), "'raw_input_contents[0]' must have 8 bytes, those of shape [2] of FP32, not 5."),
    (request(raw=[bytes(8), b""]), "'raw_input_contents' must have 1 entries, one for each of 'inputs', not 2."),
    (request(raw=[bytes(8)], fp32_contents=[1]), "'inputs[0].contents' and 'raw_input_contents' were both sent"),
    (request(fp32_contents=[1]), "'inputs[0].contents' must have 2 values in 'fp32_contents'"),
    (request(fp64_contents=[1, 2]), "'inputs[0].contents' must have 2 values in 'fp32_contents' and none elsewhere"),
    (request(fp32_contents=[1, 2], int_contents=[1]), "and none elsewhere"),
    (request("INT8", int_contents=[1, 300]), "'inputs[0].contents.int_contents' has a number that is none of INT8."),
    (request("UINT16", uint_contents=[1, 1 << 16]), "'inputs[0].contents.uint_contents' has a number"),
    (request("FP16", fp32_contents=[1, 2]), "'inputs[0].contents' has no field for FP16; send it in"),
    (request("BOOL", raw=[b"\1\2"]), "true or false"),
    (request("BYTES", (1,), [b"\5\0\0\0ab"]), "The bytes of 'raw_input_contents[0]' are no strings"),
    (request("BYTES", (1,), bytes_contents=[b"\xff"]), "'inputs[0].contents.bytes_contents' are no strings"),
    (request(shape=(-1,), fp32_contents=[1]), "'inputs[0].shape' must be at most 16 lengths"),
]


@pytest.mark.proves("serving.grpc")
@pytest.mark.parametrize(("message", "told"), WRONG, ids=range(len(WRONG)))
def test_what_is_wrong_is_told_with_its_field(message: Any, told: str) -> None:
    with pytest.raises(BadRequest) as caught:
        read(message, LIMITS)
    assert told in str(caught.value)
    assert caught.value.details["field"]


@pytest.mark.proves("serving.grpc")
def test_parameters_say_how_the_answer_is_wanted() -> None:
    message = request(fp32_contents=[1, 2])
    message.parameters["binary_data_output"].bool_param = True
    message.parameters["timeout"].uint64_param = 500_000
    message.outputs.add(name="y")
    question = read(message, LIMITS)
    assert (question.wanted, question.binary, question.timeout) == ({"y": True}, True, 0.5)
    output = RawTensor("y", "FP32", (2,), np.array([1, 2], "<f4").tobytes())
    assert list(answered(question, output, output._replace(name="z")).raw_output_contents) == [output.data]
    with pytest.raises(Unprocessable, match="no output 'y'"):
        answered(question, output._replace(name="z"))
    message.parameters["timeout"].string_param = "soon"
    with pytest.raises(BadRequest, match=r"'parameters\.timeout' must be"):
        read(message, LIMITS)
    message.parameters["timeout"].Clear()
    message.inputs[0].parameters["shared_memory_region"].string_param = "a"
    with pytest.raises(BadRequest, match=r"'inputs\[0\]\.parameters\.shared_memory_region': shared memory"):
        read(message, LIMITS)


@pytest.mark.proves("serving.grpc")
def test_half_numbers_make_the_whole_answer_raw_and_one_number_a_row_is_its_score() -> None:
    question = read(request(fp32_contents=[1, 2]), LIMITS)
    single = RawTensor("y", "FP32", (2,), np.array([1, 2], "<f4").tobytes())
    half = RawTensor("z", "FP16", (2,), np.array([1, 2], "<f2").tobytes())
    assert list(answered(question, single, half).raw_output_contents) == [single.data, half.data]
    assert written(question, "m", "1", [single], LIMITS)[1] == 1.5
    assert written(question, "m", "1", [single._replace(shape=(1,), data=single.data[:4])], LIMITS)[1] is None
    with pytest.raises(TooLarge, match="The answer has more than"):
        written(question, "m", "1", [single._replace(shape=(LIMITS.elements, 2))], LIMITS)
