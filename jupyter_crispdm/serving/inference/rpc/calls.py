"""One call of gRPC and its answer: let in as a request by HTTP is, and told in gRPC's own statuses."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

import grpc
import msgspec
from starlette.types import ASGIApp, Message, Scope

from jupyter_crispdm.base.errors import CrispdmError, ErrorBody, Unavailable

from ..callers import Caller
from ..http.budgets import CallerBudgets
from ..http.call import remember
from ..http.gate import Gate
from ..http.rendering import rendered
from ..protocols.terms import HEADER_LENGTH, TIMEOUT
from .arrivals import Arrivals

ERROR = "crispdm-error-bin"
"""Behind an answer that is an error: what HTTP would have as its body."""

_CODES = {
    400: grpc.StatusCode.INVALID_ARGUMENT,
    401: grpc.StatusCode.UNAUTHENTICATED,
    403: grpc.StatusCode.PERMISSION_DENIED,
    404: grpc.StatusCode.NOT_FOUND,
    408: grpc.StatusCode.DEADLINE_EXCEEDED,
    409: grpc.StatusCode.ABORTED,
    413: grpc.StatusCode.RESOURCE_EXHAUSTED,
    415: grpc.StatusCode.INVALID_ARGUMENT,
    422: grpc.StatusCode.INVALID_ARGUMENT,
    429: grpc.StatusCode.RESOURCE_EXHAUSTED,
    503: grpc.StatusCode.UNAVAILABLE,
    504: grpc.StatusCode.DEADLINE_EXCEEDED,
    507: grpc.StatusCode.RESOURCE_EXHAUSTED,
}
_LONGEST = 99_999_999
"""Milliseconds of a deadline, as far as they are told."""

_ENDING = "The service is ending. Try again."
_NOT_TOLD = ("content-type", "content-length")
_TOLD = msgspec.json.Decoder(ErrorBody)


@dataclass(eq=False)
class Told:
    """What the application answers, as ASGI has it."""

    status: int = 500
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""

    async def send(self, message: Message) -> None:
        """Take a part of the answer."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            found = ((name.decode("latin-1"), value.decode("latin-1")) for name, value in message.get("headers", ()))
            self.headers = [(name, value) for name, value in found if name not in _NOT_TOLD]
        else:
            self.body += message.get("body", b"")


class RpcCalls:
    """Everything that calls need, and which of them are under way."""

    def __init__(self, app: ASGIApp, gate: Gate, budgets: CallerBudgets, arrivals: Arrivals) -> None:
        self._app, self._gate, self._budgets, self._arrivals = app, gate, budgets, arrivals
        self._under_way: set[asyncio.Task[Any]] = set()
        self._ending = False

    async def answer(self, path: str, messages: AsyncIterator[bytes], context: Any) -> bytes:
        """The answer as a message; an error ends the call."""
        task = asyncio.current_task()
        assert task is not None
        self._under_way.add(task)
        try:
            told = await self._let_in(path, messages, context)
        except CrispdmError as error:
            return await _refuse(context, *rendered(error))
        except asyncio.CancelledError:
            if self._ending and not context.cancelled():
                return await _refuse(context, *rendered(Unavailable(_ENDING, retry_after=1)))
            raise
        finally:
            self._under_way.discard(task)
        if told.status != 200:
            return await _refuse(context, told.status, dict(told.headers), told.body)
        context.set_trailing_metadata(tuple(told.headers))
        return told.body

    async def end(self, seconds: float) -> None:
        """Let calls that are under way finish for a while; the rest are told that the service ends."""
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=seconds)
        self._ending = True
        left = list(self._under_way)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    async def _let_in(self, path: str, messages: AsyncIterator[bytes], context: Any) -> Told:
        """Raises what says that the caller is refused."""
        headers, address = _headers(context), _address(context.peer())
        caller = self._gate.recognise(headers, address)
        self._gate.count(caller)
        self._budgets.enter(caller.name)
        held = 0
        try:
            body = await self._arrivals.take(caller.name, messages)
            self._budgets.hold(caller.name, len(body))
            held = len(body)
            return await self._ask(_scope(path, headers, address, caller), body)
        finally:
            self._budgets.leave(caller.name, held)

    async def _ask(self, scope: Scope, body: bytes) -> Told:
        told = Told()

        async def receive() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        await self._app(scope, receive, told.send)
        return told


async def _refuse(context: Any, status: int, headers: Mapping[str, str], body: bytes) -> NoReturn:
    """End a call with an error. Raises what gRPC does then."""
    message = _TOLD.decode(body).message
    trailing = (*headers.items(), (ERROR, body))
    await context.abort(_CODES.get(status, grpc.StatusCode.INTERNAL), message, trailing)
    raise AssertionError("gRPC ends a call that is aborted.")


def _headers(context: Any) -> dict[str, str]:
    """What the caller sent beside the message, by name; of those that are there twice the first."""
    sent = [(name, value) for name, value in context.invocation_metadata() or () if isinstance(value, str)]
    headers = dict(reversed(sent))
    headers.pop(HEADER_LENGTH, None)  # of another way
    left = context.time_remaining()
    if left is not None:
        headers[TIMEOUT] = f"{min(_LONGEST, max(0, int(1000 * left)))}m"
    return headers


def _scope(path: str, headers: Mapping[str, str], address: str, caller: Caller) -> Scope:
    sent = [(name.encode(), value.encode("latin-1", "replace")) for name, value in headers.items()]
    scope: Scope = {
        "type": "http", "method": "POST", "path": path, "query_string": b"", "headers": sent, "client": (address, 0),
    }  # fmt: skip
    remember(scope, caller)
    return scope


def _address(peer: str) -> str:
    """The address of a peer such as `ipv4:127.0.0.1:50000` or `ipv6:%5B::1%5D:50000`."""
    return peer.partition(":")[2].rpartition(":")[0].replace("%5B", "").replace("%5D", "").replace("%25", "%")
