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

from jupyter_crispdm.base.errors import BadRequest, CrispdmError, TooLarge, Unprocessable
from jupyter_crispdm.serving.inference.protocols.tensors import array, decode, outputs
from jupyter_crispdm.serving.inference.settings import RequestLimits

LIMITS = RequestLimits(elements=1000)


def body(raw: str = "", **changes: Any) -> bytes:
    tensor = {"name": "x", "shape": [2], "datatype": "FP32", "data": [1, 2], **changes}
    encoded = msgspec.json.encode({"inputs": [tensor]})
    return encoded.replace(b'"RAW"', raw.encode()) if raw else encoded


def read(sent: bytes, limits: RequestLimits = LIMITS) -> np.ndarray[Any, Any]:
    asked = decode(sent, limits)
    return array(0, asked.inputs[0])


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
]
BAD: list[tuple[dict[str, Any], str, str]] = [
    ({"shape": [-1]}, "", "inputs[0].shape"),
    ({"shape": [2**70]}, "", "inputs[0].shape"),
    ({"shape": ["RAW"]}, "9" * 4000, "inputs[0].shape"),
    ({"shape": [1] * 17}, "", "inputs[0].shape"),
    ({"datatype": "BYTES"}, "", "inputs[0].datatype"),
    ({"datatype": "fp32"}, "", "inputs[0].datatype"),
    ({"data": [1]}, "", "inputs[0].data"),
    ({"data": [1, 2, 3]}, "", "inputs[0].data"),
    ({"data": [[1], 2]}, "", "inputs[0].data"),
    ({"data": ["1", "2"]}, "", "inputs[0].data"),
    ({"data": [None, 1]}, "", "inputs[0].data"),
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
        assert list(read(sent).shape) == shape


def test_what_json_has_not_is_the_model_s_mistake() -> None:
    described = [{"name": "y", "datatype": "FP32", "shape": [2]}, {"name": "z", "datatype": "INT32", "shape": [1]}]
    good = np.array([1, 2], "<f4").tobytes() + np.array([3], "<i4").tobytes()
    assert [item["data"] for item in outputs(described, good, [], 10)] == [[1, 2], [3]]
    assert [item["name"] for item in outputs(described, good, ["z"], 10)] == ["z"]
    with pytest.raises(Unprocessable, match="'y' holds NaN"):
        outputs(described, np.array([1, np.nan], "<f4").tobytes() + good[8:], [], 10)
    with pytest.raises(TooLarge, match="more than 2 numbers"):
        outputs(described, good, [], 2)
    with pytest.raises(Unprocessable, match="no output 'w', but y, z"):
        outputs(described, good, ["w"], 10)
