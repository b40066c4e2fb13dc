"""Jobs on other machines: what the executors of all clusters share.

A cluster runs the supervisor in its attached form. How a job stands is read from its directory, which all
machines see; the cluster itself is asked only whether a job still waits or is still there, once for all jobs.
Each job has a name that is nobody else's. It is written down before the job is sent, and looked for before it
is sent again, so that a job whose server died in between runs once.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import sys
import time
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Protocol
from weakref import WeakValueDictionary

import msgspec

from jupyter_crispdm.base.errors import Conflict
from jupyter_crispdm.base.files.atomic import storage_errors
from jupyter_crispdm.base.files.disk import on_disk
from jupyter_crispdm.base.files.regular import Unreadable
from jupyter_crispdm.base.files.watch import is_shared
from jupyter_crispdm.base.tasks import spawn
from jupyter_crispdm.tracking.logfile import tail_lines
from jupyter_crispdm.worker import control, supervisor

from ..directory import ExitFile, JobDirectory, StateFile
from ..types import JobState, Resources
from .listing import Listing, ListingCache, Unreachable
from .port import CannotStart, Ended, NotStarted, Observation, Pending, Running, Vanished
from .reach import Reach
from .records import (
    Records,
    RecordWatcher,
    Ticket,
    drop_ticket,
    read_records,
    read_usage,
    take_claim,
    ticket_time,
    write_ticket,
)

_log = logging.getLogger(__name__)
_SUBMIT_SECONDS = 30.0
_SHARED_SECONDS = 30.0
_CANCEL_SECONDS = 10.0
_COMPLAINT_LINES, _COMPLAINT_BYTES = 5, 2000
_ENDED_FROM_OUTSIDE = "stopped: the supervisor was asked to end"
_ASKED: dict[str, Any] = {"cpus": 1, "gpus": 0, "memory": None, "timeout": None}


@dataclass(frozen=True)
class ClusterJob:
    """What a cluster is told about a job. `memory` is in bytes, `timeout` in seconds."""

    name: str
    directory: Path
    argv: list[str]
    cpus: int = 1
    gpus: int = 0
    memory: int | None = None
    timeout: float | None = None


@dataclass(frozen=True)
class Outcome:
    """What a cluster says about a job that left no exit record; `queued` means that it wants to be sent it again."""

    state: JobState
    reason: str


class Cluster(Protocol):
    """The few questions that differ between clusters. `title` is its name for people."""

    title: str

    async def submit(self, job: ClusterJob) -> str:
        """Send a job; answers the cluster's id. Raises CannotStart when it is refused, Unreachable."""

    async def listing(self) -> Listing:
        """Our jobs that are not over, by name. Raises Unreachable."""

    async def cancel(self, name: str, id: str) -> None:
        """End a job, waiting or running; one that is over or unknown is left alone. Raises Unreachable."""

    async def outcome(self, name: str, id: str) -> Outcome | None:
        """How a job ended, as far as the cluster still knows. Raises Unreachable."""

    async def close(self) -> None:
        """Let go of connections."""


