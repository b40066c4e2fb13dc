"""Value: of a topic whose facts replace each other, the newest one. No socket, no clock, no waiting."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jupyter_crispdm.base.wire import encode as encoded

from .message import Encode, Message

Narrow = Callable[[Any], Any]


class Value:
    """The newest value, kept as bytes; changes are counted.

    A change says only that the value is another one now. Somebody then reads the truth and hands it in with the
    number that `newest` had before the reading: so what is kept may be older than `newest`, and never newer than
    it claims to be. `narrow` says what readers see of the value; None: nothing.
    """

    def __init__(
        self, topic: str, first: int, *, narrow: Narrow | None = None, encode: Encode = encoded
    ) -> None:
        self._topic, self._narrow, self._encode = topic, narrow, encode
        self.newest = first
        self._read: int | None = None
        self._message: Message | None = None

    def changed(self) -> None:
        """The value is another one now."""
        self.newest += 1

    def misses(self, cursor: int | None) -> bool:
        """Whether the value must be read before a reader at the cursor can be answered."""
        return cursor != self.newest and self._read != self.newest

    def put(self, number: int, value: Any) -> None:
        """Take the value as it was read when `newest` was `number`, or later."""
        if self._read is not None and number < self._read:
            return
        shown = value if self._narrow is None else self._narrow(value)
        self._read = number
        self._message = None if shown is None else Message(self._topic, number, shown, encode=self._encode)

    def after(self, cursor: int | None) -> Message | None:
        """What a reader at the cursor does not know; None for nothing. They are at its `seq` then."""
        message = self._message
        if message is None or (cursor is not None and message.seq <= cursor <= self.newest):
            return None
        return message

    @property
    def size(self) -> int:
        """How many encoded bytes are kept."""
        return 0 if self._message is None else self._message.size
