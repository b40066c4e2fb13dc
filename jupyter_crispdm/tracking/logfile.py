"""A log as text: its last lines, and what is new. Memory stays flat however long the log or a line is."""

from __future__ import annotations

import codecs
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jupyter_crispdm.base.files.regular import Unreadable, open_regular, stat_regular

TAIL_BYTES = 1 << 16
PIECE_BYTES = 1 << 16
BEHIND_BYTES = 8 << 20
_TAIL_LIMIT = 4 << 20
_BLOCK_BYTES = 1 << 16
_FINGERPRINT_BYTES = 64


def tail_lines(path: str | os.PathLike[str], count: int, limit: int = _TAIL_LIMIT) -> list[str]:
    """The last `count` lines, out of at most the last `limit` bytes; none when there is no file. Raises Unreadable."""
    try:
        descriptor = open_regular(path)
    except FileNotFoundError:
        return []
    try:
        data = _last_bytes(descriptor, count, limit)
    finally:
        os.close(descriptor)
    lines = data.decode("utf-8", "replace").split("\n")
    if lines[-1] == "":
        lines.pop()
    return lines[-count:] if count > 0 else []


def _last_bytes(descriptor: int, count: int, limit: int) -> bytes:
    end = position = os.fstat(descriptor).st_size
    blocks: list[bytes] = []
    newlines = 0
    while position > max(0, end - limit) and newlines <= count:
        start = max(0, position - _BLOCK_BYTES, end - limit)
        block = os.pread(descriptor, position - start, start)
        newlines += block.count(b"\n")
        blocks.append(block)
        position = start
    return b"".join(reversed(blocks))


@dataclass(frozen=True)
class Piece:
    """Text that stands in the log from byte `start` to byte `end`; `gap`: what comes before it is missing."""

    text: str
    start: int
    end: int
    gap: bool = False

    def wire(self) -> dict[str, Any]:
        """The piece as it travels."""
        plain = {"text": self.text, "start": self.start, "end": self.end}
        return {**plain, "gap": True} if self.gap else plain


class LogReader:
    """Reads on in a log that grows, is cut, or is replaced.

    `since` is the byte to go on at; None begins at a line within the last 64 KiB. Who is too far behind skips
    to there, with a gap. Only whole characters are answered, so every `end` is a good place to go on at; what
    is not UTF-8 becomes U+FFFD. `trouble` says why what is there now cannot be read.
    """

    def __init__(self, path: str | os.PathLike[str], since: int | None = None) -> None:
        self._path = Path(path)
        self._root = self._path.parent.parent
        self._descriptor: int | None = None
        self.trouble = ""
        self._position = since
        self._resumed = since is not None
        self._before = b""
        self._gap = False

    @property
    def position(self) -> int:
        """The byte to go on at."""
        return self._position or 0

    def read(self, last: bool = False) -> Piece | None:
        """The next piece, or None when there is nothing new; `last` says that nobody will write any more."""
        size = self._size()
        if size is None:
            return None
        if self._position is None or not self._valid(size):
            self._restart(size)
        return self._piece(last)

    def close(self) -> None:
        """Let go of the file."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _size(self) -> int | None:
        """Open the file that has the path now, and tell its size."""
        self.trouble = ""
        try:
            return self._opened(stat_regular(self._path, below=self._root))
        except Unreadable as error:
            self.trouble = f"The log cannot be read: {error.reason}."
        except OSError:  # between two files, or not yet there
            pass
        return None if self._descriptor is None else os.fstat(self._descriptor).st_size

    def _opened(self, named: os.stat_result) -> int:
        if self._descriptor is not None:
            opened = os.fstat(self._descriptor)
            if (opened.st_dev, opened.st_ino) == (named.st_dev, named.st_ino):
                return opened.st_size
            self.close()
            self._position, self._gap, self._before = 0, True, b""
        self._descriptor = open_regular(self._path, below=self._root)
        return os.fstat(self._descriptor).st_size

    def _valid(self, size: int) -> bool:
        """Whether the file still has what was read before, and the rest is not too much."""
        if size < self.position:
            return False
        if size - self.position > BEHIND_BYTES:
            return False
        start = self.position - len(self._before)
        return self._pread(len(self._before), start) == self._before

    def _restart(self, size: int) -> None:
        self._gap = self._gap or self._position is not None
        start = max(0, size - TAIL_BYTES)
        self._position, self._before = start, b""
        if start:
            head = self._pread(TAIL_BYTES, start)
            line = head.find(b"\n") + 1
            self._position += line if 0 < line < len(head) else _continuation(head)

    def _piece(self, last: bool) -> Piece | None:
        start = self.position
        data = self._pread(PIECE_BYTES, start)
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        text = decoder.decode(data, last and len(data) < PIECE_BYTES)
        whole = len(data) - len(decoder.getstate()[0])
        if not whole:
            return None
        self._position = start + whole
        self._before = (self._before + data[:whole])[-_FINGERPRINT_BYTES:]
        gap, self._gap = self._gap, False
        return Piece(text, start, self._position, gap)

    def _pread(self, count: int, start: int) -> bytes:
        return b"" if self._descriptor is None or count == 0 else os.pread(self._descriptor, count, start)


def _continuation(data: bytes) -> int:
    """How many bytes at the start belong to a character that began before."""
    count = 0
    while count < min(3, len(data)) and data[count] & 0xC0 == 0x80:
        count += 1
    return count
