"""Table: of a topic whose facts are about rows, the newest fact of each row. No socket, no clock, no waiting.

A fact says what became of a row: how it is now, or that it was removed. A newer fact about a row replaces the older
one, for every reader who has not received it yet. So the facts after any cursor, in the order of their numbers,
bring whoever was there to the state of now.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Hashable
from typing import Any

from jupyter_crispdm.base.wire import encode as encoded

from .message import Encode, Message

_SUPERSEDED = 64


class Table:
    """The newest facts about rows, `keep` of them; who is further behind needs the whole table."""

    def __init__(self, topic: str, first: int, *, keep: int = 1000, encode: Encode = encoded) -> None:
        self._topic, self._keep, self._encode = topic, keep, encode
        self.newest = first
        self._floor = first
        self._of_row: dict[Hashable, Message] = {}  # the fact longest ago comes first
        self._order: list[tuple[Hashable, Message]] = []  # by number; holds superseded facts until it is tidied

    def tell(self, row: Hashable, fact: Any) -> None:
        """What became of a row."""
        self.newest += 1
        message = Message(self._topic, self.newest, fact, encode=self._encode)
        self._of_row.pop(row, None)
        self._of_row[row] = message
        self._order.append((row, message))
        if len(self._of_row) > self._keep:
            oldest = next(iter(self._of_row))
            self._floor = self._of_row.pop(oldest).seq
        if len(self._order) > 2 * len(self._of_row) + _SUPERSEDED:
            self._order = list(self._of_row.items())

    def whole(self, number: int, fact: Any) -> Message:
        """The message of the whole table, as it was read when `newest` was `number`, or later."""
        return Message(self._topic, number, fact, encode=self._encode)

    def serves(self, cursor: int | None) -> bool:
        """Whether all that a reader at the cursor does not know is kept. None: they know nothing."""
        return cursor is not None and self._floor <= cursor <= self.newest

    def after(self, cursor: int) -> Message | None:
        """The next fact for a reader at a cursor that is served; None for nothing. They are at its `seq` then."""
        if cursor >= self.newest:
            return None
        for place in range(bisect_right(self._order, cursor, key=_number), len(self._order)):
            row, message = self._order[place]
            if self._of_row.get(row) is message:
                return message
        return None

    @property
    def size(self) -> int:
        """How many encoded bytes are kept."""
        return sum(message.size for _, message in self._order)


def _number(entry: tuple[Hashable, Message]) -> int:
    return entry[1].seq
