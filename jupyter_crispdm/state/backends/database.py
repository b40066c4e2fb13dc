"""Values in the memory of this server and in its database.

What is in memory is what is in the database. Changes that come while a transaction is on its way are made together
in the next one: many that change little cost little more than one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

import sqlalchemy as sa

from jupyter_crispdm.base.clock import Clock
from jupyter_crispdm.base.database import Database
from jupyter_crispdm.base.tasks import spawn

from .. import store
from ..entries import Change, Entry, Moment
from ..leases import PATIENCE, Holder, Lease, Leases
from ..once import Answer, Once
from .port import Changed, Grant, LockLost, Told, Turn, Woken

_T = TypeVar("_T")
_REMEMBERED = 86_400.0
_LONGEST = 86_400.0
_SOON = 0.005
_TIDY_SECONDS = 60.0


@dataclass
class Batch:
    """What one transaction changes: values as they are after it, and locks that are kept or free."""

    before: dict[str, Entry]
    keys: int
    size: int
    floor: int
    entries: dict[str, Entry] = field(default_factory=dict)
    forgotten: set[str] = field(default_factory=set)
    leases: dict[str, store.LeaseRow | None] = field(default_factory=dict)
    answers: dict[str, Answer] = field(default_factory=dict)

    def apply(self, key: str, change: Change, now: float) -> Changed:
        """Apply a change to what is there by now."""
        current = self.entries.get(key) or self.before.get(key)
        after = change(current, Moment(now, self.floor, self.keys, self.size))
        self.keys += _counts(after) - _counts(current)
        self.size += _size(after) - _size(current)
        self.entries[key] = after
        self.forgotten.discard(key)
        return Changed(current, after)

    def answer(self, once: Once, connection: sa.Connection, now: float) -> Entry | None:
        """What somebody was answered who asks again; None where they do so for the first time."""
        known = self.answers.get(once.name) or store.answer(connection, once.name, now)
        return None if known is None else known.again(once)

    def forget(self, old: Iterable[Entry]) -> None:
        """Forget what was deleted, unless it was made anew by now."""
        for entry in old:
            if self.before.get(entry.key) is entry and entry.key not in self.entries:
                self.forgotten.add(entry.key)
                self.floor = max(self.floor, entry.version, entry.notified)

    def write(self, connection: sa.Connection) -> None:
        """Bring it into the database."""
        store.set_entries(connection, self.entries.values())
        store.set_leases(connection, self.leases)
        store.set_answers(connection, self.answers)
        if self.forgotten:
            store.forget(connection, self.forgotten, self.floor)


Step = Callable[[Batch, sa.Connection], Any]


class DatabaseBackend:
    """Keeps the values and locks of one server."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock
        self._entries: dict[str, Entry] = {}
        self._floor = self._keys = self._size = 0
        self._leases = Leases()
        self._has_answers, self._tidied = True, clock.monotonic()
        self._steps: list[tuple[Step, asyncio.Future[Any]]] = []
        self._working: asyncio.Task[None] | None = None
        self._told: Told = lambda key: None
        self._woken: Woken = lambda key, ticket: None

    async def start(self, told: Told, woken: Woken) -> None:
        """Read everything."""
        self._told, self._woken = told, woken
        entries = await self._database.read(store.all_entries)
        self._floor = await self._database.read(store.floor)
        self._entries = {entry.key: entry for entry in entries}
        self._keys, self._size = sum(map(_counts, entries)), sum(map(_size, entries))
        for key, row in (await self._database.read(store.all_leases)).items():
            left = min(row.until - self._clock.now(), _LONGEST)
            self._leases.restore(key, Lease(row.id, Holder(row.holder, row.session), self._now() + left))

    async def close(self) -> None:
        """Finish what was begun."""
        if self._working is not None:
            await self._working

    # -- values

    async def get(self, key: str) -> Entry | None:
        """A value, also one that was deleted a while ago."""
        return self._entries.get(key)

    async def all(self) -> list[Entry]:
        """All values, without those that were deleted."""
        return [entry for entry in self._entries.values() if entry.value is not None]

    async def floor(self) -> int:
        """The greatest version that was forgotten."""
        return self._floor

    async def change(
        self, key: str, change: Change, lock: str | None = None, once: Once | None = None
    ) -> Changed:
        """Apply a change in the next transaction."""

        def step(batch: Batch, connection: sa.Connection) -> Changed:
            now = self._clock.now()
            known = batch.answer(once, connection, now) if once else None
            if known is not None:
                return Changed(known, known)
            if lock is not None and not self._leases.is_held(key, lock, self._now()):
                raise LockLost(key)
            changed = batch.apply(key, change, now)
            if once is not None:
                batch.answers[once.name] = Answer.to(once, changed.after, now)
                self._has_answers = True
            return changed

        return await self._do(step)

    async def due(self) -> list[str]:
        """The keys of values whose time is over."""
        now = self._clock.now()
        return [entry.key for entry in await self.all() if not entry.is_there(now)]

    async def old(self) -> list[str]:
        """The keys of values that were deleted more than a day ago."""
        return [entry.key for entry in self._entries.values() if self._is_old(entry)]

    async def forget(self, keys: Collection[str]) -> None:
        """Forget those of them that were not made anew, the locks that lapsed, and answers that nobody asks for."""
        lapsed = self._leases.forget(self._now())
        if lapsed:
            await self._do(lambda batch, _: batch.leases.update(dict.fromkeys(lapsed)))
        if self._has_answers and self._tidied + _TIDY_SECONDS <= self._now():
            self._tidied = self._now()
            self._has_answers = await self._do(lambda _, database: store.forget_answers(database, self._clock.now()))
        old = [entry for entry in map(self._entries.get, keys) if entry is not None and self._is_old(entry)]
        if old:
            await self._do(lambda batch, _: batch.forget(old))

    def _is_old(self, entry: Entry) -> bool:
        return entry.value is None and entry.updated < self._clock.now() - _REMEMBERED

    # -- locks

    async def ask(self, key: str, ticket: str, holder: Holder, seconds: float) -> Grant | Turn:
        """The lock of a key, once it is kept that it is held, or a place in line."""
        lease = self._leases.ask(key, ticket, holder, seconds, self._now())
        if lease is None:
            held = self._leases.held(key, self._now())
            again = PATIENCE / 2 if held is None else min(PATIENCE / 2, max(_SOON, held.ends - self._now()))
            return Turn(held.holder if held else None, again)
        grant = self._grant(lease)
        await self._keep(key, grant)
        return grant

    async def leave(self, key: str, ticket: str) -> None:
        """Want the lock no more."""
        had = self._leases.is_held(key, ticket, self._now())
        self._leases.leave(key, ticket, self._now())
        self._wake(key)
        if had:
            await self._keep(key, None)

    async def renew(self, key: str, id: str, seconds: float) -> Grant:
        """Hold a lock for longer."""
        lease = self._leases.renew(key, id, seconds, self._now())
        if lease is None:
            raise LockLost(key)
        grant = self._grant(lease)
        await self._keep(key, grant)
        return grant

    async def free(self, key: str, id: str) -> None:
        """Give a lock back: the next one has it at once."""
        if not self._leases.free(key, id, self._now()):
            raise LockLost(key)
        self._wake(key)
        await self._keep(key, None)

    def _wake(self, key: str) -> None:
        first = self._leases.first(key, self._now())
        if first is not None and self._leases.held(key, self._now()) is None:
            self._woken(key, first)

    def _grant(self, lease: Lease) -> Grant:
        return Grant(lease.id, lease.holder, self._clock.now() + lease.ends - self._now())

    async def _keep(self, key: str, grant: Grant | None) -> None:
        """Keep that a lock is held, so that it is over a restart too, or that it is free."""
        row = None if grant is None else store.LeaseRow(grant.id, grant.holder.by, grant.holder.session, grant.until)
        await self._do(lambda batch, _: batch.leases.__setitem__(key, row))

    def _now(self) -> float:
        return self._clock.monotonic()

    # -- transactions

    async def _do(self, step: Callable[[Batch, sa.Connection], _T]) -> _T:
        """Make a step in the next transaction, and wait until it is kept."""
        future: asyncio.Future[_T] = asyncio.get_running_loop().create_future()
        self._steps.append((step, future))
        if self._working is None:
            self._working = spawn("changes of shared values", self._work())
        return await future

    async def _work(self) -> None:
        try:
            while self._steps:
                steps, self._steps = self._steps, []
                batch = Batch(self._entries, self._keys, self._size, self._floor)
                try:
                    answers = await self._database.write(partial(_make, batch, steps))
                except Exception as error:
                    answers = [error] * len(steps)
                else:
                    self._take(batch)
                _settle(steps, answers)
        finally:
            self._working = None

    def _take(self, batch: Batch) -> None:
        """What a transaction changed is there by now: those who observe it are told."""
        self._keys, self._size, self._floor = batch.keys, batch.size, batch.floor
        for key in batch.forgotten:
            del self._entries[key]
        for key, after in batch.entries.items():
            before = self._entries.get(key)
            self._entries[key] = after
            if before is None or before.notified != after.notified:
                self._told(key)


def _make(batch: Batch, steps: list[tuple[Step, asyncio.Future[Any]]], connection: sa.Connection) -> list[Any]:
    """Make all steps of a transaction: their answers, or why one cannot be made; the others go on."""
    answers: list[Any] = []
    for step, _ in steps:
        try:
            answers.append(step(batch, connection))
        except Exception as error:
            answers.append(error)
    batch.write(connection)
    return answers


def _settle(steps: list[tuple[Step, asyncio.Future[Any]]], answers: list[Any]) -> None:
    for (_, future), answer in zip(steps, answers, strict=True):
        if future.done():  # nobody waits any more
            continue
        if isinstance(answer, Exception):
            future.set_exception(answer)
        else:
            future.set_result(answer)


def _counts(entry: Entry | None) -> int:
    return int(entry is not None and entry.value is not None)


def _size(entry: Entry | None) -> int:
    return 0 if entry is None else entry.size
