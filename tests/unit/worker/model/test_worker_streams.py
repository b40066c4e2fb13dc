"""Streams and requests of a model's worker take turns, and end when nobody waits for them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from jupyter_crispdm.worker.model.answers import Model
from jupyter_crispdm.worker.model.frames import FOREVER

from .asking import PICTURE, Asking, Header, Predictor


def test_a_request_that_is_late_is_handed_back_and_not_begun(asking: Asking, predictor: Predictor) -> None:
    answer, body = asking.ask({"do": "predict", "shapes": [PICTURE.shape]}, PICTURE, until=0.0)
    assert answer == {"not_begun": True}
    assert len(body) == 0
    assert predictor.asked == []
    assert asking.predict(PICTURE)[0]["items"]


def test_a_stream_comes_in_pieces_and_ends(asking: Asking) -> None:
    asking.send({"do": "stream", "parameters": {"count": 3}, "room": 16}, number=5)
    assert asking.until_end(5) == [{"piece": {"n": 0}}, {"piece": {"n": 1}}, {"piece": {"n": 2}}, {"end": True}]


@pytest.mark.proves("engine.streams-backpressure")
def test_a_slow_reader_holds_the_work(asking: Asking, predictor: Predictor) -> None:
    asking.send({"do": "stream", "parameters": {"count": 10}, "room": 2}, number=5)
    assert [asking.receive()[1]["piece"]["n"] for _ in range(2)] == [0, 1]
    assert asking.predict(PICTURE)[0]["items"]
    assert predictor.made == [0, 1]
    asking.send({"do": "more", "room": 1}, number=5)
    assert asking.receive()[1] == {"piece": {"n": 2}}
    asking.send({"do": "more", "room": 20}, number=5)
    assert asking.until_end(5)[-1] == {"end": True}
    assert predictor.made == list(range(10))


@pytest.mark.proves("engine.streams-cancel")
def test_a_stream_that_nobody_reads_ends_and_its_generator_tidies_up(asking: Asking, predictor: Predictor) -> None:
    asking.send({"do": "stream", "parameters": {"count": 10}, "room": 1}, number=5)
    asking.receive()
    asking.send({"do": "cancel"}, number=5)
    assert asking.until_end(5) == [{"end": True}]
    assert (predictor.made, predictor.closed) == ([0], 1)
    asking.send({"do": "more", "room": 1}, number=5)
    asking.send({"do": "cancel"}, number=5)
    assert asking.predict(PICTURE)[0]["items"]


@pytest.mark.proves("engine.streams-turns")
def test_streams_and_requests_take_turns(start: Any, predictor: Predictor) -> None:
    asking = start(lambda _: Model(predictor))
    asking.send({})
    asking.receive()
    connection = asking._connection
    for number in (1, 2):
        connection.send(number, {"do": "stream", "parameters": {"count": 3}, "room": 16}, (), FOREVER)
    for number in (3, 4):
        connection.send(number, {"do": "plan", "shapes": [[1, 1, 3]], "options": {}}, (), FOREVER)
    connection.flush()
    order = [asking.receive()[0] for _ in range(10)]
    assert order == [3, 1, 4, 2, 1, 2, 1, 2, 1, 2]


@pytest.mark.parametrize(
    ("parameters", "pieces", "message"),
    [
        ({"count": 2, "fail": 1}, 1, "the ink is dry."),
        ({"count": 2, "odd": 1}, 1, "TypeError: a piece of a stream must be a dict, not int"),
        ({"count": 2, "nan": 1}, 1, "Out of range float values"),
        ({"count": 2, "long": 1}, 1, "longer than 1048576 characters"),
        ({}, 0, "KeyError: 'count'"),
    ],
)
def test_what_goes_wrong_in_a_stream_is_its_last_word(
    parameters: Header, pieces: int, message: str, asking: Asking, predictor: Predictor
) -> None:
    asking.send({"do": "stream", "parameters": parameters, "room": 16}, number=5)
    *told, end = asking.until_end(5)
    assert len(told) == pieces
    assert message in end["error"]["message"]
    assert asking.predict(PICTURE)[0]["items"]


def test_a_model_that_does_not_stream_says_so(start: Any) -> None:
    class Plain:
        """Only infers."""

        def infer(self, inputs: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
            return {}

    asking = start(lambda _: Model(Plain()))
    asking.send({})
    assert asking.receive()[1]["streams"] is False
    asking.send({"do": "stream", "parameters": {}, "room": 16}, number=5)
    assert asking.until_end(5) == [{"end": True, "error": {"message": "The model does not stream.", "request": True}}]


@pytest.mark.proves("engine.cancel")
def test_a_request_that_is_taken_back_before_it_is_begun_is_handed_back(start: Any, predictor: Predictor) -> None:
    asking = start(lambda _: Model(predictor))
    asking.send({})
    asking.receive()
    connection = asking._connection
    for number in (1, 2):
        connection.send(number, {"do": "predict", "shapes": [PICTURE.shape], "options": {}}, [PICTURE], FOREVER)
    connection.send(2, {"do": "cancel"}, (), FOREVER)
    connection.flush()
    told = {number: answer for number, answer, _ in (asking.receive(), asking.receive())}
    assert told[2] == {"not_begun": True}
    assert told[1]["items"]
    assert predictor.asked == [1]
