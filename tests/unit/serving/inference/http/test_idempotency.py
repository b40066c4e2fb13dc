"""Requests with a key: done once, answered alike."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send

from jupyter_crispdm.serving.inference.answers import AnswerStore
from jupyter_crispdm.serving.inference.callers import Caller
from jupyter_crispdm.serving.inference.http.call import remember
from jupyter_crispdm.serving.inference.http.idempotency import Idempotent

DIED = json.dumps({"message": "It died.", "reason": "Service Unavailable", "code": "worker_died", "details": {}})


class App:
    """Counts what it does, and answers what it is told to, at last the number of the request."""

    def __init__(self, *answers: tuple[int, str], gate: asyncio.Event | None = None) -> None:
        self.answers, self.gate, self.bodies = list(answers), gate, list[bytes]()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.bodies.append((await receive())["body"])
        number = len(self.bodies)
        if self.gate:
            await self.gate.wait()
        status, text = self.answers.pop(0) if self.answers else (200, f"answer {number}")
        headers = [(b"content-type", b"text/plain")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": text.encode()})


async def ask(
    app: Callable[[Scope, Receive, Send], Awaitable[None]], key: str | None = "k1", body: bytes = b"{}",
    caller: str = "ada", path: str = "/v2/models/m/infer", method: str = "POST",
) -> tuple[int, str, dict[bytes, bytes]]:  # fmt: skip
    """Send a request in two pieces, and take the answer."""
    scope: dict[str, Any] = {"type": "http", "method": method, "path": path, "query_string": b"", "headers": []}
    if key is not None:
        scope["headers"].append((b"idempotency-key", key.encode()))
    remember(scope, Caller(caller))
    pieces = [body[:1], body[1:]]
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": pieces.pop(0), "more_body": bool(pieces)}

    async def send(message: Message) -> None:
        sent.append(message)

    await app(scope, receive, send)
    text = b"".join(message.get("body", b"") for message in sent[1:]).decode()
    return sent[0]["status"], text, dict(sent[0]["headers"])


@pytest.mark.proves("serving.idempotency-same")
async def test_a_second_request_gets_the_firsts_answer() -> None:
    app = App()
    once = Idempotent(app, AnswerStore())
    first, second = await ask(once), await ask(once, '"k1"')
    assert first[:2] == second[:2] == (200, "answer 1")
    assert b"idempotency-replayed" not in first[2]
    assert (second[2][b"idempotency-replayed"], second[2][b"content-type"]) == (b"true", b"text/plain")
    assert app.bodies == [b"{}"]


async def test_a_request_without_a_key_is_handed_on_as_it_is() -> None:
    app = App()
    once = Idempotent(app, AnswerStore())
    assert [(await ask(once, None))[1] for _ in range(2)] == ["answer 1", "answer 2"]
    assert [(await ask(once, method="GET"))[1] for _ in range(2)] == ["answer 3", "answer 4"]


@pytest.mark.proves("serving.idempotency-other-body")
async def test_a_key_belongs_to_one_request_of_one_caller() -> None:
    once = Idempotent(App(), AnswerStore())
    await ask(once)
    for change in ({"body": b"[]"}, {"path": "/v2/models/other/infer"}):
        status, text, _ = await ask(once, **change)
        assert (status, json.loads(text)["details"]) == (422, {"field": "Idempotency-Key"})
    assert (await ask(once, caller="bob"))[1] == "answer 2"


@pytest.mark.parametrize("key", ["", '"', "a b", "é", '"open', "k" * 201, "a\tb"])
async def test_a_key_that_is_none_is_refused(key: str) -> None:
    status, text, _ = await ask(Idempotent(App(), AnswerStore()), key)
    assert (status, json.loads(text)["code"]) == (400, "bad_request")


async def test_a_second_request_waits_for_the_first() -> None:
    gate = asyncio.Event()
    app = App(gate=gate)
    once = Idempotent(app, AnswerStore())
    asked = [asyncio.create_task(ask(once)) for _ in range(5)]
    other = asyncio.create_task(ask(once, body=b"[]"))
    await asyncio.sleep(0)
    assert (await other)[0] == 422
    gate.set()
    assert {text for _, text, _ in await asyncio.gather(*asked)} == {"answer 1"}


async def test_when_the_first_leaves_the_second_does_it() -> None:
    gate = asyncio.Event()
    app = App(gate=gate)
    once = Idempotent(app, AnswerStore())
    first, second = asyncio.create_task(ask(once)), asyncio.create_task(ask(once))
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    gate.set()
    assert (await second)[1] == "answer 2"


@pytest.mark.proves("serving.idempotency-worker")
async def test_what_a_dying_process_lost_is_done_once_more() -> None:
    app = App((503, DIED), (503, DIED))
    assert (await ask(Idempotent(app, AnswerStore())))[:2] == (200, "answer 3")
    assert app.bodies == [b"{}"] * 3


async def test_a_process_that_dies_each_time_is_said_in_the_end() -> None:
    app = App(*[(503, DIED)] * 9)
    status, text, _ = await ask(Idempotent(app, AnswerStore()))
    assert (status, text, len(app.bodies)) == (503, DIED, 5)


@pytest.mark.parametrize("answer", [(503, '{"code": "unavailable"}'), (503, "no JSON"), (500, "{}"), (422, "{}")])
async def test_what_failed_otherwise_is_said_at_once_and_tried_anew_with_the_next_request(
    answer: tuple[int, str],
) -> None:
    once = Idempotent(App(answer), AnswerStore())
    assert (await ask(once))[:2] == answer
    assert (await ask(once))[:2] == (200, "answer 2")


async def test_a_stream_is_passed_on_as_it_comes_and_not_kept() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"a", "more_body": True})
        await send({"type": "http.response.body", "body": b"b", "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    once = Idempotent(app, AnswerStore())
    for _ in range(2):
        status, text, headers = await ask(once)
        assert (status, text, headers) == (200, "ab", {})


async def test_an_answer_is_known_to_the_next_front() -> None:
    store = AnswerStore()
    await ask(Idempotent(App(), store))
    again = AnswerStore(store._memory)
    assert (await ask(Idempotent(App(), again)))[:2] == (200, "answer 1")
