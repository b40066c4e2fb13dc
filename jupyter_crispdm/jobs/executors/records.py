"""What the job directory of a cluster's job says, and waiting until it says something else.

The job runs on another machine, so nothing tells us of its writes: somebody has to look, and looks at all
jobs in one go.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Hashable
from pathlib import Path
from typing import NamedTuple

import msgspec

from jupyter_crispdm.base.atomic import read_json, storage_errors, write_atomic
from jupyter_crispdm.base.tasks import Loop
from jupyter_crispdm.worker import report

from ..directory import ExitFile, JobDirectory, StateFile
from ..types import Resources

_TICKET = "cluster.json"
_LOOK_SECONDS = 0.2


class Ticket(msgspec.Struct, frozen=True):
    """cluster.json: the name under which a job is sent, and the cluster's own id once it has told one."""

    name: str
    id: str = ""


class Records(NamedTuple):
    """The files of a job that matter to an executor."""

    ticket: Ticket | None
    state: StateFile | None
    exit: ExitFile | None


def read_records(directory: Path) -> Records:
    """Read them; the exit record last, since it is written last."""
    os.listdir(directory)  # has a network file system look whether other machines made new files
    job = JobDirectory(directory)
    try:
        ticket = read_json(directory / _TICKET)
        known = None if ticket is None else msgspec.convert(ticket, Ticket)
    except msgspec.DecodeError:  # a program scribbled over it
        known = None
    return Records(known, job.state(), job.exit())


def read_usage(directory: Path) -> Resources | None:
    """What the supervisor has last measured, once it has."""
    try:
        content = read_json(directory / report.NAME)
        return None if content is None else msgspec.convert(content, Resources)
    except (OSError, msgspec.DecodeError):
        return None


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
        return (directory / _TICKET).stat().st_mtime
    except OSError:
        return 0.0


class Lookout:
    """Looks at the records of all jobs that are followed, five times a second."""

    def __init__(self) -> None:
        self._awaited: dict[Path, tuple[Hashable, asyncio.Event]] = {}
        self._loop = Loop("records of jobs on a cluster", self._look)

    async def mark(self, directory: Path) -> Hashable:
        """A value that differs as soon as the records do."""
        return await asyncio.to_thread(_mark, directory)

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

    async def _look(self) -> None:
        while self._awaited:
            await asyncio.sleep(_LOOK_SECONDS)
            awaited = dict(self._awaited)
            marks = await asyncio.to_thread(lambda paths: {path: _mark(path) for path in paths}, list(awaited))
            for path, (mark, happened) in awaited.items():
                if marks[path] != mark:
                    happened.set()


def _mark(directory: Path) -> Hashable:
    try:
        os.listdir(directory)
    except OSError:
        return None
    return tuple(_stamp(directory / name) for name in ("state.json", "exit.json"))


def _stamp(path: Path) -> Hashable:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns
