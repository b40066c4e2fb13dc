"""What can be done with jobs. Knows no HTTP."""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any
from weakref import WeakValueDictionary

from jupyter_crispdm.base.clock import Clock, utc
from jupyter_crispdm.base.database import Database
from jupyter_crispdm.base.errors import (
    BadRequest,
    Conflict,
    NotFound,
    NotReady,
    Unavailable,
    Unprocessable,
)
from jupyter_crispdm.base.files.disk import on_disk
from jupyter_crispdm.base.tasks import Listeners
from jupyter_crispdm.environments.manager import EnvironmentManager
from jupyter_crispdm.tracking.parsers import RuleSet

from .cache import JobCache
from .directory import JobDirectories, JobDirectory
from .executors.port import Executor
from .queue.dispatch import Dispatcher
from .queue.slots import Capacity
from .rerun import changed
from .running.gathering import JobGathering
from .running.longcurves import ColumnKeeper
from .running.monitor import JobMonitor
from .running.reconcile import lost, take_stock
from .running.telling import Tell
from .store import JobRecord, JobStore
from .submitting.preparation import JobLimits, Preparation, Prepared, digest
from .submitting.validation import check_grace, check_input, check_submission, states_of
from .types import JOB_ID, Artifact, Input, Job, JobFilter, Rerun, StopMany, Submission

_log = logging.getLogger(__name__)
_LOOK_SECONDS = 10.0
_LIMITS = JobLimits()

ChangeCallback = Callable[[Job], None]
EventCallback = Callable[[Job, dict[str, Any]], Awaitable[None] | None]
SubmitCallback = Callable[[Job, Submission], object]


