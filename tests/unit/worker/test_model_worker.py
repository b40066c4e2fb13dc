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
from jupyter_crispdm.worker.model.answers import Model
from jupyter_crispdm.worker.model.frames import FOREVER, MOST_BODY, START, Connection, Gone
from jupyter_crispdm.worker.model_worker import serve
from tests.support import ends

Header = dict[str, Any]
PICTURE = np.arange(12, dtype=np.uint8).reshape(2, 2, 3)


class Predictor:
    """Turns pictures round; one that begins with 13 is unlucky."""

    classes = ("dark", "bright")

    def __init__(self) -> None:
        self.asked: list[int] = []
        self.made: list[int] = []
        self.closed = 0

    def stream(self, parameters: Mapping[str, Any]) -> Iterator[Any]:
        """Count, and go wrong at the number that the parameters name."""
        try:
            for number in range(parameters["count"]):
                if parameters.get("fail") == number:
                    raise ValueError("the ink is dry.")
                self.made.append(number)
                odd = {"odd": number, "nan": {"n": float("nan")}, "long": {"text": "a" * (1 << 21)}}
                wrong = next((value for key, value in odd.items() if parameters.get(key) == number), None)
                yield {"n": number} if wrong is None else wrong
        finally:
            self.closed += 1

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

    def send(self, header: Header, *arrays: np.ndarray, number: int = 0, until: float = FOREVER) -> None:
        """Send a frame."""
        self._connection.send(number, header, arrays, until)
        self._connection.flush()

    def receive(self) -> tuple[int, Header, memoryview]:
        """The next frame."""
        frame = self._connection.receive()
        assert frame is not None
        assert frame.time >= 0
        return frame.id, dict(frame.header), frame.body

    def ask(self, header: Header, *arrays: np.ndarray, until: float = FOREVER) -> tuple[Header, memoryview]:
        """Send a request, and wait for its answer."""
        self._count += 1
        self.send({"options": {}, **header}, *arrays, number=self._count, until=until)
        number, answer, body = self.receive()
        assert number == self._count
        return answer, body

    def until_end(self, number: int) -> list[Header]:
        """What a stream says, to its end."""
        told: list[Header] = []
        while not told or "end" not in told[-1]:
            came, header, _ = self.receive()
            assert came == number
            told.append(header)
        return told

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
    sides: list[socket.socket] = []
    threads: list[threading.Thread] = []

    def begin(load: Callable[[Header], Model]) -> Asking:
        monkeypatch.setattr(model_worker, "load", load)
        ours, theirs = socket.socketpair()
        ours.settimeout(60)  # an answer that never comes fails the test
        thread = threading.Thread(target=serve, args=(Connection(theirs),))
        thread.start()
        sides.extend((ours, theirs))
        threads.append(thread)
        return Asking(ours)

    yield begin
    for side in sides:
        side.shutdown(socket.SHUT_RDWR)
    for thread in threads:
        ends(thread)  # the worker does not outlive its server
    for side in sides:
        side.close()


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


def test_a_request_that_is_late_is_handed_back_and_not_begun(asking: Asking, predictor: Predictor) -> None:
    answer, body = asking.ask({"do": "predict", "shapes": [PICTURE.shape]}, PICTURE, until=0.0)
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
