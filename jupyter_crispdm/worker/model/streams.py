"""Streams of one model: generators that take turns, a piece each, and wait for readers who are slow."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from typing import Any

from .answers import failure
from .frames import Connection, TooLong

MOST_PIECE = 1 << 20
"""Bytes of one piece in JSON."""


class Stream:
    """A generator, and how many pieces its reader still has room for."""

    def __init__(self, pieces: Iterator[Mapping[str, Any]], room: int) -> None:
        self.pieces, self.room = pieces, room


class Streams:
    """The open streams by their number. Each tells its end once, whatever ended it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._open: OrderedDict[int, Stream] = OrderedDict()

    @property
    def runnable(self) -> bool:
        """Whether a reader waits for a piece."""
        return any(stream.room for stream in self._open.values())

    def begin(self, number: int, pieces: Iterator[Mapping[str, Any]], room: int) -> None:
        """Open a stream whose reader has room for so many pieces."""
        self._open[number] = Stream(pieces, room)

    def grant(self, number: int, more: int) -> None:
        """The reader has taken pieces; one whose stream has ended may not know it yet."""
        if number in self._open:
            self._open[number].room += more

    def cancel(self, number: int) -> None:
        """The reader wants no more."""
        stream = self._open.pop(number, None)
        if stream is not None:
            self._end(number, _closed(stream.pieces))

    def step(self) -> None:
        """Make one piece of the stream that has waited longest of those whose readers have room."""
        for number, stream in self._open.items():
            if stream.room:
                self._open.move_to_end(number)
                self._advance(number, stream)
                return

    def _advance(self, number: int, stream: Stream) -> None:
        begun = time.monotonic()
        try:
            piece = next(stream.pieces)
            stream.room -= 1
            self._connection.send(number, {"piece": _checked(piece)}, (), time.monotonic() - begun)
        except StopIteration:
            del self._open[number]
            self._end(number, {})
        except Exception as error:  # whatever the model raises is told to the reader
            del self._open[number]
            _closed(stream.pieces)
            self._end(number, {"error": failure(error)})

    def _end(self, number: int, told: Mapping[str, Any]) -> None:
        self._connection.send(number, {"end": True, **told})


def _checked(piece: Any) -> Mapping[str, Any]:
    if not isinstance(piece, Mapping):
        raise TypeError("a piece of a stream must be a dict, not %s" % type(piece).__name__)
    if any(isinstance(value, (str, bytes)) and len(value) > MOST_PIECE for value in piece.values()):
        raise TooLong("A piece of the stream is longer than %d characters." % MOST_PIECE)
    return piece


def _closed(pieces: Iterator[Mapping[str, Any]]) -> Mapping[str, Any]:
    """Let a generator tidy up; what it raises then is told, and changes nothing."""
    try:
        close = getattr(pieces, "close", None)
        if close is not None:
            close()
    except Exception as error:
        return {"error": failure(error)}
    return {}
