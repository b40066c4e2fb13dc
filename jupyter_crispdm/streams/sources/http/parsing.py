"""Bytes as they come become messages: lines, or events of `text/event-stream`. A piece may end anywhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from jupyter_crispdm.streaming.errors import TooLong
from jupyter_crispdm.streaming.events import RawEventParser

LARGEST = 4 << 20
_LONGEST_ID = 1000


class Parser(Protocol):
    """Makes messages of bytes."""

    def feed(self, data: bytes) -> Iterator[tuple[bytes, str]]:
        """The messages that are whole by now, each with its id. Raises TooLong."""


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
            raise TooLong("lines", f"a line is over {LARGEST:,} bytes")


class EventParser:
    """Each event of `text/event-stream` that carries data is a message."""

    def __init__(self) -> None:
        self._parser = RawEventParser(largest=LARGEST)

    def feed(self, data: bytes) -> Iterator[tuple[bytes, str]]:
        """Whole events, each with the last id that came."""
        for event in self._parser.feed(data):
            yield event.data, event.id[:_LONGEST_ID]
