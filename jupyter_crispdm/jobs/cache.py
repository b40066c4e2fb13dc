"""What is known about jobs: live ones in memory, all in the database, every change told to who listens.

A change is published at once and written to the database a moment later, many changes in one transaction.
That is safe because the job directories are the truth: a row that a crash left behind is mended at the next
start. Whoever reads gets the rows and what is not written yet over them, and waits for no writing: on a full disk,
or while another program locks the database, jobs are listed and deleted as ever.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import NamedTuple

import sqlalchemy as sa

from jupyter_crispdm.base.errors import StorageFull
from jupyter_crispdm.base.tasks import Loop

from .store import JobRecord, JobStore
from .types import Job, JobState

_log = logging.getLogger(__name__)


class JobCache:
    """The one place that changes what is known about a job."""

    def __init__(self, store: JobStore, publish: Callable[[JobRecord], None]) -> None:
        self._store = store
        self._publish = publish
        self._live: dict[str, JobRecord] = {}
        self._unwritten: dict[str, JobRecord] = {}
        self._deleted: set[str] = set()  # but not yet in the database
        self._states: dict[str, JobState] = {}
        self._writing = asyncio.Lock()
        self._reads: list[_Written] = []
        self._dirty = asyncio.Event()
        self._loop = Loop("table of jobs", self._write_behind)

    def start(self) -> None:
        """Begin to write changes to the database."""
        self._loop.start()

    async def close(self) -> None:
        """Write what is left and stop."""
        await self._loop.close()
        try:
            await self.flush()
        except (StorageFull, sa.exc.SQLAlchemyError):
            _log.exception("The job table was not written; it is mended from the job directories at the next start.")

    def live(self) -> list[JobRecord]:
        """Jobs that are not over, oldest first."""
        return list(self._live.values())

    def is_live(self, id: str) -> bool:
        """Whether a job is not over."""
        return id in self._live

    def put(self, record: JobRecord) -> None:
        """Take note of a new or changed job, tell everybody, and have it written."""
        id = record.job.id
        known = self._states.get(id)
        if known is not None and known.final and known is not record.job.state:
            raise AssertionError(f"job {id} is {known.value}, a final state")
        self._states[id] = record.job.state
        if record.job.state.final:
            self._live.pop(id, None)
        else:
            self._live[id] = record
        self._unwritten[id] = record
        self._deleted.discard(id)
        self._dirty.set()
        self._publish(record)

    def measured(self, record: JobRecord) -> None:
        """Take note of fleeting figures: told to everybody, not written."""
        if record.job.id in self._live:
            self._live[record.job.id] = record
            self._publish(record)

    async def get(self, id: str) -> JobRecord | None:
        """One job, or None."""
        if id in self._deleted:
            return None
        return self.known(id) or await self._store.get(id)

    def known(self, id: str) -> JobRecord | None:
        """A job that is live or not yet written, without asking the database."""
        return self._live.get(id) or self._unwritten.get(id)

    def state_of(self, id: str) -> JobState | None:
        """Where a job stands that this process has seen, or `learn`ed of."""
        return self._states.get(id)

    async def learn(self, ids: Iterable[str]) -> set[str]:
        """Look up where jobs stand, so that `state_of` knows; answers the ids that do not exist."""
        missing = set()
        for id in ids:
            if id in self._states:
                continue
            record = await self.get(id)
            if record is None:
                missing.add(id)
            else:
                self._states[id] = record.job.state
        return missing

    async def find(
        self,
        *,
        states: set[JobState] | None,
        owner: str | None,
        limit: int,
        before: JobRecord | None,
        tag: str | None = None,
    ) -> list[Job]:
        """Jobs, newest first, as they stand now."""
        spare = len({**self._unwritten, **self._live}) + len(self._deleted)  # as many rows may be out of date
        with self._reading() as written:
            rows = await self._store.find(states=states, owner=owner, tag=tag, limit=limit + spare, before=before)
        wanted = _Wanted(states, owner, tag, None if before is None else _age(before))
        current = {**written.records, **self._unwritten, **self._live}
        known = {**{row.job.id: row for row in rows}, **current}
        deleted = (written.deleted | self._deleted) - current.keys()
        found = [one for id, one in known.items() if id not in deleted and wanted.has(one)]
        return [record.job for record in sorted(found, key=_age, reverse=True)[:limit]]

    async def forget(self, id: str) -> bool:
        """Drop a job that was deleted; False when the database does not know it yet, but will."""
        self._live.pop(id, None)
        self._unwritten.pop(id, None)
        self._states.pop(id, None)
        self._deleted.add(id)
        try:
            await self.flush()
        except (StorageFull, sa.exc.SQLAlchemyError) as error:
            _log.warning("The row of the deleted job %s is removed later: %s", id, error)
            self._dirty.set()
            return False
        return True

    async def flush(self) -> None:
        """Write what has changed."""
        async with self._writing:
            deleted, batch = set(self._deleted), dict(self._unwritten)
            await self._store.delete(sorted(deleted))
            await self._store.put(list(batch.values()))
            self._deleted -= deleted
            for read in self._reads:
                read.deleted |= deleted
                read.records.update(batch)
            for id, record in batch.items():
                if self._unwritten.get(id) is record:
                    del self._unwritten[id]

    @contextmanager
    def _reading(self) -> Iterator[_Written]:
        """What is written while rows are read: it may or may not be in them."""
        written = _Written()
        self._reads.append(written)
        try:
            yield written
        finally:
            self._reads.remove(written)

    async def keep(self) -> None:
        """Have what was accepted survive this process, where the disk allows it."""
        try:
            await self.flush()
        except (StorageFull, sa.exc.SQLAlchemyError):  # it is done all the same, and written later
            _log.warning("The job table could not be written; trying again.")

    async def _write_behind(self) -> None:
        """What cannot be written is tried again later, as any loop is that failed."""
        if self._unwritten or self._deleted:
            self._dirty.set()
        while True:
            await self._dirty.wait()
            self._dirty.clear()
            await self.flush()


@dataclass(eq=False)
class _Written:
    records: dict[str, JobRecord] = field(default_factory=dict)
    deleted: set[str] = field(default_factory=set)


class _Wanted(NamedTuple):
    """Which jobs a list shall hold."""

    states: set[JobState] | None
    owner: str | None
    tag: str | None
    before: tuple[float, str] | None

    def has(self, record: JobRecord) -> bool:
        job = record.job
        return (
            (self.states is None or job.state in self.states)
            and (self.owner is None or job.owner == self.owner)
            and (self.tag is None or self.tag in job.tags)
            and (self.before is None or _age(record) < self.before)
        )


def _age(record: JobRecord) -> tuple[float, str]:
    """By which jobs are listed, the newest last."""
    return record.job.created.timestamp(), record.job.id
