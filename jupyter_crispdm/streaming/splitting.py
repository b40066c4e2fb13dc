"""Bytes cut anywhere become lines again: a push core without sockets."""

from __future__ import annotations

from collections.abc import Iterator

from .errors import TooLong

LARGEST = 4 * 2**20
"""Bytes of one item, where nobody says otherwise."""


class LineSplitter:
    """Cuts bytes into lines that end with \\n, \\r\\n or \\r, each without its end.

    Raises TooLong for a line over `largest` bytes, also before its end has come.
    """

    def __init__(self, stage: str = "lines", largest: int = LARGEST) -> None:
        self._stage, self._largest = stage, largest
        self._rest = bytearray()
        self._after_return = False

    def feed(self, piece: bytes) -> Iterator[bytes]:
        """The lines that are whole by now."""
        if self._after_return and piece:  # the second half of \r\n
            piece, self._after_return = piece.removeprefix(b"\n"), False
        if piece:
            self._after_return = piece.endswith(b"\r")
        first, *others = piece.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
        self._rest += first
        for line in others:
            yield self._whole()
            self._rest += line
        self._check()

    def finish(self) -> Iterator[bytes]:
        """The last line, where nothing ends it."""
        if self._rest:
            yield self._whole()

    def _whole(self) -> bytes:
        self._check()
        line, self._rest = bytes(self._rest), bytearray()
        return line

    def _check(self) -> None:
        if len(self._rest) > self._largest:
            raise TooLong(self._stage, f"a line is over {self._largest:,} bytes")
