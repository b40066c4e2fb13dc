"""Transactions over rows and the files of large values: the two agree, whenever the server is killed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection, Mapping
from typing import Any, NamedTuple, TypeVar

import msgspec
import sqlalchemy as sa

from jupyter_crispdm.base.database import Database
from jupyter_crispdm.base.tasks import Loop

from . import store
from .values import Accept, Value, ValueFiles

_T = TypeVar("_T")
_log = logging.getLogger(__name__)
_TRIES = 3
_HOUR = 3600.0

Kept = dict[str, Value]
Dropped = set[str]
Change = Callable[[sa.Connection, Kept, Dropped], _T]
"""A transaction: it is given the values as they are kept, and notes the digests that its rows name no more."""


class Contents(NamedTuple):
    """Values as JSON, and the names of those that cannot be read."""

    values: dict[str, Any]
    lost: list[str]


class Keeper:
    """Changes and reads what is kept."""

    def __init__(self, database: Database, files: ValueFiles, accept: Accept) -> None:
        self._database, self._files, self._accept = database, files, accept
        self._loop = Loop("files of snapshots", self._run)

    def start(self) -> None:
        """Remove, now and each hour, files that no row names: a killed server leaves them, and a removed user."""
        self._loop.start()

    async def close(self) -> None:
        """Remove nothing more."""
        await self._loop.close()

    async def read(self, query: Callable[[sa.Connection], _T]) -> _T:
        """Run a function that only reads rows."""
        return await self._database.read(query)

    async def change(self, change: Change[_T], values: Mapping[str, Any] | None = None) -> _T:
        """Write large values into files, then everything in one transaction; it is finished also when nobody waits.

        Raises what `change` raises, what speaks against the values, and StorageFull.
        """
        return await asyncio.shield(self._change(change, values or {}))

    async def contents(
        self, query: Callable[[sa.Connection], tuple[_T, Kept] | None]
    ) -> tuple[_T, Contents] | None:
        """What a query finds with its values read; None where it finds nothing.

        Between the query and the reading of a file somebody may have replaced the value: then all is read again.
        """
        found: tuple[_T, Contents] | None = None
        for _ in range(_TRIES):
            rows = await self._database.read(query)
            if rows is None:
                return None
            found = rows[0], await self.resolve(rows[1])
            if not found[1].lost:
                break
        return found

    async def resolve(self, values: Kept) -> Contents:
        """Values that were read from rows, with those in files."""
        if any(value.digest is not None for value in values.values()):
            return await asyncio.to_thread(self._resolve, values)
        return self._resolve(values)

    def sweep(self) -> None:
        """Remove files that no row names. It blocks."""
        self._files.sweep(self._in_use)

    async def _change(self, change: Change[_T], values: Mapping[str, Any]) -> _T:
        dropped: Dropped = set()
        kept = await asyncio.to_thread(self._files.put, values, self._accept)
        new = [value.digest for value in kept.values() if value.digest is not None]
        try:
            answer = await self._database.write(lambda connection: change(connection, kept, dropped))
        except BaseException:
            dropped = set(new)
            raise
        finally:
            self._files.release(kept.values())
            await self._collect(dropped)
        return answer

    async def _collect(self, dropped: Dropped) -> None:
        """What cannot be removed now is removed later: the change itself is done."""
        if not dropped:
            return
        try:
            await asyncio.to_thread(self._files.collect, dropped, self._in_use)
        except (OSError, sa.exc.SQLAlchemyError) as error:
            _log.warning("Files of values that nobody needs stay for now: %s", error)

    def _in_use(self, digests: Collection[str]) -> set[str]:
        return self._database.read_sync(lambda connection: store.digests_in_use(connection, digests))

    def _resolve(self, values: Kept) -> Contents:
        read: dict[str, msgspec.Raw | None] = {name: self._files.read(value) for name, value in values.items()}
        lost = [name for name, value in read.items() if value is None]
        return Contents({name: value for name, value in read.items() if value is not None}, lost)

    async def _run(self) -> None:
        while True:
            await asyncio.to_thread(self.sweep)
            await asyncio.sleep(_HOUR)
