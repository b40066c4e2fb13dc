"""A server that answers from a script, behind httpx's own interface."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx

from jupyter_crispdm.client.discovery import Address
from jupyter_crispdm.client.live import Live
from jupyter_crispdm.client.transport import Transport

JOB: dict[str, Any] = {
    "id": "j1",
    "name": "train",
    "kind": "command",
    "state": "running",
    "owner": "ada",
    "environment": "server",
    "command": ["python", "train.py"],
    "cwd": "/project",
    "created": "2026-11-21T12:00:00Z",
}


class Pieces(httpx.SyncByteStream):
    """A body that comes in given pieces, and may break off."""

    def __init__(self, *pieces: bytes, broken: bool = False) -> None:
        self._pieces = pieces
        self._broken = broken

    def __iter__(self) -> Iterator[bytes]:
        yield from self._pieces
        if self._broken:
            raise httpx.ReadError("connection reset")


class FakeTime:
    """A clock that sleeping moves."""

    def __init__(self) -> None:
        self.now = 0.0
        self.pauses: list[float] = []

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds


Answer = httpx.Response | Exception


class FakeServer:
    """Answers requests one after another with what it was given, and keeps them."""

    def __init__(self, *answers: Answer) -> None:
        self._answers = list(answers)
        self.requests: list[httpx.Request] = []
        self.located = 0
        self.time = FakeTime()

    def transport(self) -> Transport:
        http = httpx.Client(transport=httpx.MockTransport(self._handle))
        return Transport(self._locate, http, sleep=self.time.sleep)

    def live(self, patience: float = 10.0) -> Live:
        return Live(self.transport(), patience=patience, sleep=self.time.sleep, monotonic=self.time.monotonic)

    def body(self, number: int = 0) -> Any:
        return json.loads(self.requests[number].content)

    def _locate(self) -> Address:
        self.located += 1
        return Address("http://here:1/base/", "secret")

    def _handle(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self._answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def error(status: int, code: str, message: str = "no", **details: Any) -> httpx.Response:
    return httpx.Response(status, json={"message": message, "reason": "", "code": code, "details": details})


def lines(*messages: dict[str, Any], broken: bool = False, cut: bytes = b"") -> httpx.Response:
    whole = b"".join(json.dumps(message, ensure_ascii=False).encode() + b"\n" for message in messages)
    return httpx.Response(200, stream=Pieces(whole, cut, broken=broken))


def log_message(text: str, start: int, **more: Any) -> dict[str, Any]:
    end = start + len(text.encode())
    return {"topic": "jobs/j1/log", "seq": end, "data": {"text": text, "start": start, "end": end, **more}}
