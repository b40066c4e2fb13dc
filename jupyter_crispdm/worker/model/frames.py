"""Frames over a socket, as a model's process reads and writes them.

A frame is a start of fixed length (length of the header, u32; length of the body, u64; number of the request, u64;
a time in seconds, f64; all little-endian), a header in JSON and a body of raw bytes, the arrays one after another.
The time is, in a request, the moment of the monotonic clock until which it may be begun; in a reply, how long the
work took.
"""

from __future__ import annotations

import json
import select
import socket
import struct
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

START = struct.Struct("<IQQd")
MOST_HEADER, MOST_BODY = 16 << 20, 1 << 30
"""Bytes. What claims to be longer is no frame: nothing is set aside for it."""

_SMALL = 1 << 16
_KEPT_HEADERS, _KEPT_LENGTH = 256, 1024
FOREVER = float("inf")


class Gone(Exception):
    """The other side is gone, or says what no frame is."""


class TooLong(ValueError):
    """What is to be sent is longer than a frame may be."""

    status = 413


class Frame(NamedTuple):
    """What came: `header` is shared by frames that say the same, and is not to be changed."""

    id: int
    time: float
    header: Mapping[str, Any]
    body: memoryview


class Connection:
    """Frames over a socket: many that came together are read at once, and what is sent together is written at once."""

    def __init__(self, connected: socket.socket) -> None:
        self._socket = connected
        self._buffer = memoryview(bytearray(_SMALL))
        self._begin = self._end = 0
        self._headers: dict[bytes, Mapping[str, Any]] = {}
        self._outgoing: list[Any] = []

    def receive(self, wait: bool = True) -> Frame | None:
        """The next frame; None when none has begun to come and it is not waited for. Raises Gone."""
        if not wait and self._begin == self._end and not self._readable():
            return None
        header_length, body_length, number, time = START.unpack(self._take(START.size))
        if header_length > MOST_HEADER or body_length > MOST_BODY:
            raise Gone("a frame of %d and %d bytes was announced" % (header_length, body_length))
        header = self._header(bytes(self._take(header_length)))
        return Frame(number, time, header, memoryview(self._take(body_length)))

    @property
    def has_more(self) -> bool:
        """Whether more than one frame came at once."""
        return self._begin < self._end

    def send(self, number: int, header: Mapping[str, Any], arrays: Sequence[Any] = (), time: float = 0.0) -> None:
        """Put a frame among what `flush` writes; arrays are contiguous. Raises TooLong, ValueError for no JSON."""
        text = json.dumps(header, default=plain, allow_nan=False).encode()
        parts = [memoryview(array).cast("B") for array in arrays if array.size]
        length = sum(map(len, parts))
        if len(text) > MOST_HEADER or length > MOST_BODY:
            raise TooLong("The answer is %d bytes long, more than can be sent at once." % (len(text) + length))
        self._outgoing += [START.pack(len(text), length, number, time), text, *parts]

    def flush(self) -> None:
        """Write what was put together. Raises Gone."""
        parts, self._outgoing = self._outgoing, []
        small = sum(map(len, parts)) <= _SMALL
        try:
            for part in [b"".join(parts)] if small else parts:
                self._socket.sendall(part)
        except OSError as error:
            raise Gone(str(error)) from None

    def _readable(self) -> bool:
        return bool(select.select([self._socket], [], [], 0)[0])

    def _header(self, text: bytes) -> Mapping[str, Any]:
        """Read a header; short ones are often the same again."""
        found = self._headers.get(text)
        if found is None:
            try:
                found = json.loads(text)
            except ValueError as error:
                raise Gone("a header is no JSON: %s" % error) from None
            if not isinstance(found, dict):
                raise Gone("a header is no object")
            if len(text) <= _KEPT_LENGTH and found.get("do") == "infer" and "trace" not in found:
                if len(self._headers) >= _KEPT_HEADERS:
                    self._headers.clear()
                self._headers[text] = found
        return found

    def _take(self, length: int) -> bytearray:
        """So many bytes, of their own: whoever gets them may keep and change them."""
        taken = bytearray(length)
        have = min(length, self._end - self._begin)
        taken[:have] = self._buffer[self._begin : self._begin + have]
        self._begin += have
        rest = memoryview(taken)[have:]
        while rest:
            rest = rest[self._read_into(rest) :]
        return taken

    def _read_into(self, target: memoryview) -> int:
        """Read on: what is long right to where it belongs, what is short by way of the buffer."""
        try:
            if len(target) >= _SMALL:
                return self._told(self._socket.recv_into(target))
            self._begin, self._end = 0, self._told(self._socket.recv_into(self._buffer))
        except OSError as error:
            raise Gone(str(error)) from None
        size = min(len(target), self._end)
        target[:size] = self._buffer[:size]
        self._begin = size
        return size

    @staticmethod
    def _told(size: int) -> int:
        if not size:
            raise Gone("the other side has closed")
        return size


def plain(value: Any) -> Any:
    """Numbers and arrays of numpy and torch as JSON."""
    return value.tolist()
