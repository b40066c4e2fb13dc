"""Looking through a log, in a process of its own: what it costs, and a pattern that never ends, harm nobody else.

`python -I -S scan.py` reads one line of JSON from its standard input and writes one. Asked: ``do`` (``search`` or
``errors``), ``file`` (the number of an opened file), ``begin`` and ``end`` (bytes), ``limit`` (lines), ``seconds``, and
for a search ``text``, ``regex`` and ``case``. Answered: ``found``; ``next``, the byte at which to go on where the time
or the limit ended it, else null; and ``whole``, the end of the last line that was looked at and is complete. Or
``error``.
"""

from __future__ import annotations

import json
import os
import re
import sys
import time
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any, Dict, Pattern

if __name__ == "__main__":  # without the package around it, which imports the server
    _package = ModuleType("jupyter_crispdm")
    _package.__path__ = [os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))]
    sys.modules[_package.__name__] = _package

from jupyter_crispdm.worker.output.faults import WORDS, kind_of
from jupyter_crispdm.worker.output.pieces import Piece, lines_of, pieces, plain, read
from jupyter_crispdm.worker.output.reasons import without_rank

Found = Dict[str, Any]
MEMORY = 1 << 30
_MOST_PLACES = 50
_TEXT_LENGTH = 400
_PATTERN_LINE = 4000  # characters of a line that a pattern of somebody's own is tried on
_LOOK_LINES = 500
_MESSAGE_LINES = 200


class Search:
    """What is searched for, and which lines may hold it."""

    def __init__(self, text: str, regex: bool, case: bool) -> None:
        self._regex = regex
        self._case = case
        self._pattern: Pattern[str] = re.compile(text if regex else re.escape(text), 0 if case else re.IGNORECASE)
        self._needle = (text if case else text.lower()).encode()
        self._is_plain = case or text.isascii()

    def candidates(self, piece: Piece) -> Iterator[tuple[int, bytes]]:
        """The lines of a piece that may hold it, each with its place in the log."""
        if self._regex or self._may_hold(piece.data):
            for at, line in lines_of(piece.data):
                if self._regex or self._may_hold(line):
                    yield piece.at + at, line

    def places(self, text: str) -> list[list[int]]:
        """Where it stands in a line: begin and end of each place, in characters."""
        text = text[:_PATTERN_LINE] if self._regex else text
        found = []
        for match in self._pattern.finditer(text):
            if match.end() > match.start():
                found.append([match.start(), match.end()])
                if len(found) == _MOST_PLACES:
                    break
        return found

    def _may_hold(self, data: bytes) -> bool:
        """Whether bytes may hold it: fast, and never no where they do."""
        if not self._is_plain:
            return self._pattern.search(plain(data).decode("utf-8", "replace")) is not None
        if self._needle in self._folded(data):
            return True
        return b"\x1b" in data and self._needle in self._folded(plain(data))

    def _folded(self, data: bytes) -> bytes:
        return data if self._case else data.lower()


def search(asked: dict[str, Any]) -> dict[str, Any]:
    """The lines that hold a text or a pattern. Raises re.error."""
    wanted = Search(asked["text"], asked["regex"], asked["case"])

    def look(piece: Piece) -> Iterator[tuple[int, Found | None]]:
        for at, line in wanted.candidates(piece):
            text = read(line)
            places = wanted.places(text)
            yield at, {"at": at, "places": places, "text": _around(text, places[0][0])} if places else None

    return _scan(asked, look)


def errors(asked: dict[str, Any]) -> dict[str, Any]:
    """The lines that tell of an error; a traceback is one, with what it says was raised."""
    file, limit_end = asked["file"], asked["end"]
    passed = [0]  # lines before it belong to a traceback that was told

    def look(piece: Piece) -> Iterator[tuple[int, Found | None]]:
        if not any(word in piece.data for word in WORDS):
            return
        for at, line in lines_of(piece.data):
            if piece.at + at < passed[0] or not any(word in line for word in WORDS):
                continue
            text = read(line)
            kind = kind_of(text)
            if kind == "traceback":
                text, passed[0] = _raised(file, piece.at + at, limit_end, without_rank(text))
            found = {"at": piece.at + at, "kind": kind, "text": _around(text.strip(), 0)}
            yield piece.at + at, found if kind else None

    return _scan(asked, look)


def _scan(asked: dict[str, Any], look: Callable[[Piece], Iterator[tuple[int, Found | None]]]) -> dict[str, Any]:
    """All that is found until the end, the limit or the time."""
    until = time.monotonic() + asked["seconds"]
    found: list[Found] = []
    whole = asked["begin"]
    for piece in pieces(asked["file"], asked["begin"], asked["end"]):
        for count, (at, one) in enumerate(look(piece)):
            if len(found) >= asked["limit"] or (count % _LOOK_LINES == _LOOK_LINES - 1 and time.monotonic() > until):
                return {"found": found, "next": at, "whole": at}
            if one is not None:
                found.append(one)
        whole = piece.at + piece.data.rfind(b"\n") + 1
        if time.monotonic() > until and piece.end < asked["end"]:
            return {"found": found, "next": piece.end, "whole": whole}
    return {"found": found, "next": None, "whole": whole}


def _raised(file: int, at: int, end: int, head: str) -> tuple[str, int]:
    """What a traceback says was raised, and where that line ends; its head where it does not come to that."""
    data = os.pread(file, min(1 << 18, end - at), at)
    indent = len(head) - len(head.lstrip())
    for count, (place, line) in enumerate(lines_of(data)):
        text = without_rank(read(line))
        if count > _MESSAGE_LINES:
            break
        if count and text.strip() and len(text) - len(text.lstrip()) <= indent and not text.startswith("  "):
            return text, at + place + len(line)
    return head, at + 1


def _around(text: str, at: int) -> str:
    """As much of a line as is told, with the place in it."""
    begin = max(0, min(at - _TEXT_LENGTH // 2, len(text) - _TEXT_LENGTH))
    return text[begin : begin + _TEXT_LENGTH]


def _bound(seconds: float) -> None:
    """Take no more memory and processor time than a look needs; not every system can."""
    try:
        import resource
    except ImportError:
        return
    cpu = int(seconds) + 2
    for kind, most in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, cpu), (resource.RLIMIT_CORE, 0)):
        try:
            resource.setrlimit(kind, (most, most))
        except (ValueError, OSError):  # it is less already
            continue


def main() -> None:
    """Answer what is asked on standard input."""
    asked = json.loads(sys.stdin.buffer.readline())
    _bound(asked["seconds"])
    try:
        answer = search(asked) if asked["do"] == "search" else errors(asked)
    except re.error as error:
        answer = {"error": str(error)}
    sys.stdout.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    main()