class ClusterExecutor:
    """The executor of a cluster. `python` is an interpreter that all its machines have; None: our own.

    `seconds` is how often the cluster is asked. `settle` is how long after a job is gone from the cluster its exit
    record may become visible here; None: 30 s on a network file system, else 0.
    """

    places = True

    def __init__(
        self, cluster: Cluster, *, python: str | None = None, seconds: float = 5.0, settle: float | None = None
    ) -> None:
        self._cluster = cluster
        self._python = python or sys.executable
        self._settle = settle
        self._listing_cache = ListingCache(cluster.listing, seconds)
        self._records = RecordWatcher()
        self._reach = Reach()
        self._since = time.monotonic()
        self._sent: dict[Path, float] = {}
        self._marks: dict[Path, Hashable] = {}
        self._absent: dict[Path, float] = {}
        self._sending: WeakValueDictionary[Path, asyncio.Lock] = WeakValueDictionary()
        self._ending: dict[Path, asyncio.Task[None]] = {}

    async def start(self, directory: Path) -> None:
        """Send the job; when the cluster does not answer, later. Raises CannotStart."""
        try:
            ticket = Ticket(await on_disk(directory, _name, directory))
            await on_disk(directory, write_ticket, directory, ticket)
        except OSError as error:
            raise CannotStart(str(error)) from error
        try:
            await self._send(directory, ticket)
        except CannotStart:
            await on_disk(directory, drop_ticket, directory)
            raise

    async def observe(self, directory: Path) -> Observation:
        """What the files say and, where they do not, the cluster."""
        self._marks[directory] = await self._records.mark(directory)
        records = await on_disk(directory, read_records, directory)
        if records.exit is not None:
            return await self._over(directory, records, records.exit)
        if records.ticket is None:
            return NotStarted()
        try:
            standing, listed = await self._listing_cache.find(records.ticket.name, after=self._since)
        except Unreachable as error:
            return self._uncertain(records.state, error)
        if standing is None and records.ticket.id and listed < self._sent.get(directory, listed):
            return _standing(records.state, f"was sent to {self._cluster.title}")
        if standing is None:
            return await self._look_for(directory)
        self._absent.pop(directory, None)
        return _standing(records.state, standing.waits or f"is being started by {self._cluster.title}")

    async def changed(self, directory: Path, seen: Observation) -> None:
        """Wait until the files or the cluster say something else."""
        while True:
            await self._records.differs(directory, self._marks.get(directory), self._listing_cache.seconds)
            if isinstance(seen, Pending):
                await self._send_again(directory)
            if await self.observe(directory) != seen:
                return

    async def stop(self, directory: Path, grace: Sequence[float]) -> None:
        """Tell the supervisor to stop the job, and the cluster to end one that waits or does not heed it."""
        first, second = grace
        with storage_errors(directory):
            await on_disk(directory, control.append, directory, [control.encode_stop(first, second)])
        if (before := self._ending.get(directory)) is not None:
            before.cancel()
        work = self._see_out(directory, first + second)
        self._ending[directory] = spawn(f"end of job {directory.name}", work)

    async def send(self, directory: Path, text: str | None) -> None:
        """Hand a text, or None for the end, to the supervisor. Raises Conflict, StorageFull."""
        lines = [control.encode_end()] if text is None else list(control.encode_input(text))
        try:
            with storage_errors(directory):
                await on_disk(directory, control.append, directory, lines)
        except OSError as error:
            raise Conflict(f"The job takes no input: {error.strerror}.", field="text") from error

    async def usage(self, directories: Sequence[Path]) -> dict[Path, Resources]:
        """What their supervisors have last measured."""
        found = await self._reach.ask({directory: partial(read_usage, directory) for directory in directories})
        return {path: used for path, used in found.items() if used is not None}

    async def close(self) -> None:
        """Let go of the cluster; the jobs go on."""
        ending = list(self._ending.values())
        for task in ending:
            task.cancel()
        await asyncio.gather(*ending, return_exceptions=True)
        await self._records.close()
        await self._cluster.close()

    # --- sending

    async def _send(self, directory: Path, ticket: Ticket) -> None:
        async with self._sending.setdefault(directory, asyncio.Lock()):
            records = await on_disk(directory, read_records, directory)
            if records.exit is not None:  # stopped meanwhile
                return
            spec = await on_disk(directory, _spec, directory)
            argv = [self._python, "-I", "-S", supervisor.__file__, "--attached", str(directory)]
            asked = {key: spec.get(key, default) for key, default in _ASKED.items()}
            try:
                id = await self._cluster.submit(ClusterJob(ticket.name, directory, argv, **asked))
                await on_disk(directory, write_ticket, directory, Ticket(ticket.name, id))
            except Unreachable as error:
                _log.warning("Job %s waits: %s does not answer: %s", directory.name, self._cluster.title, error)
            finally:
                self._sent[directory] = time.monotonic()

    async def _send_again(self, directory: Path) -> None:
        """Send a job that could not be sent, or whose server died just then."""
        records = await on_disk(directory, read_records, directory)
        if records.ticket is None or records.ticket.id or records.state or records.exit:
            return
        try:
            standing = (await self._listing_cache.get()).get(records.ticket.name)
            if standing is not None:
                await on_disk(directory, write_ticket, directory, Ticket(records.ticket.name, standing.id))
            elif await self._nobody_sends(directory):
                await self._send(directory, records.ticket)
        except Unreachable:
            return
        except CannotStart as error:
            await self._end(directory, ExitFile(JobState.failed, reason=f"could not start: {error}"))

    async def _nobody_sends(self, directory: Path) -> bool:
        """Whether what has not arrived will not arrive: what a dead server sent may still be on its way."""
        if directory in self._sent:
            return True
        return abs(time.time() - await on_disk(directory, ticket_time, directory)) > _SUBMIT_SECONDS

    # --- looking

    def _uncertain(self, state: StateFile | None, error: Unreachable) -> Observation:
        trouble = f"{self._cluster.title} does not answer: {error}"
        if state is None:
            return Pending(trouble)
        return Running(state.pid, state.started, trouble)

    async def _look_for(self, directory: Path) -> Observation:
        """The cluster does not list it: it has ended, or never came there."""
        records = await on_disk(directory, read_records, directory)  # the cluster was asked before this
        if records.exit is not None:
            return await self._over(directory, records, records.exit)
        if records.ticket is None:
            return NotStarted()
        if not records.ticket.id and records.state is None:
            return Pending(f"is being sent to {self._cluster.title}")
        now = time.monotonic()
        if now - self._absent.setdefault(directory, now) < await on_disk(directory, self._settling, directory):
            return _standing(records.state, f"is about to end in {self._cluster.title}")
        return await self._bury(directory, records, records.ticket)

    async def _over(self, directory: Path, records: Records, record: ExitFile) -> Observation:
        """It has ended. Where the cluster had it end (no time left, no room), that is how it ended."""
        ticket, state = records.ticket, records.state
        if ticket is not None and state is not None and record.reason.startswith(_ENDED_FROM_OUTSIDE):
            try:
                if ticket.name in await self._listing_cache.get():  # it says what has ended, not yet how
                    return _standing(state, "")
                outcome = await self._cluster.outcome(ticket.name, ticket.id)
            except Unreachable:
                outcome = None
            if outcome is not None and outcome.state in (JobState.failed, JobState.stopped):
                record = msgspec.structs.replace(record, state=outcome.state, reason=outcome.reason)
        self._forget(directory)
        return _ended(record)

    def _settling(self, directory: Path) -> float:
        if self._settle is not None:
            return self._settle
        return _SHARED_SECONDS if is_shared(directory) else 0.0

    async def _bury(self, directory: Path, records: Records, ticket: Ticket) -> Observation:
        try:
            found = await self._cluster.outcome(ticket.name, ticket.id)
        except Unreachable as error:
            return self._uncertain(records.state, error)
        if found is not None and found.state is JobState.queued:
            if records.state is not None:
                return Vanished(found.reason, records.state.started)
            await on_disk(directory, write_ticket, directory, Ticket(_next_name(ticket.name)))
            return Pending(f"is being sent to {self._cluster.title} again: {found.reason}")
        self._forget(directory)
        outcome = found or Outcome(JobState.lost, f"{self._cluster.title} no longer knows it")
        if records.state is None:
            outcome = await on_disk(directory, _never_started, directory, outcome)
        started = None if records.state is None else records.state.started
        if outcome.state is JobState.lost:
            return Vanished(outcome.reason, started)
        record = ExitFile(outcome.state, reason=outcome.reason, started=started, ended=time.time())
        await self._end(directory, record)
        return _ended(record)

    def _forget(self, directory: Path) -> None:
        for known in (self._sent, self._marks, self._absent):
            known.pop(directory, None)
        if (ending := self._ending.pop(directory, None)) is not None:
            ending.cancel()

    # --- ending

    async def _see_out(self, directory: Path, seconds: float) -> None:
        """Have the cluster end a job that does not run yet, or does not end by itself within that time."""
        records = await on_disk(directory, read_records, directory)
        if records.state is not None:
            await asyncio.sleep(seconds + _CANCEL_SECONDS)
            records = await on_disk(directory, read_records, directory)
        while records.exit is None and records.ticket is not None:
            try:
                await self._cancel(directory, records.ticket)
                await asyncio.sleep(_CANCEL_SECONDS)
            except Unreachable as error:
                _log.warning("Job %s could not be cancelled, trying again: %s", directory.name, error)
                await asyncio.sleep(self._listing_cache.seconds)
            records = await on_disk(directory, read_records, directory)

    async def _cancel(self, directory: Path, ticket: Ticket) -> None:
        try:
            async with self._sending.setdefault(directory, asyncio.Lock()):  # not while it is being sent
                id = ticket.id or await self._id_of(ticket.name)
                if id:
                    await self._cluster.cancel(ticket.name, id)
            self._listing_cache.expire()
        finally:
            if await on_disk(directory, take_claim, directory):  # whoever comes to start it now finds it taken
                await self._end(directory, ExitFile(JobState.stopped, reason="stopped before it started"))

    async def _id_of(self, name: str) -> str:
        standing, _ = await self._listing_cache.find(name, after=time.monotonic())
        return "" if standing is None else standing.id

    async def _end(self, directory: Path, record: ExitFile) -> None:
        await on_disk(directory, JobDirectory(directory).end, record)


