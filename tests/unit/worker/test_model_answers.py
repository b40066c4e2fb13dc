"""What a loaded model answers, without its process: kinds and shapes of tensors, faults, and what it says of itself."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from crispdm.algorithms._tensors import KINDS as DATATYPES
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from jupyter_crispdm.worker.model.answers import TEXTS, TOO_LARGE, Model, failure

KINDS = st.sampled_from([f"{order}{kind}" for order in "<>" for kind in ("f8", "f4", "i8", "i4", "u2")] + ["?", "u1"])


class Says:
    """A predictor that answers what the test wants, and remembers what it was given."""

    def __init__(self, **outputs: Any) -> None:
        self.outputs, self.given = outputs, dict[str, Any]()

    def infer(self, inputs: Mapping[str, np.ndarray]) -> dict[str, Any]:
        self.given = dict(inputs)
        return self.outputs


class Refused(ValueError):
    def __init__(self, field: Any, status: Any = None) -> None:
        super().__init__("'rows' is too long.")
        self.field, self.status = field, status


def asked(predictor: Any, *tensors: tuple[str, str, list[int], bytes]) -> tuple[list[Any], list[np.ndarray]]:
    header = {"do": "infer", "inputs": [[name, kind, shape, len(data)] for name, kind, shape, data in tensors]}
    reply, body = Model(predictor).answer(header, memoryview(b"".join(data for *_, data in tensors)))
    return reply["outputs"], body


@given(arrays.arrays(KINDS, arrays.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3)), st.booleans())
def test_any_tensor_arrives_as_the_model_gave_it(array: np.ndarray, turned: bool) -> None:
    """Whatever its order in memory is, and that of the bytes of its numbers."""
    array = array.T if turned else array
    ((name, datatype, shape, size),), (body,) = asked(Says(y=array))
    assert (name, tuple(shape), size) == ("y", array.shape, array.nbytes)
    read = np.frombuffer(body.tobytes(), np.dtype(DATATYPES[datatype]).newbyteorder("<")).reshape(shape)
    assert np.array_equal(read, array, equal_nan=array.dtype.kind == "f")


@pytest.mark.parametrize("datatype", sorted(DATATYPES.keys() - {TEXTS}))
@pytest.mark.parametrize("shape", [[], [3], [0], [2, 0], [1, 3]])
def test_a_tensor_of_every_kind_comes_to_the_model_as_it_was_sent(datatype: str, shape: list[int]) -> None:
    sent = np.arange(np.prod(shape, dtype=int)).reshape(shape).astype(DATATYPES[datatype])
    predictor = Says()
    assert asked(predictor, ("x", datatype, shape, sent.tobytes())) == ([], [])
    assert predictor.given["x"].dtype == sent.dtype
    assert predictor.given["x"].tolist() == sent.tolist()


def test_several_tensors_are_cut_where_each_ends() -> None:
    predictor = Says()
    flags, numbers = np.array([True, False, True]), np.array([1.5, -2])
    none = ("none", "FP64", [0], b"")
    asked(predictor, ("a", "BOOL", [3], flags.tobytes()), none, ("b", "FP64", [2], numbers.tobytes()))
    assert predictor.given["a"].tolist() == [True, False, True]
    assert predictor.given["none"].shape == (0,)
    assert predictor.given["b"].tolist() == [1.5, -2]
    assert predictor.given["b"].flags.aligned, "numbers behind three flags lie askew in what was sent"


@pytest.mark.parametrize(
    ("tensor", "error"),
    [
        (("x", "FP64", [2], b"\0" * 8), ValueError),
        (("x", "FP64", [1], b"\0" * 7), ValueError),
        (("x", "FP128", [1], b"\0" * 16), KeyError),
        (("x", "BYTES", [1], b"\x05\0\0\0a"), ValueError),
        (("x", "BYTES", [1], b"\x01\0\0\0\xff"), ValueError),
        (("x", "BYTES", [0], b"\0"), ValueError),
    ],
)
def test_bytes_that_are_no_such_tensor_never_reach_the_model(tensor: Any, error: type[Exception]) -> None:
    predictor = Says()
    predictor.given = {"untouched": True}
    with pytest.raises(error):
        asked(predictor, tensor)
    assert predictor.given == {"untouched": True}


@pytest.mark.parametrize("answer", [np.array([1j]), np.array(["2026-01-01"], "datetime64[D]"), np.zeros(1, "V4")])
def test_an_answer_of_no_known_kind_is_an_error(answer: np.ndarray) -> None:
    with pytest.raises(KeyError):
        asked(Says(y=answer))


@pytest.mark.parametrize(
    "texts", [np.array([["ä", ""], ["b" * 300, "c"]]), np.array("alone"), np.empty((0, 2), object)]
)
def test_texts_go_out_whole(texts: np.ndarray) -> None:
    ((_, datatype, shape, size),), (body,) = asked(Says(y=texts))
    assert (datatype, tuple(shape), size) == ("BYTES", texts.shape, len(body))
    predictor = Says()
    asked(predictor, ("x", "BYTES", list(shape), body.tobytes()))
    assert predictor.given["x"].tolist() == texts.tolist()


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (ValueError("No."), {"message": "No.", "request": True}),
        (RuntimeError("Broken."), {"message": "RuntimeError: Broken.", "request": False}),
        (Refused("rows"), {"message": "'rows' is too long.", "request": True, "field": "rows"}),
        (Refused("r" * 500), {"message": "'rows' is too long.", "request": True, "field": "r" * 100}),
        (Refused(7, 500), {"message": "'rows' is too long.", "request": True}),
        (Refused(None, TOO_LARGE), {"message": "'rows' is too long.", "request": True, "status": TOO_LARGE}),
        (ValueError("x" * 9999), {"message": "x" * 2000, "request": True}),
        (KeyboardInterrupt(), {"message": "KeyboardInterrupt: ", "request": False}),
    ],
)
def test_a_client_is_told_what_is_meant_for_them_and_no_more(error: BaseException, told: dict[str, Any]) -> None:
    assert failure(error) == told
    json.dumps(told)


def test_what_is_no_value_error_may_not_claim_a_status_or_a_field() -> None:
    error = OSError("disk")
    error.field, error.status = "rows", TOO_LARGE  # type: ignore[attr-defined]
    assert failure(error) == {"message": "OSError: disk", "request": False}


def test_a_predictor_that_says_nothing_of_itself_is_asked_row_by_row() -> None:
    assert Model(object()).describe() == {"classes": [], "signature": {}, "batch": 1, "streams": False}
    with pytest.raises(ValueError, match="does not stream"):
        Model(object()).stream({})
    Model(object()).warm_up()


def test_pictures_and_their_items_stay_together_when_one_of_them_fails() -> None:
    class Picky:
        calls = 0

        def predict(self, images: list[np.ndarray], options: Mapping[str, Any]) -> list[dict[str, Any]]:
            self.calls += 1
            if any(image.max() > options["most"] for image in images):
                raise ValueError("too bright")
            return [{"mean": np.float64(image.mean()), "image": image[:, ::-1]} for image in images]

    pictures = [np.full((1, 2, 3), value, np.uint8) for value in (1, 9, 3)]
    body = memoryview(b"".join(picture.tobytes() for picture in pictures))
    header = {"do": "predict", "shapes": [[1, 2, 3]] * 3, "options": {"most": 5}}
    picky = Picky()
    reply, made = Model(picky).answer(header, body)
    assert [item.get("json") for item in reply["items"]] == [{"mean": 1.0}, None, {"mean": 3.0}]
    assert reply["items"][1] == {"error": {"message": "too bright", "request": True}}
    assert [picture.max() for picture in made] == [1, 3]
    assert picky.calls == 4, "all together once, and each alone"


@pytest.mark.parametrize(("shapes", "work"), [([], []), ([[2, 3, 3], [1, 1, 3]], [6, 1])])
def test_work_is_pixels_where_the_model_does_not_say(shapes: list[list[int]], work: list[int]) -> None:
    header = {"do": "plan", "shapes": shapes, "options": {}}
    assert Model(object()).answer(header, memoryview(b"")) == ({"work": work}, [])
