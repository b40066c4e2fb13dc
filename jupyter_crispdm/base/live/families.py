"""Families of topics: what a room offers under one pattern, and the channels of it that are followed.

::

    Family
    ├── Values   the newest value of each topic
    ├── Rows     one table
    ├── Tables   a table for each topic
    └── Logs     a log for each topic
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Hashable
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from weakref import WeakValueDictionary

from .channel import Followed, TableChannel, ValueChannel
from .core.log import Source
from .core.message import Encode
from .core.table import Table
from .core.value import Narrow, Value
from .follower import FRAME_SECONDS, LogChannel, Watcher
from .outlet import Channel
from .topic import Placeholder, Placeholders, Topic

Load = Callable[..., Awaitable[Any]]
Admit = Callable[..., Awaitable[object]]
Key = Hashable


@dataclass(frozen=True)
class Shown:
    """What those see of a topic who may not do `all` on its resource.

    `narrow` says what they see of a fact (None: nothing), `load` reads the truth for them where that is another than
    the narrowed one.
    """

    narrow: Narrow
    load: Load | None = None


@dataclass(frozen=True)
class OpenLog:
    """A log to follow: where it is read from, the directory that it belongs to, and whether nobody writes any more.

    However fast it grows, a reader is told every `frame` seconds at most.
    """

    source: Source
    folder: Path
    is_over: Callable[[], bool]
    frame: float = FRAME_SECONDS


async def _anybody(sees_all: bool, **_: Placeholder) -> None:
    """Who may read the resource may follow each topic of it."""


class Family(ABC):
    """Topics of one pattern. `admit(sees_all=…, **placeholders)` refuses a topic with a CrispdmError."""

    def __init__(self, topic: Topic, first: Callable[[], int], encode: Encode, admit: Admit | None = None) -> None:
        self.topic = topic
        self._first, self._encode, self._admit = first, encode, admit or _anybody

    @property
    def has_shown(self) -> bool:
        """Whether it matters if a reader may do `all` on the resource."""
        return self._admit is not _anybody

    @abstractmethod
    async def open(self, name: str, values: Placeholders, sees_all: bool) -> Channel:
        """The channel of a topic. Raises NotFound, Forbidden."""


class Values(Family):
    """Topics of values. `load(**placeholders)` reads the truth; `followed` is entered while somebody follows one."""

    def __init__(
        self, topic: Topic, first: Callable[[], int], encode: Encode, load: Load, *,
        shown: Shown | None = None, admit: Admit | None = None, followed: Followed = nullcontext,
    ) -> None:  # fmt: skip
        super().__init__(topic, first, encode, admit)
        self._load, self._shown, self._followed = load, shown, followed
        self._channels = WeakValueDictionary[Key, ValueChannel]()  # one that was opened in vain is not kept
        self._lasting: dict[Key, ValueChannel] = {}

    @property
    def has_shown(self) -> bool:
        """Whether some readers see less."""
        return self._shown is not None or super().has_shown

    def changed(self, **values: Placeholder) -> None:
        """The value of a topic is another one now. Call it on the event loop, after the change."""
        for sees_all in (True, False):
            channel = self._channels.get(_key(values, sees_all))
            if channel is not None:
                channel.changed()

    def all_changed(self) -> None:
        """Any of the topics may have another value now."""
        for channel in list(self._channels.values()):
            channel.changed()

    async def open(self, name: str, values: Placeholders, sees_all: bool) -> Channel:
        """The channel of a topic; one without placeholders stays, so that its numbers go on."""
        await self._admit(sees_all=sees_all, **values)
        shown = None if sees_all else self._shown
        key = _key(values, shown is None)
        channel = self._channels.get(key)
        if channel is None:
            channel = self._channels[key] = self._made(name, values, shown, key)
            if not values:
                self._lasting[key] = channel
        return channel

    def _made(self, name: str, values: Placeholders, shown: Shown | None, key: Key) -> ValueChannel:
        narrow = None if shown is None else shown.narrow
        value = Value(name, self._first(), narrow=narrow, encode=self._encode)
        forget = partial(self._channels.pop, key, None) if values else None
        return ValueChannel(value, partial(self._load, **values), followed=self._followed, forget=forget)


class Rows(Family):
    """A topic of rows. `load()` reads all; `followed` is entered while somebody follows."""

    def __init__(
        self, topic: Topic, first: Callable[[], int], encode: Encode, load: Load, *,
        shown: Shown | None = None, followed: Followed = nullcontext, keep: int = 1000,
    ) -> None:  # fmt: skip
        super().__init__(topic, first, encode)
        self._shown = shown
        self._all = TableChannel(self._table(keep), load, followed=followed)
        self._narrowed: TableChannel | None = None
        if shown is not None:
            self._narrowed = TableChannel(self._table(keep), partial(_shown_rows, shown, load), followed=followed)

    @property
    def has_shown(self) -> bool:
        """Whether some readers see less."""
        return self._shown is not None

    def tell(self, row: Hashable, fact: Any) -> None:
        """What became of a row: how it is now, or that it is gone. Call it on the event loop."""
        self._all.tell(row, fact)
        if self._narrowed is not None and self._shown is not None:
            told = self._shown.narrow(fact)
            if told is not None:
                self._narrowed.tell(row, told)

    async def open(self, name: str, values: Placeholders, sees_all: bool) -> Channel:
        """The one channel of those who see as much."""
        return self._all if sees_all or self._narrowed is None else self._narrowed

    def _table(self, keep: int) -> Table:
        return Table(self.topic.pattern, self._first(), keep=keep, encode=self._encode)


class Tables(Family):
    """Topics of rows, a table for each. `load(**placeholders)` reads all of one."""

    def __init__(
        self, topic: Topic, first: Callable[[], int], encode: Encode, load: Load, *,
        admit: Admit | None = None, keep: int = 1000,
    ) -> None:  # fmt: skip
        super().__init__(topic, first, encode, admit)
        self._load, self._keep = load, keep
        self._channels = WeakValueDictionary[Key, TableChannel]()  # one that nobody follows is not kept

    def tell(self, row: Hashable, fact: Any, **values: Placeholder) -> None:
        """What became of a row of a topic. Call it on the event loop."""
        channel = self._channels.get(_key(values, True))
        if channel is not None:
            channel.tell(row, fact)

    async def open(self, name: str, values: Placeholders, sees_all: bool) -> Channel:
        """The channel of a topic; all who follow it share it."""
        await self._admit(sees_all=sees_all, **values)
        key = _key(values, True)
        channel = self._channels.get(key)
        if channel is None:
            table = Table(name, self._first(), keep=self._keep, encode=self._encode)
            forget = partial(self._channels.pop, key, None)
            channel = self._channels[key] = TableChannel(table, partial(self._load, **values), forget=forget)
        return channel


class Logs(Family):
    """Topics of logs. `find(**placeholders)` says where one is read from."""

    def __init__(
        self, topic: Topic, first: Callable[[], int], encode: Encode,
        find: Callable[..., Awaitable[OpenLog]], watcher: Watcher, *, admit: Admit | None = None,
    ) -> None:  # fmt: skip
        super().__init__(topic, first, encode, admit)
        self._find, self._watcher = find, watcher
        self._channels = WeakValueDictionary[Key, LogChannel]()  # one that was opened in vain is not kept

    async def open(self, name: str, values: Placeholders, sees_all: bool) -> Channel:
        """The channel of a log; all who follow it share it."""
        await self._admit(sees_all=sees_all, **values)
        found = await self._find(**values)
        key = _key(values, True)
        channel = self._channels.get(key)
        if channel is None:
            forget = partial(self._channels.pop, key, None)
            channel = self._channels[key] = LogChannel(
                name, found.source, found.folder, found.is_over, self._watcher, forget, self._encode, found.frame
            )
        return channel


async def _shown_rows(shown: Shown, load: Load) -> Any:
    return shown.narrow(await (shown.load or load)())


def _key(values: Placeholders, sees_all: bool) -> Key:
    return (sees_all, *sorted(values.items()))
