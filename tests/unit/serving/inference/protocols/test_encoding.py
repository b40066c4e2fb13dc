"""What a model answered, as it is sent."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
import pytest

from jupyter_crispdm.base.errors import TooLarge, Unprocessable
from jupyter_crispdm.serving.inference.protocols.encoding import Answer, encode, size_in_json
from jupyter_crispdm.serving.inference.protocols.tensors import Question
from jupyter_crispdm.serving.inference.settings import RequestLimits
from jupyter_crispdm.serving.inference.tensors import CODES, RawTensor, pack_texts

LIMITS = RequestLimits(elements=10)
ASKED = RawTensor("x", "FP32", (2,), b"")


def raw(name: str, values: Any, datatype: str = "FP32") -> RawTensor:
    array = np.array(values, CODES[datatype])
    return RawTensor(name, datatype, array.shape, array.tobytes())


def told(answer: Answer) -> dict[str, Any]:
    assert answer.header_length in (None, len(answer.body[0]))
    return dict(msgspec.json.decode(answer.body[0]))


def answered(outputs: list[RawTensor], limits: RequestLimits = LIMITS, **asked: Any) -> Answer:
    return encode(Question([ASKED], **asked), "lamp", "3", outputs, limits)


def test_numbers_are_told_with_the_version_that_answered() -> None:
    answer = answered([raw("y", [[1, 2.5]]), raw("z", [3], "INT32")], id="7")
    assert answer.header_length is None
    assert told(answer) == {
        "model_name": "lamp", "model_version": "3", "id": "7",
        "outputs": [
            {"name": "y", "datatype": "FP32", "shape": [1, 2], "data": [1.0, 2.5]},
            {"name": "z", "datatype": "INT32", "shape": [1], "data": [3]},
        ],
    }  # fmt: skip


@pytest.mark.parametrize("datatype", CODES)
def test_every_kind_of_number_is_told_as_it_is(datatype: str) -> None:
    [output] = told(answered([raw("y", [1, 0], datatype)]))["outputs"]
    assert output["data"] == [1, 0]
    assert type(output["data"][0]) is {"BOOL": bool}.get(datatype, float if datatype.startswith("F") else int)


def test_strings_are_told_as_strings() -> None:
    [output] = told(answered([RawTensor("y", "BYTES", (2,), pack_texts(["a", "ü"]))]))["outputs"]
    assert output["data"] == ["a", "ü"]


@pytest.mark.proves("serving.v2-binary")
def test_bytes_follow_the_json_in_the_order_of_the_outputs() -> None:
    y, z = raw("y", [1, 2]), raw("z", [3], "INT32")
    answer = answered([y, z], binary=True)
    assert [output["parameters"] for output in told(answer)["outputs"]] == [
        {"binary_data_size": 8}, {"binary_data_size": 4},
    ]  # fmt: skip
    assert answer.body[1:] == [y.data, z.data]
    answer = answered([y, z], wanted={"z": True, "y": False})
    assert [("data" in output, "parameters" in output) for output in told(answer)["outputs"]] == [
        (True, False), (False, True),
    ]  # fmt: skip
    assert answer.body[1:] == [z.data]


def test_only_what_is_wanted_is_told() -> None:
    outputs = [raw("y", [1]), raw("z", [3], "INT32")]
    assert [output["name"] for output in told(answered(outputs, wanted={"z": False}))["outputs"]] == ["z"]
    with pytest.raises(Unprocessable, match="no output 'w', but y, z"):
        answered(outputs, wanted={"w": False})


@pytest.mark.parametrize("odd", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("datatype", ["FP16", "FP32", "FP64"])
def test_what_json_has_not_can_be_had_as_bytes(odd: float, datatype: str) -> None:
    output = raw("y", [1, odd], datatype)
    with pytest.raises(Unprocessable, match="'y' holds NaN or infinite values; ask for it as binary data"):
        answered([output])
    assert answered([output], binary=True).body[1] == output.data


def test_large_numbers_whose_sum_is_none_are_told() -> None:
    largest = np.finfo(np.float64).max
    assert told(answered([raw("y", [largest, largest], "FP64")]))["outputs"][0]["data"] == [largest, largest]


def test_an_answer_has_a_limit() -> None:
    outputs = [raw("y", [1] * 6), raw("z", [1] * 5)]
    with pytest.raises(TooLarge, match="more than 10 numbers"):
        answered(outputs)
    assert len(told(answered(outputs, wanted={"z": False}))["outputs"]) == 1


@pytest.mark.parametrize(
    ("outputs", "score"),
    [
        ([raw("y", [1, 2])], 1.5),
        ([raw("y", [[1, 2]])], 1.5),
        ([raw("y", [1, 2, 3])], None),
        ([raw("y", [1, 2, 3]), raw("z", [1, 2])], None),
        ([RawTensor("y", "BYTES", (2,), pack_texts(["a", "b"]))], None),
    ],
)
def test_one_number_a_row_makes_a_score(outputs: list[RawTensor], score: float | None) -> None:
    assert answered(outputs).score == score


def test_what_becomes_json_is_known_before() -> None:
    outputs = [raw("y", [1, 2]), raw("z", [3])]
    assert size_in_json(Question([ASKED]), outputs) == 12
    assert size_in_json(Question([ASKED], binary=True), outputs) == 0
    assert size_in_json(Question([ASKED], wanted={"y": False, "z": True}), outputs) == 8
