"""Kernel messages as they arrive from a browser, read strictly, in both wire protocols.

A frame whose counts, offsets or JSON do not hold is None, and nobody else gets to parse it. Where two
readers could differ (a key twice in the header), the frame is refused too.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import msgspec
from jupyter_server.services.kernels.connection.base import serialize_msg_to_ws_v1

PROTOCOL_V1 = "v1.kernel.websocket.jupyter.org"
_CHANNELS = frozenset({"shell", "control", "stdin"})
_HEADER = ("msg_id", "session", "username", "date", "msg_type", "version")
_MOST_BUFFERS = 4096
_PARTS = 4
_object = msgspec.json.Decoder(dict[str, msgspec.Raw])


@dataclass(frozen=True)
class Frame:
    """One well-formed message: where it goes, what it says it is, and the rest untouched."""

    channel: str
    header: dict[str, Any]
    parts: list[bytes]
    message: dict[str, Any]

    @property
    def kind(self) -> str:
        """The message type."""
        return str(self.header["msg_type"])

    def plain(self) -> bytes | str | None:
        """The frame written anew with only the header fields of the protocol, for kernels that read JSON
        their own way; None for a legacy binary frame, which has no such form."""
        header = {key: self.header[key] for key in _HEADER if key in self.header}
        if self.parts:
            parts = [json.dumps(header).encode(), *self.parts[1:]]
            return bytes(serialize_msg_to_ws_v1(parts, self.channel))  # type: ignore[no-untyped-call]
        if self.message.get("buffers"):
            return None
        fields = {key: self.message[key] for key in ("parent_header", "metadata", "content")}
        return json.dumps({"header": header, **fields, "channel": self.channel, "buffers": []})


def parse(data: bytes | str, protocol: str | None) -> Frame | None:
    """Read a frame from a browser; None when it is malformed."""
    try:
        if protocol == PROTOCOL_V1:
            return _parse_v1(data) if isinstance(data, bytes) else None
        return _parse_legacy(data)
    except (ValueError, RecursionError):
        return None


def _parse_v1(data: bytes) -> Frame | None:
    count = int.from_bytes(data[:8], "little")
    if not _PARTS + 2 <= count <= _PARTS + 2 + _MOST_BUFFERS or len(data) < 8 * (count + 1):
        return None
    offsets = [int.from_bytes(data[8 * i : 8 * i + 8], "little") for i in range(1, count + 1)]
    if offsets[0] != 8 * (count + 1) or offsets[-1] != len(data) or not _ascending(offsets):
        return None
    channel, *parts = (data[start:end] for start, end in pairwise(offsets))
    for part in parts[1:_PARTS]:
        _object.decode(part)
    return _frame(channel.decode("ascii"), _header(parts[0].decode()), parts, {})


def _parse_legacy(data: bytes | str) -> Frame | None:
    buffers = 0
    if isinstance(data, bytes):
        count = int.from_bytes(data[:4], "big")
        if not 1 <= count <= _MOST_BUFFERS or len(data) < 4 * (count + 1):
            return None
        offsets = [int.from_bytes(data[4 * i : 4 * i + 4], "big") for i in range(1, count + 1)] + [len(data)]
        if offsets[0] != 4 * (count + 1) or not _ascending(offsets):
            return None
        data, buffers = data[offsets[0] : offsets[1]].decode(), count - 1
    fields = _object.decode(data)
    message = json.loads(data)
    if message.get("buffers") or not all(isinstance(message.get(key), dict) for key in _FIELDS):
        return None
    message["buffers"] = buffers
    channel = message.get("channel")
    return _frame("shell" if channel is None else channel, _header(bytes(fields["header"]).decode()), [],
                  message)


_FIELDS = ("header", "parent_header", "metadata", "content")


def _frame(
    channel: object, header: dict[str, Any], parts: list[bytes], message: dict[str, Any]
) -> Frame | None:
    named = all(isinstance(header.get(key), str) for key in ("msg_id", "msg_type"))
    if not named or not isinstance(channel, str) or channel not in _CHANNELS:
        return None
    return Frame(channel, header, parts, message)


def _header(text: str) -> dict[str, Any]:
    header = json.loads(text, object_pairs_hook=_without_duplicates)
    if not isinstance(header, dict):
        raise ValueError("The header is not an object.")
    return header


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ValueError("A key occurs twice.")
    return result


def _ascending(offsets: list[int]) -> bool:
    return all(start <= end for start, end in pairwise(offsets))
