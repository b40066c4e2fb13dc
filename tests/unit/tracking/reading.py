"""One reader of a log or of curves, driven as its topic drives it, without a loop."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Generic, TypeVar

import msgspec

from jupyter_crispdm.base.live.core.log import LogEntry, Place, Source, entry, moved, step
from jupyter_crispdm.base.live.core.message import Message
from jupyter_crispdm.tracking.types import LogFact, MetricsFact
from tests.support import soon

_E = TypeVar("_E", bound=LogEntry)
Messages = AsyncGenerator[Message, None]


class Reading(Generic[_E]):
    """Where one reader is, and what they are told next."""

    def __init__(self, source: Source, kind: type[_E], since: int | None = None, epoch: str | None = None) -> None:
        self.source, self.kind, self.place = source, kind, Place(since, epoch)

    def next(self, over: bool = False) -> _E | None:
        """The next entry, None when there is nothing new."""
        state = self.source.look(over)
        what = step(self.place, state)
        if what is None:
            return None
        found, end = self.source.nothing(what.start or 0), what.start or 0
        if what.brings:
            part = self.source.read(what.start, state)
            if part is None:
                return self.next(over)
            found, end = part
        told = entry(self.place, state, found, what)
        self.place = moved(self.place, state, end, what)
        assert isinstance(told, self.kind)
        return told

    def all(self, over: bool = False) -> list[_E]:
        """All entries that there are by now."""
        entries: list[_E] = []
        while (told := self.next(over)) is not None:
            entries.append(told)
        return entries


def log_of(message: Message) -> LogFact:
    """What a message of a log says."""
    return msgspec.json.decode(message.data, type=LogFact)


def curves_of(message: Message) -> MetricsFact:
    """What a message of curves says."""
    return msgspec.json.decode(message.data, type=MetricsFact)


async def next_log(messages: Messages) -> LogFact:
    """The next message of a log."""
    return log_of(await soon(anext(messages)))


async def next_curves(messages: Messages) -> MetricsFact:
    """The next message of curves."""
    return curves_of(await soon(anext(messages)))
