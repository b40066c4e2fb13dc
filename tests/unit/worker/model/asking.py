"""A model's worker over a real socket, seen from the server's end, and a predictor that is known."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from jupyter_crispdm.worker.model.frames import FOREVER, Connection

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
            raise Refusal("'refuse' must be left out.")
        score = options.get("score", 0.5)
        return [{"mean": np.float32(image.mean()), "score": score, "image": image[::-1]} for image in images]

    def infer(self, inputs: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        return {name: array.T * 2 for name, array in inputs.items()}


class Refusal(ValueError):
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
