"""Verbs that are given their body while it comes, on tornado.

The verb runs from the headers on, after everybody else's checks. Until it asks for the body, none is read: so what
it refuses by then is refused before the body is sent.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from tornado import httputil

from ..numbers import whole
from .flowing import close
from .incoming import Incoming
from .route import Made, Reply

#: What tornado itself may read of one body: the verb has limits of its own.
_UNLIMITED = 2**63 - 1

Call = Callable[[Incoming], Awaitable[Any]]


class Streamed:
    """One call of such a verb."""

    def __init__(self, request: httputil.HTTPServerRequest, call: Call) -> None:
        self._request = request
        self._is_taken = False
        self.body = Incoming(_announced(request.headers))
        if self.body.announced == 0:
            self.body.end()
        connection: Any = request.connection
        connection.set_max_body_size(_UNLIMITED)
        self.answer: asyncio.Task[Any] = asyncio.ensure_future(self._run(call))

    async def _run(self, call: Call) -> Any:
        return await call(self.body)

    def all_has_come(self) -> None:
        """The body has ended, unless it is answered already, with more of it on the way."""
        if not self.answer.done():
            self.body.end()

    async def begin(self) -> None:
        """Wait until the verb wants the body, or is done without it. Raises what it refuses."""
        asked = asyncio.ensure_future(self.body.asked.wait())
        try:
            await asyncio.wait({asked, self.answer}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            asked.cancel()
        if self.answer.done():
            self.answer.result()
        self.answer.add_done_callback(self._stop_waiting)

    def _stop_waiting(self, answer: asyncio.Task[Any]) -> None:
        """The verb is done: it is answered now, however much of the body is still on its way."""
        if not answer.cancelled():
            answer.exception()  # known, also where nobody is there any more to hear of it
        waited: asyncio.Future[None] = self._request._body_future
        if not waited.done():
            self._is_taken = True
            self._request._body_future = asyncio.get_running_loop().create_future()
            waited.set_result(None)

    def hang_up(self) -> None:
        """The caller has gone. In the middle of the body nobody asks for the answer any more: it is let go."""
        self.body.cut("The sender has gone.")
        if not self._is_taken and not self._request._body_future.done():
            self.answer.add_done_callback(self._let_go)

    def _let_go(self, answer: asyncio.Task[Any]) -> None:
        """Close what an answer would be made of: it may hold a request to somebody else, or a place in a queue."""
        if answer.cancelled() or answer.exception() is not None:
            return
        made = answer.result()
        pieces = made.pieces if isinstance(made, Made) else made.value if isinstance(made, Reply) else made
        self._closing = asyncio.ensure_future(close(pieces))


def _announced(headers: httputil.HTTPHeaders) -> int | None:
    """How long the body is going to be; None when the headers do not say. Raises BadRequest."""
    if "Transfer-Encoding" in headers:
        return None
    return whole(headers.get("Content-Length", "0"), "Content-Length", high=_UNLIMITED)
