"""Topics as Server-Sent Events or as JSON lines, for programs without a WebSocket."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from tornado import web

from jupyter_crispdm.base.http.gateway import error_body
from jupyter_crispdm.base.wire import encode

from .commands import Seen, identity
from .core.log import Place
from .core.message import Message
from .outlet import Outlet

HEARTBEAT_SECONDS = 15.0


class Stream:
    """One response that goes on for as long as the client listens.

    A client whose topics all have ended has the end of the response; one that only listens gets a blank line now and
    then, which shows whether it is still there.
    """

    def __init__(self, handler: web.RequestHandler, seen: Seen, *, lines: bool) -> None:
        self._handler, self._lines = handler, lines
        self._seen = dict(seen)
        self._ended = asyncio.Event()
        self._spoke = False
        self._is_writing = True  # until it starts, all waits
        self._waiting = b""
        self.outlet = Outlet(self._send, self.fail, asyncio.get_running_loop().call_later)
        self.outlet.hold()

    def start(self) -> None:
        """Send what comes before the first message, then why topics broke, then what is followed."""
        self._is_writing = False
        said, self._waiting = self._waiting, b""
        self._write(b"" if self._lines else b"retry: 1000\n\n")
        self._waiting = said

    async def run(self) -> None:
        """Send until the end."""
        ended = asyncio.ensure_future(self._ended.wait())
        try:
            while not self._ended.is_set():
                self._spoke = False
                await asyncio.wait({ended}, timeout=HEARTBEAT_SECONDS)
                if not self._spoke and not self._is_writing and not self._ended.is_set():
                    self._write(b"\n" if self._lines else b": still here\n\n")
        finally:
            ended.cancel()
            self.outlet.close()

    def end(self) -> None:
        """Stop: the client is gone, or may no longer listen."""
        self.outlet.close()
        self._ended.set()

    def _send(self, messages: Sequence[Message]) -> bool:
        self._write(b"".join(map(self._composed, messages)))
        return False

    def _write(self, data: bytes) -> None:
        """Send, after what is on its way: only one write may be."""
        self._spoke = True
        if self._is_writing:
            self._waiting += data
            return
        self._is_writing = True
        self._handler.write(data)
        self._handler.flush().add_done_callback(self._flushed)

    def _flushed(self, flushed: asyncio.Future[None]) -> None:
        self._is_writing = False
        if flushed.cancelled() or flushed.exception() is not None:
            self.end()
        elif self._waiting:
            data, self._waiting = self._waiting, b""
            self._write(data)
        elif not len(self.outlet):
            self.end()
        else:
            self.outlet.resume()

    def _composed(self, message: Message) -> bytes:
        self._seen[message.topic] = Place(message.seq, message.epoch)
        if self._lines:
            return message.json + b"\n"
        return b"id: " + identity(self._seen, message) + b"\ndata: " + message.json + b"\n\n"

    def fail(self, topic: str, error: BaseException) -> None:
        """Tell what broke a topic, as the socket does."""
        body = encode({"topic": topic, "error": error_body(500, error)})
        self._write(body + b"\n" if self._lines else b"data: " + body + b"\n\n")
