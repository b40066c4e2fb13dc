"""What goes on to the prediction service, and what does not."""

from __future__ import annotations

import asyncio
import contextlib
from types import SimpleNamespace
from typing import Any, cast

import httpx
import pytest

from jupyter_crispdm.base.errors import BadRequest, TooLarge, Unavailable
from jupyter_crispdm.base.http.incoming import BodyCut, Incoming
from jupyter_crispdm.serving.inference.http.routes import TABLE
from jupyter_crispdm.serving.passing import (
    _PASSED_BACK,
    _PASSED_ON,
    _SMALL,
    ServingRoutes,
    _check_segment,
    _content,
    _while_there,
)

HOP_BY_HOP = {"connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "proxy-authorization"}


def request(has_left: bool = False, **headers: str) -> Any:
    told = SimpleNamespace(protocol="http", host="localhost", query="")
    handler = SimpleNamespace(request=told)
    return SimpleNamespace(
        headers=headers, has_left=has_left, username="ada", base_url="/", handler=handler, gone=asyncio.Event().wait
    )


def arriving(*pieces: bytes, announced: int | None = None) -> Incoming:
    body = Incoming(announced)
    for piece in pieces:
        body.feed(piece)
    body.end()
    return body


@pytest.mark.proves("serving.headers")
def test_nothing_of_a_session_or_of_a_connection_goes_through() -> None:
    assert not {"cookie", "authorization", "x-xsrftoken", "host", "forwarded", *HOP_BY_HOP} & set(_PASSED_ON)
    assert not {"set-cookie", "server", "content-length", *HOP_BY_HOP} & set(_PASSED_BACK)


@pytest.mark.parametrize("text", ["lamp", "lamp@champion", "a-b_c.d", "1"])
def test_names_of_models_go_through(text: str) -> None:
    _check_segment(text)


@pytest.mark.parametrize("text", ["", ".", "..", "a..b", "a/b", "a%2fb", "a b", "é", "a?b", "a#b", "@", "a\n"])
def test_what_could_become_another_address_does_not(text: str) -> None:
    with pytest.raises(BadRequest):
        _check_segment(text)


async def test_a_small_body_is_sent_whole_and_a_large_one_as_it_comes() -> None:
    headers: dict[str, str] = {}
    assert await _content(request(), arriving(b"ab", b"c", announced=3), 10, headers) == b"abc"
    assert headers == {}
    size = _SMALL + 1
    large: Any = await _content(request(), arriving(b"x" * size, announced=size), None, headers)
    assert headers == {"content-length": str(size)}
    assert sum([len(piece) async for piece in large]) == size


async def test_a_body_over_the_limit_is_refused_before_it_is_read_or_while_it_comes() -> None:
    announced = Incoming(11)
    with pytest.raises(TooLarge):
        await _content(request(), announced, 10, {})
    assert not announced.asked.is_set()
    unknown: Any = await _content(request(), arriving(b"x" * 11), 10, {})
    with pytest.raises(TooLarge):
        await anext(unknown)


async def test_a_body_that_stalls_is_told_and_one_whose_sender_left_waits_for_the_end() -> None:
    stalled, left = Incoming(None), Incoming(None)
    stalled.cut("Nothing has come.")
    with pytest.raises(BodyCut):
        await anext(cast(Any, await _content(request(), stalled, None, {})))
    left.cut("The sender has gone.")
    waiting = asyncio.ensure_future(anext(cast(Any, await _content(request(has_left=True), left, None, {}))))
    for _ in range(5):
        await asyncio.sleep(0)
    assert not waiting.done()
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)


async def test_a_service_that_is_not_there_is_told_and_keeps_no_turn() -> None:
    def refuse(asked: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("nobody listens")

    deployments: Any = SimpleNamespace(address="http://127.0.0.1:1", key="k")
    async with httpx.AsyncClient(transport=httpx.MockTransport(refuse)) as client:
        routes = ServingRoutes(deployments, client)
        with pytest.raises(Unavailable, match="did not answer: nobody listens") as refused:
            await routes.pass_on(request(), TABLE[0], "models", None)
        assert refused.value.details["retry_after"] == 2
        with pytest.raises(BadRequest, match="ASCII"):
            await routes.pass_on(request(traceparent="é"), TABLE[0], "models", None)
        assert routes._under_way == {}


@pytest.mark.proves("serving.answer-let-go")
@pytest.mark.parametrize("turns", range(6))
async def test_an_answer_is_handed_over_or_let_go_whenever_its_asker_is_cancelled(turns: int) -> None:
    """One that came in the moment of the cancelling was nobody's, and kept its connection for ever."""
    asked, came, let_go = asyncio.Event(), asyncio.get_running_loop().create_future(), []

    async def send() -> str:
        asked.set()
        return str(await came)

    async def leave(answer: str) -> None:
        let_go.append(answer)

    asking = asyncio.ensure_future(_while_there(request(), send(), leave))
    await asked.wait()
    came.set_result("an answer")
    for _ in range(turns):
        await asyncio.sleep(0)
    asking.cancel()
    handed_over = [one for one in await asyncio.gather(asking, return_exceptions=True) if isinstance(one, str)]
    assert handed_over + let_go == ["an answer"]


async def test_a_client_that_leaves_ends_the_asking_and_what_came_meanwhile_is_let_go() -> None:
    let_go: list[str] = []
    left, began = asyncio.Event(), asyncio.Event()

    async def send() -> str:
        began.set()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
        return "too late"

    async def leave(answer: str) -> None:
        let_go.append(answer)

    caller = request()
    caller.gone = left.wait
    asking = asyncio.ensure_future(_while_there(caller, send(), leave))
    await began.wait()
    left.set()
    with pytest.raises(Unavailable, match="client left"):
        await asking
    assert let_go == ["too late"]
