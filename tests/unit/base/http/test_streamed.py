"""A call whose body is handed on while it comes, and a caller who leaves meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

import pytest
from tornado import httputil
from tornado.iostream import StreamClosedError

from jupyter_crispdm.base.http.incoming import BodyCut, Incoming
from jupyter_crispdm.base.http.route import Made, Reply
from jupyter_crispdm.base.http.streamed import Streamed


class Pieces:
    """An answer that would be made while it is sent, and knows when it is closed."""

    def __init__(self) -> None:
        self.closed = asyncio.Event()

    async def aclose(self) -> None:
        """Note that nobody wants it any more."""
        self.closed.set()


class Caller:
    """Somebody whose body is on its way, and tornado's part of what is done when they leave."""

    def __init__(self, answer: Any) -> None:
        self._answer, self._may = answer, asyncio.Event()
        self.last: Callable[[], object] = lambda: None
        self.request: Any = SimpleNamespace(
            headers=httputil.HTTPHeaders({"Content-Length": "1000"}),
            connection=SimpleNamespace(set_max_body_size=lambda size: None),
            _body_future=asyncio.get_running_loop().create_future(),
        )
        self.call = Streamed(cast(Any, self.request), self._verb)

    async def _verb(self, body: Incoming) -> Any:
        body.asked.set()
        await self._may.wait()
        self.last()
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer

    def leave(self) -> None:
        """Hang up in the middle of the body."""
        self.call.hang_up()
        self.request._body_future.set_exception(StreamClosedError())
        self.request._body_future.exception()

    async def answered(self) -> None:
        """Let the verb have its answer."""
        self._may.set()
        await asyncio.wait({self.call.answer})


@pytest.mark.parametrize("way", ["a reply", "made", "as it is"])
async def test_an_answer_that_comes_when_its_caller_has_left_is_closed(way: str) -> None:
    pieces = Pieces()
    answers = {"a reply": Reply(pieces), "made": Made(cast(Any, pieces), "text/plain", "a.txt"), "as it is": pieces}
    caller = Caller(answers[way])
    await caller.call.begin()
    caller.leave()
    await caller.answered()
    await asyncio.wait_for(pieces.closed.wait(), 60)
    assert caller.call.body.is_over


async def test_an_answer_that_is_being_sent_is_left_to_who_sends_it() -> None:
    pieces = Pieces()
    caller = Caller(Reply(pieces))
    await caller.call.begin()
    await caller.answered()
    await asyncio.sleep(0)  # now tornado is told to send it
    caller.leave()
    for _ in range(3):
        await asyncio.sleep(0)
    assert not pieces.closed.is_set()


async def test_an_answer_of_the_moment_in_which_its_caller_leaves_is_closed() -> None:
    pieces = Pieces()
    caller = Caller(Reply(pieces))
    caller.last = lambda: asyncio.get_running_loop().call_soon(caller.leave)
    await caller.call.begin()
    await caller.answered()
    await asyncio.wait_for(pieces.closed.wait(), 60)


@pytest.mark.parametrize("answer", [BodyCut("The sender has gone."), None, Reply(b"done"), {"id": 1}])
async def test_what_needs_no_closing_is_left_alone(answer: Any) -> None:
    caller = Caller(answer)
    await caller.call.begin()
    caller.leave()
    await caller.answered()
    await asyncio.sleep(0)
    assert caller.call.answer.done()
