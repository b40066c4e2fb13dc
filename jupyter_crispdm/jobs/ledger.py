"""What is known about jobs: live ones in memory, all in the database, every change told to who listens.

A change is published at once and written to the database a moment later, many changes in one transaction.
That is safe because the job directories are the truth: a row that a crash left behind is mended at the next
start. Whoever reads rows waits for `flush` first.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable

import sqlalchemy as sa

from jupyter_crispdm.base.errors import StorageFull
from jupyter_crispdm.base.tasks import Loop

from .store import JobStore, Record
from .types import Job, JobState

_log = logging.getLogger(__name__)
_RETRY_SECONDS = 1.0


class Ledger:
    """The one place that changes what is known about a job."""

    def __init__(self, store: JobStore, publish: Callable[[Record], None]) -> None:
        self._store = store
        self._publish = publish
        self._live: dict[str, Record] = {}
        self._unwritten: dict[str, Record] = {}
        self._states: dict[str, JobState] = {}
        self._writing = asyncio.Lock()
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

    def live(self) -> list[Record]:
        """Jobs that are not over, oldest first."""
        return list(self._live.values())

    def is_live(self, id: str) -> bool:
        """Whether a job is not over."""
        return id in self._live

    def put(self, record: Record) -> None:
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
        self._dirty.set()
        self._publish(record)

    def measured(self, record: Record) -> None:
        """Take note of fleeting figures: told to everybody, not written."""
        if record.job.id in self._live:
            self._live[record.job.id] = record
            self._publish(record)

    async def get(self, id: str) -> Record | None:
        """One job, or None."""
        return self._live.get(id) or self._unwritten.get(id) or await self._store.get(id)

    def known(self, id: str) -> Record | None:
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
            record = await self._store.get(id)
            if record is None:
                missing.add(id)
            else:
                self._states[id] = record.job.state
        return missing

    async def list(
        self,
        *,
        states: set[JobState] | None,
        owner: str | None,
        limit: int,
        before: Record | None,
        tag: str | None = None,
    ) -> list[Job]:
        """Jobs, newest first, as they stand now."""
        await self.flush()
        records = await self._store.list(states=states, owner=owner, tag=tag, limit=limit, before=before)
        jobs = [(self.known(record.job.id) or record).job for record in records]
        return [job for job in jobs if states is None or job.state in states]

    async def forget(self, id: str) -> None:
        """Drop a job that was deleted."""
        async with self._writing:
            self._unwritten.pop(id, None)
            self._states.pop(id, None)
            await self._store.delete([id])

    async def flush(self) -> None:
        """Write what has changed, in one transaction."""
        async with self._writing:
            batch = dict(self._unwritten)
            await self._store.put(list(batch.values()))
            for id, record in batch.items():
                if self._unwritten.get(id) is record:
                    del self._unwritten[id]

    async def _write_behind(self) -> None:
        while True:
            await self._dirty.wait()
            self._dirty.clear()
            try:
                await self.flush()
            except (StorageFull, sa.exc.SQLAlchemyError):
                _log.exception("The job table could not be written; trying again.")
                await asyncio.sleep(_RETRY_SECONDS)
                self._dirty.set()
