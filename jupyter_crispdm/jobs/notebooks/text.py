"""The text of a stream as a terminal would show it, put together in time that grows with what comes, no faster."""

from __future__ import annotations

import re

_PIECE = 4096
_SIGN = re.compile(r"(\n|\r+|\x08+)")


class StreamText:
    """A growing text in which `\\r` begins the line anew and `\\b` takes back one character of it.

    nbclient does the same with regular expressions over the whole text, which take a quarter of an hour for a
    line of a megabyte.

    >>> text = StreamText()
    >>> text.feed("10%\\r20%")
    >>> text.feed("\\b %\\n")
    >>> text.value
    '20 %\\n'
    """

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._line: list[str] = []
        self._returned = False
        self.length = 0

    def feed(self, text: str) -> None:
        """Add what the stream wrote."""
        for piece in filter(None, _SIGN.split(text)):
            if piece == "\n":
                self._end_line()
            elif piece[0] == "\r":
                self._returned = True
            elif piece[0] == "\b":
                self._take_back(len(piece))
            else:
                self._write(piece)

    @property
    def value(self) -> str:
        """The whole text."""
        self._lines = ["".join(self._lines)]
        line = "".join(self._line)
        self._line = _pieces(line)
        return self._lines[0] + line + "\r" * self._returned

    def _write(self, piece: str) -> None:
        if self._returned:  # a program that only ends its line with it does not want to lose it
            self.length -= sum(map(len, self._line))
            self._line, self._returned = [], False
        self._line += _pieces(piece)
        self.length += len(piece)

    def _end_line(self) -> None:
        self._lines += [*self._line, "\n"]
        self._line, self._returned = [], False
        self.length += 1

    def _take_back(self, count: int) -> None:
        while count and self._line:
            last = self._line.pop()
            if len(last) > count:
                self._line.append(last[:-count])
            taken = min(count, len(last))
            self.length -= taken
            count -= taken


def _pieces(text: str) -> list[str]:
    """Short ones, so that taking back a character copies no more than one of them."""
    return [text[start : start + _PIECE] for start in range(0, len(text), _PIECE)]
