"""The worker of a model over a real socket: frames, requests and refusals, with a predictor that the test makes."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pytest

from jupyter_crispdm.worker import model_worker
from jupyter_crispdm.worker.model_worker import LENGTHS, Connection, Model, serve

Header = dict[str, Any]
PICTURE = np.arange(12, dtype=np.uint8).reshape(2, 2, 3)


class Predictor:
    """Turns pictures round; one that begins with 13 is unlucky."""

    classes = ("dark", "bright")

    def __init__(self) -> None:
        self.asked: list[int] = []

    def predict(self, images: Sequence[np.ndarray], options: Mapping[str, Any]) -> list[dict[str, Any]]:
        self.asked.append(len(images))
        if any(image.flat[0] == 13 for image in images):
            raise RuntimeError("this picture is unlucky")
        if options.get("refuse"):
            raise _Refusal("'refuse' must be left out.")
        score = options.get("score", 0.5)
        return [{"mean": np.float32(image.mean()), "score": score, "image": image[::-1]} for image in images]

    def infer(self, inputs: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        return {name: array.T * 2 for name, array in inputs.items()}


class _Refusal(ValueError):
    field, status = "refuse", 413


class Asking:
    """The server's end of the socket."""

    def __init__(self, connected: socket.socket) -> None:
        self._connection = Connection(connected)
        self._count = 0

    def send(self, header: Header, *arrays: np.ndarray) -> None:
        """Send a frame."""
        self._connection.send(header, arrays)

    def receive(self) -> tuple[Header, memoryview]:
        """The next frame."""
        frame = self._connection.receive()
        assert frame is not None
        return frame

    def ask(self, header: Header, *arrays: np.ndarray) -> tuple[Header, memoryview]:
        """Send a request, and wait for its answer."""
        self._count += 1
        self.send({"id": self._count, "options": {}, **header}, *arrays)
        answer, body = self.receive()
        assert answer.pop("id") == self._count
        return answer, body

    def predict(self, *pictures: np.ndarray, **options: Any) -> tuple[Header, memoryview]:
        """Ask about pictures."""
        shapes = [picture.shape for picture in pictures]
        return self.ask({"do": "predict", "shapes": shapes, "options": options}, *pictures)


@pytest.fixture
def predictor() -> Predictor:
    return Predictor()


@pytest.fixture
def start(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Callable[[Header], Model]], Asking]]:
    """Starts a worker whose model is loaded by the function given; it ends when the server's end is closed."""
    ends: list[socket.socket] = []
    threads: list[threading.Thread] = []

    def begin(load: Callable[[Header], Model]) -> Asking:
        monkeypatch.setattr(model_worker, "load", load)
        ours, theirs = socket.socketpair()
        thread = threading.Thread(target=serve, args=(Connection(theirs),))
        thread.start()
        ends.extend((ours, theirs))
        threads.append(thread)
        return Asking(ours)

    yield begin
    for end in ends:
        end.shutdown(socket.SHUT_RDWR)
    for thread in threads:
        thread.join(30)
        assert not thread.is_alive(), "the worker outlives its server"
    for end in ends:
        end.close()


@pytest.fixture
def asking(start: Callable[[Callable[[Header], Model]], Asking], predictor: Predictor) -> Asking:
    """A worker that has loaded its model."""
    asking = start(lambda _: Model(predictor))
    asking.send({"algorithm": "any"})
    asking.receive()
    return asking


def test_the_first_answer_says_what_the_model_is(start: Any, predictor: Predictor) -> None:
    asking = start(lambda header: Model(predictor) if header["algorithm"] == "fit" else pytest.fail("another one"))
    asking.send({"algorithm": "fit"})
    assert asking.receive()[0] == {"id": 0, "classes": ["dark", "bright"], "signature": {}}


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
    assert asking.receive()[0] == {"id": 0, "error": {"message": message, "request": blamed}}


def test_pictures_come_back_as_they_were_made(asking: Asking) -> None:
    answer, body = asking.predict(PICTURE)
    [item] = answer["items"]
    assert item == {"json": {"mean": 5.5, "score": 0.5}, "shape": [2, 2, 3]}
    assert np.array_equal(np.frombuffer(body, np.uint8).reshape(2, 2, 3), PICTURE[::-1])
    assert answer["seconds"] >= 0


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


def test_a_request_that_is_late_is_handed_back_and_not_begun(asking: Asking, predictor: Predictor) -> None:
    answer, body = asking.ask({"do": "predict", "shapes": [PICTURE.shape], "until": 0.0}, PICTURE)
    assert answer == {"not_begun": True}
    assert len(body) == 0
    assert predictor.asked == []
    assert asking.predict(PICTURE)[0]["items"]


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
    answer, body = asking.ask({"do": "infer", "inputs": [{"name": "x", "datatype": name, "shape": [2, 3]}]}, given)
    assert answer["outputs"] == [{"name": "x turned", "datatype": name, "shape": [3, 2]}]
    assert np.array_equal(np.frombuffer(body, kind).reshape(3, 2), given.T)


@pytest.mark.parametrize("shape", [(0,), (3, 0, 2)])
def test_a_tensor_without_elements_is_a_tensor(shape: tuple[int, ...], asking: Asking) -> None:
    inputs = [{"name": "x", "datatype": "FP32", "shape": shape}]
    answer, body = asking.ask({"do": "infer", "inputs": inputs}, np.zeros(shape, np.float32))
    assert answer["outputs"] == [{"name": "x", "datatype": "FP32", "shape": list(reversed(shape))}]
    assert len(body) == 0


def test_a_tensor_that_is_shorter_than_its_shape_is_an_error_and_the_worker_goes_on(asking: Asking) -> None:
    inputs = [{"name": "x", "datatype": "FP32", "shape": [1000]}]
    answer, _ = asking.ask({"do": "infer", "inputs": inputs}, np.zeros(3, np.float32))
    assert "buffer" in answer["error"]["message"]
    assert asking.predict(PICTURE)[0]["items"]


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


def test_a_large_answer_arrives_whole(asking: Asking) -> None:
    large = np.random.default_rng(0).integers(20, 255, (300, 400, 3), np.uint8)
    answer, body = asking.predict(large, large)
    assert [item["shape"] for item in answer["items"]] == [[300, 400, 3]] * 2
    assert bytes(body) == large[::-1].tobytes() * 2


@pytest.mark.parametrize(
    "cut",
    [b"", b"\x01\x00", LENGTHS.pack(5, 0), LENGTHS.pack(2, 8) + b"{}", LENGTHS.pack(2, 8) + b"{}1234"],
)
def test_a_frame_that_is_cut_off_is_the_end(cut: bytes) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.sendall(cut)
        ours.shutdown(socket.SHUT_WR)
        assert Connection(theirs).receive() is None


def test_frames_may_arrive_in_pieces() -> None:
    ours, theirs = socket.socketpair()
    header = json.dumps({"id": 1}).encode()
    frame = LENGTHS.pack(len(header), 3) + header + b"abc"
    with ours, theirs:
        def drip() -> None:
            for byte in frame:
                ours.sendall(bytes([byte]))

        thread = threading.Thread(target=drip)
        thread.start()
        received = Connection(theirs).receive()
        thread.join(30)
    assert received is not None
    assert (received[0], bytes(received[1])) == ({"id": 1}, b"abc")
