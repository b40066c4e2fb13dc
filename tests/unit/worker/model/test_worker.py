"""The worker of a model over a real socket: requests and refusals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest

from jupyter_crispdm.worker.model.answers import Model

from .asking import PICTURE, Asking, Header, Predictor


def test_the_first_answer_says_what_the_model_is(start: Any, predictor: Predictor) -> None:
    asking = start(lambda header: Model(predictor) if header["algorithm"] == "fit" else pytest.fail("another one"))
    asking.send({"algorithm": "fit"})
    assert asking.receive()[:2] == (
        0, {"classes": ["dark", "bright"], "signature": {}, "batch": 1, "streams": True},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("error", "message", "blamed"),
    [
        (ValueError("the weights are bad."), "the weights are bad.", True),
        (MemoryError("too much"), "MemoryError: too much", False),
        (KeyError("conv1"), "KeyError: 'conv1'", False),
        (RuntimeError("x" * 5000), "RuntimeError: " + "x" * 1986, False),
    ],
)
def test_a_model_that_cannot_be_loaded_is_told_and_the_worker_ends(
    error: Exception, message: str, blamed: bool, start: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(_: Header) -> Model:
        raise error

    asking = start(fail)
    asking.send({})
    assert asking.receive()[:2] == (0, {"error": {"message": message, "request": blamed}})


def test_pictures_come_back_as_they_were_made(asking: Asking) -> None:
    answer, body = asking.predict(PICTURE)
    [item] = answer["items"]
    assert item == {"json": {"mean": 5.5, "score": 0.5}, "shape": [2, 2, 3]}
    assert np.array_equal(np.frombuffer(body, np.uint8).reshape(2, 2, 3), PICTURE[::-1])


def test_pictures_of_several_sizes_keep_their_order(asking: Asking) -> None:
    wide = np.full((1, 5, 3), 7, np.uint8)
    answer, body = asking.predict(PICTURE, wide, PICTURE)
    assert [item["shape"] for item in answer["items"]] == [[2, 2, 3], [1, 5, 3], [2, 2, 3]]
    assert len(body) == 12 + 15 + 12
    assert bytes(body[12:27]) == wide.tobytes()


def test_one_bad_picture_spoils_no_other(asking: Asking, predictor: Predictor) -> None:
    answer, body = asking.predict(PICTURE, PICTURE + 13, PICTURE)
    good, bad, other = answer["items"]
    assert bad == {"error": {"message": "RuntimeError: this picture is unlucky", "request": False}}
    assert good == other
    assert len(body) == 24
    assert predictor.asked == [3, 1, 1, 1]


def test_what_the_algorithm_refuses_names_its_field_and_its_status(asking: Asking) -> None:
    answer, body = asking.predict(PICTURE, refuse=True)
    [item] = answer["items"]
    assert item["error"] == {
        "message": "'refuse' must be left out.", "request": True, "field": "refuse", "status": 413,
    }  # fmt: skip
    assert len(body) == 0


@pytest.mark.parametrize("score", [float("nan"), float("inf"), float("-inf")])
def test_numbers_that_json_has_not_are_an_error_of_their_picture(score: float, start: Any) -> None:
    class Odd(Predictor):
        """Finds something without a number."""

        def predict(self, images: Sequence[np.ndarray], options: Mapping[str, Any]) -> list[dict[str, Any]]:
            return [{"score": score, "image": image} for image in images]

    asking = start(lambda _: Model(Odd()))
    asking.send({})
    asking.receive()
    [item] = asking.predict(PICTURE)[0]["items"]
    assert "error" in item


@pytest.mark.parametrize("header", [{"do": "infer"}, {"do": "predict"}, {}, {"do": "plan"}])
def test_a_request_that_lacks_something_is_an_error_and_the_worker_goes_on(header: Header, asking: Asking) -> None:
    assert asking.ask(header)[0]["error"]["request"] is False
    assert asking.predict(PICTURE)[0]["items"]


def test_work_is_counted_in_pixels_where_an_algorithm_does_not_say(asking: Asking) -> None:
    answer, _ = asking.ask({"do": "plan", "shapes": [[2, 3, 3], [10, 10, 3]]})
    assert answer["work"] == [6, 100]


def test_work_is_what_the_algorithm_says(start: Any) -> None:
    class Slow(Predictor):
        """Knows how much each picture is."""

        def work(self, options: Mapping[str, Any], shapes: Sequence[Sequence[int]]) -> list[float]:
            return [float(options["each"])] * len(shapes)

    asking = start(lambda _: Model(Slow()))
    asking.send({})
    asking.receive()
    assert asking.ask({"do": "plan", "shapes": [[1, 1, 3]] * 2, "options": {"each": 7}})[0]["work"] == [7, 7]


def test_an_answer_of_no_known_kind_is_an_error_and_the_worker_goes_on(start: Any) -> None:
    class Odd(Predictor):
        """Answers complex numbers."""

        def infer(self, inputs: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
            return {"z": np.zeros(1, np.complex64)}

    asking = start(lambda _: Model(Odd()))
    asking.send({})
    asking.receive()
    assert asking.ask({"do": "infer", "inputs": []})[0]["error"]["request"] is False
    assert asking.predict(PICTURE)[0]["items"]


def test_a_model_that_cannot_be_warmed_up_answers_all_the_same(start: Any, capsys: pytest.CaptureFixture[str]) -> None:
    class Cold(Predictor):
        """Fails at first."""

        def warm_up(self) -> None:
            raise RuntimeError("cold")

    asking = start(lambda _: Model(Cold()))
    asking.send({})
    assert asking.receive()[1]["batch"] == 1
    assert asking.predict(PICTURE)[0]["items"]
    assert "RuntimeError: cold" in capsys.readouterr().err


def test_a_predictor_that_wants_to_know_is_told_whose_request_it_is(start: Any) -> None:
    class Traced(Predictor):
        """Remembers where requests came from."""

        trace: Sequence[str] = ()

    predictor = Traced()
    asking = start(lambda _: Model(predictor))
    asking.send({})
    asking.receive()
    for trace in (["00-a"], ["00-b", "00-c"]):
        asking.ask({"do": "infer", "inputs": [["x", "FP32", [1], 4]], "trace": trace}, np.zeros(1, np.float32))
        assert predictor.trace == trace
