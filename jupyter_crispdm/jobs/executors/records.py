"""What the job directory of a cluster's job says, and waiting until it says something else.

The job runs on another machine, so nothing tells us of its writes: somebody has to look, and looks at all
jobs in one go.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Hashable
from functools import partial
from pathlib import Path
from typing import Annotated, NamedTuple

import msgspec

from jupyter_crispdm.base.files.atomic import storage_errors, write_atomic
from jupyter_crispdm.base.files.disk import on_disk
from jupyter_crispdm.base.tasks import Loop
from jupyter_crispdm.worker import report

from ..directory import ExitFile, JobDirectory, StateFile
from ..types import Resources
from .reach import Reach

_TICKET = "cluster.json"
_LOOK_SECONDS = 0.2
_Name = Annotated[str, msgspec.Meta(pattern=r"^[\w.:-]{0,200}(~\d{1,6})?$")]  # a program may have written it


class Ticket(msgspec.Struct, frozen=True):
    """cluster.json: the name under which a job is sent, and the cluster's own id once it has told one."""

    name: _Name
    id: _Name = ""


class _Usage(msgspec.Struct, frozen=True):
    """usage.json: numbers that can be told on."""

    cpu_percent: Annotated[float, msgspec.Meta(ge=0.0, le=1e9)]
    memory_bytes: Annotated[int, msgspec.Meta(ge=0, le=2**62)]


class Records(NamedTuple):
    """The files of a job that matter to an executor."""

    ticket: Ticket | None
    state: StateFile | None
    exit: ExitFile | None


def read_records(directory: Path) -> Records:
    """Read them; the exit record last, since it is written last."""
    os.listdir(directory)  # has a network file system look whether other machines made new files
    job = JobDirectory(directory)
    return Records(job.read(_TICKET, Ticket), job.state(), job.exit())


def read_usage(directory: Path) -> Resources | None:
    """What the supervisor has last measured, once it has."""
    used = JobDirectory(directory).read(report.NAME, _Usage)
    return None if used is None else Resources(cpu_percent=used.cpu_percent, memory_bytes=used.memory_bytes)


def write_ticket(directory: Path, ticket: Ticket) -> None:
    """Note what was sent, or is about to be. Raises OSError, StorageFull."""
    write_atomic(directory / _TICKET, msgspec.json.encode(ticket))


def drop_ticket(directory: Path) -> None:
    """Forget that it was to be sent."""
    with storage_errors(directory):
        (directory / _TICKET).unlink(missing_ok=True)


def take_claim(directory: Path) -> bool:
    """Claim a job in place of its supervisor, which then does not start it; False when that was there before."""
    try:
        (directory / "claim").touch(mode=0o600, exist_ok=False)
    except FileExistsError:
        return False
    return True


def ticket_time(directory: Path) -> float:
    """When the ticket was written last, in seconds since the epoch; 0 when there is none."""
    try:
        return (directory / _TICKET).lstat().st_mtime
    except OSError:
        return 0.0


class RecordWatcher:
    """Looks at the records of all jobs that are followed, five times a second."""

    def __init__(self) -> None:
        self._awaited: dict[Path, tuple[Hashable, asyncio.Event]] = {}
        self._reach = Reach()
        self._loop = Loop("records of jobs on a cluster", self._look)

    async def mark(self, directory: Path) -> Hashable:
        """A value that differs as soon as the records do."""
        return await on_disk(directory, _mark, directory)

    async def differs(self, directory: Path, mark: Hashable, timeout: float) -> None:
        """Wait until the records differ from what had that mark, at most `timeout` seconds."""
        happened = asyncio.Event()
        self._awaited[directory] = mark, happened
        self._loop.start()
        alarm = asyncio.get_running_loop().call_later(timeout, happened.set)
        try:
            await happened.wait()
        finally:
            alarm.cancel()
            self._awaited.pop(directory, None)

    async def close(self) -> None:
        """Stop looking."""
        await self._loop.close()
        self._reach.close()

    async def _look(self) -> None:
        while self._awaited:
            await asyncio.sleep(_LOOK_SECONDS)
            awaited = dict(self._awaited)
            marks = await self._reach.ask({path: partial(_mark, path) for path in awaited})
            for path, seen in marks.items():
                mark, happened = awaited[path]
                if seen != mark:
                    happened.set()


def _mark(directory: Path) -> Hashable:
    try:
        os.listdir(directory)
    except OSError:
        return None
    return tuple(_stamp(directory / name) for name in ("state.json", "exit.json"))


def _stamp(path: Path) -> Hashable:
    try:
        found = path.lstat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns
