"""What the curves of jobs say, while they run and after: kept up for who watches, and for the alerts of each.

A job is looked at once a second, where somebody follows its diagnosis or it has rules; once more when it is over. What
was raised, and that the best is kept, stands in its directory, so that no other server raises it again.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

import msgspec

from jupyter_crispdm.base.clock import Clock
from jupyter_crispdm.base.errors import BadRequest, CrispdmError, NotFound
from jupyter_crispdm.base.files.disk import on_disk
from jupyter_crispdm.base.tasks import Listeners, Loop, spawn
from jupyter_crispdm.tracking.diagnosis.reading import Mark, RunDiagnosis, mark_of
from jupyter_crispdm.tracking.diagnosis.rules import Watched, check_rules
from jupyter_crispdm.tracking.diagnosis.types import AlertRule, AlertThen, AlertWhen, Best, CurveAlert, Diagnosis

from ..directory import JobDirectory
from ..manager import JobManager
from ..types import Job, JobState
from .record import NAME, DiagnosisRecord, KeepRecord, record_of, renewed, watched_in

_log = logging.getLogger(__name__)
_SECONDS = 1.0
_MOST_REMEMBERED = 64


@dataclass
class _Watch:
    """One job that is looked at; `turn` is held by who reads."""

    directory: JobDirectory
    watched: list[Watched]
    keep: KeepRecord | None
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    run: RunDiagnosis | None = None

    @property
    def waits(self) -> bool:
        """Whether a rule is still watched for."""
        return any(not one.raised for one in self.watched)


class Diagnoses:
    """Says what curves mean, raises alerts, and keeps the best of jobs that are stopped."""

    def __init__(self, jobs: JobManager, clock: Clock, pause: float = _SECONDS) -> None:
        self._jobs, self._clock, self._pause = jobs, clock, pause
        self._watches: dict[str, _Watch] = {}
        self._wanted: set[str] = set()
        self._ended: dict[str, None] = {}
        self._over: dict[str, tuple[Mark, Diagnosis]] = {}  # of jobs that are over, and of which rows
        self._on_change: Listeners[[str]] = Listeners("diagnoses of jobs")
        self._on_alert: Listeners[[Job, CurveAlert]] = Listeners("alerts of jobs")
        self._on_kept: Listeners[[Job, Best]] = Listeners("what is kept of jobs")
        self._loop = Loop("what the curves of jobs say", self._run)
        jobs.on_change(self._job_changed)
        jobs.on_delete(self._job_deleted)

    async def start(self) -> None:
        """Begin to look."""
        self._loop.start()

    async def close(self) -> None:
        """Look no more."""
        await self._loop.close()
        for id in list(self._watches):
            await self._forget(id)

    def on_change(self, callback: Callable[[str], object]) -> None:
        """Have the ids of jobs told whose diagnosis may be another one."""
        self._on_change.add(callback)

    def on_alert(self, callback: Callable[[Job, CurveAlert], object]) -> None:
        """Have each alert told as it is raised."""
        self._on_alert.add(callback)

    def on_kept(self, callback: Callable[[Job, Best], object]) -> None:
        """Have told what is kept of a job that was stopped for it, once it is over."""
        self._on_kept.add(callback)

    async def of(self, id: str) -> Diagnosis:
        """What a job's curves say now. Raises NotFound, Unavailable."""
        await self._jobs.get(id)
        path = await self._jobs.run_directory(id)  # sees that what the job printed is taken over, too
        is_over = self._jobs.over(id)
        known = self._over.get(id) if is_over else None
        if known is not None and known[0] == await on_disk(path, mark_of, path):
            return known[1]
        watch = await self._watch(id)
        async with watch.turn:
            said, mark = await on_disk(watch.directory.path, _diagnosis, watch)
        if is_over:
            await self._forget(id)
            self._remember(id, mark, said)
        return said

    def want(self, id: str) -> None:
        """Have the next change of a job's diagnosis told: somebody follows it."""
        self._wanted.add(id)

    async def alerts(self, id: str) -> list[CurveAlert]:
        """The rules of a job, and which of them were raised. Raises NotFound."""
        await self._jobs.get(id)
        return [one.alert() for one in (await self._watch(id)).watched]

    async def set_alerts(self, id: str, rules: Sequence[AlertRule]) -> list[CurveAlert]:
        """Watch a job for other rules. Raises NotFound, BadRequest, StorageFull."""
        check_rules(rules)
        await self._jobs.get(id)
        watch = await self._watch(id)
        async with watch.turn:
            watched = renewed(rules, watch.watched)
            await on_disk(watch.directory.path, watch.directory.write, NAME, record_of(watched, watch.keep))
            watch.watched = watched
            if watch.run is not None:
                watch.run.watch(watched)
        self._over.pop(id, None)
        self._on_change.tell(id)
        return [one.alert() for one in watched]

    async def keep_best(self, id: str, metric: str | None = None) -> None:
        """Note that the best of a job is its result, by a metric if one is given. Raises NotFound, BadRequest."""
        if metric is not None and not (0 < len(metric) <= 200):
            raise BadRequest("'metric' must be the name of a metric.", field="metric")
        job = await self._jobs.get(id)
        watch = await self._watch(id)
        async with watch.turn:
            watch.keep = KeepRecord(metric)
            record = record_of(watch.watched, watch.keep)
            await on_disk(watch.directory.path, watch.directory.write, NAME, record)
        self._over.pop(id, None)
        if job.state.final:
            self._ended[id] = None
        self._on_change.tell(id)

    async def look(self) -> None:
        """Look once at each job that is to be looked at."""
        ended = [id for id in self._ended if self._jobs.over(id)]  # of others the last is still being taken over
        for id in ended:
            self._ended.pop(id, None)
            await self._guarded(id, self._look_last)
        running = [id for id in self._jobs.live() if self._jobs.runs(id)]
        await asyncio.gather(*(self._guarded(id, self._look_at) for id in running))

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(self._pause)
            await self.look()

    async def _guarded(self, id: str, look: Callable[[str], Awaitable[None]]) -> None:
        """One job that cannot be read is none of the others'."""
        try:
            await look(id)
        except NotFound:
            await self._forget(id)
        except (CrispdmError, OSError) as error:
            _log.warning("The curves of job %s could not be looked at: %s", id, error)

    async def _look_at(self, id: str) -> None:
        watch = await self._watch(id)
        if not watch.waits and id not in self._wanted:
            return
        async with watch.turn:
            news = await on_disk(watch.directory.path, _read, watch)
            raised = await self._note_raised(watch)
        for one in raised:
            await self._act(id, one)
        if news or raised:
            self._tell(id)

    async def _look_last(self, id: str) -> None:
        job = await self._jobs.get(id)
        watch = await self._watch(id)
        if watch.waits or watch.keep is not None:
            async with watch.turn:
                await on_disk(watch.directory.path, _read_all, watch)
                raised = await self._note_raised(watch)
                best = await on_disk(watch.directory.path, _best, watch)
            for one in raised:
                self._on_alert.tell(job, one.alert())
            if best is not None and watch.keep is not None:
                self._on_kept.tell(job, best)
        await self._forget(id)
        self._tell(id)

    async def _note_raised(self, watch: _Watch) -> list[Watched]:
        """The rules that were raised just now, written down if that can be: a full disk keeps no alert back."""
        raised = [one for one in watch.watched if one.raised and one.time is None]
        for one in raised:
            one.time = self._clock.now()
        if raised:
            record = record_of(watch.watched, watch.keep)
            try:
                await on_disk(watch.directory.path, watch.directory.write, NAME, record)
            except (CrispdmError, OSError) as error:
                _log.warning("That an alert of job %s was raised could not be noted: %s", watch.directory.id, error)
        return raised

    async def _act(self, id: str, raised: Watched) -> None:
        job = await self._jobs.get(id)
        self._on_alert.tell(job, raised.alert())
        if raised.rule.then is not AlertThen.stop or job.state is JobState.stopping or job.state.final:
            return
        try:
            await self.keep_best(id, raised.rule.metric if raised.rule.when is AlertWhen.stuck else None)
        except (CrispdmError, OSError) as error:  # it is stopped all the same
            _log.warning("That the best of job %s is kept could not be noted: %s", id, error)
        await self._jobs.stop(id)

    async def _watch(self, id: str) -> _Watch:
        watch = self._watches.get(id)
        if watch is not None:
            return watch
        directory = JobDirectory(self._jobs.directory(id))
        record = await on_disk(directory.path, directory.read, NAME, DiagnosisRecord)
        if record is None:
            record = DiagnosisRecord([CurveAlert(rule) for rule in (await self._jobs.submission(id)).alerts])
        return self._watches.setdefault(id, _Watch(directory, watched_in(record), record.keep))

    async def _forget(self, id: str) -> None:
        watch = self._watches.pop(id, None)
        if watch is not None and watch.run is not None:
            async with watch.turn:
                watch.run.close()
                watch.run = None

    def _remember(self, id: str, mark: Mark, said: Diagnosis) -> None:
        self._over[id] = mark, said
        while len(self._over) > _MOST_REMEMBERED:
            self._over.pop(next(iter(self._over)))

    def _tell(self, id: str) -> None:
        self._wanted.discard(id)
        self._on_change.tell(id)

    def _job_changed(self, job: Job) -> None:
        if job.state.final:
            self._ended[job.id] = None

    def _job_deleted(self, id: str) -> None:
        self._ended.pop(id, None)
        self._over.pop(id, None)
        self._wanted.discard(id)
        spawn("the curves of a deleted job", self._forget(id))


def _read(watch: _Watch) -> bool:
    if watch.run is None:
        watch.run = RunDiagnosis(watch.directory.path, watch.watched)
    return watch.run.read()


def _read_all(watch: _Watch) -> RunDiagnosis:
    _read(watch)
    assert watch.run is not None
    while watch.run.more:
        watch.run.read()
    return watch.run


def _diagnosis(watch: _Watch) -> tuple[Diagnosis, Mark]:
    _read(watch)
    assert watch.run is not None
    said = watch.run.diagnosis()
    best = _best(watch) if watch.keep is not None else said.best
    return msgspec.structs.replace(said, best=best), watch.run.mark


def _best(watch: _Watch) -> Best | None:
    if watch.run is None:
        return None
    keep = watch.keep or KeepRecord()
    best = watch.run.best(keep.metric, keep.better)
    return best and msgspec.structs.replace(best, kept=watch.keep is not None)
