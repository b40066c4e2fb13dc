"""Bytes as they come become messages: lines, or events of `text/event-stream`. A piece may end anywhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

LARGEST = 4 << 20


class TooLarge(Exception):
    """A message has no end within all reason."""


class Parser(Protocol):
    """Makes messages of bytes."""

    def feed(self, data: bytes) -> Iterator[tuple[bytes, str]]:
        """The messages that are whole by now, each with its id. Raises TooLarge."""


class LineParser:
    """Each line is a message; empty ones are not."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> Iterator[tuple[bytes, str]]:
        """Whole lines."""
        *lines, rest = data.split(b"\n")
        if lines:
            lines[0], self._rest = self._rest + lines[0], rest
        else:
            self._rest += rest
        for line in lines:
            if stripped := line.strip(b"\x1e \t\r"):  # json-seq begins each record with 0x1E
                yield stripped, ""
        if len(self._rest) > LARGEST:
            raise TooLarge


class EventParser:
    """The lines of each event are read as the standard of Server-Sent Events says."""

    def __init__(self) -> None:
        self._rest = b""
        self._after_return = False
        self._data: list[bytes] = []
        self._size = 0
        self._id = ""
        self._first = True

    def feed(self, data: bytes) -> Iterator[tuple[bytes, str]]:
        """Whole events that carry data."""
        for line in self._lines(data):
            if line:
                self._field(line)
            elif self._data:
                event = b"\n".join(self._data)
                self._data, self._size = [], 0
                yield event, self._id

    def _lines(self, data: bytes) -> Iterator[bytes]:
        """Lines that end with \\r\\n, \\n or \\r; a piece may end between the two."""
        if self._after_return and data.startswith(b"\n"):
            data = data[1:]
        self._after_return = data.endswith(b"\r") if data else self._after_return
        *lines, rest = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
        if lines:
            lines[0], self._rest = self._rest + lines[0], rest
        else:
            self._rest += rest
        for line in lines:
            yield line.removeprefix(b"\xef\xbb\xbf") if self._first else line
            self._first = False
        if len(self._rest) > LARGEST:
            raise TooLarge

    def _field(self, line: bytes) -> None:
        name, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if name == b"data":
            self._data.append(value)
            self._size += len(value)
            if self._size > LARGEST:
                raise TooLarge
        elif name == b"id" and b"\0" not in value:
            self._id = value.decode("utf-8", "replace")[:1000]
