"""One message of a topic: encoded once, whoever and however many receive it."""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any

from jupyter_crispdm.base.wire import encode

Encode = Callable[[Any], bytes]

_FINAL_TEXT = 0x81  # FIN and the opcode of text (RFC 6455, 5.2)


class Message:
    """What a reader receives at a time. `seq` is the cursor after it, `epoch` that of a log.

    The fact is encoded when somebody first needs the bytes, and let go of then. The frame is composed once too.
    """

    __slots__ = ("_data", "_encode", "_fact", "_frame", "epoch", "is_last", "seq", "topic")

    def __init__(
        self, topic: str, seq: int, fact: Any, epoch: str | None = None, *, last: bool = False, encode: Encode = encode
    ) -> None:
        self.topic, self.seq, self.epoch, self.is_last = topic, seq, epoch, last
        self._fact, self._encode = fact, encode
        self._data = self._frame = b""

    @property
    def data(self) -> bytes:
        """The fact as JSON."""
        if not self._data:
            self._data, self._fact = self._encode(self._fact), None
        return self._data

    @property
    def json(self) -> bytes:
        """The whole message as JSON: topic, seq, epoch of a log, data."""
        epoch = b"" if self.epoch is None else b',"epoch":' + encode(self.epoch)
        return b'{"topic":%b,"seq":%d%b,"data":%b}' % (encode(self.topic), self.seq, epoch, self.data)

    @property
    def frame(self) -> bytes:
        """The message as a WebSocket frame of a server, header and all."""
        if not self._frame:
            self._frame = text_frame(self.json)
        return self._frame

    @property
    def size(self) -> int:
        """How many bytes of it are kept."""
        return len(self._data) + len(self._frame)

    def after_gap(self) -> Message:
        """The same for a reader who missed something; nothing is encoded again."""
        told = Message(self.topic, self.seq, None, self.epoch, last=self.is_last)
        rest = self.data[1:]
        told._data = b'{"gap":true' + (b"" if rest == b"}" else b",") + rest
        return told


def text_frame(payload: bytes) -> bytes:
    """A text as an unmasked WebSocket frame, as servers send it."""
    size = len(payload)
    if size < 126:
        header = struct.pack("!BB", _FINAL_TEXT, size)
    elif size < 1 << 16:
        header = struct.pack("!BBH", _FINAL_TEXT, 126, size)
    else:
        header = struct.pack("!BBQ", _FINAL_TEXT, 127, size)
    return header + payload
