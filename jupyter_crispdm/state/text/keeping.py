"""Where the updates of texts are kept: a port, and the database behind it.

Whoever keeps one more says how many they know of. If somebody else was faster they are told so, read on, and try again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import sqlalchemy as sa

from jupyter_crispdm.base.database import Database

from . import store
from .limits import Limits
from .store import Head

Told = Callable[[str | None], object]


@dataclass(frozen=True)
class Found:
    """The updates of an epoch after the first `start` of them."""

    epoch: str
    start: int
    contents: list[bytes]


class Keeping(Protocol):
    """Keeps the updates of texts, perhaps those of several servers."""

    async def start(self, told: Told) -> None:
        """Have somebody told of each key that another server wrote in; of None when any may have been."""

    async def close(self) -> None:
        """Tell nothing more."""

    async def find(self, key: str, epoch: str = "", start: int = 0) -> Found | None:
        """What came after the first `start` updates of an epoch, or all of another one; None where nobody wrote."""

    async def add(self, head: Head, count: int, news: bytes) -> bool:
        """Keep an update after `count` others; False where they are no longer all. Raises Unprocessable."""

    async def replace(self, head: Head, epoch: str, count: int, whole: bytes) -> bool:
        """Keep one in the place of the `count` of an epoch; False where they are no longer all."""


class DatabaseKeeping:
    """Keeps texts in the database."""

    def __init__(self, database: Database, limits: Limits) -> None:
        self._database, self._limits = database, limits

    async def start(self, told: Told) -> None:
        """No other server writes."""

    async def close(self) -> None:
        """Nothing was begun."""

    async def find(self, key: str, epoch: str = "", start: int = 0) -> Found | None:
        """What came after the first `start` updates."""
        found = await self._database.read(lambda connection: store.find(connection, key))
        if found is None:
            return None
        begin = start if found[0] == epoch else 0
        return Found(found[0], begin, found[1][begin:])

    async def add(self, head: Head, count: int, news: bytes) -> bool:
        """Keep an update."""
        return await self._database.write(lambda connection: self._add(connection, head, count, news))

    async def replace(self, head: Head, epoch: str, count: int, whole: bytes) -> bool:
        """Keep one in the place of all."""

        def change(connection: sa.Connection) -> bool:
            if store.state(connection, head.key) != (epoch, count):
                return False
            store.set_head(connection, head)
            store.replace(connection, head.key, [whole])
            return True

        return await self._database.write(change)

    def _add(self, connection: sa.Connection, head: Head, count: int, news: bytes) -> bool:
        if (store.state(connection, head.key) or (head.epoch, 0)) != (head.epoch, count):
            return False
        if store.set_head(connection, head):
            self._limits.check_texts(store.count(connection))
        store.add(connection, head.key, count, news)
        return True
