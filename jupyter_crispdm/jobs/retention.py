"""Which ended jobs are deleted, and the task that does it.

A job that is not over stays, and so does one that a live job waits for, and one that is tagged ``keep``. A model
that was registered from a job has its own copy of the file.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from jupyter_crispdm.base.clock import Clock
from jupyter_crispdm.base.errors import Conflict, CrispdmError, NotFound
from jupyter_crispdm.base.files.disk import on_disk
from jupyter_crispdm.base.files.removal import size_on_disk
from jupyter_crispdm.base.tasks import Loop

from .manager import JobManager
from .types import Job, JobFilter

KEEP = "keep"
_log = logging.getLogger(__name__)
_HOUR = 3600.0
_DAY = 86_400.0
_PAGE = 1000


@dataclass(frozen=True)
class Kept:
    """An ended job that may be deleted: when it ended (seconds since the epoch) and the bytes it takes."""

    id: str
    ended: float
    bytes: int = 0


@dataclass(frozen=True)
class Policy:
    """How long, and how much. None means for ever, and without limit."""

    days: float | None = None
    bytes: int | None = None

    def __bool__(self) -> bool:
        return self.days is not None or self.bytes is not None

    def expired(self, jobs: Iterable[Kept], now: float) -> list[str]:
        """The jobs to delete, oldest first: those that are too old, then as many as take too much.

        Examples
        --------
        >>> Policy(bytes=10).expired([Kept("a", 1.0, 6), Kept("b", 2.0, 6)], now=3.0)
        ['a']
        """
        ordered = sorted(jobs, key=lambda job: (job.ended, job.id))
        total = sum(job.bytes for job in ordered)
        gone = []
        for job in ordered:
            too_old = self.days is not None and job.ended < now - self.days * _DAY
            too_much = self.bytes is not None and total > self.bytes
            if too_old or too_much:
                gone.append(job.id)
                total -= job.bytes
        return gone


class Retention:
    """Deletes by a policy, at the start and each hour."""

    def __init__(self, jobs: JobManager, policy: Policy, clock: Clock, pause: float = _HOUR) -> None:
        self._jobs, self._policy, self._clock, self._pause = jobs, policy, clock, pause
        self._sizes: dict[str, int] = {}
        self._offset = clock.now() - clock.monotonic()
        self._loop = Loop("retention of jobs", self._run)

    async def start(self) -> None:
        """Begin."""
        if self._policy:
            self._loop.start()

    async def close(self) -> None:
        """Delete nothing more."""
        await self._loop.close()

    async def sweep(self) -> list[str]:
        """Delete what the policy does not keep, and answer the ids."""
        kept = [await self._measured(job) for job in await self._candidates()]
        self._sizes = {job.id: job.bytes for job in kept}
        deleted = []
        for id in self._policy.expired(kept, self._now()):
            try:
                await self._jobs.delete(id)
            except (NotFound, Conflict):  # somebody was quicker
                continue
            deleted.append(id)
        if deleted:
            _log.info("%d jobs were deleted, as keep_jobs_days and keep_jobs_bytes say.", len(deleted))
        return deleted

    def _now(self) -> float:
        """The time; a clock that jumps ahead makes no job old."""
        return min(self._clock.now(), self._offset + self._clock.monotonic())

    async def _run(self) -> None:
        while True:
            try:
                await self.sweep()
            except (CrispdmError, OSError, sa.exc.SQLAlchemyError):
                _log.exception("Old jobs could not be deleted; trying again in an hour.")
            await asyncio.sleep(self._pause)

    async def _candidates(self) -> list[Job]:
        jobs = [job async for page in _pages(self._jobs) for job in page]
        needed = {id for job in jobs if not job.state.final for id in job.after}
        return [job for job in jobs if job.state.final and job.id not in needed and KEEP not in job.tags]

    async def _measured(self, job: Job) -> Kept:
        size = self._sizes.get(job.id, 0)
        if self._policy.bytes is not None and job.id not in self._sizes:
            directory = self._jobs.directory(job.id)
            size = await on_disk(directory, size_on_disk, directory)
        return Kept(job.id, (job.ended or job.created).timestamp(), size)


async def _pages(jobs: JobManager) -> AsyncIterator[list[Job]]:
    before = None
    while page := await jobs.find(JobFilter(limit=_PAGE, before=before)):
        yield page
        before = page[-1].id
