"""Large bodies of strangers are refused on the headers, before a byte of them is kept in memory."""

from __future__ import annotations

from typing import Any

from tornado import web
from tornado.httputil import HTTPServerRequest
from tornado.routing import Matcher, Rule

LARGEST_OF_A_STRANGER = 1024 * 1024


class LargeBodyOfStranger(Matcher):
    """Matches requests that announce a large or endless body and show no credential that holds."""

    def __init__(self, provider: Any) -> None:
        self._provider = provider

    def match(self, request: HTTPServerRequest) -> dict[str, Any] | None:
        """Route the request to `Refusal`, or leave it to the rules that follow."""
        return {} if _is_large(request) and not self._provider.recognises(request) else None


@web.stream_request_body
class Refusal(web.RequestHandler):
    """Answers at once and hangs up: the body is never read."""

    async def prepare(self) -> None:
        """Refuse."""
        self.set_status(403)
        self.set_header("Connection", "close")
        await self.finish({
            "message": "Log in before you send large bodies.", "reason": "Forbidden", "code": "forbidden",
            "details": {"limit": LARGEST_OF_A_STRANGER},
        })
        if self.request.connection is not None:
            self.request.connection.close()  # type: ignore[attr-defined]

    def data_received(self, chunk: bytes) -> None:
        """Drop what was already on its way."""


def body_rule(provider: Any) -> Rule:
    """The rule to put before all others."""
    return Rule(LargeBodyOfStranger(provider), Refusal)


def _is_large(request: HTTPServerRequest) -> bool:
    if "Transfer-Encoding" in request.headers:
        return True
    length = request.headers.get("Content-Length", "0")
    return not length.isdecimal() or int(length) > LARGEST_OF_A_STRANGER
