"""The live hub: all topics of the server, as the rooms offer them.

The hub pulls; it never pushes. A topic wakes whoever follows it, and each asks for the next message when its
connection has taken the last. So nothing queues: who reads slowly asks later and gets the newest facts at once.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing, nullcontext

from jupyter_crispdm.base.clock import Clock, SystemClock
from jupyter_crispdm.base.errors import NotFound
from jupyter_crispdm.base.wire import encode as encoded

from .channel import Followed
from .core.log import Place
from .core.message import Encode, Message
from .families import Admit, Family, Load, Logs, OpenLog, Rows, Shown, Tables, Values
from .follower import Watcher
from .following import following
from .outlet import Period
from .topic import Placeholders, Topic


class Hub:
    """All topics of the server. `encode` makes JSON of a fact, once for all who receive it."""

    def __init__(self, clock: Clock | None = None, encode: Encode = encoded) -> None:
        self._clock, self._encode = clock or SystemClock(), encode
        self._families: list[Family] = []

    def value(
        self, topic: Topic, load: Load, *, shown: Shown | None = None, admit: Admit | None = None,
        followed: Followed = nullcontext,
    ) -> Values:  # fmt: skip
        """Offer topics of values, and return where to say that one changed."""
        values = Values(topic, self._first, self._encode, load, shown=shown, admit=admit, followed=followed)
        self._families.append(values)
        return values

    def table(
        self, topic: Topic, load: Load, *, shown: Shown | None = None, followed: Followed = nullcontext
    ) -> Rows:
        """Offer a topic of rows, and return where to tell what became of one."""
        rows = Rows(topic, self._first, self._encode, load, shown=shown, followed=followed)
        self._families.append(rows)
        return rows

    def tables(self, topic: Topic, load: Load, *, admit: Admit | None = None) -> Tables:
        """Offer topics of rows, a table for each, and return where to tell what became of a row."""
        tables = Tables(topic, self._first, self._encode, load, admit=admit)
        self._families.append(tables)
        return tables

    def log(
        self, topic: Topic, find: Callable[..., Awaitable[OpenLog]], watcher: Watcher, *, admit: Admit | None = None
    ) -> None:
        """Offer topics of logs."""
        self._families.append(Logs(topic, self._first, self._encode, find, watcher, admit=admit))

    def find(self, name: str) -> tuple[Family, Placeholders]:
        """The family a topic belongs to. Raises NotFound."""
        for family in self._families:
            values = family.topic.match(name)
            if values is not None:
                return family, values
        raise NotFound(f"There is no topic '{name}'.", topic=name)

    async def follow(
        self, name: str, since: int | None = None, period: Period = None, *,
        epoch: str | None = None, all: bool = True, person: str = "", role: str = "admin",
    ) -> AsyncGenerator[Message, None]:  # fmt: skip
        """Messages of a topic after number `since`, at most one every `period` seconds. Raises NotFound.

        `all` is whether the reader may see all of it, `person` who they are, and `role` what they are: of a personal
        topic they see their own. Raises Forbidden for one of nobody.
        """
        family, values = self.find(name)
        values = family.topic.of_reader(values, person, role)
        messages = following(name, await family.open(name, values, all), Place(since, epoch), period)
        async with aclosing(messages):
            async for message in messages:
                yield message

    def _first(self) -> int:
        """The number of a topic before its first change, greater than all of a server that ran before this one."""
        return int(self._clock.now() * 1000)
