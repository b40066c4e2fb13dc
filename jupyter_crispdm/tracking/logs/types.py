"""What travels about logs that are looked into. Places and sizes are bytes, times seconds since the epoch."""

from __future__ import annotations

from jupyter_crispdm.base.wire import Body, Wire


class LogLine(Wire, frozen=True):
    """A line as it was printed, without its end: where it begins, and when it was printed, where that is known."""

    at: int
    text: str
    time: float | None


class LogLines(Wire, frozen=True):
    """Lines that follow each other, from byte `start` to byte `end` of a log of `size` bytes."""

    lines: list[LogLine]
    start: int
    end: int
    size: int


class LogMatch(Wire, frozen=True):
    """A line that holds what was searched for.

    `places` are begin and end of each, in characters of the line as it is read: without colours, and of what was
    written over, the last. `text` is as much of it as fits, with the first place.
    """

    at: int
    places: list[tuple[int, int]]
    text: str


class LogMatches(Wire, frozen=True):
    """Lines that hold what was searched for.

    `next` is the byte at which to go on, null where the end of the log was reached; what is printed later is found
    by going on at `whole`, the end of the last whole line.
    """

    matches: list[LogMatch]
    next: int | None
    whole: int
    size: int


class LogError(Wire, frozen=True):
    """A line that tells of an error: ``error``, or the head of a ``traceback``, with what it says was raised."""

    at: int
    kind: str
    text: str


class LogErrors(Wire, frozen=True):
    """Errors that a log tells of; `next` and `whole` are those of `LogMatches`."""

    errors: list[LogError]
    next: int | None
    whole: int
    size: int


class LinesQuery(Body, frozen=True):
    """Lines around byte `at` (default: the end): so many `before` the one that holds it, and from it on `after`."""

    at: int | None = None
    before: int = 0
    after: int = 200


class SearchQuery(Body, frozen=True):
    """Lines from byte `begin` on that hold `q`, at most `limit`.

    `q` is a text, or with `regex` a pattern of Python's; it minds upper and lower case only with `case`.
    """

    q: str
    regex: bool = False
    case: bool = False
    begin: int = 0
    limit: int = 200


class ErrorsQuery(Body, frozen=True):
    """Errors from byte `begin` on, at most `limit`."""

    begin: int = 0
    limit: int = 50
