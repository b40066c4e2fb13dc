"""A log in pieces of whole lines, and a line as it is read: without colours, and without what was written over."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import NamedTuple

PIECE_BYTES = 1 << 20
#: A line longer than this is cut, so that a log without lines costs no memory.
LONGEST_LINE = 1 << 16
_ESCAPES = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b\n]*(?:\x07|\x1b\\)|[()][A-Z0-9]|[=>78])")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f]")


class Piece(NamedTuple):
    """Whole lines of a log, but for the last one of all: its bytes, and the place of the first."""

    at: int
    data: bytes

    @property
    def end(self) -> int:
        """The place after the last byte."""
        return self.at + len(self.data)


def pieces(file: int, begin: int, end: int) -> Iterator[Piece]:
    """The lines from the first that begins at or after byte `begin` up to byte `end`, piece by piece.

    A line that goes on over a whole piece is cut there.
    """
    at = line_after(file, begin, end)
    while at < end:
        data = os.pread(file, min(PIECE_BYTES, end - at), at)
        if not data:
            return
        last = data.rfind(b"\n") + 1
        if last and at + len(data) < end:
            data = data[:last]
        yield Piece(at, data)
        at += len(data)


def line_after(file: int, at: int, end: int) -> int:
    """Where the first line begins at or after a byte; the byte itself where no line begins near it."""
    if at <= 0:
        return 0
    before = os.pread(file, min(LONGEST_LINE, max(0, end - at + 1)), at - 1)
    found = before.find(b"\n") + 1
    return at - 1 + found if found else at


def lines_of(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The lines of a piece, each with the place where it begins in it, and without its end."""
    at = 0
    while at < len(data):
        end = data.find(b"\n", at, at + LONGEST_LINE)
        if end < 0:
            end = min(len(data), at + LONGEST_LINE)
            yield at, data[at:end]
            at = end
        else:
            yield at, data[at:end]
            at = end + 1


def plain(data: bytes) -> bytes:
    """Text without the sequences that colour it or move in it."""
    return _ESCAPES.sub(b"", data) if b"\x1b" in data else data


def read(line: bytes) -> str:
    """A line as somebody reads it: of what was written over one another by carriage returns, the last."""
    shown = plain(line).rstrip(b"\r")
    return _CONTROL.sub("", shown[shown.rfind(b"\r") + 1 :].decode("utf-8", "replace"))
