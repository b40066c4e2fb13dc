"""What every request passes first: who may ask from where, and how much may be sent."""

from __future__ import annotations

import hmac
import re
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import msgspec
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from jupyter_crispdm.base.errors import CrispdmError, ErrorBody, Forbidden, TooLarge, Unavailable

from .settings import FrontSettings

_LOCAL = frozenset({"127.0.0.1", "localhost", "[::1]"})
_HOST = re.compile(r"(\[[0-9a-fA-F:]+\]|[A-Za-z0-9._-]+)(:\d{1,5})?")


class Unauthorized(CrispdmError):
    """No token, or a wrong one."""

    status = 401


class Guard:
    """ASGI middleware: Host, Origin, token, size of the body, and headers of the answer."""

    def __init__(self, app: ASGIApp, settings: FrontSettings) -> None:
        self._app, self._settings = app, settings
        self._hosts = _LOCAL | {settings.host, f"[{settings.host}]"}
        self._in_flight = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 4xx, or hand the request on."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        headers = Headers(scope=scope)
        body = Body(receive, self._settings.limits.body)
        try:
            self._check_caller(headers)
            declared = self._declared(headers)
        except CrispdmError as error:
            return await send_error(send, error)
        self._in_flight += declared
        try:
            await self._app(scope, body.receive, _hardened(send))
        finally:
            self._in_flight -= declared

    def _check_caller(self, headers: Headers) -> None:
        host = headers.get("host", "")
        found = _HOST.fullmatch(host)
        if not found or (self._settings.local and found[1].lower() not in self._hosts):
            raise Forbidden(f"This service does not answer as host '{host[:100]}'.")
        origin = headers.get("origin")
        if origin is not None and urlsplit(origin).netloc.lower() != host.lower():
            raise Forbidden("Pages of other sites may not use this service.", origin=origin[:100])
        if headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
            raise Forbidden("Pages of other sites may not use this service.")
        if self._settings.token is not None:
            self._check_token(headers.get("authorization", ""), self._settings.token)

    def _check_token(self, authorization: str, expected: str) -> None:
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() not in ("bearer", "token") or not hmac.compare_digest(token.encode(), expected.encode()):
            raise Unauthorized("Send the service's token in the header 'Authorization: Bearer …'.")

    def _declared(self, headers: Headers) -> int:
        """The bytes a request will bring. Raises TooLarge, Unavailable."""
        limits = self._settings.limits
        length = headers.get("content-length", "0")
        chunked = "transfer-encoding" in headers
        size = limits.body if chunked else int(length) if length.isdecimal() and len(length) < 19 else limits.body + 1
        if size > limits.body:
            raise TooLarge(f"The body is over {limits.body:,} bytes.", limit=limits.body)
        if self._in_flight + size > limits.in_flight:
            raise Unavailable("Too much is being sent at once. Try again.", retry_after=1)
        return size


class Body:
    """A body that ends in a 413 when it goes over the limit, whatever its headers said."""

    def __init__(self, receive: Receive, limit: int) -> None:
        self._receive, self._left, self._limit = receive, limit, limit

    async def receive(self) -> Message:
        """The next piece. Raises TooLarge."""
        message = await self._receive()
        self._left -= len(message.get("body", b""))
        if self._left < 0:
            raise TooLarge(f"The body is over {self._limit:,} bytes.", limit=self._limit)
        return message


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
    raw += [(b"connection", b"close")]
    await _hardened(send)({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": body})


def _hardened(send: Send) -> Send:
    async def hardened(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers.append("x-content-type-options", "nosniff")
            headers.append("cache-control", "no-store")
            headers.setdefault("content-security-policy", "default-src 'none'; frame-ancestors 'none'")
        await send(message)

    return hardened
