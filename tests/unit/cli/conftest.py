"""A server that answers the command line from a script, behind httpx's own interface."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

JOB: dict[str, Any] = {
    "id": "j1", "name": "train", "kind": "command", "state": "running", "owner": "ada", "environment": "server",
    "command": ["python", "train.py"], "cwd": "/project", "created": "2026-11-21T12:00:00Z",
}  # fmt: skip
ENVIRONMENT: dict[str, Any] = {
    "id": "server", "name": "server", "kind": "server", "prefix": "/opt/x", "python": "/opt/x/bin/python",
    "version": "3.12.1", "usable": True, "kernel": {"name": "python3", "ready": True, "reason": ""},
}  # fmt: skip


def refusal(status: int, code: str, message: str, **details: Any) -> httpx.Response:
    """What the server says when it refuses."""
    return httpx.Response(status, json={"message": message, "reason": "", "code": code, "details": details})


def told(topic: str, *facts: dict[str, Any]) -> httpx.Response:
    """What is told on a topic, after which the connection ends."""
    lines = [json.dumps({"topic": topic, "seq": number, "data": fact}) for number, fact in enumerate(facts, 1)]
    return httpx.Response(200, content="\n".join(lines) + "\n")


class ScriptedServer:
    """Answers each call by what was put there for it; the last answer stays. Keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, Any]] = []
        self._answers: dict[tuple[str, str], list[httpx.Response]] = {}

    def put(self, method: str, path: str, *answers: httpx.Response | dict[str, Any]) -> None:
        """Answer a call, one after another; a live topic is called `live:TOPIC`."""
        ready = [one if isinstance(one, httpx.Response) else httpx.Response(200, json=one) for one in answers]
        self._answers[method, path] = ready

    def sent(self, method: str) -> list[tuple[str, Any]]:
        """Path and body of all that was asked by a method."""
        return [(path, body) for asked, path, body in self.asked if asked == method]

    def answer(self, request: httpx.Request) -> httpx.Response:
        """The answer to a request; 404 where there is none."""
        path = request.url.path.partition("/crispdm/api/")[2]
        if path == "live":
            path = f"live:{request.url.params['topic']}"
        is_json = "json" in request.headers.get("Content-Type", "")
        body = request.read()
        self.asked.append((request.method, path, json.loads(body) if body and is_json else body or None))
        answers = self._answers.get((request.method, path))
        if answers is None:
            return refusal(404, "not_found", f"There is no '{path}'.", path=path)
        return answers.pop(0) if len(answers) > 1 else answers[0]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> ScriptedServer:
    """The server that commands find."""
    scripted = ScriptedServer()
    transport = httpx.MockTransport(scripted.answer)
    monkeypatch.setattr("jupyter_crispdm.client.client._http", lambda: httpx.Client(transport=transport))
    monkeypatch.setenv("CRISPDM_URL", "http://here.test/")
    monkeypatch.setenv("CRISPDM_TOKEN", "secret")
    return scripted
