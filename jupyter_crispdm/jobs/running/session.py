"""One job from its start to its end.

    queued → starting → running → succeeded | failed | stopped | lost
                 ↘         ↓  ↘
                  stopping ←   queued again (another attempt)

A session asks its executor how the job stands, and moves the record accordingly. It does not matter who
started the job: a session made after a restart of the server goes on where the files say.

A job that is not over is kept by one at a time, by the queue or by a session, and only its keeper moves it. A
session gives it away by `leave` before it tells anybody, and touches it no more: so whoever hears of a change, and
acts on it, finds the new keeper.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any

import msgspec

from jupyter_crispdm.base.clock import Clock, utc
from jupyter_crispdm.base.errors import CrispdmError
from jupyter_crispdm.base.files.disk import on_disk
from jupyter_crispdm.base.tasks import comes
from jupyter_crispdm.tracking import RunEvents
from jupyter_crispdm.tracking.progress import LogProgress, LogProgressReader

from ..cache import JobCache
from ..directory import ExitFile, GrantFile, JobDirectory
from ..executors.port import Ended, Executor, NotStarted, Observation, Pending, Running, Vanished
from ..store import JobRecord
from ..types import Job, JobState, Progress, Resources
from .attempts import to_attempt, waits_for_attempt
from .events import ReportedFailure, asked_in, failure_in, fold
from .starting import Starter
from .telling import Tell

_log = logging.getLogger(__name__)
_RETRY_SECONDS = 1.0
_BEGINNING_SECONDS = 5.0
_LOOKS_AT_ONCE, _LOOKS_AT_THE_END = 4, 100  # each at about a megabyte

EventCallback = Callable[[Job, dict[str, Any]], Awaitable[None]]
LeaveCallback = Callable[["JobSession", JobRecord], None]
GatherCallback = Callable[[JobRecord, float | None], Awaitable[None]]


async def nothing_to_gather(record: JobRecord, started: float | None) -> None:
    """Nobody gathers what jobs print."""


class JobSession:
    """Follows one job that was started, or is about to be."""

    def __init__(
        self,
        record: JobRecord,
        directory: JobDirectory,
        *,
        executor: Executor,
        cache: JobCache,
        clock: Clock,
        grace: Sequence[float],
        on_event: EventCallback,
        leave: LeaveCallback,
        grant: GrantFile | None = None,
        tell: Tell | None = None,
        gather: GatherCallback = nothing_to_gather,
    ) -> None:
        self.record = record
        self.directory = directory
        self.events = RunEvents(directory.path)
        self.log = LogProgressReader(directory.log)
        self.observed = asyncio.Event()
        self._begun = asyncio.Event()
        self._executor = executor
        self._cache = cache
        self._clock = clock
        self._grace = grace
        self._on_event = on_event
        self._leave = leave
        self._left = False
        self._starter = Starter(directory, executor, grant, tell)
        self._gather = gather
        self._events_read = 0
        self._reading = asyncio.Lock()
        self._tells_progress = False
        self._failure = ReportedFailure()
        self._asked: float | None = None
        self._told_to_stop = False
        self._reason_is_news = False  # of how it stands just now, which is to be taken back
        self._seen: Observation = NotStarted()

    @property
    def running(self) -> bool:
        """Whether the program was seen running."""
        return isinstance(self._seen, Running)

    async def takes_input(self) -> bool:
        """Whether the program runs, or does so in a moment: what it printed may be seen before it is seen running."""
        if self.record.job.state is JobState.starting:
            await comes(self._begun, _BEGINNING_SECONDS)
        return self.running

    async def run(self, start: bool) -> None:
        """Start the job, unless it is adopted, and follow it until it ended or waits for another attempt."""
        try:
            if start and not await self._start():
                return
            while not await self._step():
                self.observed.set()
                await self._executor.changed(self.directory.path, self._seen)
        finally:
            self.observed.set()
            self._begun.set()

    async def stop(self, grace: Sequence[float] | None = None) -> None:
        """Begin to stop the job; before it runs, as soon as it does. A second call can only hasten it."""
        if self._left:
            return
        first, second = grace or self._grace
        if self.record.grace is not None:
            first, second = min(first, self.record.grace[0]), min(second, self.record.grace[1])
        self.record = msgspec.structs.replace(self.record, grace=(first, second))
        self._change(state=JobState.stopping)
        self._told_to_stop = False
        await self._pass_on_stop()

    async def read_events(self) -> None:
        """Note what the job has reported since the last time, and hand on what no callback has seen yet.

        A flood has to wait for the next call, unless the job is over.
        """
        async with self._reading:
            if not self._left:
                await self._read_on()

    async def _read_on(self) -> None:
        for _ in range(_LOOKS_AT_ONCE if self.running else _LOOKS_AT_THE_END):
            await self._read_events()
            if not self.events.more:
                break

    async def _read_events(self) -> None:
        await on_disk(self.directory.path, self.events.find)
        events = self.events.take()
        if not events:
            return
        for position, event in enumerate(events, self._events_read):
            if position >= self.record.events_seen and event.get("kind") != "progress":
                await self._on_event(self.record.job, event)
        self._events_read += len(events)
        self._tells_progress = self._tells_progress or any(event.get("kind") == "progress" for event in events)
        self._failure = failure_in(events) or self._failure
        self._asked = asked_in(events, self._asked)
        seen = max(self._events_read, self.record.events_seen)
        job = fold(self.record.job, events)
        if (job, seen) != (self.record.job, self.record.events_seen):
            self._put(msgspec.structs.replace(self.record, job=job, events_seen=seen))

    def take_usage(self, usage: Resources | None) -> None:
        """Note what the job uses."""
        self._measure(resources=usage)

    def take_progress(self, seen: LogProgress | None) -> None:
        """Note how far the job's log says it is, unless the job tells that itself."""
        if seen is not None and not self._tells_progress:
            self._measure(progress=Progress(done=seen.done, total=seen.total, message=seen.message))

    def take_stalled(self, since: datetime | None) -> None:
        """Note that nothing of the job moves, or that it does again."""
        if (since is None) is not (self.record.job.stalled is None) and not self._left and not self.record.service:
            self._change(stalled=since)

    def take_waiting(self, blocked: float | None) -> None:
        """Note whether the job waits for input: since when its program is blocked, or its notebook asks."""
        job = self.record.job
        begun = job.started.timestamp() if job.started else 0.0
        asked = self._asked if self._asked is not None and self._asked >= begun else None  # in this attempt
        since = _moment(blocked if asked is None else asked)
        if (since is None) is not (job.waiting_for_input is None) and not self._left:
            self._change(waiting_for_input=since)

    async def _start(self) -> bool:
        if self.record.job.state is JobState.queued:
            self._change(state=JobState.starting, reason=self.record.failure, devices=self._starter.devices)
        failure = None
        while self.record.job.state is not JobState.stopping:
            failure = await self._starter.start(self.record)
            if failure is None:
                return True
            if not failure.passing:
                break
            self._wait_to_start(f"could not start yet: {failure.text}; trying again")
            await asyncio.sleep(_RETRY_SECONDS)
        await self._end_unstarted(f"could not start: {failure.text}" if failure is not None else "")
        return False

    def _wait_to_start(self, reason: str) -> None:
        self._reason_is_news = True
        if reason != self.record.job.reason:
            self._change(reason=reason)

    async def _end_unstarted(self, failure: str) -> None:
        while True:
            stopped = self.record.job.state is JobState.stopping
            state = JobState.stopped if stopped else JobState.failed
            try:
                await self.end(state, "stopped before it started" if stopped else failure)
            except (OSError, CrispdmError):
                await self._wait_for_better_times()
            else:
                return

    async def _wait_for_better_times(self) -> None:
        """After a full disk, say: the job goes on, and so do we when there is room."""
        _log.exception("Job %s could not be followed; trying again.", self.record.job.id)
        self.observed.set()
        await asyncio.sleep(_RETRY_SECONDS)

    async def _step(self) -> bool:
        """Look once; True when there is nothing more to follow."""
        while True:
            try:
                return await self._look()
            except (OSError, CrispdmError):
                await self._wait_for_better_times()

    async def _look(self) -> bool:
        self._seen = seen = await self._executor.observe(self.directory.path)
        if isinstance(seen, Pending):
            await self._note_waiting(seen)
        elif isinstance(seen, Running):
            await self._note_running(seen)
        elif isinstance(seen, Ended):
            return await self._note_ended(seen)
        elif isinstance(seen, Vanished):
            return await self._note_vanished(seen)
        return False

    async def _note_waiting(self, seen: Pending) -> None:
        job = self.record.job
        state = JobState.starting if job.state is JobState.queued else job.state
        if (state, seen.reason) != (job.state, job.reason):
            self._change(state=state, reason=seen.reason)
        self._reason_is_news = True
        await self._pass_on_stop()

    async def _note_running(self, seen: Running) -> None:
        job = self.record.job
        state = JobState.running if job.state in (JobState.queued, JobState.starting) else job.state
        reason = seen.trouble or ("" if self._reason_is_news else job.reason)
        if (state, seen.pid, reason) != (job.state, job.pid, job.reason):
            self._change(state=state, pid=seen.pid, started=utc(seen.started), reason=reason)
        self._reason_is_news = bool(seen.trouble)
        self._begun.set()
        await self._pass_on_stop()

    async def _pass_on_stop(self) -> None:
        begun = isinstance(self._seen, (Pending, Running))
        if self.record.job.state is not JobState.stopping or not begun or self._told_to_stop:
            return
        grace = self.record.grace or self._grace
        self._told_to_stop = True
        try:
            await self._executor.stop(self.directory.path, grace)
        except BaseException:  # what was accepted is done: at the next look
            self._told_to_stop = False
            raise

    async def _note_ended(self, seen: Ended) -> bool:
        async with self._reading:  # nobody else reads on after the last look
            await self._read_on()
            self.take_progress(await on_disk(self.directory.path, self.log.read))
            await self._gather(self.record, seen.started)
            seen = self._failure.explain(seen)
            again = seen.state is JobState.failed and self.record.job.state is not JobState.stopping
            if again and (self.record.service or self.record.job.attempt <= self.record.retries):
                await self._queue_again(seen)
            else:
                self._finish(seen)
        return True

    async def _note_vanished(self, seen: Vanished) -> bool:
        async with self._reading:
            await self._read_on()
            await self._gather(self.record, seen.started)
            await self._end_vanished(seen)
        return True

    async def _end_vanished(self, seen: Vanished) -> None:
        stopped = self.record.job.state is JobState.stopping
        state = JobState.stopped if stopped else JobState.lost
        await self.end(state, "stopped" if stopped else seen.reason, started=seen.started)

    async def end(self, state: JobState, reason: str, started: float | None = None) -> None:
        """Write the exit record that no supervisor will write, and note it."""
        now = self._clock.now()
        file = ExitFile(state=state, reason=reason, started=started, ended=now)
        await on_disk(self.directory.path, self.directory.end, file)
        self._finish(Ended(state=state, reason=reason, started=started, ended=now))

    async def _queue_again(self, seen: Ended) -> None:
        await on_disk(self.directory.path, self.directory.begin_attempt)
        if self.record.job.state is JobState.stopping:  # told so in the meantime
            await self.end(JobState.stopped, "stopped between two attempts")
            return
        now = self._clock.now()
        again = to_attempt(self.record, self.record.job.attempt + 1, seen, now)
        self._give_away(
            again,
            state=JobState.queued,
            reason=waits_for_attempt(again.failure, again.due, now),
            pid=None,
            started=None,
            devices=[],
            resources=None,
            stalled=None,
            waiting_for_input=None,
        )

    def _finish(self, seen: Ended) -> None:
        ended = seen.ended if seen.ended is not None else self._clock.now()
        started = self.record.job.started if seen.started is None else utc(seen.started)
        self._give_away(
            self.record,
            state=seen.state,
            exit_code=seen.exit_code,
            signal=seen.signal,
            reason=seen.reason,
            started=started,
            ended=max(utc(ended), started or utc(ended)),  # clocks jump; a duration is never negative
            progress=self._last_progress(seen.state),
            resources=None,
            stalled=None,
            waiting_for_input=None,
        )

    def _last_progress(self, state: JobState) -> Progress | None:
        """All of it for a job that succeeded: a log tells what begins ("Epoch 40/40"), seldom what is over."""
        progress = self.record.job.progress
        if progress is None or progress.total is None or self._tells_progress or state is not JobState.succeeded:
            return progress
        return msgspec.structs.replace(progress, done=progress.total)

    def _measure(self, **fields: Any) -> None:
        """Note fleeting figures of a job that is not over."""
        job = msgspec.structs.replace(self.record.job, **fields)
        if job != self.record.job and not self._left:
            self.record = msgspec.structs.replace(self.record, job=job)
            self._cache.measured(self.record)

    def _give_away(self, record: JobRecord, **fields: Any) -> None:
        """The last change: the job is over, or the queue's."""
        self._left = True
        self.record = msgspec.structs.replace(record, job=msgspec.structs.replace(record.job, **fields))
        self._leave(self, self.record)

    def _change(self, **fields: Any) -> None:
        self._put(msgspec.structs.replace(self.record, job=msgspec.structs.replace(self.record.job, **fields)))

    def _put(self, record: JobRecord) -> None:
        self.record = record
        self._cache.put(record)


def _moment(timestamp: float | None) -> datetime | None:
    """A time that a program may have written; None for one that is none."""
    try:
        return None if timestamp is None else utc(timestamp)
    except (ValueError, OverflowError, OSError):
        return None
