"""A file of lines that grows: what is new in it, whatever is done to it meanwhile."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Protocol

from jupyter_crispdm.base.files.regular import regular_file

from .position import Position

LONGEST_LINE = 1 << 20
_CHUNK = 256 << 10

Payload = bytes | dict[str, Any]


@dataclass(frozen=True)
class Piece:
    """One message of a file, and the place after it."""

    payload: Payload
    after: Position


class Follower(Protocol):
    """Reads one file, from a place on."""

    def read(self, most: int) -> list[Piece]:
        """What is new, a bounded part of it. Raises OSError, also for what is no file of this kind."""

    def skip(self) -> Position:
        """Go to the end of what is there."""

    def close(self) -> None:
        """Let go of the file for now; `read` goes on where it was."""


class Lines(Protocol):
    """What the lines of a file mean."""

    def begin(self, first: bytes) -> bool:
        """Hear the first line of the file; whether it is no message but a heading."""

    def message(self, line: bytes) -> Payload | None:
        """The message that a line is; None for an empty one."""


class LineFollower:
    """A line is taken once its end has been written. A file that was replaced is read to its end, then the new one."""

    def __init__(self, path: Path, position: Position | None, lines: Callable[[], Lines]) -> None:
        self._path, self._make = path, lines
        self._position = position
        self._file: IO[bytes] | None = None
        self._lines = lines()
        self._at = 0
        self._inode = 0
        self._skipping = False

    def read(self, most: int) -> list[Piece]:
        """What is new. Raises OSError."""
        if self._file is None and self._is_as_it_was():
            return []
        file = self._file or self._open()
        if os.fstat(file.fileno()).st_size < self._at:
            self._begin_anew()
        pieces = self._pieces(file, most, whole=False)
        if not pieces and self._was_replaced():
            pieces = self._pieces(file, most, whole=True)  # nobody will end its last line any more
            if not pieces:
                self.close()
                self._position = None
        return pieces

    def skip(self) -> Position:
        """Go to the end of the last whole line. Raises OSError."""
        file = self._file or self._open()
        size = os.fstat(file.fileno()).st_size
        if size > self._at:
            start = max(self._at, size - LONGEST_LINE)
            tail = os.pread(file.fileno(), size - start, start)
            self._hear_first(file)
            self._at = start + tail.rfind(b"\n") + 1 if b"\n" in tail else size
        return Position(self._inode, self._at)

    def close(self) -> None:
        """Let go of the file for now."""
        if self._file is not None:
            self._position = Position(self._inode, self._at)
            self._file.close()
            self._file = None

    def _is_as_it_was(self) -> bool:
        """Whether a file that was read to its end has not changed since."""
        known = self._position
        found = os.stat(self._path, follow_symlinks=False)
        return known is not None and (known.inode, known.at) == (found.st_ino, found.st_size)

    def _open(self) -> IO[bytes]:
        file = self._file = regular_file(self._path)
        self._inode = os.fstat(file.fileno()).st_ino
        known = self._position
        self._begin_anew()
        if known is not None and known.inode == self._inode and known.at <= os.fstat(file.fileno()).st_size:
            self._hear_first(file)
            self._at = known.at
        return file

    def _begin_anew(self) -> None:
        self._at, self._skipping, self._lines = 0, False, self._make()

    def _hear_first(self, file: IO[bytes]) -> None:
        first, end, _ = os.pread(file.fileno(), LONGEST_LINE, 0).partition(b"\n")
        if end:
            self._lines.begin(first)

    def _was_replaced(self) -> bool:
        try:
            return os.stat(self._path, follow_symlinks=False).st_ino != self._inode
        except FileNotFoundError:
            return False  # it may be on its way to another name, and its successor to this one

    def _pieces(self, file: IO[bytes], most: int, *, whole: bool) -> list[Piece]:
        pieces: list[Piece] = []
        data = os.pread(file.fileno(), _CHUNK, self._at)
        if b"\n" not in data and len(data) == _CHUNK:
            data = os.pread(file.fileno(), LONGEST_LINE, self._at)
        begin = 0
        while len(pieces) < most and begin < len(data):
            end = data.find(b"\n", begin)
            if end < 0:
                if len(data) - begin < LONGEST_LINE and not whole:
                    break
                pieces += self._cut(data[begin:], whole)
                break
            pieces += self._line(data[begin:end], end + 1 - begin)
            begin = end + 1
        return pieces

    def _cut(self, data: bytes, whole: bool) -> list[Piece]:
        """The end of a file that nobody writes any more, or a part of a line that is too long to be one."""
        if whole and len(data) < LONGEST_LINE:
            return self._line(data, len(data))
        first, self._skipping = not self._skipping, True
        self._at += len(data)
        return [Piece(b"", Position(self._inode, self._at))] if first else []

    def _line(self, line: bytes, length: int) -> list[Piece]:
        heading = self._at == 0 and self._lines.begin(line)
        self._at += length
        skipped, self._skipping = self._skipping, False
        payload = None if heading or skipped else self._lines.message(line)
        return [] if payload is None else [Piece(payload, Position(self._inode, self._at))]
