"""What every request passes first: who may ask from where, how much may be sent, how long it may take to come."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import anyio
import msgspec
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from jupyter_crispdm.base.clock import Clock, SystemClock
from jupyter_crispdm.base.errors import CrispdmError, ErrorBody, Forbidden, TooLarge

from ..settings import FrontSettings
from .callers import KEY, Ledger, has_arrived, identify, knows, remember
from .connections import Pace
from .refusals import TooSlow, Unauthorized, UnsupportedMedia

_LOCAL = frozenset({"127.0.0.1", "localhost", "[::1]"})
_HOST = re.compile(r"(\[[0-9a-fA-F:]+\]|[A-Za-z0-9._-]+)(:\d{1,5})?")
_PLAIN = ("", "identity")
_MOMENT = 0.05
_POLICY = (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'")
_ALWAYS = ((b"x-content-type-options", b"nosniff"), (b"cache-control", b"no-store"))


class Guard:
    """ASGI middleware: Host, Origin, token, budgets of the caller, and headers of the answer.

    What a request asked for is dropped when its client leaves.
    """

    def __init__(self, app: ASGIApp, settings: FrontSettings, clock: Clock | None = None) -> None:
        self._app, self._settings, self._clock = app, settings, clock or SystemClock()
        self._hosts = _LOCAL | {settings.host, f"[{settings.host}]"}
        self._ledger = Ledger(settings.limits)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 4xx, or hand the request on."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        headers, settings = first_of_each(scope), self._settings
        caller = identify(scope, headers, settings.key, settings.token)
        body = Body(scope, receive, settings.limits.body, Pace(settings.patience, self._clock),
                    lambda size: self._ledger.hold(caller.name, size))  # fmt: skip
        if headers.get("content-length", "0") == "0" and "transfer-encoding" not in headers:
            body.expect_nothing()
        reply = Reply(send, body, settings.patience.linger, expects="expect" in headers)
        try:
            self._check_caller(headers)
            self._check_body(headers)
            self._ledger.enter(caller.name)
        except CrispdmError as error:
            return await send_error(reply.send, error)
        remember(scope, caller)
        try:
            await self._while_there(scope, body, reply)
        finally:
            self._ledger.leave(caller.name, body.held)

    async def _while_there(self, scope: Scope, body: Body, reply: Reply) -> None:
        """Let the application answer, unless the client leaves before; a short answer is not watched."""
        watch = Watch(body, reply)
        try:
            await self._app(scope, body.receive, reply.send)
        except asyncio.CancelledError:
            if not watch.found_nobody:
                raise
        finally:
            watch.end()

    def _check_caller(self, headers: Mapping[str, str]) -> None:
        host = headers.get("host", "")
        found = _HOST.fullmatch(host)
        if not found or (self._settings.local and found[1].lower() not in self._hosts):
            raise Forbidden(f"This service does not answer as host '{host[:100]}'.")
        origin = headers.get("origin")
        if origin is not None and urlsplit(origin).netloc.lower() != host.lower():
            raise Forbidden("Pages of other sites may not use this service.", origin=origin[:100])
        if headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
            raise Forbidden("Pages of other sites may not use this service.")
        if self._settings.token is not None and not knows(headers.get(KEY, ""), self._settings.key):
            self._check_token(headers.get("authorization", ""), self._settings.token)

    def _check_token(self, authorization: str, expected: str) -> None:
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() not in ("bearer", "token") or not knows(token, expected):
            raise Unauthorized("Send the service's token in the header 'Authorization: Bearer …'.")

    def _check_body(self, headers: Mapping[str, str]) -> None:
        """Refuse by the headers what would be refused by its content. Raises TooLarge, UnsupportedMedia."""
        limit, length = self._settings.limits.body, headers.get("content-length", "0")
        if not (length.isascii() and length.isdecimal() and len(length) < 19 and int(length) <= limit):
            raise TooLarge(f"The body is over {limit:,} bytes.", limit=limit)
        encoding = headers.get("content-encoding", "").strip().lower()
        if encoding not in _PLAIN:
            raise UnsupportedMedia(
                f"Bodies with 'Content-Encoding: {encoding[:50]}' are not read; send it as it is.",
                field="Content-Encoding",
            )


class Watch:
    """Looks, after a moment, whether the client is still there, and ends the work of this task when it is not."""

    def __init__(self, body: Body, reply: Reply) -> None:
        self._body, self._reply, self._work = body, reply, asyncio.current_task()
        self._task: asyncio.Task[None] | None = None
        self._timer = asyncio.get_running_loop().call_later(_MOMENT, self._begin)
        self.found_nobody = False

    def end(self) -> None:
        """Look no more."""
        self._timer.cancel()
        if self._task is not None:
            self._task.cancel()

    def _begin(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._look())

    async def _look(self) -> None:
        await self._body.gone()
        if self._work is not None and not self._reply.complete:
            self.found_nobody = True
            self._work.cancel()


class Body:
    """A body that ends in a 413 when it goes over the limit, and in a 408 when it does not come."""

    def __init__(
        self, scope: Scope, receive: Receive, limit: int, pace: Pace, hold: Callable[[int], None]
    ) -> None:
        self._scope, self._receive, self._limit, self._pace, self._hold = scope, receive, limit, pace, hold
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
        self._hold(size)
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
            await asyncio.wait_for(rest(), seconds)

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
        try:
            with anyio.fail_after(self._pace.wait()):
                return await self._receive()
        except TimeoutError:
            raise TooSlow("The body does not come: it must arrive without long pauses.") from None


class Reply:
    """An answer that reaches its client: one that comes before the end of the body stays readable for a while."""

    def __init__(self, send: Send, body: Body, linger: float, expects: bool) -> None:
        self._send, self._body, self._linger, self._expects = send, body, linger, expects
        self.complete = False

    async def send(self, message: Message) -> None:
        """Send a part, with the headers that every answer has."""
        if message["type"] == "http.response.start":
            _harden(message, close=not self._body.is_over)
        elif not message.get("more_body", False):
            self.complete = True
            if not self._body.is_over and (self._body.asked or not self._expects):
                await self._send({**message, "more_body": True})
                await self._body.drain(self._linger)
                message = {"type": "http.response.body", "body": b""}
        await self._send(message)


def rendered(error: CrispdmError) -> tuple[int, dict[str, str], bytes]:
    """An error as status, headers and body."""
    headers = {"retry-after": str(error.details["retry_after"])} if "retry_after" in error.details else {}
    return error.status, headers, msgspec.json.encode(error.body())


def plain_error(status: int, message: str) -> bytes:
    """An error that is none of our tree, in the same shape."""
    phrase = HTTPStatus(status).phrase
    return msgspec.json.encode(ErrorBody(message, phrase, phrase.lower().replace(" ", "_")))


async def send_error(send: Send, error: CrispdmError) -> None:
    """Answer a request that goes no further."""
    status, headers, body = rendered(error)
    raw: list[Any] = [(name.encode(), value.encode()) for name, value in headers.items()]
    raw += [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": body})


def _harden(message: Message, close: bool) -> None:
    headers = [*message.get("headers", ()), *_ALWAYS]
    if not any(name == _POLICY[0] for name, _ in headers):
        headers.append(_POLICY)
    if close:
        headers = [*((name, value) for name, value in headers if name != b"connection"), (b"connection", b"close")]
    message["headers"] = headers


def first_of_each(scope: Scope) -> dict[str, str]:
    """The headers by name; of those that are there twice the first, as Starlette has it."""
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in reversed(scope["headers"])}
