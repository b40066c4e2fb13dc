"""From the queue to a session that follows the job, and back for another attempt."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Iterable, Sequence
from typing import Any

import msgspec

from jupyter_crispdm.base.clock import Clock
from jupyter_crispdm.base.errors import CrispdmError, Unprocessable

from ..cache import JobCache
from ..directory import GrantFile, JobDirectories
from ..executors.port import Executor
from ..running.attempts import waits_for_attempt
from ..running.session import EventCallback, GatherCallback, JobSession, nothing_to_gather
from ..running.telling import Tell
from ..store import JobRecord
from ..submitting.preparation import JobLimits
from ..types import Job, JobState
from .machine import device_variables
from .queue import JobQueue, QueuedJob
from .slots import NOTHING, Capacity, Need, Slots
from .waits import TURN, cannot_fit

_log = logging.getLogger(__name__)
_RETRY_SECONDS = 1.0
_ENDS_AT_ONCE = 4


class Dispatcher:
    """Starts jobs as soon as they may start, and keeps each followed until it is over.

    On a cluster, which places jobs by itself, only their number is limited here.
    """

    def __init__(
        self,
        capacity: Capacity,
        *,
        executor: Executor,
        directories: JobDirectories,
        cache: JobCache,
        clock: Clock,
        limits: JobLimits,
        on_event: EventCallback,
        tell: Tell | None = None,
        gather: GatherCallback = nothing_to_gather,
    ) -> None:
        self.sessions: dict[str, JobSession] = {}
        self._executor = executor
        self._directories = directories
        self._cache = cache
        self._clock = clock
        self._limits = limits
        self._on_event = on_event
        self._tell = tell
        self._gather = gather
        self._slots = Slots(Capacity(capacity.places) if executor.places else capacity)
        self._queue = JobQueue()
        self._tasks: set[asyncio.Task[None]] = set()
        self._ending: dict[str, asyncio.Task[None]] = {}  # jobs that waited, as they are ended
        self._ends = asyncio.Semaphore(_ENDS_AT_ONCE)
        self._timer: asyncio.TimerHandle | None = None
        self._open = False

    def start(self) -> None:
        """Begin to start what waits."""
        self._open = True
        self.dispatch()

    async def close(self) -> None:
        """Let go of the jobs; they go on."""
        self._open = False
        if self._timer is not None:
            self._timer.cancel()
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def check(self, job: Job) -> None:
        """Refuse a job that asks for more than there will ever be. Raises Unprocessable."""
        excess = self._slots.excess(_need(job))
        if excess is not None:
            text = f"The job {cannot_fit(_need(job), self._slots)}. '{excess.field}' may be {excess.most} at most."
            raise Unprocessable(text, field=excess.field, maximum=excess.most)

    def enqueue(self, record: JobRecord) -> None:
        """Put a job into the queue, and note what it waits for."""
        waiting = self._waiting(record)
        reason = self._reason(record, waiting)
        self._cache.put(_with(record, reason=reason))
        self._queue.add(waiting)

    def adopt(self, records: Iterable[JobRecord]) -> list[JobSession]:
        """Follow jobs that an earlier server process has started."""
        sessions = []
        for record in records:
            job = record.job
            self._slots.hold(job.id, job.owner, _need(job), tuple(job.devices))
            sessions.append(self._follow(record, start=False))
        return sessions

    def finish_stop(self, records: Iterable[JobRecord]) -> list[JobSession]:
        """End jobs that were told to stop before they had started."""
        return [self._follow(record, start=True) for record in records]

    def dispatch(self) -> None:
        """Start what may start now."""
        if not self._open:
            return
        look = self._queue.next(self._slots, self._cache.state_of, self._clock.monotonic())
        for id, reason in look.cancelled.items():
            self._keep(self._cancel(self._known(id), reason))
        for id, devices in look.started.items():
            self._follow(self._known(id), start=True, grant=self._grant(devices))
        for id, reason in look.waits.items():
            self._say(self._known(id), reason)
        self._look_again_at(self._queue.due())

    async def stop(self, ids: Sequence[str], grace: Sequence[float] | None) -> None:
        """Begin to stop jobs: those that wait leave the queue before any of the others can make room for them.

        Raises StorageFull where one that waits could not be ended; it then waits on.
        """
        for id in ids:
            if self._queue.remove(id):
                self._ending[id] = self._keep(self._end_waiting(self._known(id)))
        done = await asyncio.gather(*(self._stop(id, grace) for id in ids), return_exceptions=True)
        self.dispatch()
        for error in done:
            if isinstance(error, BaseException):
                raise error

    async def _stop(self, id: str, grace: Sequence[float] | None) -> None:
        """Tell whoever keeps the job, once anybody does; it may change hands while we wait."""
        while (ending := self._ending.get(id)) is not None:
            await asyncio.shield(ending)
        session = self.sessions.get(id)
        if session is not None:
            await session.stop(grace)
        elif self._queue.remove(id):
            self._ending[id] = self._keep(self._end_waiting(self._known(id)))
            await self._stop(id, grace)

    async def _end_waiting(self, record: JobRecord) -> None:
        reason = "stopped between two attempts" if record.job.attempt > 1 else "stopped before it started"
        try:
            async with self._ends:
                await self._session(record).end(JobState.stopped, reason)
        except BaseException:  # a full disk, say: it waits on
            self._queue.add(self._waiting(record))
            raise
        finally:
            self._ending.pop(record.job.id, None)

    async def _cancel(self, record: JobRecord, reason: str) -> None:
        while True:
            try:
                await self._session(record).end(JobState.stopped, reason)
            except (OSError, CrispdmError):  # a full disk: it is cancelled when there is room
                _log.exception("Job %s could not be cancelled; trying again.", record.job.id)
                await asyncio.sleep(_RETRY_SECONDS)
            else:
                return

    def _reason(self, record: JobRecord, waiting: QueuedJob) -> str:
        if waiting.due:
            return waits_for_attempt(record.failure, record.due, self._clock.now())
        waits = self._queue.waits(waiting, self._slots, self._cache.state_of)
        return waits or record.failure or (TURN if len(self._queue) else "")

    def _waiting(self, record: JobRecord) -> QueuedJob:
        job = record.job
        due = 0.0
        if record.due is not None:
            left = min(record.due - self._clock.now(), record.retry_delay)  # clocks jump
            due = self._clock.monotonic() + left if left > 0 else 0.0
        return QueuedJob(job.id, job.owner, _need(job), tuple(record.after), due)

    def _grant(self, devices: tuple[str, ...]) -> GrantFile | None:
        if devices or self._slots.capacity.strict_gpus:
            return GrantFile(env=device_variables(devices), devices=list(devices))
        return None

    def _say(self, record: JobRecord, reason: str) -> None:
        if reason != record.job.reason:
            self._cache.measured(_with(record, reason=reason))

    def _look_again_at(self, due: float | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None
        if due is not None:
            seconds = max(0.0, due - self._clock.monotonic())
            self._timer = asyncio.get_running_loop().call_later(seconds, self.dispatch)

    def _known(self, id: str) -> JobRecord:
        record = self._cache.known(id)
        assert record is not None
        return record

    def _session(self, record: JobRecord, grant: GrantFile | None = None) -> JobSession:
        return JobSession(
            record,
            self._directories.at(record.job.id),
            executor=self._executor,
            cache=self._cache,
            clock=self._clock,
            grace=self._limits.grace,
            on_event=self._on_event,
            leave=self._take_back,
            grant=grant,
            tell=self._tell,
            gather=self._gather,
        )

    def _follow(
        self, record: JobRecord, start: bool, grant: GrantFile | None = None, after: float = 0.0
    ) -> JobSession:
        session = self._session(record, grant)
        self.sessions[record.job.id] = session  # from now on: what it is told before it begins is not lost
        self._keep(self._run(session, start, after))
        return session

    async def _run(self, session: JobSession, start: bool, after: float) -> None:
        await asyncio.sleep(after)
        try:
            await session.run(start)
        except Exception:  # what it runs holds its slots on
            record = session.record
            _log.exception("Following job %s failed; trying again.", record.job.id)
            if self._open and self.sessions.get(record.job.id) is session:
                starting = record.job.state in (JobState.queued, JobState.starting)
                self._follow(record, starting, self._grant(tuple(record.job.devices)), after=_RETRY_SECONDS)

    def _take_back(self, session: JobSession, record: JobRecord) -> None:
        """Take a job that is over, or is to be tried again, out of a session's hands, and tell."""
        id = record.job.id
        if self.sessions.get(id) is session:
            del self.sessions[id]
            self._slots.release(id)
        if not record.job.state.final:
            self._queue.add(self._waiting(record))
        self._cache.put(record)
        asyncio.get_running_loop().call_soon(self.dispatch)

    def _keep(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work, name="jobs")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


def _need(job: Job) -> Need:
    if not job.cpus:  # a service, which no submission of people can be
        return NOTHING
    return Need(cpus=job.cpus, gpus=job.gpus, memory=job.memory or 0)


def _with(record: JobRecord, reason: str) -> JobRecord:
    return msgspec.structs.replace(record, job=msgspec.structs.replace(record.job, reason=reason))
