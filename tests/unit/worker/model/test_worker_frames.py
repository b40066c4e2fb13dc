"""What goes over the socket of a model's worker: frames, tensors and texts."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from jupyter_crispdm.worker.model.answers import Model
from jupyter_crispdm.worker.model.frames import MOST_BODY, START, Connection, Gone
from tests.support import ends

from .asking import PICTURE, Asking, Predictor


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (np.bool_, "BOOL"), (np.uint8, "UINT8"), (np.int64, "INT64"), (np.float16, "FP16"), (np.float32, "FP32"),
        (np.float64, "FP64"),
    ],
)  # fmt: skip
def test_tensors_keep_their_kind_and_are_sent_in_rows(kind: type[np.generic], name: str, start: Any) -> None:
    class Turns(Predictor):
        """Answers what it was given, turned."""

        def infer(self, inputs: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
            return {f"{key} turned": array.T for key, array in inputs.items()}

    asking = start(lambda _: Model(Turns()))
    asking.send({})
    asking.receive()
    given = np.array([[1, 0, 1], [0, 0, 1]]).astype(kind)
    answer, body = asking.ask({"do": "infer", "inputs": [["x", name, [2, 3], given.nbytes]]}, given)
    assert answer["outputs"] == [["x turned", name, [3, 2], given.nbytes]]
    assert np.array_equal(np.frombuffer(body, kind).reshape(3, 2), given.T)


@pytest.mark.parametrize("shape", [(0,), (3, 0, 2)])
def test_a_tensor_without_elements_is_a_tensor(shape: tuple[int, ...], asking: Asking) -> None:
    answer, body = asking.ask({"do": "infer", "inputs": [["x", "FP32", shape, 0]]}, np.zeros(shape, np.float32))
    assert answer["outputs"] == [["x", "FP32", list(reversed(shape)), 0]]
    assert len(body) == 0


def test_a_tensor_that_is_shorter_than_its_shape_is_an_error_and_the_worker_goes_on(asking: Asking) -> None:
    answer, _ = asking.ask({"do": "infer", "inputs": [["x", "FP32", [1000], 4000]]}, np.zeros(3, np.float32))
    assert "cannot reshape" in answer["error"]["message"]
    assert asking.predict(PICTURE)[0]["items"]


def test_a_large_answer_arrives_whole(asking: Asking) -> None:
    large = np.random.default_rng(0).integers(20, 255, (300, 400, 3), np.uint8)
    answer, body = asking.predict(large, large)
    assert [item["shape"] for item in answer["items"]] == [[300, 400, 3]] * 2
    assert bytes(body) == large[::-1].tobytes() * 2


@pytest.mark.proves("engine.frames")
@pytest.mark.parametrize(
    "cut",
    [b"", b"\x01\x00", START.pack(5, 0, 1, 0), START.pack(2, 8, 1, 0) + b"{}", START.pack(2, 8, 1, 0) + b"{}1234"],
)
def test_a_frame_that_is_cut_off_is_the_end(cut: bytes) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.sendall(cut)
        ours.shutdown(socket.SHUT_WR)
        with pytest.raises(Gone, match="has closed"):
            Connection(theirs).receive()


@pytest.mark.proves("engine.frames")
@pytest.mark.parametrize(
    ("frame", "why"),
    [
        (START.pack(2, MOST_BODY + 1, 1, 0) + b"{}", "was announced"),
        (b"\xff" * START.size, "was announced"),
        (START.pack(2, 0, 1, 0) + b"{]", "no JSON"),
        (START.pack(2, 0, 1, 0) + b"[]", "no object"),
    ],
)
def test_what_is_no_frame_is_the_end_and_nothing_is_set_aside_for_it(frame: bytes, why: str) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.sendall(frame)
        with pytest.raises(Gone, match=why):
            Connection(theirs).receive()


@pytest.mark.proves("engine.frames")
@pytest.mark.parametrize("size", [3, 70_000, 1_000_000])
def test_frames_may_arrive_in_pieces_and_several_at_once(size: int) -> None:
    ours, theirs = socket.socketpair()
    header, body = json.dumps({"a": 1}).encode(), bytes(range(256)) * (size // 256 + 1)
    frame = START.pack(len(header), size, 7, 0.5) + header + body[:size]
    step = max(1, size // 50)
    with ours, theirs:
        def drip() -> None:
            for start in range(0, 2 * len(frame), step):
                ours.sendall((frame * 2)[start : start + step])

        thread = threading.Thread(target=drip)
        thread.start()
        connection = Connection(theirs)
        received = [connection.receive(), connection.receive()]
        ends(thread)
        assert connection.receive(wait=False) is None
    for one in received:
        assert one is not None
        assert (one.id, one.time, one.header, bytes(one.body)) == (7, 0.5, {"a": 1}, body[:size])


def test_each_request_has_bytes_of_its_own(start: Any) -> None:
    class Keeper(Predictor):
        """Keeps what it was given."""

        kept: list[np.ndarray] = []

        def infer(self, inputs: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
            self.kept.append(inputs["x"])
            inputs["x"] += 1
            return {"x": inputs["x"]}

    keeper = Keeper()
    asking = start(lambda _: Model(keeper))
    asking.send({})
    asking.receive()
    for number in (1.0, 5.0):
        asking.ask({"do": "infer", "inputs": [["x", "FP32", [2], 8]]}, np.full(2, number, np.float32))
    assert [array.tolist() for array in keeper.kept] == [[2.0, 2.0], [6.0, 6.0]]


def test_numbers_that_lie_askew_are_put_right(asking: Asking) -> None:
    odd, even = np.array([1, 2, 3], np.uint8), np.array([1.5], np.float64)
    inputs = [["a", "UINT8", [3], 3], ["b", "FP64", [1], 8]]
    answer, body = asking.ask({"do": "infer", "inputs": inputs}, odd, even)
    assert [told[0] for told in answer["outputs"]] == ["a", "b"]
    assert bytes(body) == (odd * 2).tobytes() + (even * 2).tobytes()


def test_texts_come_as_an_array_of_str_and_go_as_the_protocol_writes_them(start: Any) -> None:
    class Echo(Predictor):
        """Says everything twice."""

        def infer(self, inputs: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
            return {"twice": np.array([word * 2 for word in inputs["words"]], dtype=object)}

    asking = start(lambda _: Model(Echo()))
    asking.send({})
    asking.receive()
    sent = b"".join(len(word).to_bytes(4, "little") + word for word in (b"on", "größe".encode()))
    inputs = [["words", "BYTES", [2], len(sent)]]
    answer, body = asking.ask({"do": "infer", "inputs": inputs}, np.frombuffer(sent, np.uint8))
    twice = b"".join(len(word).to_bytes(4, "little") + word for word in (b"onon", "größegröße".encode()))
    assert answer == {"outputs": [["twice", "BYTES", [2], len(twice)]]}
    assert bytes(body) == twice
