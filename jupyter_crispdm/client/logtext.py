"""A job's log as text, put together from what its topic tells."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

_REMEMBERED = 512
_LEAST_REMEMBERED = 64
_CUT = "The log reached its limit or was written anew; some of it is left out here."
_SKIPPED = "It came faster than it could be sent; some of it is left out here."


class Told(msgspec.Struct, frozen=True):
    """What a message of the topic says, as far as a text needs it."""

    text: str = ""
    gap: bool = False
    reset: bool = False
    ended: bool = False
    trouble: str = ""


class LogText:
    """What is new with each message. What is to be said about it goes to `remark`."""

    def __init__(self, remark: Callable[[str], object]) -> None:
        self._remark = remark
        self._before = ""
        self.has_ended = False

    def add(self, data: Any) -> str:
        """The text that a message brings; after a reset only what did not come before."""
        told = msgspec.convert(data, Told)
        if told.trouble:
            self._remark(told.trouble)
        if told.gap:
            self._remark(_SKIPPED)
        text = self._unseen(told.text) if told.reset else told.text
        self._before = (self._before + text)[-_REMEMBERED:]
        self.has_ended = told.ended
        return text

    def _unseen(self, text: str) -> str:
        """What comes after that which came last, where that is still in the text."""
        place = text.find(self._before) if len(self._before) >= _LEAST_REMEMBERED else -1
        if place >= 0:
            return text[place + len(self._before) :]
        if self._before:
            self._remark(_CUT)
        return text
