"""Jobs and collectors that a test plays: what they write, and how they end."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from jupyter_crispdm.base.clock import utc
from jupyter_crispdm.base.database import Database
from jupyter_crispdm.base.errors import NotFound
from jupyter_crispdm.jobs.types import Job, JobKind, JobState, Submission
from jupyter_crispdm.streams.batch import Batch
from jupyter_crispdm.streams.collecting.checking import SourceChecks
from jupyter_crispdm.streams.collecting.trial import Trials
from jupyter_crispdm.streams.events.manager import EventManager
from jupyter_crispdm.streams.events.store import EventStore
from jupyter_crispdm.streams.limits import Limits
from jupyter_crispdm.streams.manager import StreamManager
from jupyter_crispdm.streams.recording.layout import segment_path
from jupyter_crispdm.streams.recording.wal import Wal
from jupyter_crispdm.streams.store import StreamStore
from jupyter_crispdm.streams.types import NewStream, SimulatedSource, Status, Stream
from tests.support import FakeClock

PID = 4711
BEGAN = 1_700_000_000.0


def batch(first: int, rows: int, **columns: Any) -> Batch:
    """Samples a second apart, whose value is their number."""
    seq = np.arange(first, first + rows, dtype=np.float64)
    return Batch(first, {"time": BEGAN + seq, "value": seq, **columns})


def record(directory: Path, *batches: Batch, segment: int = 1) -> None:
    """Append to a stream's log, as its collector does."""
    path = segment_path(directory, segment)
    path.parent.mkdir(parents=True, exist_ok=True)
    wal = Wal(path)
    for one in batches:
        wal.append(one)
    wal.close()


def say(directory: Path, **fields: Any) -> None:
    """Write a status, as a collector does."""
    fields = {"pid": PID, "updated": BEGAN, **fields}
    path = directory / "status.json"
    new = path.with_suffix(".new")
    new.write_bytes(msgspec.json.encode(Status(**fields)))
    os.replace(new, path)


def alarm(directory: Path, id: str, kind: str = "raised", **fields: Any) -> None:
    """Write a line about an alarm, as a collector does."""
    line = {"id": id, "kind": kind, "seq": 7, "time": BEGAN, "value": 1.0, "probability": 0.9, "detector": "alert",
            "message": "probability over 0.5", **fields}  # fmt: skip
    with (directory / "alarms.jsonl").open("ab") as file:
        file.write(msgspec.json.encode(line) + b"\n")


class FakeJobs:
    """Jobs that run until a test ends them."""

    def __init__(self) -> None:
        self.jobs: dict[str, Job] = {}
        self.submitted: list[Submission] = []
        self.services: list[bool] = []
        self.stopped: list[str] = []
        self.refuse: Exception | None = None
        self._told: list[Callable[[Job], None]] = []

    async def submit(self, submission: Submission, owner: str, *, service: bool = False) -> tuple[Job, bool]:
        if self.refuse is not None:
            raise self.refuse
        self.submitted.append(submission)
        self.services.append(service)
        id = str(submission.id)
        self.jobs[id] = Job(
            id=id, name=str(submission.name), kind=JobKind.command, state=JobState.running, owner=owner, pid=PID,
            environment="server", command=submission.command or [], cwd="/", created=utc(BEGAN), tags=submission.tags,
        )  # fmt: skip
        return self.jobs[id], True

    async def get(self, id: str) -> Job:
        if id not in self.jobs:
            raise NotFound(f"There is no job '{id}'.")
        return self.jobs[id]

    async def stop(self, id: str, grace: Sequence[float] | None = None) -> Job:
        self.stopped.append(id)
        self.become(id, JobState.stopping)
        return self.jobs[id]

    def on_change(self, callback: Callable[[Job], None]) -> None:
        self._told.append(callback)

    def become(self, id: str, state: JobState, **fields: Any) -> None:
        self.jobs[id] = msgspec.structs.replace(self.jobs[id], state=state, **fields)
        for told in self._told:
            told(self.jobs[id])


class Line:
    """A room of streams without a server. Nothing in it happens by itself: a test calls `look`."""

    def __init__(self, path: Path, jobs: FakeJobs | None = None, **limits: Any) -> None:
        self.path, self.root = path, path / "streams"
        self.files = path / "files"
        self.files.mkdir(exist_ok=True)
        self.clock = FakeClock()
        self.jobs = jobs or FakeJobs()
        self.database = Database.in_directory(path)
        self.events = EventManager(EventStore(self.database), self.root, self.clock)
        checks = SourceChecks(self.files, path / "serving", self.root, self._run_of, ["LINE_PASSWORD"])
        self.streams = StreamManager(
            StreamStore(self.database), self.jobs, self.events, checks, Trials(60.0, self.files),
            root=self.root, clock=self.clock, limits=Limits(**limits), command=("collect",),
        )  # fmt: skip

    async def open(self) -> Line:
        await self.database.start()
        await self.streams.start_all()
        await self.streams.close()  # its loop: tests look themselves
        return self

    async def close(self) -> None:
        await self.streams.close()
        await self.database.close()

    async def again(self) -> Line:
        """The same after a restart of the server."""
        await self.close()
        return await Line(self.path, self.jobs).open()

    async def make(self, **fields: Any) -> Stream:
        fields = {"name": "Line 1", "source": SimulatedSource(), **fields}
        return await self.streams.create(NewStream(**fields), "ada")

    async def _run_of(self, job: str) -> Path:
        if job != "training":
            raise NotFound(f"There is no job '{job}'.")
        return self.path / "jobs" / job

    def directory(self, stream: Stream) -> Path:
        return self.root / stream.id
