"""The live hub: topics that views follow from a cursor.

A topic is a numbered stream of facts. What stands behind it is a *feed*: a function that, given the number of
the last message a view has seen, yields all that came later. The hub pulls; it never pushes. So nothing queues:
a view that reads slowly asks later, gets the newer facts at once, and is told (``"gap": true``) when something
in between was left out.
"""

from __future__ import annotations

import asyncio
import re
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from jupyter_crispdm.base.clock import Clock, SystemClock
from jupyter_crispdm.base.errors import NotFound
from jupyter_crispdm.base.wire import Wire

Numbered = tuple[int, Any]
Feed = Callable[..., AsyncGenerator[Numbered, None]]
Snapshot = Callable[[], Awaitable[dict[str, Any]]]
Narrow = Callable[[Any], Any]


class Message(Wire, frozen=True):
    """One message of a topic."""

    topic: str
    seq: int
    data: Any


@dataclass(frozen=True)
class Topic:
    """A family of topics such as ``jobs/{id}/log``, its feed, and what a reader must be allowed to do.

    `shown` is the feed of those who may not do `all` on the resource; without it all readers see the same.
    """

    pattern: str
    feed: Feed
    resource: str
    action: str = "read"
    shown: Feed | None = None

    def match(self, name: str) -> dict[str, str] | None:
        """The values of the placeholders when `name` is of this family."""
        expression = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(self.pattern))
        found = re.fullmatch(expression, name)
        return found.groupdict() if found else None


class EventFeed:
    """Facts that are published as they happen, with the newest kept for those who were away.

    Numbers start at the time of creation in milliseconds, so that a number from before a restart is recognised.
    """

    def __init__(self, snapshot: Snapshot, *, clock: Clock | None = None, keep: int = 1000) -> None:
        self._snapshot = snapshot
        self._seq = int((clock or SystemClock()).now() * 1000)
        self._kept: deque[Numbered] = deque(maxlen=keep)
        self._changed = asyncio.Event()

    def publish(self, data: Any) -> None:
        """Tell a fact. Call it on the event loop."""
        self._seq += 1
        self._kept.append((self._seq, data))
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    async def follow(self, since: int | None = None) -> AsyncGenerator[Numbered, None]:
        """All messages after `since`; a snapshot first for those who are new or were away too long."""
        cursor = since
        while True:
            changed = self._changed
            if cursor is None or not self._holds_all_after(cursor):
                missed, cursor = cursor is not None, self._seq
                data = await self._snapshot()
                yield cursor, {**data, "gap": True} if missed else data
            elif cursor == self._seq:
                await changed.wait()
            else:
                cursor, data = self._kept[cursor - self._seq]
                yield cursor, data

    def _holds_all_after(self, cursor: int) -> bool:
        return self._seq - len(self._kept) <= cursor <= self._seq


class Hub:
    """All topics of the server."""

    def __init__(self, clock: Clock | None = None) -> None:
        self._clock = clock or SystemClock()
        self._topics: list[Topic] = []

    def topic(
        self, pattern: str, feed: Feed, *, resource: str, action: str = "read", shown: Feed | None = None
    ) -> None:
        """Offer a family of topics. `feed(since=…, **placeholders)` is an async generator of (number, data)."""
        self._topics.append(Topic(pattern, feed, resource, action, shown))

    def events(
        self, pattern: str, snapshot: Snapshot, *, resource: str, action: str = "read", narrow: Narrow | None = None
    ) -> EventFeed:
        """Offer one topic of published facts, and return where to publish them."""
        feed = EventFeed(snapshot, clock=self._clock)
        shown = None if narrow is None else narrowed(feed.follow, narrow)
        self.topic(pattern, feed.follow, resource=resource, action=action, shown=shown)
        return feed

    def find(self, name: str) -> tuple[Topic, dict[str, str]]:
        """The family a topic belongs to. Raises NotFound."""
        for topic in self._topics:
            values = topic.match(name)
            if values is not None:
                return topic, values
        raise NotFound(f"There is no topic '{name}'.", topic=name)

    async def follow(
        self, name: str, since: int | None = None, period: float | None = None, *, all: bool = True
    ) -> AsyncGenerator[Message, None]:
        """Messages of a topic after number `since`, at most one every `period` seconds. Raises NotFound.

        `all` is whether the reader may see all of it.
        """
        topic, values = self.find(name)
        chosen = topic.feed if all or topic.shown is None else topic.shown
        feed = chosen(since=since, **values)
        async with aclosing(feed):
            async for seq, data in feed:
                yield Message(name, seq, data)
                if period:
                    await asyncio.sleep(period)


def narrowed(feed: Feed, narrow: Narrow) -> Feed:
    """A feed whose data are what `narrow` leaves of them; None leaves nothing, and is not sent."""

    async def shown(since: int | None = None, **placeholders: str) -> AsyncGenerator[Numbered, None]:
        async with aclosing(feed(since=since, **placeholders)) as messages:
            async for seq, data in messages:
                left = narrow(data)
                if left is not None:
                    yield seq, left

    return shown
