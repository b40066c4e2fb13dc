"""uvicorn's protocol with bounds of ours: headers in time and of a size, a place among the connections."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from typing import Any, cast

from starlette.types import Scope
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from ...callers import household
from ...settings import ConnectionLimits
from ..connections import Connection, Connections, ConnectionStage
from ..exchange import arrived
from ..rendering import plain_error

_log = logging.getLogger(__name__)
_SWEEP_SECONDS = 1.0


class BoundedProtocol(HttpToolsProtocol):
    """One connection."""

    def __init__(self, connections: Connections, connection_limits: ConnectionLimits, **given: Any) -> None:
        super().__init__(**given)
        self._all, self._connection_limits = connections, connection_limits
        self._connection: Connection | None = None
        self._in_headers, self._header_bytes = False, 0
        self._dropped = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Take a place, or say that there is none."""
        super().connection_made(transport)
        caller = household(self.client[0] if self.client else "")
        self._connection = self._all.admit(caller, transport.abort, transport.get_write_buffer_size)
        if self._connection is None:
            self.refuse(503, plain_error(503, "Too many are connected. Try again."))

    def connection_lost(self, exc: Exception | None) -> None:
        """Give the place back."""
        if self._connection is not None:
            self._all.leave(self._connection)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Count what comes before the end of the headers."""
        if self.transport.is_closing() or self._connection is None:
            return
        if self.is_refused:
            self._drop(data)
            return
        super().data_received(data)
        if self._in_headers and not self.is_refused:
            self.reach(ConnectionStage.headers)
            self._header_bytes += len(data)
            if self._header_bytes > self._connection_limits.header_bytes:
                told = f"The headers are over {self._connection_limits.header_bytes:,} bytes."
                self.refuse(431, plain_error(431, told))

    def begin_headers(self) -> None:
        """Headers begin to come."""
        self._in_headers, self._header_bytes = True, 0

    def end_headers(self) -> None:
        """All headers are here."""
        self._in_headers = False
        self.reach(ConnectionStage.body)

    def on_message_begin(self) -> None:
        """A request begins to come."""
        self.begin_headers()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """All headers are here."""
        self.end_headers()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """All of the request is here."""
        arrived(cast("Scope", self.scope))
        self.reach(ConnectionStage.working)
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """The answer is given; the next request may come."""
        if not self.pipeline:
            self.reach(ConnectionStage.resting)
        super().on_response_complete()

    def send_400_response(self, msg: str) -> None:
        """Say in the shape of all errors that this is no HTTP."""
        self.refuse(400, plain_error(400, msg))

    def reach(self, stage: ConnectionStage) -> None:
        """Note what the connection is at."""
        if self._connection is not None:
            self._all.reach(self._connection, stage)

    @property
    def is_refused(self) -> bool:
        """Whether the client was told that nothing of it is taken any more."""
        return self._connection is not None and self._connection.stage is ConnectionStage.refused

    def refuse(self, status: int, body: bytes) -> None:
        """Answer and hang up soon: closed with bytes unread, many clients would see a reset in place of the answer."""
        head = b"content-type: application/json\r\nconnection: close\r\nretry-after: 1\r\ncontent-length: %d\r\n\r\n"
        self.transport.write(STATUS_LINE[status] + head % len(body) + body)
        if self._connection is None or self.pipeline:  # without a place; or with somebody at work who may still write
            self.transport.close()
            return
        self.give_up()
        self.transport.write_eof()
        self.reach(ConnectionStage.refused)

    def give_up(self) -> None:
        """Drop what was asked for."""
        if self.cycle is not None:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
            self.cycle = cast("Any", None)
        self.flow.resume_writing()
        self.flow.resume_reading()

    def _drop(self, data: bytes) -> None:
        self._dropped += len(data)
        if self._dropped > self._connection_limits.linger_bytes:
            self.transport.close()


async def sweep(connections: Connections) -> None:
    """Drop slow clients for as long as the inference server lives."""
    with suppress(asyncio.CancelledError):
        while True:
            await asyncio.sleep(_SWEEP_SECONDS)
            try:
                connections.sweep()
            except Exception:  # one odd connection must not end the watch over all
                _log.exception("The connections could not be looked through.")
