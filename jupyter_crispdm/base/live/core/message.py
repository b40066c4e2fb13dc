"""One message of a topic: encoded once in each form, whoever and however many receive it."""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any

from jupyter_crispdm.base.wire import encode

from .packed import packed

Encode = Callable[[Any], bytes]

_FINAL_TEXT, _FINAL_BINARY = 0x81, 0x82  # FIN and the opcodes of text and of bytes (RFC 6455, 5.2)


class Message:
    """What a reader receives at a time. `seq` is the cursor after it, `epoch` that of a log.

    The fact is encoded when somebody first needs the bytes, and let go of then. The frame is composed once too.
    """

    __slots__ = ("_data", "_encode", "_fact", "_frame", "_packed", "epoch", "is_last", "seq", "topic")

    def __init__(
        self, topic: str, seq: int, fact: Any, epoch: str | None = None, *, last: bool = False, encode: Encode = encode
    ) -> None:
        self.topic, self.seq, self.epoch, self.is_last = topic, seq, epoch, last
        self._fact, self._encode = fact, encode
        self._data = self._frame = b""
        self._packed: PackedMessage | None = None

    @property
    def data(self) -> bytes:
        """The fact as JSON."""
        if not self._data:
            self._data = self._encode(self._fact)
            if not hasattr(self._fact, "columns"):
                self._fact = None
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

    @property
    def length(self) -> int:
        """How many bytes it takes a client to receive, about."""
        return len(self.data)

    def packed(self) -> Message:
        """The same in as few bytes as can be, for a client that asked for that."""
        if self._packed is None and hasattr(self._fact, "columns"):
            payload = packed(self.topic, self.epoch, self.seq, self._fact)
            if payload is not None:
                self._packed = PackedMessage(self, payload)
        return self._packed or self

    def after_gap(self) -> Message:
        """The same for a reader who missed something; nothing is encoded again."""
        told = Message(self.topic, self.seq, None, self.epoch, last=self.is_last)
        rest = self.data[1:]
        told._data = b'{"gap":true' + (b"" if rest == b"}" else b",") + rest
        return told


class PackedMessage(Message):
    """A message of which a socket gets a binary frame."""

    __slots__ = ("_payload",)

    def __init__(self, message: Message, payload: bytes) -> None:
        super().__init__(message.topic, message.seq, None, message.epoch, last=message.is_last)
        self._payload = payload

    @property
    def frame(self) -> bytes:
        """The message as a binary WebSocket frame."""
        if not self._frame:
            self._frame = _frame(_FINAL_BINARY, self._payload)
        return self._frame

    @property
    def length(self) -> int:
        """How many bytes it has."""
        return len(self._payload)


def text_frame(payload: bytes) -> bytes:
    """A text as an unmasked WebSocket frame, as servers send it."""
    return _frame(_FINAL_TEXT, payload)


def _frame(kind: int, payload: bytes) -> bytes:
    size = len(payload)
    if size < 126:
        header = struct.pack("!BB", kind, size)
    elif size < 1 << 16:
        header = struct.pack("!BBH", kind, 126, size)
    else:
        header = struct.pack("!BBQ", kind, 127, size)
    return header + payload
