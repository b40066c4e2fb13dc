"""From the bytes of a log to its lines, as a terminal shows them: without colours, what is drawn anew told apart."""

from __future__ import annotations

import re
from typing import NamedTuple

#: What is longer is no line of metrics: nothing of it is read.
LONGEST = 16 << 10

_ESCAPE = re.compile(
    r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]{0,2000}(?:\x07|\x1b\\)|[@-Z\\-_])|[\x00-\x07\x0b\x0c\x0e-\x1f\x7f]"
)
_REDRAWN = re.compile("\r+|\b+")


class Line(NamedTuple):
    """One line, without its break. `final`: a line break ends it; otherwise it was drawn over by what came next."""

    text: str
    final: bool


class LineCutter:
    """Cuts bytes that come in any pieces; what has no end yet is kept, at most 16 KiB of it."""

    def __init__(self) -> None:
        self.rest = b""
        self.skipping = False

    def feed(self, data: bytes) -> list[Line]:
        """The lines that are whole by now."""
        data = self.rest + data
        end = _last_break(data)
        whole, self.rest = data[:end], data[end:]
        if self.skipping and end:  # the end of what was too long
            first = min(place for place in (whole.find(b"\n"), whole.find(b"\r"), whole.find(b"\b")) if place >= 0)
            whole, self.skipping = whole[first + 1 :], False
        if len(self.rest) > LONGEST:
            self.rest, self.skipping = self.rest[-1:] if self.rest.endswith(b"\r") else b"", True
        return _lines(whole.decode("utf-8", "replace"), cut=True) if whole else []

    def finish(self) -> list[Line]:
        """The last line, which nothing ends."""
        rest, skipping = self.rest, self.skipping
        self.rest, self.skipping = b"", False
        return [] if skipping else _lines(rest.decode("utf-8", "replace"), cut=False)


def plain(text: str) -> str:
    """A text without the signs that move the cursor and change colours."""
    return _ESCAPE.sub("", text) if "\x1b" in text or not text.isprintable() else text


def _last_break(data: bytes) -> int:
    """The end of what can be cut: after the last break. A carriage return at the end may have its line feed to come."""
    end = len(data)
    while end and data[end - 1] in b"\r\b":
        end -= 1
    return max(data.rfind(mark, 0, end) for mark in (b"\n", b"\r", b"\b")) + 1


def _lines(text: str, cut: bool) -> list[Line]:
    if "\x1b" in text:
        text = _ESCAPE.sub("", text)
    parts = text.split("\n")
    last = parts.pop() if cut else ""  # what follows the last line break was drawn over
    if "\r" not in text and "\b" not in text:
        return [Line(part, True) for part in parts if part]
    lines: list[Line] = []
    for part in parts:
        drawn = [one for one in _REDRAWN.split(part) if one and not one.isspace()]
        lines += [Line(one, place == len(drawn) - 1) for place, one in enumerate(drawn)]
    lines += [Line(one, False) for one in _REDRAWN.split(last) if one and not one.isspace()]
    return lines
