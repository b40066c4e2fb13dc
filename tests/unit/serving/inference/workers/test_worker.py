"""For how long a model's process has owed an answer, and who is to blame for its end; nothing is started."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from jupyter_crispdm.serving.inference.settings import InferenceSettings
from jupyter_crispdm.serving.inference.tensors import RawTensor
from jupyter_crispdm.serving.inference.workers import worker as room
from jupyter_crispdm.serving.inference.workers.frames import FrameProtocol
from jupyter_crispdm.serving.inference.workers.requests import Batch, Infer
from jupyter_crispdm.serving.inference.workers.streams import AHEAD, Stream
from jupyter_crispdm.serving.inference.workers.worker import Worker, threads
from jupyter_crispdm.serving.types import DeploymentSpec

SPEC = DeploymentSpec(
    id="a", model="lamp", version=1, algorithm="fake", dataset="rooms", path="/w", classes=["on"], metadata={"k": 1},
    python="python", environ={"PYTHONPATH": "/own", "X": "1"}, created=1.0,
)  # fmt: skip


class Protocol:
    """Keeps what is sent."""

    def __init__(self) -> None:
        self.sent: list[tuple[int, Any]] = []

    def send(self, number: int, header: Any, body: Any = (), until: float = 0.0) -> None:
        self.sent.append((number, header))


def worker(code: int | None = None) -> tuple[Worker, Protocol]:
    process: Any = SimpleNamespace(returncode=code, pid=1)
    asked, protocol = Worker(process), Protocol()
    asked._protocol = protocol  # type: ignore[assignment]
    return asked, protocol


def request(number: float = 1.0) -> Infer:
    return Infer("ada", 1e9, lambda _: None, [RawTensor("x", "FP32", (1,), bytes(4))])


@pytest.mark.proves("serving.healthy-worker")
async def test_time_in_line_is_no_time_at_work(monkeypatch: pytest.MonkeyPatch) -> None:
    asked, _ = worker()
    assert asked.busy_for(1e9) == 0
    batch = Batch([request()])
    asked.give(batch)
    assert asked.busy_for(batch.began + 5) == 5
    asked._received(asked._number, 0.1, b'{"outputs": []}', b"")
    assert asked.busy_for(batch.began + 5) == 0
    assert asked.is_free


@pytest.mark.proves("serving.healthy-worker")
async def test_a_stream_whose_reader_is_slow_is_no_stream_that_hangs() -> None:
    asked, protocol = worker()
    stream = Stream({}, "ada", 1e9, lambda _: None)
    asked.begin(stream)
    [(number, header)] = protocol.sent
    assert header == {"do": "stream", "parameters": {}, "room": AHEAD}
    for _ in range(AHEAD):
        assert asked.busy_for(stream.since + 1000) > 0
        asked._received(number, 0.0, b'{"piece": {"text": "a"}}', b"")
    assert asked.busy_for(stream.since + 1000) == 0
    for _ in range(AHEAD // 2):
        await stream.next()
    assert asked.busy_for(stream.since + 1000) > 0
    assert protocol.sent[1:] == [(number, {"do": "more", "room": AHEAD // 2})]


async def test_the_end_of_a_stream_frees_its_place_and_says_why() -> None:
    asked, _ = worker()
    freed: list[bool] = []
    asked.freed = lambda: freed.append(True)
    stream = Stream({}, "ada", 1e9, lambda _: None)
    asked.begin(stream)
    asked._received(next(iter(asked.streams)), 0.0, b'{"end": true, "error": {"message": "no more ink."}}', b"")
    assert (asked.streams, freed) == ({}, [True])
    with pytest.raises(Exception, match="no more ink"):
        await stream.next()


async def test_what_nobody_waits_for_is_taken_back_and_what_others_wait_for_is_not() -> None:
    asked, protocol = worker()
    one, other = request(), request()
    asked.give(Batch([one, other]))
    one.cancel()
    asked.drop(one)
    assert len(protocol.sent) == 1
    other.cancel()
    asked.drop(other)
    assert protocol.sent[1:] == [(asked._number, {"do": "cancel"})]
    asked._received(asked._number + 1, 0.0, b"{}", b"")
    assert not asked.is_free


@pytest.mark.parametrize(
    ("code", "why", "hung", "memory", "blamed"),
    [
        (3, "", False, False, True),
        (-signal.SIGSEGV, "", False, False, True),
        (-signal.SIGKILL, "", False, False, False),
        (-signal.SIGKILL, "", False, True, True),
        (-signal.SIGTERM, "", False, True, False),
        (-signal.SIGKILL, "was ended after 5 s without an answer", True, False, True),
        (-signal.SIGKILL, "was withdrawn", False, False, False),
    ],
)
async def test_who_is_to_blame_for_the_end_of_a_process(
    code: int, why: str, hung: bool, memory: bool, blamed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    kills = [0]
    monkeypatch.setattr(room, "_kills", lambda: kills[0])
    asked, _ = worker(code)
    asked._why, asked._hung = why, hung
    kills[0] += memory
    assert asked.is_to_blame is blamed


@pytest.mark.proves("engine.threads")
def test_the_cores_that_may_be_used_are_shared_among_the_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(6)), raising=False)
    counts = [threads(msgspec.structs.replace(SPEC, workers=workers)) for workers in (1, 2, 4, 9)]
    assert counts == [6, 3, 1, 1]
    given = [threads(msgspec.structs.replace(SPEC, workers=workers), 4) for workers in (1, 2, 9)]
    assert given == [4, 2, 1], "where somebody says how many there are"


@pytest.mark.proves("engine.threads")
def test_threads_that_wait_sleep_unless_the_environment_says_otherwise() -> None:
    settings = InferenceSettings(Path("/serving"))
    environ = room._environ(SPEC, settings)
    assert (environ["OMP_WAIT_POLICY"], environ["KMP_BLOCKTIME"], environ["X"]) == ("PASSIVE", "0", "1")
    assert environ["PYTHONPATH"] == f"{settings.site}{os.pathsep}/own"
    assert environ["OMP_NUM_THREADS"] == str(threads(SPEC))
    own = msgspec.structs.replace(SPEC, environ={"OMP_WAIT_POLICY": "ACTIVE"})
    assert room._environ(own, settings)["OMP_WAIT_POLICY"] == "ACTIVE"


def test_what_a_process_is_told_to_load() -> None:
    told = room.load_header(SPEC)
    assert told["metadata"] == {"k": 1, "classes": ["on"]}
    assert {"format", "algorithm", "task", "path", "script", "trusted", "signature", "threads"} < set(told)


async def test_what_is_no_reply_ends_the_connection() -> None:
    asked, _ = worker()
    protocol = FrameProtocol(asked._received)
    asked.give(Batch([request()]))
    protocol.get_buffer(0)[:4] = b"\xff" * 4
    protocol.get_buffer(0)[4:28] = b"\xff" * 24
    protocol.buffer_updated(28)
    assert "was announced" in await protocol.closed
