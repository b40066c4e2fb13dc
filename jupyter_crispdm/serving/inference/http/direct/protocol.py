"""uvicorn's protocol with the short way in it."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, cast

from ...errors import TooSlow
from ...settings import ConnectionLimits
from ...tensors import Buffer
from ..connections import Connections, ConnectionStage
from ..exchange import ALWAYS, POLICY
from ..rendering import rendered
from .bounded import BoundedProtocol
from .calls import Admitted, DirectCalls
from .exchange import Exchange

_JSON = {"content-type": "application/json"}
_JOINED = 64 * 2**10
"""Bytes up to which an answer is put into one piece, rather than sent in several."""


class DirectProtocol(BoundedProtocol):
    """One connection. A request to a model that is plain is answered here; everything else by the application."""

    def __init__(
        self, calls: DirectCalls, connections: Connections, connection_limits: ConnectionLimits, **given: Any
    ) -> None:
        super().__init__(connections, connection_limits, **given)
        self._calls = calls
        self._last: Admitted | None = None
        self._coming: Exchange | None = None  # its body is on its way
        self._working: Exchange | None = None  # the model works on it
        self._dated: object = None
        self._start = b""

    def connection_lost(self, exc: Exception | None) -> None:
        """Drop what was asked for."""
        self._leave()
        super().connection_lost(exc)

    def give_up(self) -> None:
        """Drop what was asked for."""
        self._leave()
        super().give_up()

    def _leave(self) -> None:
        if self._coming is not None:
            self._coming.give_up()
            self._coming = None
        if self._working is not None:
            self._working.leave()
            self._working = None

    def data_received(self, data: bytes) -> None:
        """Follow how a body comes that does not come at once."""
        super().data_received(data)
        connection = self._connection
        if connection is None:
            return
        if self._coming is not None:
            self.reach(ConnectionStage.body)
            self._all.follow(connection, len(data), self._too_slow)
        elif connection.pace is not None:
            connection.pace = None

    def on_message_begin(self) -> None:
        """A request begins to come; which way it goes is seen from its headers."""
        self.url, self.headers, self.expect_100_continue = b"", [], False
        self._in_headers, self._header_bytes = True, 0

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep a header."""
        self.headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        """Choose the way."""
        cycle = self.cycle
        if self.url.endswith(b"/infer") and (cycle is None or cycle.response_complete) and not self.pipeline:
            exchange = self._admit()
            if exchange is not None:
                self._in_headers = False
                self._coming = exchange
                self.cycle = cast("Any", exchange)
                return
        self._go_long_way()

    def on_body(self, body: bytes) -> None:
        """Keep a piece."""
        coming = self._coming
        if coming is None:
            super().on_body(body)
        elif not coming.take(body):
            self._hand_over(coming)
            super().on_body(body)

    def on_message_complete(self) -> None:
        """Ask the model."""
        coming = self._coming
        if coming is not None:
            self._coming, self._working = None, coming
            self.reach(ConnectionStage.working)
            coming.begin()
            return
        super().on_message_complete()

    def reply(self, exchange: Exchange, status: int, headers: dict[str, str] | None, body: list[Buffer]) -> None:
        """Send an answer; None for the headers of JSON alone."""
        self._working = None
        transport = self.transport
        if transport.is_closing():
            return
        head = self._ok() if headers is None else self._head(status, headers)
        close = b"" if exchange.keep_alive else b"connection: close\r\n"
        size = sum(map(len, body))
        start = b"%b%bcontent-length: %d\r\n\r\n" % (head, close, size)
        if size <= _JOINED:
            transport.write(b"".join([start, *body]))
        else:
            transport.writelines([start, *body])
        self.server_state.total_requests += 1
        if not exchange.keep_alive:
            transport.close()
        elif self.pipeline:
            super().on_response_complete()
        else:
            self.reach(ConnectionStage.resting)

    def _admit(self) -> Exchange | None:
        parser = self.parser
        if parser.get_method() != b"POST" or parser.get_http_version() != "1.1" or self.flow.write_paused:
            return None
        address = self.client[0] if self.client else ""
        found = self._calls.admit(self.url, self.headers, address, self._last)
        if found is None:
            return None
        self._last = found
        return Exchange(self._calls, self, found.target, found.caller, found.terms, parser.should_keep_alive())

    def _go_long_way(self) -> None:
        """Go on as uvicorn would have, had it seen the request from its beginning."""
        url, headers = self.url, self.headers
        super().on_message_begin()
        self.url = url
        for name, value in headers:
            super().on_header(name, value)
        super().on_headers_complete()

    def _hand_over(self, exchange: Exchange) -> None:
        """Go the long way with what came so far."""
        self._coming = None
        exchange.give_up()
        self.cycle = cast("Any", None)
        self._go_long_way()
        for chunk in exchange.chunks:
            super().on_body(chunk)

    def _too_slow(self) -> None:
        if self._coming is not None:
            status, _, body = rendered(TooSlow("The body does not come: it must arrive without long pauses."))
            self.refuse(status, body)

    def _ok(self) -> bytes:
        """The start of a plain answer, made anew when its date changes."""
        if self._dated is not self.server_state.default_headers:
            self._dated = self.server_state.default_headers
            self._start = self._head(200, _JSON)
        return self._start

    def _head(self, status: int, headers: dict[str, str]) -> bytes:
        told = headers | self._calls.gate.for_pages(None)
        sent = [*self.server_state.default_headers, *ALWAYS, POLICY]
        sent += [(name.encode(), value.encode()) for name, value in told.items()]
        lines = b"".join(b"%b: %b\r\n" % pair for pair in sent)
        return b"HTTP/1.1 %d %b\r\n%b" % (status, _phrase(status), lines)


def _phrase(status: int) -> bytes:
    return HTTPStatus(status).phrase.encode()


def direct_protocol(
    calls: DirectCalls, connections: Connections, connection_limits: ConnectionLimits
) -> Callable[..., DirectProtocol]:
    """What uvicorn makes a protocol with for each connection."""

    def make(**given: Any) -> DirectProtocol:
        return DirectProtocol(calls, connections, connection_limits, **given)

    return make
