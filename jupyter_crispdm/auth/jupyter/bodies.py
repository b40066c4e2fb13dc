"""How much each caller may send, decided on the headers, before a byte of the body is kept.

The limit is that of the role and the route; what a request announces is not believed but counted as it
arrives. A body that comes too slowly, or beside too many others of the same caller, is broken off.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from jupyter_server.services.contents.handlers import ContentsHandler
from tornado import httputil, web
from tornado.ioloop import PeriodicCallback

from jupyter_crispdm.base.budget import TALLY, Pace
from jupyter_crispdm.base.clock import AttentiveClock, Clock, SystemClock
from jupyter_crispdm.base.errors import CrispdmError, Forbidden, RequestTimeout, TooLarge, TooManyRequests
from jupyter_crispdm.base.http.gateway import BODY_LIMIT, RouteHandler
from jupyter_crispdm.base.http.lingering import is_unread, linger
from jupyter_crispdm.base.http.route import Route
from jupyter_crispdm.base.numbers import whole

from ..pages.handlers import LoginHandler
from ..roles import CrispdmUser, Role, may

_log = logging.getLogger(__name__)
TINY = 64 * 1024
LARGEST_LOGIN = 16 * 1024
JSON_OF_READERS = 1024 * 1024
STREAMED = 2**63 - 1
HELD_BY_A_READER = 128 * 1024 * 1024
_SWEEP_MILLISECONDS = 1000
_LONGEST_LOOK = 2.0
_KNOWN = Pace(rate=8 * 1024, grace=15.0)
_STRANGER = Pace(rate=8 * 1024, grace=5.0)
_Maker = Callable[..., httputil.HTTPMessageDelegate]


def limit_of(user: CrispdmUser | None, kind: type[web.RequestHandler], method: str, server_limit: int) -> int:
    """The most bytes that a caller may send to a handler."""
    if issubclass(kind, LoginHandler):
        return LARGEST_LOGIN
    if user is None:
        return TINY
    role = Role(user.role)
    if not issubclass(kind, RouteHandler):
        most = JSON_OF_READERS if issubclass(kind, ContentsHandler) and role.includes(Role.VIEWER) else TINY
        return server_limit if role.includes(Role.ANALYST) else most
    entry = entry_of(kind, method)
    if entry is None or entry.body is None or not may(role, entry.resource, entry.action):
        return TINY
    if entry.streamed:  # kept by nobody here: the verb counts for itself
        return STREAMED
    if entry.limit is not None:
        return entry.limit
    return BODY_LIMIT if role.includes(Role.ANALYST) else JSON_OF_READERS


def entry_of(kind: type[web.RequestHandler], method: str) -> Route | None:
    """The row of our route table that a handler has for a method."""
    return next((entry for entry in getattr(kind, "routes", ()) if entry.method == method), None)


class BodyLimits:
    """All bodies that are on their way. `identify` says who sends, from the headers alone."""

    def __init__(
        self, identify: Callable[[httputil.HTTPServerRequest], Awaitable[CrispdmUser | None]], server_limit: int,
        clock: Clock | None = None,
    ) -> None:
        self.identify = identify
        self.server_limit = server_limit
        self.clock = AttentiveClock(clock or SystemClock(), _LONGEST_LOOK)
        self._arriving: set[LimitedBody] = set()
        self._held: Counter[str] = Counter()
        self._sweeper: PeriodicCallback | None = None

    def install(self, application: Any) -> None:
        """Stand before every handler of a tornado application."""
        make: _Maker = application.get_handler_delegate

        def limited(request: Any, kind: Any, *args: Any, **kwargs: Any) -> httputil.HTTPMessageDelegate:
            return LimitedBody(self, make(request, kind, *args, **kwargs), request, kind)

        application.get_handler_delegate = limited

    def hold(self, caller: str, size: int) -> None:
        """Count bytes that are kept for a caller; negative ones are let go. Raises TooManyRequests."""
        self._held[caller] += size
        if self._held[caller] <= 0:
            del self._held[caller]
        elif size > 0 and self._held[caller] > HELD_BY_A_READER:
            raise TooManyRequests("You are sending too much at once. Try again.", retry_after=1)

    def watch(self, body: LimitedBody) -> None:
        """Break a body off when it comes too slowly."""
        self._arriving.add(body)
        if self._sweeper is None:
            self._sweeper = PeriodicCallback(self.sweep, _SWEEP_MILLISECONDS)
        if not self._sweeper.is_running():
            self._sweeper.start()

    def forget(self, body: LimitedBody) -> None:
        """Stop watching a body that is there, or will not come."""
        self._arriving.discard(body)
        if not self._arriving and self._sweeper is not None:
            self._sweeper.stop()

    def sweep(self) -> None:
        """Break off what is too slow by now; while this server itself stood still, nobody was."""
        self.clock.look()
        for body in list(self._arriving):
            body.require_pace(self.clock.monotonic())


class LimitedBody(httputil.HTTPMessageDelegate):
    """Hands one request on to its handler for as long as its body keeps within the limits."""

    def __init__(
        self, limits: BodyLimits, inner: httputil.HTTPMessageDelegate, request: httputil.HTTPServerRequest,
        kind: type[web.RequestHandler],
    ) -> None:
        self._limits, self._inner, self._request, self._kind = limits, inner, request, kind
        self._arrived, self._limit, self._held_by = 0, 0, ""
        self._began, self._pace = 0.0, _STRANGER
        self._begun = self._refused = False

    def headers_received(self, start_line: Any, headers: httputil.HTTPHeaders) -> Awaitable[None] | None:
        """Let a request without a body pass at once; find out about the others first."""
        if "Transfer-Encoding" not in headers and headers.get("Content-Length", "0") == "0":
            self._begun = True
            return self._inner.headers_received(start_line, headers)
        return self._consider(start_line, headers)

    async def _consider(self, start_line: Any, headers: httputil.HTTPHeaders) -> None:
        user = await self._limits.identify(self._request)
        self._limit = limit_of(user, self._kind, start_line.method, self._limits.server_limit)
        try:
            self._check_announced(headers, user)
        except CrispdmError as error:
            self._refuse(error)
            return
        entry = entry_of(self._kind, start_line.method)
        is_kept = entry is None or not entry.streamed
        if is_kept and user is not None and not Role(user.role).includes(Role.ANALYST):
            self._held_by = user.username
        self._pace = _STRANGER if user is None else _KNOWN
        self._began = self._limits.clock.monotonic()
        self._limits.watch(self)
        self._begun = True
        started = self._inner.headers_received(start_line, headers)
        if started is not None:
            await started

    def _check_announced(self, headers: httputil.HTTPHeaders, user: CrispdmUser | None) -> None:
        """Refuse what the headers say already. Raises BadRequest, Forbidden, TooLarge."""
        size = 0
        if "Transfer-Encoding" not in headers:
            size = whole(headers["Content-Length"], "Content-Length", high=2**63)
        elif user is None:
            raise Forbidden("Log in before you send bodies of unknown length.", limit=self._limit)
        if size > self._limit:
            raise self._too_large(user is None and not issubclass(self._kind, LoginHandler))

    def _too_large(self, by_stranger: bool = False) -> CrispdmError:
        if by_stranger:
            return Forbidden("Log in before you send large bodies.", limit=self._limit)
        return TooLarge(f"The body is over {self._limit:,} bytes, the most that you may send here.", limit=self._limit)

    def data_received(self, chunk: bytes) -> Awaitable[None] | None:
        """Count what comes, and keep it while it is within the limits."""
        if self._refused:
            return None
        self._arrived += len(chunk)
        try:
            if self._arrived > self._limit:
                raise self._too_large()
            if self._held_by:
                self._limits.hold(self._held_by, len(chunk))
        except CrispdmError as error:
            self._refuse(error)
            return None
        return self._inner.data_received(chunk)

    def require_pace(self, now: float) -> None:
        """Break off when too little has come."""
        if self._pace.is_slow(self._arrived, now - self._began):
            self._refuse(RequestTimeout("The body comes too slowly."))

    def finish(self) -> None:
        """The whole body is there."""
        self._limits.forget(self)
        if self._held_by:
            self._release_when_answered()
        self._inner.finish()

    def _release_when_answered(self) -> None:
        """Count the body as held until its handler has answered, or its sender has gone."""
        caller, size = self._held_by, self._arrived
        self._held_by = ""
        connection: Any = self._request.connection
        connection._finish_future.add_done_callback(lambda _: self._limits.hold(caller, -size))

    def on_connection_close(self) -> None:
        """The sender is gone."""
        self._let_go()
        if self._begun and not self._refused:
            self._inner.on_connection_close()

    def _let_go(self) -> None:
        self._limits.forget(self)
        if self._held_by:
            self._limits.hold(self._held_by, -self._arrived)
            self._held_by = ""

    def _refuse(self, error: CrispdmError) -> None:
        """Answer at once and hang up soon: what still comes is dropped."""
        self._let_go()
        if self._begun:
            self._inner.on_connection_close()
        self._refused = True
        TALLY.add("bodies refused")
        _log.info("A body was refused: %s", error.message)
        connection: Any = self._request.connection
        body = msgspec.json.encode(error.body())
        headers = httputil.HTTPHeaders({
            "Content-Type": "application/json", "Content-Length": str(len(body)), "Connection": "close",
            "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff",
        })
        if "retry_after" in error.details:
            headers["Retry-After"] = str(error.details["retry_after"])
        line = httputil.ResponseStartLine("HTTP/1.1", error.status, error.body().reason)
        connection.write_headers(line, headers, body)
        if is_unread(self._request):
            linger(self._request)
        connection.finish()
