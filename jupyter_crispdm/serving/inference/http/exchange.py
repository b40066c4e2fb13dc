"""One request and its answer within bounds: how long and large the body may be, and that the answer arrives."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, Callable, Mapping
from contextlib import suppress

import anyio
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from jupyter_crispdm.base.errors import TooLarge
from jupyter_crispdm.base.tasks import within

from ..errors import TooSlow
from .connections import Pace

_ARRIVED = "arrived"
POLICY = (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'")
ALWAYS = ((b"x-content-type-options", b"nosniff"), (b"cache-control", b"no-store"))


def arrived(scope: Scope) -> None:
    """Let the guard know that all of the body is here, so that it need not be waited for."""
    scope.setdefault("state", {})[_ARRIVED] = True


def has_arrived(scope: Scope) -> bool:
    """Whether all of the body is known to be here."""
    return _ARRIVED in scope.get("state", ())


class BoundedBody:
    """A body that ends in a 413 when it goes over the limit, and in a 408 when it does not come."""

    def __init__(self, scope: Scope, receive: Receive, limit: int, pace: Pace) -> None:
        self._scope, self._receive, self._limit, self._pace = scope, receive, limit, pace
        self.hold: Callable[[int], None] = lambda size: None
        self._end = asyncio.Event()
        self._has_left = False
        self.held = self._arrived = 0
        self.asked = False

    def expect_nothing(self) -> None:
        """There is no body, by the headers."""
        self._end.set()

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come."""
        return self._has_left or self._end.is_set()

    async def receive(self) -> Message:
        """The next piece. Raises TooLarge, TooSlow, and what says that the caller has too much under way."""
        if self._end.is_set():
            return {"type": "http.request", "body": b"", "more_body": False}
        message = await self._next()
        size = len(message.get("body", b""))
        if self._arrived > self._limit:
            raise TooLarge(f"The body is over {self._limit:,} bytes.", limit=self._limit)
        self.hold(size)
        self.held += size
        return message

    async def gone(self) -> None:
        """Wait until the client leaves that has sent everything."""
        await self._end.wait()
        while (await self._receive())["type"] != "http.disconnect":
            continue

    async def drain(self, seconds: float) -> None:
        """Throw away what still comes: a client reads the answer only when all it sends is taken."""

        async def rest() -> None:
            while not self.is_over and self._arrived <= 2 * self._limit:
                await self._next()

        with suppress(TooSlow, asyncio.TimeoutError):
            await within(rest(), seconds)

    async def _next(self) -> Message:
        self.asked = True
        if has_arrived(self._scope):
            message = await self._receive()  # which need not wait
            size = len(message.get("body", b""))
        else:
            message = await self._in_time()
            size = len(message.get("body", b""))
            self._pace.came(size)
        self._arrived += size
        if message["type"] == "http.disconnect":
            self._has_left = True
        elif not message.get("more_body", False):
            self._end.set()
        return message

    async def _in_time(self) -> Message:
        while self._pace.left > 0:
            with anyio.move_on_after(self._pace.wait()):
                return await self._receive()
            self._pace.came(0)  # by a clock that leaves out our own stalls: it may be too early to give up
        raise TooSlow("The body does not come: it must arrive without long pauses.")


class LingeringResponse:
    """An answer that reaches its client: one that comes before the end of the body stays readable for a while."""

    def __init__(self, send: Send, body: BoundedBody, linger: float, expects: bool) -> None:
        self._send, self._body, self._linger, self._expects = send, body, linger, expects
        self.begun = self.complete = False
        self._more: list[tuple[bytes, bytes]] = []

    def add(self, headers: Mapping[str, str]) -> None:
        """Send these headers, too."""
        self._more += [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]

    async def send(self, message: Message) -> None:
        """Send a part, with the headers that every answer has."""
        if message["type"] == "http.response.start":
            self.begun = True
            message["headers"] = [*message.get("headers", ()), *self._more]
            _harden(message, close=not self._body.is_over)
        elif not message.get("more_body", False):
            self.complete = True
            if not self._body.is_over and (self._body.asked or not self._expects):
                await self._send({**message, "more_body": True})
                await self._body.drain(self._linger)
                message = {"type": "http.response.body", "body": b""}
        await self._send(message)


class StreamedResponse(Response):
    """Bytes as they come. Who is slow holds what makes them, and a client that leaves ends it."""

    def __init__(self, pieces: AsyncIterable[bytes], status: int, headers: Mapping[str, str]) -> None:
        self._pieces = pieces
        super().__init__(None, status, headers)
        del self.headers["content-length"]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send piece by piece; however it ends, what makes them is closed."""
        try:
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            async for piece in self._pieces:
                await send({"type": "http.response.body", "body": piece, "more_body": True})
            await send({"type": "http.response.body", "body": b""})
        finally:
            close = getattr(self._pieces, "aclose", None)
            if close is not None:
                await close()


def _harden(message: Message, close: bool) -> None:
    headers = [*message.get("headers", ()), *ALWAYS]
    if not any(name == POLICY[0] for name, _ in headers):
        headers.append(POLICY)
    if close:
        headers = [*((name, value) for name, value in headers if name != b"connection"), (b"connection", b"close")]
    message["headers"] = headers
