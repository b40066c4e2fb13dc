"""Answers that are written while they are made: each piece when the one before is on its way, for as long as somebody
reads and may.

Whatever ends it, the iterator is closed: the client left, its session ended, making it failed. A failure before the
first piece is told as any other; later the connection is cut, so that what came does not look whole: it may be half a
file. Who sends messages makes a failure the last of them, before it comes here.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import struct
from collections.abc import AsyncIterable, AsyncIterator, Mapping
from typing import Any, Protocol

from tornado.iostream import StreamClosedError

UNBUFFERED: Mapping[str, str] = {"X-Accel-Buffering": "no", "Cache-Control": "no-cache, no-transform"}
"""Headers that keep what stands between from holding pieces back."""

RECHECK_SECONDS = 3.0
_PATIENCE = 0.1
_RESET = struct.pack("ii", 1, 0)
_log = logging.getLogger(__name__)


class Writer(Protocol):
    """What is needed of a handler."""

    request: Any
    current_user: Any
    _headers_written: bool
    _finished: bool

    @property
    def gone(self) -> asyncio.Event:
        """Set once the caller has hung up."""
        ...

    def write(self, chunk: bytes) -> None:
        """Put something into the answer."""
        ...

    def flush(self) -> asyncio.Future[None]:
        """Send it."""
        ...

    async def still_allowed(self, before: Any) -> bool:
        """Whether the caller is who they were, with the role that they had."""
        ...


async def flow(handler: Writer, pieces: AsyncIterable[bytes]) -> bool:
    """Write all pieces; whether that was done to the end. Raises what goes wrong before anything was sent."""
    writing = asyncio.ensure_future(_write(handler, pieces))
    ends = [asyncio.ensure_future(handler.gone.wait()), asyncio.ensure_future(_session_ends(handler))]
    try:
        await asyncio.wait({writing, *ends}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        await _ended(writing, *ends)
        await close(pieces)
    return _is_whole(handler, writing)


async def close(pieces: object) -> None:
    """Close what can be closed."""
    aclose = getattr(pieces, "aclose", None)
    if aclose is not None:
        await aclose()


async def _write(handler: Writer, pieces: AsyncIterable[bytes]) -> None:
    iterator = aiter(pieces)
    first = asyncio.ensure_future(_next(iterator))
    try:
        await asyncio.wait({first}, timeout=_PATIENCE)
        if not first.done():
            await handler.flush()  # the headers: who waits for the first piece knows that it will come
        piece = await first
    finally:
        await _ended(first)
    while piece is not None:
        handler.write(piece)
        await handler.flush()
        piece = await _next(iterator)


async def _next(iterator: AsyncIterator[bytes]) -> bytes | None:
    return await anext(iterator, None)


async def _session_ends(handler: Writer) -> None:
    user = handler.current_user
    while True:
        await asyncio.sleep(RECHECK_SECONDS)
        if user is not None and not await handler.still_allowed(user):
            return


async def _ended(*tasks: asyncio.Future[Any]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _is_whole(handler: Writer, writing: asyncio.Future[None]) -> bool:
    """Whether all was written; otherwise the connection is cut. Raises what went wrong before anything was sent."""
    error = None if writing.cancelled() else writing.exception()
    if error is None and not writing.cancelled():
        return True
    if error is not None and not isinstance(error, StreamClosedError):
        if not handler._headers_written:
            raise error
        _log.warning("What was being sent could not be made to its end: %s", handler.request.path, exc_info=error)
    _cut(handler.request.connection)
    handler._finished = True
    return False


def _cut(connection: Any) -> None:
    """End an answer so that it does not look whole: without its last chunk, or by a reset where it has no chunks."""
    stream = connection.stream
    if not connection._chunking_output and not stream.closed():
        stream.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    stream.close()
