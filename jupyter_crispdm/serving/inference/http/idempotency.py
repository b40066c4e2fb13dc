"""Requests with an `Idempotency-Key`: done once, and answered alike however often they are sent.

A key belongs to a caller and to one request. While the first is worked on, a second waits for it; afterwards it gets
the first's answer, for some minutes. With the same key another request is refused. When the model's process dies, a
request with a key is done once more; nobody has its answer yet.

What was answered is kept before it is sent, in memory that the guardian holds: it outlives a front that is killed, and
is lost with the guardian. Nothing of it is written to a disk. A stream is passed on and not kept.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field

import msgspec
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from jupyter_crispdm.base.errors import CrispdmError
from jupyter_crispdm.base.http.idempotency import not_kept, other_request, read_key

from ..answers import Answer, AnswerStore, Kept
from .call import caller_name
from .rendering import send_error

HEADER = b"idempotency-key"
REPLAYED = (b"idempotency-replayed", b"true")
_LONG = 1 << 20
_TRIES = 5
_PAUSE = 0.05
_DIED = "worker_died"


class Idempotent:
    """ASGI middleware; a request without a key costs it a look at its headers."""

    def __init__(self, app: ASGIApp, store: AnswerStore) -> None:
        self._app, self._store = app, store
        self._under_way: dict[bytes, UnderWay] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on what has no key; do the rest once."""
        key = _key_of(scope)
        if key is None:
            await self._app(scope, receive, send)
            return
        try:
            await self._once(scope, receive, send, read_key(key.decode("latin-1")).encode())
        except CrispdmError as error:
            await send_error(send, error)

    async def _once(self, scope: Scope, receive: Receive, send: Send, key: bytes) -> None:
        body = await _body(receive)
        if body is None:
            return
        name, print_ = await _digests(scope, key, body)
        while name in self._under_way:
            other = self._under_way[name]
            _check_same(other.print, print_)
            await other.over.wait()
        kept = self._store.find(name)
        if kept is not None:
            _check_same(kept.print, print_)
            await _send_again(send, kept)
            return
        self._under_way[name] = mine = UnderWay(print_)
        try:
            await self._do(scope, Body(body, receive), send, lambda answer: self._store.keep(name, print_, answer))
        finally:
            del self._under_way[name]
            mine.over.set()

    async def _do(self, scope: Scope, body: Body, send: Send, keep: Callable[[Answer], None]) -> None:
        """Answer, once more as long as the model's process dies over it; keep the answer before it is sent."""
        for attempt in range(_TRIES):
            answer = Held(send)
            await self._app(scope, body.anew(), answer.send)
            if not answer.has_died or attempt == _TRIES - 1:
                break
            await asyncio.sleep(_PAUSE * 2**attempt)
        await answer.release(keep)


@dataclass(eq=False)
class UnderWay:
    """A request with a key that is being worked on."""

    print: bytes
    over: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(eq=False)
class Body:
    """A body that was read, to be read again."""

    data: bytes
    receive: Receive

    def anew(self) -> Receive:
        """The body from its beginning; then what the client does."""
        first = True

        async def receive() -> Message:
            nonlocal first
            if first:
                first = False
                return {"type": "http.request", "body": self.data, "more_body": False}
            return await self.receive()

        return receive


class Held:
    """An answer that is held back until it is whole; one that comes in pieces is passed on."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._start: Message | None = None
        self._body: bytes | None = None

    async def send(self, message: Message) -> None:
        """Take a part of the answer."""
        if message["type"] == "http.response.start":
            self._start = message
        elif self._start is not None and not message.get("more_body", False):
            self._body = bytes(message.get("body", b""))
        else:
            await self._pass_on(message)

    @property
    def has_died(self) -> bool:
        """Whether it says that the model's process died over the request."""
        if self._start is None or self._body is None or self._start["status"] != 503:
            return False
        try:
            return msgspec.json.decode(self._body, type=_Code).code == _DIED
        except msgspec.MsgspecError:
            return False

    async def release(self, keep: Callable[[Answer], None]) -> None:
        """Keep the answer if it is one for good, and send it."""
        if self._start is None or self._body is None:
            return
        if 200 <= self._start["status"] < 300:
            keep(Answer(self._start["status"], list(self._start.get("headers", ())), self._body))
        await self._send(self._start)
        await self._send({"type": "http.response.body", "body": self._body})

    async def _pass_on(self, message: Message) -> None:
        if self._start is not None:
            await self._send(self._start)
            self._start = None
        await self._send(message)


class _Code(msgspec.Struct):
    code: str = ""


def _key_of(scope: Scope) -> bytes | None:
    """The key of a request that has one."""
    if scope["type"] != "http" or scope["method"] != "POST":
        return None
    for name, value in scope["headers"]:
        if name == HEADER:
            return bytes(value)
    return None


def _check_same(known: bytes, given: bytes) -> None:
    if known != given:
        raise other_request()


async def _send_again(send: Send, kept: Kept) -> None:
    """Give an answer that was given. Raises Conflict when it was too large to be kept."""
    answer = kept.read()
    if answer is None:
        raise not_kept()
    headers = [*answer.headers, REPLAYED]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})


async def _body(receive: Receive) -> bytes | None:
    """All that the client sends; None when they leave before the end."""
    parts = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(parts)


async def _digests(scope: Scope, key: bytes, body: bytes) -> tuple[bytes, bytes]:
    """What stands for the caller with the key, and what for all that was asked."""
    name = hashlib.sha256(caller_name(scope).encode() + b"\0" + key).digest()
    start = b"\0".join((scope["path"].encode(), scope.get("query_string", b""), b""))

    def digest() -> bytes:
        return hashlib.sha256(start + body).digest()

    return name, await asyncio.to_thread(digest) if len(body) > _LONG else digest()
