"""Tensors of strangers: each mistake is a 400 that names its field, and no memory is taken for what does not fit."""

from __future__ import annotations

import tracemalloc
from contextlib import suppress
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_crispdm.base.errors import BadRequest, CrispdmError, TooLarge
from jupyter_crispdm.serving.inference.protocols.tensors import decode
from jupyter_crispdm.serving.inference.settings import RequestLimits
from jupyter_crispdm.serving.inference.tensors import CODES, pack_texts, unpack_texts

LIMITS = RequestLimits(elements=1000)


def body(raw: str = "", **changes: Any) -> bytes:
    tensor = {"name": "x", "shape": [2], "datatype": "FP32", "data": [1, 2], **changes}
    encoded = msgspec.json.encode({"inputs": [tensor]})
    return encoded.replace(b'"RAW"', raw.encode()) if raw else encoded


def read(sent: bytes, limits: RequestLimits = LIMITS) -> np.ndarray[Any, Any]:
    tensor = decode(sent, limits).inputs[0]
    return np.frombuffer(tensor.data, CODES[tensor.datatype]).reshape(tensor.shape)


GOOD = [
    ({"shape": [2, 2], "data": [[1, 2], [3, 4.5]]}, [[1, 2], [3, 4.5]]),
    ({"shape": [4], "data": [[1, 2], [3, 4]]}, [1, 2, 3, 4]),
    ({"shape": [2], "datatype": "BOOL", "data": [True, False]}, [True, False]),
    ({"shape": [2], "datatype": "UINT8", "data": [0, 255]}, [0, 255]),
    ({"shape": [1], "datatype": "UINT64", "data": [2**64 - 1]}, [2**64 - 1]),
    ({"shape": [1], "datatype": "INT64", "data": [-(2**63)]}, [-(2**63)]),
    ({"shape": [0], "data": []}, []),
    ({"shape": [2, 0], "data": [[], []]}, [[], []]),
    ({"shape": [], "data": [3]}, 3),
    ({"shape": [1], "datatype": "FP16", "data": [0.1]}, [np.float16(0.1)]),
    ({"shape": [3], "datatype": "INT8", "data": [-128, 0, 127]}, [-128, 0, 127]),
    ({"shape": [1, 1, 2], "datatype": "INT32", "data": [[[1, -2]]]}, [[[1, -2]]]),
    ({"shape": [2, 1], "datatype": "FP64", "data": [[1e300], [2]]}, [[1e300], [2]]),
]
BAD: list[tuple[dict[str, Any], str, str]] = [
    ({"shape": [-1]}, "", "inputs[0].shape"),
    ({"shape": [2**70]}, "", "inputs[0].shape"),
    ({"shape": ["RAW"]}, "9" * 4000, "inputs[0].shape"),
    ({"shape": [1] * 17}, "", "inputs[0].shape"),
    ({"datatype": "BYTES"}, "", "inputs[0].data"),
    ({"datatype": "BF16"}, "", "inputs[0].datatype"),
    ({"datatype": "fp32"}, "", "inputs[0].datatype"),
    ({"data": [1]}, "", "inputs[0].data"),
    ({"data": [1, 2, 3]}, "", "inputs[0].data"),
    ({"data": [[1], 2]}, "", "inputs[0].data"),
    ({"data": ["1", "2"]}, "", "inputs[0].data"),
    ({"data": [None, 1], "datatype": "INT32"}, "", "inputs[0].data"),
    ({"data": [[None], [1]], "datatype": "INT32"}, "", "inputs[0].data"),
    ({"data": [["1"], ["2"]]}, "", "inputs[0].data"),
    ({"data": [[None], ["2"]]}, "", "inputs[0].data"),
    ({"data": [1.0, 2.0], "datatype": "INT32"}, "", "inputs[0].data"),
    ({"data": [[1e300], [1]]}, "", "inputs[0].data"),
    ({"data": [[1], [256]], "datatype": "UINT8"}, "", "inputs[0].data"),
    ({"data": [["a"], "b"], "datatype": "BYTES"}, "", "inputs[0].data"),
    ({"data": [[1], [2]], "datatype": "BYTES"}, "", "inputs[0].data"),
    ({"data": [True, False]}, "", "inputs[0].data"),
    ({"data": {"a": 1, "b": 2}}, "", "inputs[0].data"),
    ({"data": 5, "shape": [1]}, "", "inputs[0].data"),
    ({"data": [1e300, 1]}, "", "inputs[0].data"),
    ({"data": "RAW"}, "[1, " + "9" * 400 + "]", "inputs[0].data"),
    ({"data": [1, 70_000], "datatype": "FP16"}, "", "inputs[0].data"),
    ({"data": [1, 256], "datatype": "UINT8"}, "", "inputs[0].data"),
    ({"data": [1, -1], "datatype": "UINT32"}, "", "inputs[0].data"),
    ({"data": [1, 1.5], "datatype": "INT32"}, "", "inputs[0].data"),
    ({"data": [1, 2**64], "datatype": "UINT64"}, "", "inputs[0].data"),
    ({"data": [1, 0], "datatype": "BOOL"}, "", "inputs[0].data"),
    ({"data": "RAW"}, "[" * 900 + "1,2" + "]" * 900, "inputs[0].data"),
    ({"data": [], "shape": [0, 10]}, "", ""),
]


