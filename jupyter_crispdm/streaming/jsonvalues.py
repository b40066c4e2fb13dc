"""JSON values out of bytes cut anywhere: push cores without sockets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum, auto
from typing import Any, Literal

import msgspec

from .errors import Malformed, TooLong
from .events import Event, EventParser
from .lines import raw

Form = Literal["auto", "values", "events"]
_BOM = b"\xef\xbb\xbf"
_SPACE = re.compile(rb"[ \t\r\n]*")
_EVENTS = re.compile(rb"(?:data|event|id|retry)?:")
_MAYBE_EVENTS = re.compile(rb"(?:d(?:at?)?|e(?:v(?:en?)?)?|id?|r(?:e(?:tr?)?)?|data|event|retry)?")
_STRUCTURE = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|[\[\]{}"]', re.DOTALL)
_QUOTED = re.compile(rb'["\\]')
_WORD = re.compile(rb'[^ \t\r\n,\[\]{}":]*')
_DONE = "[DONE]"


class _Place(Enum):
    """Where the parser is between two values."""

    top = auto()
    first = auto()  # behind the [ of an array whose items are given one by one
    after = auto()  # behind one of its items
    next = auto()  # behind a comma


class _Kind(Enum):
    """What value is being read."""

    none = auto()
    nested = auto()
    text = auto()
    word = auto()  # a number, true, false, null: they end where something else begins


class ValueParser:
    """Values one behind the other; of an array at the top, its items."""

    def __init__(self, kind: Any, deepest: int, largest: int) -> None:
        self._decode = decoder(kind)
        self._deepest, self._largest = deepest, largest
        self._buffer = bytearray()
        self._begin = self._at = 0  # of the value that is being read; how far it has been looked at
        self._place, self._kind = _Place.top, _Kind.none
        self._depth, self._is_quoted = 0, False

    def feed(self, piece: bytes) -> Iterator[Any]:
        """The values that are whole by now."""
        self._buffer += piece
        while (value := self._next()) is not None:
            yield self._decode(value)
        del self._buffer[: self._begin]
        self._at -= self._begin
        self._begin = 0
        if len(self._buffer) > self._largest:
            raise TooLong("json", f"a value is over {self._largest:,} bytes")

    def finish(self) -> Iterator[Any]:
        """A number, or what else shows its end by nothing coming after it. Raises Malformed for half a value."""
        if self._kind is _Kind.word:
            yield self._decode(self._taken())
        if self._kind is not _Kind.none or self._place is not _Place.top:
            raise Malformed("json", "the input ends in the middle of a value")

    def _next(self) -> bytes | None:
        if self._kind is _Kind.none and not self._found():
            return None
        if self._kind is _Kind.nested:
            return self._nested()
        return self._text() if self._kind is _Kind.text else self._word()

    def _found(self) -> bool:
        """Go to where the next value begins; whether it is there already."""
        while True:
            self._begin = self._at = self._space(self._at)
            if self._begin == len(self._buffer):
                return False
            sign = bytes(self._buffer[self._begin : self._begin + 1])
            if not self._is_between(sign):
                self._start(sign)
                return True
            self._at += 1

    def _space(self, at: int) -> int:
        found = _SPACE.match(self._buffer, at)
        return found.end() if found else at

    def _is_between(self, sign: bytes) -> bool:
        """Take a sign that stands between values. Raises Malformed for one that stands at the wrong place."""
        place = self._place
        if place is _Place.top and sign == b"[":
            self._place = _Place.first
        elif place in (_Place.first, _Place.after) and sign == b"]":
            self._place = _Place.top
        elif place is _Place.after and sign == b",":
            self._place = _Place.next
        elif place is _Place.after:
            raise Malformed("json", f"expected ',' or ']', not {sign!r}")
        else:
            return False
        return True

    def _start(self, sign: bytes) -> None:
        if sign in (b"{", b"["):
            self._kind, self._depth, self._is_quoted = _Kind.nested, int(self._place is not _Place.top), False
        elif sign == b'"':
            self._kind, self._at = _Kind.text, self._at + 1
        elif sign in (b"]", b"}", b",", b":"):
            raise Malformed("json", f"expected a value, not {sign!r}")
        else:
            self._kind = _Kind.word

    def _nested(self) -> bytes | None:
        buffer, base = self._buffer, int(self._place is not _Place.top)
        while True:
            if self._is_quoted:
                if not self._past_quote():
                    return None
                self._is_quoted = False
            found = _STRUCTURE.search(buffer, self._at)
            if found is None:
                self._at = len(buffer)
                return None
            self._at, sign = found.end(), buffer[found.start()]
            if sign in b"{[":
                self._depth += 1
                if self._depth > self._deepest:
                    raise Malformed("json", f"nested more than {self._deepest} deep")
            elif sign in b"}]":
                self._depth -= 1
                if self._depth == base:
                    return self._taken()
            else:
                self._is_quoted = found.end() - found.start() == 1  # else it is a whole text, which is of no interest

    def _past_quote(self) -> bool:
        """Go behind the end of a text; whether it is there already."""
        while (found := _QUOTED.search(self._buffer, self._at)) is not None:
            if found[0] == b'"':
                self._at = found.end()
                return True
            if found.end() == len(self._buffer):  # what follows the backslash has not come yet
                self._at = found.start()
                return False
            self._at = found.end() + 1
        self._at = len(self._buffer)
        return False

    def _text(self) -> bytes | None:
        return self._taken() if self._past_quote() else None

    def _word(self) -> bytes | None:
        found = _WORD.match(self._buffer, self._at)
        self._at = found.end() if found else self._at
        return self._taken() if self._at < len(self._buffer) else None

    def _taken(self) -> bytes:
        value = bytes(self._buffer[self._begin : self._at])
        if len(value) > self._largest:
            raise TooLong("json", f"a value is over {self._largest:,} bytes")
        self._begin, self._kind = self._at, _Kind.none
        if self._place is not _Place.top:
            self._place = _Place.after
        return value


class EventValues:
    """The values in the data of events, up to `[DONE]`."""

    def __init__(self, kind: Any, deepest: int, largest: int) -> None:
        self._events, self._items = EventParser("json", largest), JsonItems("values", kind, deepest, largest)

    def feed(self, piece: bytes) -> Iterator[Any]:
        """Those of the events that are whole by now."""
        for event in self._events.feed(piece):
            yield from self._items.feed(event)

    def finish(self) -> Iterator[Any]:
        """Nothing."""
        return iter(())


class JsonParser:
    """Values or events, whichever comes, unless it is told."""

    def __init__(self, form: Form, kind: Any, deepest: int, largest: int) -> None:
        self._rest, self._given = b"", (kind, deepest, largest)
        self._core: ValueParser | EventValues | None = None
        self._is_first = True
        if form != "auto":
            self._core = self._made(form == "events")

    def feed(self, piece: bytes | str) -> Iterator[Any]:
        """The values that are whole by now."""
        data = self._rest + raw("json", piece)
        if self._is_first:
            if len(data) < len(_BOM) and _BOM.startswith(data):
                self._rest = data
                return iter(())
            data, self._is_first = data.removeprefix(_BOM), False
        self._rest = b""
        if self._core is None:
            data = data.lstrip(b" \t\r\n")
            if len(data) <= len("retry") and _MAYBE_EVENTS.fullmatch(data):
                self._rest = data
                return iter(())
            self._core = self._made(_EVENTS.match(data) is not None)
        return self._core.feed(data)

    def finish(self) -> Iterator[Any]:
        """What is whole because nothing more comes."""
        core = self._core or self._made(is_events=False)
        yield from core.feed(self._rest)
        yield from core.finish()

    def _made(self, is_events: bool) -> ValueParser | EventValues:
        return (EventValues if is_events else ValueParser)(*self._given)


class JsonItems:
    """Items that hold whole values each: lines, events. Lines of an event stream are put together first."""

    def __init__(self, form: Form, kind: Any, deepest: int, largest: int) -> None:
        self._form, self._given = form, (kind, deepest, largest)
        self._events: EventValues | None = None
        self._decode, self._deepest, self._largest = decoder(kind), deepest, largest
        self._is_done = False

    def feed(self, item: bytes | str | Event) -> Iterator[Any]:
        """The value of an item; nothing where it is empty."""
        text = (item.data.encode() if isinstance(item, Event) else raw("json", item)).removeprefix(_BOM)
        if self._form == "auto" and text.strip() and not isinstance(item, Event):
            self._form = "events" if _EVENTS.match(text) else "values"
            self._events = EventValues(*self._given) if self._form == "events" else None
        if self._form == "events" and not isinstance(item, Event):
            self._events = self._events or EventValues(*self._given)
            return self._events.feed(text + b"\n")
        return self._values(text)

    def finish(self) -> Iterator[Any]:
        """Nothing: each item was whole."""
        return iter(())

    def _values(self, text: bytes) -> Iterator[Any]:
        text = text.strip()
        self._is_done = self._is_done or text == _DONE.encode()
        if not text or self._is_done:
            return
        if len(text) > self._largest:
            raise TooLong("json", f"a value is over {self._largest:,} bytes")
        check_depth(text, self._deepest)
        yield self._decode(text)


def check_depth(text: bytes, deepest: int) -> None:
    """Refuse what is nested too deep to be read. Raises Malformed."""
    if text.count(b"[") + text.count(b"{") <= deepest:
        return
    depth = 0
    for found in _STRUCTURE.finditer(text):
        sign = text[found.start()]
        depth += (sign in b"{[") - (sign in b"}]")
        if depth > deepest:
            raise Malformed("json", f"nested more than {deepest} deep")


def decoder(kind: Any) -> Any:
    """What makes a value of its bytes. Raises Malformed."""
    decode = msgspec.json.Decoder(kind).decode

    def decoded(text: bytes) -> Any:
        try:
            return decode(text)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise Malformed("json", f"{error} in {text[:60]!r}") from error

    return decoded
