"""Frames between the inference server and a model's process, as the inference server reads and writes them.

`worker/model/frames.py` is the other side, and says what a frame is. What is long is read right to where it stays.
"""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Callable, Sequence
from typing import Any, cast

import msgspec

from ..tensors import Buffer

START = struct.Struct("<IQQd")
FOREVER = float("inf")
MOST_HEADER, MOST_BODY = 16 << 20, 1 << 30
_SMALL = 1 << 16
Received = Callable[[int, float, bytes, Buffer], None]
"""Called with the number, the seconds, the header and the body of a frame that came."""


class BadFrame(Exception):
    """What came is no frame."""


class Reader:
    """Puts frames together from bytes that come in any portions; knows no socket."""

    def __init__(self, received: Received) -> None:
        self._received = received
        self._small = bytearray(_SMALL)
        self._view = memoryview(self._small)
        self._begin = self._end = 0
        self._long: memoryview | None = None
        self._filled = 0
        self._start: tuple[int, int, int, float] = (0, 0, 0, 0.0)

    def room(self) -> memoryview:
        """Where the next bytes belong."""
        return self._view[self._end :] if self._long is None else self._long[self._filled :]

    def filled(self, count: int) -> None:
        """So many bytes came there. Raises BadFrame."""
        if self._long is None:
            self._end += count
            self._scan()
            return
        self._filled += count
        if self._filled == len(self._long):
            whole, self._long = self._long, None
            header_length, _, number, seconds = self._start
            self._received(number, seconds, bytes(whole[:header_length]), whole[header_length:])

    def _scan(self) -> None:
        """Hand over the frames that are whole, and make room for the next."""
        while (have := self._end - self._begin) >= START.size:
            header_length, body_length, number, seconds = self._start = START.unpack_from(self._small, self._begin)
            if header_length > MOST_HEADER or body_length > MOST_BODY:
                raise BadFrame(f"a frame of {header_length:,} and {body_length:,} bytes was announced")
            begin = self._begin + START.size
            middle, end = begin + header_length, begin + header_length + body_length
            if end > self._end:
                if end - self._begin > _SMALL:
                    self._grow(header_length + body_length, have - START.size)
                break
            self._begin = end
            self._received(number, seconds, bytes(self._view[begin:middle]), bytes(self._view[middle:end]))
        self._to_front()

    def _grow(self, length: int, have: int) -> None:
        """Let a frame that is too long for the buffer come to a place of its own."""
        self._long = memoryview(bytearray(length))
        self._long[:have] = self._view[self._end - have : self._end]
        self._filled, self._begin, self._end = have, 0, 0

    def _to_front(self) -> None:
        have = self._end - self._begin
        if self._begin and have:
            self._small[:have] = self._small[self._begin : self._end]
        self._begin, self._end = 0, have


class FrameProtocol(asyncio.BufferedProtocol):
    """The socket to a model's process."""

    def __init__(self, received: Received) -> None:
        self._reader = Reader(received)
        self._transport: asyncio.Transport | None = None
        self.closed: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        """Done when the other side is gone; says what was wrong, if anything was."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Write at once what is written: it is a whole batch already."""
        self._transport = cast("asyncio.Transport", transport)
        self._transport.set_write_buffer_limits(high=0)

    def get_buffer(self, sizehint: int) -> memoryview:
        """Where the next bytes belong."""
        return self._reader.room()

    def buffer_updated(self, nbytes: int) -> None:
        """Hand over what came; a process that says what no frame is has nothing more to say."""
        try:
            self._reader.filled(nbytes)
        except (BadFrame, msgspec.MsgspecError, KeyError, TypeError, ValueError) as error:
            self._close(f"said what no reply is: {error}")

    def connection_lost(self, exc: Exception | None) -> None:
        """The other side is gone."""
        self._close("")

    def send(self, number: int, header: Any, body: Sequence[Buffer] = (), until: float = FOREVER) -> None:
        """Send a frame; nothing when the other side is gone, which is told by `closed`."""
        if self._transport is None or self._transport.is_closing():
            return
        text = msgspec.json.encode(header)
        length = sum(map(len, body))
        start = START.pack(len(text), length, number, until)
        if length <= _SMALL:
            self._transport.write(b"".join((start, text, *body)))
        else:
            self._transport.writelines([start + text, *body])

    def close(self) -> None:
        """Close the socket."""
        if self._transport is not None:
            self._transport.abort()

    def _close(self, why: str) -> None:
        if not self.closed.done():
            self.closed.set_result(why)
        self.close()