def _spec(directory: Path) -> dict[str, Any]:
    """Raises OSError; Unreadable for what is no spec.json."""
    try:
        return msgspec.json.decode(JobDirectory(directory).spec(), type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Unreadable("spec.json", "is no record of a job") from error


def _name(directory: Path) -> str:
    """A name for people to recognise that no other job has, of another server or deleted long ago. Raises OSError."""
    spec = JobDirectory(directory).spec()  # it tells when the job was submitted
    mark = hashlib.sha256(bytes(directory.absolute()) + spec).hexdigest()[:12]
    return f"crispdm-{directory.name}.{JobDirectory(directory).attempt()}-{mark}"


def _next_name(name: str) -> str:
    """The name under which the same attempt is sent once more: a cluster may remember the last one."""
    first, _, number = name.partition("~")
    return f"{first}~{int(number or 1) + 1}"


def _standing(state: StateFile | None, otherwise: str) -> Observation:
    return Pending(otherwise) if state is None else Running(state.pid, state.started)


def _ended(record: ExitFile) -> Ended:
    return Ended(record.state, record.exit_code, record.signal, record.reason, record.started, record.ended)


def _never_started(directory: Path, outcome: Outcome) -> Outcome:
    """The program did not run, so this is no loss; what was complained of tells why."""
    if outcome.state is JobState.stopped:
        return outcome
    complaint = "; ".join(tail_lines(directory / "cluster.log", _COMPLAINT_LINES, _COMPLAINT_BYTES)).strip()
    return Outcome(JobState.failed, f"could not start: {outcome.reason}" + (f": {complaint}" if complaint else ""))