@pytest.mark.proves("serving.v2-models")
@pytest.mark.parametrize(("changes", "expected"), GOOD)
def test_tensors_are_read(changes: dict[str, Any], expected: Any) -> None:
    made = read(body(**changes))
    assert list(made.shape) == changes["shape"]
    assert (made == np.array(expected)).all()


@pytest.mark.proves("numbers.odd")
@pytest.mark.parametrize(("changes", "raw", "field"), BAD)
def test_issue_7_a_tensor_that_does_not_fit_is_a_400_that_names_its_field(
    changes: dict[str, Any], raw: str, field: str
) -> None:
    if not field:
        assert read(body(raw, **changes)).size == 0
        return
    with pytest.raises(BadRequest) as caught:
        read(body(raw, **changes))
    assert caught.value.details["field"] == field
    assert field in caught.value.message


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        (b"", "no inference request"),
        (b"[]", "Expected `object`"),
        (b'{"inputs": []}', "1 to 100 tensors"),
        (body(shape=[True]), r"\$.inputs\[0\].shape\[0\]"),
        (body(shape=[1.5]), r"\$.inputs\[0\].shape\[0\]"),
        (body(shape="2"), r"\$.inputs\[0\].shape"),
        (body(extra=1), "unknown field `extra`"),
        (body().replace(b'"inputs"', b'"input"'), "unknown field `input`"),
        (body("NaN", data="RAW"), "malformed"),
        (body("[Infinity, 1]", data="RAW"), "malformed"),
        (body("[" * 100_000, data="RAW"), "no inference request"),
        (b"\xff\xfe{}", "no inference request"),
        (b'{"inputs": [' + body()[11:-2] + b"," + body()[11:-2] + b"]}", "have one name"),
    ],
)
def test_what_is_no_request_is_said(sent: bytes, told: str) -> None:
    with pytest.raises(BadRequest, match=told):
        decode(sent, LIMITS)


def test_a_byte_order_mark_is_no_mistake() -> None:
    assert read(b"\xef\xbb\xbf" + body()).tolist() == [1, 2]


@pytest.mark.parametrize("shape", [[1001], [40, 40], [1000, 1000, 1000], [10] * 16])
def test_too_many_numbers_are_told_with_the_limit(shape: list[int]) -> None:
    with pytest.raises(CrispdmError) as caught:
        decode(body(shape=shape), LIMITS)
    assert "1,000" in caught.value.message


def test_the_tensors_of_one_request_share_the_limit() -> None:
    tensors = [{"name": str(n), "shape": [400], "datatype": "FP32", "data": [0] * 400} for n in range(3)]
    with pytest.raises(TooLarge, match="1,200 numbers; at most 1,000"):
        decode(msgspec.json.encode({"inputs": tensors}), LIMITS)


def test_memory_stays_flat_for_what_does_not_fit() -> None:
    sent = body("[" + "0," * 3_000_000 + "0]", data="RAW")
    tracemalloc.start()
    try:
        with pytest.raises(BadRequest):
            read(sent)
        assert tracemalloc.get_traced_memory()[1] < 5 * len(sent)
    finally:
        tracemalloc.stop()


@given(
    st.lists(st.integers(0, 4), max_size=4),
    st.sampled_from(["BOOL", "UINT8", "INT16", "INT64", "FP16", "FP32", "FP64", "BYTES"]),
    st.recursive(
        st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text()),
        lambda inner: st.lists(inner, max_size=5),
        max_leaves=20,
    ),
)
def test_anything_is_read_or_a_400(shape: list[int], datatype: str, data: Any) -> None:
    try:
        sent = body(shape=shape, datatype=datatype, data=data)
    except (OverflowError, msgspec.MsgspecError):
        return
    with suppress(BadRequest):
        assert list(decode(sent, LIMITS).inputs[0].shape) == shape


@pytest.mark.parametrize("data", [[1, None], [[1], [None]]])
@pytest.mark.parametrize("datatype", ["FP16", "FP32", "FP64"])
def test_null_among_numbers_is_one_that_is_missing(data: Any, datatype: str) -> None:
    made = read(body(data=data, datatype=datatype, shape=[2]))
    assert made[0] == 1
    assert np.isnan(made[1])


@pytest.mark.parametrize(("shape", "data"), [([2], ["a,b", "ü"]), ([2, 1], [["a,b"], ["ü"]]), ([0], [])])
def test_strings_are_their_lengths_and_their_bytes(shape: list[int], data: Any) -> None:
    tensor = decode(body(shape=shape, data=data, datatype="BYTES"), LIMITS).inputs[0]
    assert unpack_texts(tensor.data) == (["a,b", "ü"] if data else [])


@given(st.lists(st.text()))
def test_strings_come_back(texts: list[str]) -> None:
    assert unpack_texts(pack_texts(texts)) == texts


def with_bytes(follows: bytes, size: Any = None, more: bytes = b"", **changes: Any) -> tuple[bytes, int]:
    """A request whose only tensor has its bytes behind the JSON, and how long the JSON is."""
    parameters = {"binary_data_size": len(follows) if size is None else size}
    tensor = {"name": "x", "shape": [2], "datatype": "FP32", "parameters": parameters, **changes}
    text = msgspec.json.encode({"inputs": [tensor]})
    return text + follows + more, len(text)


@pytest.mark.proves("serving.v2-binary")
@pytest.mark.parametrize(("datatype", "kind"), CODES.items())
def test_bytes_go_to_the_model_as_they_came(datatype: str, kind: str) -> None:
    sent = np.array([1, 0], kind).tobytes()
    whole, length = with_bytes(sent, datatype=datatype)
    tensor = decode(whole, LIMITS, length).inputs[0]
    assert isinstance(tensor.data, memoryview)
    assert tensor.data.obj is whole  # nothing was copied
    assert bytes(tensor.data) == sent


@pytest.mark.proves("serving.v2-binary")
def test_numbers_that_are_missing_and_strings_come_as_bytes_too() -> None:
    nan = np.array([np.nan, np.inf], "<f4").tobytes()
    whole, length = with_bytes(nan)
    assert bytes(decode(whole, LIMITS, length).inputs[0].data) == nan
    whole, length = with_bytes(pack_texts(["a", "ü"]), datatype="BYTES")
    assert unpack_texts(decode(whole, LIMITS, length).inputs[0].data) == ["a", "ü"]


