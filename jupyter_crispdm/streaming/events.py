"""Server-Sent Events, read and written as the standard says (html.spec.whatwg.org, section 9.2)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from .errors import TooLong
from .splitting import LARGEST, LineSplitter

_BOM = b"\xef\xbb\xbf"
_LINE_END = re.compile(r"\r\n|\r|\n")
_FORBIDDEN = re.compile(r"[\r\n\0]")
_MOST_DIGITS = 15


class Event(NamedTuple):
    """One event. `id` is the last that came by then, "" where there is none; `name` "" means "message"."""

    data: str
    id: str = ""
    name: str = ""
    retry: int | None = None


class RawEvent(NamedTuple):
    """One event whose data are as they came, in UTF-8 or not."""

    data: bytes
    id: str
    name: str
    retry: int | None


class RawEventParser:
    """A push core: bytes cut anywhere become events. What the stream breaks off in the middle is no event.

    Raises TooLong for a line or an event over `largest` bytes.
    """

    def __init__(self, stage: str = "events", largest: int = LARGEST) -> None:
        self.last_id = ""
        """What a client that connects again says in `Last-Event-ID`: the id as of the last whole event. Empty where it
        says nothing."""
        self.retry: int | None = None
        """How many milliseconds the sender asks to wait before that."""
        self._stage, self._largest = stage, largest
        self._splitter = LineSplitter(stage, largest)
        self._is_first = True
        self._id = ""
        self._begin()

    def feed(self, piece: bytes) -> Iterator[RawEvent]:
        """The events that are whole by now."""
        for line in self._splitter.feed(piece):
            if self._is_first:
                line, self._is_first = line.removeprefix(_BOM), False
            if line:
                self._field(line)
            else:
                yield from self._event()

    def _begin(self) -> None:
        self._data: list[bytes] = []
        self._size, self._name = 0, ""

    def _event(self) -> Iterator[RawEvent]:
        data, name, self.last_id = self._data, self._name, self._id
        self._begin()
        if data:
            yield RawEvent(b"\n".join(data), self.last_id, name, self.retry)

    def _field(self, line: bytes) -> None:
        name, _, value = line.partition(b":")  # a comment has no name
        value = value.removeprefix(b" ")
        if name == b"data":
            self._append(value)
        elif name == b"event":
            self._name = value.decode("utf-8", "replace")
        elif name == b"id" and b"\0" not in value:
            self._id = value.decode("utf-8", "replace")
        elif name == b"retry" and value.isdigit() and len(value) <= _MOST_DIGITS:
            self.retry = int(value)

    def _append(self, value: bytes) -> None:
        self._data.append(value)
        self._size += len(value) + 1
        if self._size > self._largest + 1:
            raise TooLong(self._stage, f"an event is over {self._largest:,} bytes")


class EventParser:
    """The same as text, a letter that is none replaced."""

    def __init__(self, stage: str = "events", largest: int = LARGEST) -> None:
        self._parser = RawEventParser(stage, largest)

    @property
    def last_id(self) -> str:
        """What a client that connects again says in `Last-Event-ID`."""
        return self._parser.last_id

    @property
    def retry(self) -> int | None:
        """How many milliseconds the sender asks to wait before that."""
        return self._parser.retry

    def feed(self, piece: bytes) -> Iterator[Event]:
        """The events that are whole by now."""
        for event in self._parser.feed(piece):
            yield Event(event.data.decode("utf-8", "replace"), event.id, event.name, event.retry)

    def finish(self) -> Iterator[Event]:
        """Nothing: an event ends with an empty line, or is none."""
        return iter(())


def written(event: Event) -> bytes:
    """An event as it is sent. Raises ValueError for an id or a name that cannot be.

    An empty id is left out: it would make the client forget the place that it was at.
    """
    lines = [f"{field}: {_one_line(field, text)}" for field, text in (("id", event.id), ("event", event.name)) if text]
    if event.retry is not None:
        lines.append(f"retry: {event.retry:d}")
    lines += [f"data: {line}" for line in _LINE_END.split(event.data)]
    return "\n".join([*lines, "", ""]).encode("utf-8", "replace")


def retry_field(milliseconds: int) -> bytes:
    """Tell the client how long to wait before it connects again; no event of its own."""
    return b"retry: %d\n\n" % milliseconds


def comment(text: str = "") -> bytes:
    """What shows that the line is alive, and is no event."""
    return f": {_one_line('a comment', text)}\n\n".encode()


def _one_line(what: str, text: str) -> str:
    if _FORBIDDEN.search(text):
        raise ValueError(f"{what} may not hold line ends or NUL: {text[:40]!r}")
    return text