class JobManager:
    """Submits, follows, stops and deletes jobs.

    Jobs are no children of this process: it may die at any moment, and `start` goes on where the job
    directories below ``data_dir/jobs`` say. `capacity` is what they may use at the same time; `tell` what each is told
    as it starts.
    """

    def __init__(
        self,
        *,
        database: Database,
        environments: EnvironmentManager,
        executor: Executor,
        clock: Clock,
        data_dir: Path,
        root_dir: Path,
        capacity: Capacity,
        limits: JobLimits = _LIMITS,
        tell: Tell | None = None,
        rules: Callable[[], RuleSet] = RuleSet,
    ) -> None:
        self._executor = executor
        self._clock = clock
        self._limits = limits
        self._directories = JobDirectories(data_dir / "jobs")
        self._preparation = Preparation(environments, clock, data_dir / "jobs", root_dir, limits)
        self._store = JobStore(database)
        self._cache = JobCache(self._store, self._publish)
        self._dispatcher = Dispatcher(
            capacity, executor=executor, directories=self._directories, cache=self._cache, clock=clock,
            limits=limits, on_event=self._hand_on, tell=tell, gather=self._gather,
        )  # fmt: skip
        self._monitor = JobMonitor(
            executor, self._dispatcher.sessions.values, self._watched, clock, limits.stalled_after
        )
        self._columns = ColumnKeeper(self._dispatcher.sessions.values)
        self._gathering = JobGathering(self._dispatcher.sessions.values, self._directories.root, clock, rules)
        self._submitting: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._on_change: Listeners[[Job]] = Listeners("changes of jobs")
        self._on_event: list[EventCallback] = []
        self._on_delete: Listeners[[str]] = Listeners("deleted jobs")
        self._on_submit: Listeners[[Job, Submission]] = Listeners("submitted jobs")
        self._viewers = 0
        self._looked = -_LOOK_SECONDS
        self._open = False

    async def start(self) -> None:
        """Take up what the last server process left, then the queue."""
        found = await take_stock(self._directories, self._store, self._executor, self._clock.now())
        self._cache.start()
        for record in found.missing:
            self._cache.put(lost(record, self._clock))
        for record in found.stopped + found.started:  # also one of which nothing is new is not over
            self._cache.put(record)
        sessions = self._dispatcher.finish_stop(found.stopped) + self._dispatcher.adopt(found.started)
        for record in found.queued:
            await self._cache.learn(record.after)
            self._dispatcher.enqueue(record)
        await asyncio.gather(*(session.observed.wait() for session in sessions))
        self._monitor.start()
        self._columns.start()
        self._gathering.start()
        self._open = True
        self._dispatcher.start()

    async def close(self) -> None:
        """Let go of the jobs; they go on."""
        self._open = False
        await self._columns.close()
        await self._gathering.close()
        await self._monitor.close()
        await self._dispatcher.close()
        await self._executor.close()
        await self._cache.close()

    def on_change(self, callback: ChangeCallback) -> None:
        """Have every change of a job told, also of what it uses."""
        self._on_change.add(callback)

    def on_event(self, callback: EventCallback) -> None:
        """Have every line of a job's events.jsonl handed over, but for progress.

        Each is handed over at least once, also when the server was away; twice only when it died in between.
        """
        self._on_event.append(callback)

    def on_delete(self, callback: Callable[[str], None]) -> None:
        """Have the ids of deleted jobs told."""
        self._on_delete.add(callback)

    def on_submit(self, callback: SubmitCallback) -> None:
        """Have new jobs told with their submission, once each is written down and before it may start."""
        self._on_submit.add(callback)

    @contextmanager
    def viewing(self) -> Iterator[None]:
        """Say that somebody watches; without anybody, what jobs use is not measured."""
        self._viewers += 1
        try:
            yield
        finally:
            self._viewers -= 1

    async def submit(
        self, submission: Submission, owner: str, *, via: str = "", schedule: str | None = None,
        rerun_of: str | None = None, service: bool = False,
    ) -> tuple[Job, bool]:
        """Put a job into the queue; True when it is new, False when the same was submitted before.

        `via` names the program that submits it for its owner. `schedule` and `rerun_of` are what it comes from: the
        id of a schedule, or of a job that is run again. A `service` takes no place in the queue, and is started
        again, after pauses that grow, whenever it fails; no caller of the API can ask for one.
        Raises BadRequest, Unprocessable, Conflict when the id belongs to another submission, StorageFull.
        """
        self._check_open()
        prepare = partial(
            self._preparation.prepare, submission, owner, via=via, schedule=schedule, rerun_of=rerun_of,
            service=service,
        )  # fmt: skip
        if submission.id is None:
            return await self._create(prepare), True
        check_submission(submission)
        lock = self._submitting.setdefault(submission.id, asyncio.Lock())
        async with lock:
            known = await self._cache.get(submission.id)
            if known is None:
                return await self._create(prepare), True
            if known.digest != digest(submission):
                raise Conflict(f"There is another job with the id '{submission.id}'.", field="id")
            return known.job, False

    async def check(self, submission: Submission, owner: str) -> None:
        """Refuse what `submit` would refuse now, without submitting it. Raises BadRequest, Unprocessable."""
        prepared = await self._preparation.prepare(submission, owner)
        self._dispatcher.check(prepared.record.job)

    async def submission(self, id: str) -> Submission:
        """What a job was submitted as. Raises NotFound."""
        record = await self._record(id)
        directory = self._directories.at(id)
        return await on_disk(directory.path, directory.submission, record)

    async def rerun(self, id: str, request: Rerun, owner: str, via: str = "") -> tuple[Job, bool]:
        """Submit a job once more, with changes. Raises NotFound, and as `submit` does."""
        if (await self._record(id)).service:
            raise Conflict("The job serves another part of the server, which starts it.", field="id")
        submission = await self.submission(id)
        again = changed(submission, request.changes, self._cache.state_of)
        if again.id == id:
            raise Conflict("A job that is run again gets another 'id'.", field="id")
        return await self.submit(again, owner, via=via, rerun_of=id)

    async def find(self, query: JobFilter) -> list[Job]:
        """Jobs, newest first. Raises BadRequest."""
        self._looked = self._clock.monotonic()
        states = states_of(query)
        before = None if query.before is None else await self._cache.get(query.before)
        if query.before is not None and before is None:
            raise BadRequest("'before' must be the id of a job.", field="before")
        return await self._cache.find(
            states=states, owner=query.owner, tag=query.tag, limit=query.limit, before=before
        )

    async def get(self, id: str) -> Job:
        """One job. Raises NotFound."""
        self._looked = self._clock.monotonic()
        return (await self._record(id)).job

    async def stop(self, id: str, grace: Sequence[float] | None = None) -> Job:
        """Begin to stop a job; one that is over stays as it is. Raises NotFound, BadRequest."""
        check_grace(grace)
        self._check_open()
        await self._stop([await self._record(id)], grace)
        return await self.get(id)

    async def stop_many(self, request: StopMany) -> list[Job]:
        """Begin to stop the jobs named, or every one that is not over. Raises BadRequest, NotFound."""
        check_grace(request.grace)
        self._check_open()
        records = await self._named(request)
        await self._stop(records, request.grace)
        return [await self.get(record.job.id) for record in records]

    async def _stop(self, records: list[JobRecord], grace: Sequence[float] | None) -> None:
        await self._dispatcher.stop([record.job.id for record in records], grace)
        await self._cache.keep()

    async def _named(self, request: StopMany) -> list[JobRecord]:
        if request.all is bool(request.ids):
            raise BadRequest("Give either 'all': true or 'ids'.", field="ids")
        if request.ids:
            return [await self._record(id) for id in request.ids]
        return [record for record in self._cache.live() if request.owner in (None, record.job.owner)]

    async def send_input(self, id: str, input: Input) -> None:
        """Hand a text, or the end, to a job's standard input. Raises NotFound, BadRequest, Conflict."""
        check_input(input)
        self._check_open()
        record = await self._record(id)
        session = self._dispatcher.sessions.get(id)
        if session is None or not await session.takes_input():
            raise Conflict(f"The job is {record.job.state.value}; only a running one takes input.", field="id")
        await self._executor.send(session.directory.path, None if input.eof else input.text)

    async def delete(self, id: str) -> None:
        """Forget a job that is over, with its files. Raises NotFound, Conflict."""
        self._check_open()
        record = await self._record(id)
        if not record.job.state.final:
            raise Conflict(f"The job is {record.job.state.value}. Stop it first.", field="id")
        path = self._directories.at(id).path
        await on_disk(path, self._directories.discard, id)
        with suppress(Unavailable):  # it takes long, or the disk is silent: its thread goes on
            await on_disk(path, self._directories.empty, id)
        known = await self._cache.forget(id)  # what was deleted makes room also where the disk is full
        self._on_delete.tell(id)
        self._dispatcher.dispatch()  # who waited for it will never start
        if known:  # else what is left tells the next start that it is deleted
            with suppress(Unavailable):
                await on_disk(path, self._directories.remove, id)

    @property
    def root(self) -> Path:
        """Below which all jobs' files are."""
        return self._directories.root

    async def log(self, id: str) -> Path:
        """Where the log of a job is; a program may have put anything there. Raises NotFound."""
        return (await self._files(id)).log

    async def run_directory(self, id: str) -> Path:
        """Where a job's metrics are. Raises NotFound."""
        record = await self._record(id)
        await self._gathering.ensure(record)
        return self._directories.at(id).path

    def directory(self, id: str) -> Path:
        """Where a job's files are; a pure computation. Raises BadRequest."""
        return self._directories.at(JOB_ID.check(id, "id")).path

    def over(self, id: str) -> bool:
        """Whether nothing more will come from a job; True also for one that was deleted."""
        return self._open and not self._cache.is_live(id) and not self._gathering.is_busy(id)

    def runs(self, id: str) -> bool:
        """Whether a job has begun and is not over; while nobody looks yet, or any more, it may."""
        return not self._open or id in self._dispatcher.sessions

    def live(self) -> list[str]:
        """The ids of all jobs that are not over."""
        return [record.job.id for record in self._cache.live()]

    async def artifacts(self, id: str) -> list[Artifact]:
        """The files a job left behind. Raises NotFound."""
        directory = await self._files(id)
        found = await on_disk(directory.path, lambda: list(directory.artifact_files()))
        return [Artifact(path, stat.st_size, utc(stat.st_mtime)) for path, stat in found]

    async def artifact(self, id: str, path: str) -> Path:
        """The file of an artifact. Raises NotFound."""
        directory = await self._files(id)
        file = await on_disk(directory.path, directory.artifact, path)
        if file is None:
            raise NotFound("The job has no such artifact.", field="path")
        return file

    async def _files(self, id: str) -> JobDirectory:
        await self._record(id)
        return self._directories.at(id)

    async def _record(self, id: str) -> JobRecord:
        record = await self._cache.get(id)
        if record is None:
            raise NotFound(f"There is no job '{id[:64]}'.", field="id")
        return record

    async def _create(self, prepare: Callable[[], Awaitable[Prepared]]) -> Job:
        prepared = await prepare()
        self._dispatcher.check(prepared.record.job)
        missing = await self._cache.learn(prepared.record.after)
        if missing:
            raise Unprocessable(f"'after': there is no job '{missing.pop()[:64]}'.", field="after")
        id = prepared.record.job.id
        try:
            await asyncio.to_thread(self._directories.create, id, prepared.spec)
        except FileExistsError as error:
            raise Conflict(f"There is another job with the id '{id}'.", field="id") from error
        except OSError as error:  # too many open files, a read-only disk, ...
            raise Unavailable(f"The job could not be written: {error.strerror}.") from error
        self._on_submit.tell(prepared.record.job, prepared.spec["submission"])
        self._dispatcher.enqueue(prepared.record)
        self._dispatcher.dispatch()
        return (self._cache.known(id) or prepared.record).job

    def _check_open(self) -> None:
        """Refuse what nobody would do: the jobs are not followed yet, or no longer."""
        if not self._open:
            raise NotReady("The server is starting or stopping. Try again in a moment.")

    def _watched(self) -> bool:
        return self._viewers > 0 or self._clock.monotonic() - self._looked < _LOOK_SECONDS

    async def _gather(self, record: JobRecord, started: float | None) -> None:
        await self._gathering.finish(record, started)

    def _publish(self, record: JobRecord) -> None:
        self._on_change.tell(record.job)

    async def _hand_on(self, job: Job, event: dict[str, Any]) -> None:
        for told in self._on_event:
            try:
                result = told(job, event)
                if inspect.isawaitable(result):
                    await result
            except Exception:  # a listener's mistake is logged and must not end the following of the job
                _log.exception("An event of job %s could not be handled.", job.id)