@pytest.mark.proves("serving.v2-binary")
@pytest.mark.parametrize(
    ("sent", "field"),
    [
        (with_bytes(b"x" * 8, 7), "inputs[0].parameters.binary_data_size"),
        (with_bytes(b"x" * 8, -8), "inputs[0].parameters.binary_data_size"),
        (with_bytes(b"x" * 8, True), "inputs[0].parameters.binary_data_size"),
        (with_bytes(b"x" * 8, "8"), "inputs[0].parameters.binary_data_size"),
        (with_bytes(b"x" * 4, 8), "inputs[0].parameters.binary_data_size"),
        (with_bytes(b"x" * 8, more=b"y"), "inputs"),
        (with_bytes(b"x" * 8, data=[1, 2]), "inputs[0].data"),
        (with_bytes(b"\x02\x01", datatype="BOOL"), "inputs[0].data"),
        (with_bytes(b"\x09\0\0\0a", datatype="BYTES"), "inputs[0].parameters.binary_data_size"),
        (with_bytes(b"\x01\0\0\0a", datatype="BYTES"), "inputs[0].parameters.binary_data_size"),
        (with_bytes(b"\x01\0\0", datatype="BYTES"), "inputs[0].parameters.binary_data_size"),
        (with_bytes(b"\x01\0\0\0\xff" * 2, datatype="BYTES"), "inputs[0].parameters.binary_data_size"),
        ((with_bytes(b"")[0], 10_000), "Inference-Header-Content-Length"),
        (with_bytes(b"x" * 8, datatype="BF16"), "inputs[0].datatype"),
    ],
)
def test_bytes_that_do_not_fit_are_a_400_that_names_the_field(sent: tuple[bytes, int], field: str) -> None:
    with pytest.raises(BadRequest) as caught:
        decode(sent[0], LIMITS, sent[1])
    assert caught.value.details["field"] == field


def test_tensors_in_json_and_as_bytes_may_be_mixed() -> None:
    raw = {"datatype": "UINT8", "shape": [2], "parameters": {"binary_data_size": 2}}
    tensors = [
        {"name": "a", **raw}, {"name": "b", "datatype": "INT32", "shape": [1], "data": [7]}, {"name": "c", **raw},
    ]  # fmt: skip
    text = msgspec.json.encode({"inputs": tensors})
    question = decode(text + b"\1\2\3\4", LIMITS, len(text))
    assert [bytes(tensor.data) for tensor in question.inputs] == [b"\1\2", b"\7\0\0\0", b"\3\4"]


def wanting(**asked: Any) -> bytes:
    return msgspec.json.encode({**msgspec.json.decode(body()), **asked})


def test_how_the_answer_is_wanted() -> None:
    question = decode(wanting(id="7"), LIMITS)
    assert (question.id, question.rows, question.wanted) == ("7", 2, None)
    assert (question.binary, question.timeout) == (False, None)
    outputs = [{"name": "a"}, {"name": "b", "parameters": {"binary_data": False}}]
    question = decode(wanting(outputs=outputs, parameters={"binary_data_output": True, "timeout": 500}), LIMITS)
    assert (question.wanted, question.binary, question.timeout) == ({"a": True, "b": False}, True, 0.0005)
    assert decode(wanting(parameters={"timeout": 0}), LIMITS).timeout is None
    assert decode(wanting(parameters={"anything": 1}), LIMITS).binary is False


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"parameters": {"timeout": "soon"}}, "parameters.timeout"),
        ({"parameters": {"timeout": -1}}, "parameters.timeout"),
        ({"parameters": {"timeout": True}}, "parameters.timeout"),
        ({"parameters": {"binary_data_output": 1}}, "parameters.binary_data_output"),
        ({"outputs": [{"name": "y", "parameters": {"binary_data": "yes"}}]}, "outputs[0].parameters.binary_data"),
        ({"outputs": [{"name": "y", "parameters": {"classification": 3}}]}, "outputs[0].parameters.classification"),
        (
            {"outputs": [{"name": "y", "parameters": {"shared_memory_region": "a"}}]},
            "outputs[0].parameters.shared_memory_region",
        ),
    ],
)
def test_what_cannot_be_wanted_is_a_400_that_names_its_field(asked: dict[str, Any], field: str) -> None:
    with pytest.raises(BadRequest) as caught:
        decode(wanting(**asked), LIMITS)
    assert caught.value.details["field"] == field


def test_shared_memory_is_refused() -> None:
    with pytest.raises(BadRequest, match="shared memory is not offered"):
        decode(body(parameters={"shared_memory_region": "a"}), LIMITS)
