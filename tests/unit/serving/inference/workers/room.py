"""Workers that a test plays, and the desk before them."""

from __future__ import annotations

import asyncio
import struct
from typing import Any

import msgspec

from jupyter_crispdm.serving.inference.settings import RequestLimits
from jupyter_crispdm.serving.inference.tensors import RawTensor
from jupyter_crispdm.serving.inference.workers.desk import Desk
from jupyter_crispdm.serving.inference.workers.requests import Batch, Request
from jupyter_crispdm.serving.inference.workers.streams import Stream

Future = asyncio.Future[Any]


class Played:
    """A worker that answers when the test says so: each number doubled, and -13 is refused."""

    def __init__(self, batch: int = 8) -> None:
        self.description = {"batch": batch}
        self.batch: Batch | None = None
        self.streams: dict[int, Stream] = {}
        self.given: list[list[float]] = []
        self.dropped: list[Any] = []
        self.is_to_blame = True
        self.answered: Any = None
        self.freed: Any = None

    @property
    def is_free(self) -> bool:
        return self.batch is None

    def give(self, batch: Batch) -> None:
        self.batch = batch
        self.given.append(list(self._numbers(batch)))

    def begin(self, stream: Stream) -> None:
        self.streams[stream.parameters.get("n", 0)] = stream

    def drop(self, wanted: Request | Stream) -> None:
        self.dropped.append(wanted)

    def answer(self, times: int = 1) -> None:
        for _ in range(times):
            batch, self.batch = self.batch, None
            assert batch is not None
            numbers = self._numbers(batch)
            refused: dict[str, Any] | None = {"error": {"message": "-13 is unlucky."}} if -13 in numbers else None
            told: dict[str, Any] = refused or {"outputs": [["y", "FP32", [len(numbers)], 4 * len(numbers)]]}
            body = b"" if refused else struct.pack(f"<{len(numbers)}f", *(2 * number for number in numbers))
            self.answered(self, batch, 0.1, msgspec.json.encode(told), body)

    @staticmethod
    def _numbers(batch: Batch) -> tuple[float, ...]:
        body = b"".join(batch.frame()[1])
        return struct.unpack(f"<{len(body) // 4}f", body)


class Room:
    """A desk, its workers, and who asks."""

    def __init__(self, *workers: Played, batch: int = 32, **limits: int) -> None:
        self.desk = Desk("the lamp", RequestLimits(**limits), 300.0, batch)
        self.workers = workers
        for worker in workers:
            self.desk.add(worker)  # type: ignore[arg-type]

    def ask(self, *numbers: float, caller: str = "ada", deadline: float | None = None) -> Future:
        data = struct.pack(f"<{len(numbers)}f", *numbers)
        return self.desk.infer([RawTensor("x", "FP32", (len(numbers),), data)], caller, deadline, "")

    def lose(self, worker: Played) -> None:
        self.desk.remove(worker, "ended with exit code 3")  # type: ignore[arg-type]


def numbers(future: Future) -> list[float]:
    [tensor] = future.result()
    return list(struct.unpack(f"<{tensor.shape[0]}f", tensor.data))


async def turn() -> None:
    for _ in range(3):
        await asyncio.sleep(0)
