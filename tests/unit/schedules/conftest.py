"""A schedules room on a database of its own, with jobs that are only written down."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from jupyter_crispdm.base.clock import utc
from jupyter_crispdm.base.database import Database
from jupyter_crispdm.base.errors import Conflict, CrispdmError
from jupyter_crispdm.jobs.types import Job, JobKind, JobState, Submission
from jupyter_crispdm.schedules.manager import ScheduleManager
from jupyter_crispdm.schedules.store import ScheduleStore
from jupyter_crispdm.schedules.types import NewSchedule, Schedule
from tests.support import FakeClock

NOON = 1_700_049_600.0  # 2023-11-15 12:00 UTC, a Wednesday
HOUR = 3600.0


class FakeJobs:
    """Takes submissions, an id once only."""

    def __init__(self, clock: FakeClock) -> None:
        self.clock = clock
        self.known: dict[str, tuple[Submission, Job]] = {}
        self.refuse: CrispdmError | None = None
        self.checked: list[Submission] = []
        self._told: list[Callable[[Job], None]] = []

    async def submit(self, submission: Submission, owner: str, *, schedule: str | None = None) -> tuple[Job, bool]:
        await asyncio.sleep(0)
        if self.refuse is not None:
            raise self.refuse
        id = submission.id or f"manual-{len(self.known)}"
        if id in self.known:
            if self.known[id][0] != submission:
                raise Conflict("another job", field="id")
            return self.known[id][1], False
        job = Job(
            id=id, name="j", kind=JobKind.command, state=JobState.queued, owner=owner, environment="server",
            command=["true"], cwd="/", created=utc(self.clock.now()), schedule=schedule,
        )  # fmt: skip
        self.known[id] = (submission, job)
        self._tell(job)
        return job, True

    async def check(self, submission: Submission, owner: str) -> None:
        if self.refuse is not None:
            raise self.refuse
        self.checked.append(submission)

    def on_change(self, callback: Callable[[Job], None]) -> None:
        self._told.append(callback)

    def end(self, id: str) -> None:
        self._tell(msgspec.structs.replace(self.known[id][1], state=JobState.succeeded))

    def tell_again(self) -> None:
        """As after a start of the server."""
        for _, job in self.known.values():
            self._tell(job)

    @property
    def ids(self) -> list[str]:
        return list(self.known)

    def _tell(self, job: Job) -> None:
        for told in self._told:
            told(job)


class Told:
    """A feed that counts."""

    def __init__(self) -> None:
        self.changes = 0

    def changed(self) -> None:
        self.changes += 1


class Office:
    """The manager and what it works on; `reopen` is a restart of the server."""

    def __init__(self, path: Path) -> None:
        self.clock = FakeClock(NOON)
        self.jobs = FakeJobs(self.clock)
        self.told = Told()
        self.database = Database.in_directory(path)
        self.store = ScheduleStore(self.database)
        self.manager = self._manager()

    async def open(self) -> Office:
        await self.database.start()
        return self

    async def close(self) -> None:
        await self.manager.close()
        await self.database.close()

    async def reopen(self) -> None:
        """Another server process on the same data; it looks only when it is told."""
        self.manager = self._manager()
        self.jobs.tell_again()
        await self.manager.load()

    async def make(self, cron: str = "0 * * * *", **fields: Any) -> Schedule:
        fields.setdefault("submission", Submission(command=["true"]))
        return await self.manager.create(NewSchedule(cron=cron, **fields), owner="ada")

    async def after(self, seconds: float) -> Schedule:
        """Let time pass, look, and answer the first schedule."""
        self.clock.advance(seconds)
        await self.manager.look()
        return self.manager.all()[0]

    def _manager(self) -> ScheduleManager:
        return ScheduleManager(self.store, self.jobs, self.clock, self.told)


@pytest.fixture
def office(tmp_path: Path, jp_asyncio_loop: asyncio.AbstractEventLoop) -> Iterator[Office]:
    office = jp_asyncio_loop.run_until_complete(Office(tmp_path).open())
    yield office
    jp_asyncio_loop.run_until_complete(office.close())
