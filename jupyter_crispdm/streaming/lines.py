"""Lines of text out of bytes or text cut anywhere."""

from __future__ import annotations

from collections.abc import Iterator

from .errors import Malformed
from .splitting import LineSplitter


class LineParser:
    """A push core: pieces of UTF-8, or of text, become lines. Raises Malformed, TooLong."""

    def __init__(self, largest: int, errors: str) -> None:
        self._splitter, self._errors = LineSplitter("lines", largest), errors

    def feed(self, piece: bytes | str) -> Iterator[str]:
        """The lines that are whole by now."""
        return map(self._text, self._splitter.feed(raw("lines", piece)))

    def finish(self) -> Iterator[str]:
        """The last line, where nothing ends it."""
        return map(self._text, self._splitter.finish())

    def _text(self, line: bytes) -> str:
        try:
            return line.decode("utf-8", self._errors)
        except UnicodeDecodeError as error:
            raise Malformed("lines", f"a line is no UTF-8: {error.reason} at byte {error.start}") from error


def raw(stage: str, piece: bytes | str) -> bytes:
    """A piece as bytes. Raises Malformed for what is neither, and for text that no UTF-8 can hold."""
    if isinstance(piece, bytes):
        return piece
    if isinstance(piece, str):
        try:
            return piece.encode()
        except UnicodeEncodeError as error:
            raise Malformed(stage, f"the text cannot be written as UTF-8: {error.reason}") from error
    if isinstance(piece, (bytearray, memoryview)):
        return bytes(piece)
    raise Malformed(stage, f"expected bytes or text, not {type(piece).__name__}")
