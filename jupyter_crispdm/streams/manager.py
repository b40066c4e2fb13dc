"""What can be done with streams. Knows no HTTP."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import sqlalchemy as sa

from jupyter_crispdm.base.clock import Clock
from jupyter_crispdm.base.errors import Conflict, CrispdmError, NotFound, Unavailable, Unprocessable
from jupyter_crispdm.base.files.disk import on_disk
from jupyter_crispdm.base.files.removal import remove
from jupyter_crispdm.base.tasks import Listeners, Loop, comes, spawn
from jupyter_crispdm.jobs.types import Job, JobState

from .collecting.checking import SourceChecks, check_alarms, require_finite
from .collecting.collectors import COMMAND, Collectors, Jobs
from .collecting.directories import StreamDirectories
from .collecting.health import Health, Pulse, StatusFile, health
from .collecting.trial import Trials
from .description import described, spec_of
from .events.manager import EventManager
from .limits import Limits
from .reading.export import Export, export
from .reading.past import Past
from .store import StreamRecord, StreamStore
from .types import ExportQuery, NewStream, Source, Status, Stream, StreamChange, StreamState, Trial, Window

_log = logging.getLogger(__name__)
_LOOK_SECONDS = 0.5
_AT_ONCE = 8
_AGAIN_SECONDS = 5.0
_ENDING_SECONDS = 30.0


@dataclass
class _Held:
    """A stream in memory: what is kept of it, and how it is just now."""

    record: StreamRecord
    file: StatusFile
    pulse: Pulse
    past: Past
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    status: Status | None = None
    trouble: str = ""
    again: float = 0.0
    told: Stream | None = None


class StreamManager:
    """Makes, collects, changes and deletes streams. Each has a directory below `root` and, while it runs, a job."""

    def __init__(
        self, store: StreamStore, jobs: Jobs, events: EventManager, checks: SourceChecks, trials: Trials, *,
        root: Path, clock: Clock, limits: Limits, command: Sequence[str] = COMMAND,
    ) -> None:  # fmt: skip
        self._store, self._events, self._checks, self._trials = store, events, checks, trials
        self._clock, self._limits = clock, limits
        self._directories = StreamDirectories(root)
        self._collectors = Collectors(jobs, self._job_changed, command)
        self._held: dict[str, _Held] = {}
        self._woken = asyncio.Event()
        self._loop = Loop("streams", self._run)
        self._on_change: Listeners[[Stream]] = Listeners("changes of streams")
        self._on_delete: Listeners[[str]] = Listeners("deleted streams")
        events.on_change(lambda event: self._tell(event.stream))

    async def start_all(self) -> None:
        """Take up the streams, those too that only their directories know, and collect what was collected."""
        known = {record.id: record for record in await self._store.all()}
        for record in await asyncio.to_thread(lambda: list(self._directories.records())):
            if record.id not in known:
                _log.warning("The stream %s was missing from the database and is taken from its directory.", record.id)
                await self._store.put(record)
                known[record.id] = record
        for record in sorted(known.values(), key=lambda one: (one.created, one.id)):
            self._hold(record)
            await self._events.take_up(record.id)
            await self._collectors.learn(record.job)
        spawn("removed streams", asyncio.to_thread(self._directories.sweep))
        self._loop.start()

    async def close(self) -> None:
        """Let go of the streams; their collectors go on."""
        await self._loop.close()

    def on_change(self, callback: Callable[[Stream], None]) -> None:
        """Have every change of a stream told."""
        self._on_change.add(callback)

    def on_delete(self, callback: Callable[[str], None]) -> None:
        """Have the ids of deleted streams told."""
        self._on_delete.add(callback)

    def all(self) -> list[Stream]:
        """Every stream, oldest first."""
        return [self._describe(held) for held in self._held.values()]

    def get(self, id: str) -> Stream:
        """One stream. Raises NotFound."""
        return self._describe(self._find(id))

    def knows(self, id: str) -> bool:
        """Whether there is such a stream."""
        return id in self._held

    def directory(self, id: str) -> Path:
        """Where a stream's samples are. Raises NotFound."""
        return self._directories.at(self._find(id).record.id)

    async def create(self, new: NewStream, owner: str) -> Stream:
        """Make a stream, and begin to collect it. Raises BadRequest, Conflict, Unprocessable, StorageFull."""
        if new.id in self._held:
            raise Conflict(f"There is another stream with the id '{new.id}'.", field="id")
        if self._limits.streams is not None and len(self._held) >= self._limits.streams:
            raise Unprocessable(f"There are {self._limits.streams} streams already.", field="id")
        require_finite(new, "stream")
        check_alarms(new.alert, new.detectors)
        await self._checks.check(new.source, self._held.keys())
        given = {name: getattr(new, name) for name in new.__struct_fields__ if name != "start"}
        given["id"] = new.id or f"t{secrets.token_hex(5)}"
        record = StreamRecord(**given, owner=owner, created=self._clock.now())
        await on_disk(self._directories.root, self._directories.create, record.id)
        try:
            held = self._hold(record)
            await self._keep(held, record)
            await self._events.take_up(record.id)
        except BaseException:
            self._held.pop(record.id, None)
            remove(await on_disk(self._directories.root, self._directories.put_away, record.id))
            raise
        return await self.start(record.id) if new.start else self.get(record.id)

    async def change(self, id: str, change: StreamChange) -> Stream:
        """Change a stream. Raises NotFound, BadRequest, Unprocessable, StorageFull."""
        held = self._find(id)
        given = {name: value for name in change.__struct_fields__
                 if (value := getattr(change, name)) is not msgspec.UNSET}  # fmt: skip
        async with held.lock:
            record = msgspec.structs.replace(held.record, **given)
            check_alarms(record.alert, record.detectors)
            if record.source != held.record.source:
                await self._checks.check(record.source, self._held.keys(), own=id)
                if record.job is not None and record.wanted:  # another collector begins with the new one
                    await self._collectors.end(record.job)
            await self._keep(held, record)
        self._wake(id)
        return self.get(id)

    async def start(self, id: str) -> Stream:
        """Begin to collect a stream. Raises NotFound, Unprocessable, StorageFull."""
        held = self._find(id)
        async with held.lock:
            await self._checks.check(held.record.source, self._held.keys(), own=id)
            if not held.record.wanted:
                last = await self._collectors.leave(held.record.job)
                await self._keep(held, msgspec.structs.replace(held.record, wanted=True, reason="", job=last))
            held.again, held.trouble = 0.0, ""
        await self._settle(held)
        self._wake(id)
        return self.get(id)

    async def stop(self, id: str) -> Stream:
        """Collect a stream no more. Raises NotFound, StorageFull."""
        held = self._find(id)
        async with held.lock:
            await self._keep(held, msgspec.structs.replace(held.record, wanted=False, reason=""))
            held.trouble = ""
        await self._settle(held)
        self._wake(id)
        return self.get(id)

    async def remove(self, id: str) -> None:
        """Stop a stream and delete it with its samples. Raises NotFound, Unavailable, StorageFull."""
        await self.stop(id)
        held = self._find(id)
        await self._wait_for_end(held)
        async with held.lock:
            try:
                place = await on_disk(self._directories.root, self._directories.put_away, id)
            except OSError as error:
                raise Unavailable(f"The stream's directory cannot be put away: {error.strerror}.") from error
            self._held.pop(id, None)
            await self._events.forget(id)
            await self._store.remove(id)
            self._collectors.forget(held.record.job)
        self._on_delete.tell(id)
        spawn("a removed stream", asyncio.to_thread(remove, place))

    async def test(self, source: Source) -> Trial:
        """Ask a source for its first messages. Raises BadRequest, Unprocessable, TooManyRequests."""
        await self._checks.check(source, self._held.keys())
        return await self._trials.run(source, await self._checks.place(source), self._checks.passwords(source))

    async def window(self, id: str, since: int | None) -> Window:
        """The newest samples, or what came after one. Raises NotFound."""
        held = self._find(id)
        return await on_disk(self.directory(id), held.past.window, held.record.window, since)

    async def history(self, id: str, start: float | None, end: float | None, points: int) -> Window:
        """A time span, thinned so that extremes stay. Raises NotFound."""
        return await on_disk(self.directory(id), self._find(id).past.between, start, end, points)

    async def export(self, id: str, query: ExportQuery) -> Export:
        """Samples as a file. Raises NotFound."""
        spans = await self._events.labelled(id)
        return export(self.directory(id), id, query.format, query.start, query.end, spans)

    async def look(self, id: str) -> None:
        """See how a stream is, and have done about it what is to be done."""
        held = self._held.get(id)
        if held is None:
            return
        held.status = await on_disk(self._directories.at(id), held.file.read)
        held.pulse.feel(held.record.job, held.status)
        await self._settle(held)
        await self._events.look(id)
        self._tell(id)

    async def _run(self) -> None:
        while True:
            self._woken.clear()
            ids = list(self._held)
            for first in range(0, len(ids), _AT_ONCE):
                await asyncio.gather(*map(self._look_safely, ids[first : first + _AT_ONCE]))
            await comes(self._woken, _LOOK_SECONDS)

    async def _look_safely(self, id: str) -> None:
        try:
            await self.look(id)
        except (CrispdmError, OSError, sa.exc.SQLAlchemyError) as error:  # the others must not suffer
            _log.warning("The stream %s could not be looked at: %s", id, error)

    async def _settle(self, held: _Held) -> None:
        """Start or end the stream's collector, as it is wanted."""
        async with held.lock:
            record = held.record
            if record.id not in self._held:
                return
            job = self._collectors.job(record.job)
            live = job is not None and not job.state.final
            if live and not record.wanted and record.job is not None:
                await self._collectors.end(record.job)
            if record.wanted and not live and self._clock.monotonic() >= held.again:
                await self._begin(held, job)

    async def _begin(self, held: _Held, last: Job | None) -> None:
        """Start a collector, unless the last one ended in a way that says otherwise."""
        record = held.record
        reason = self._is_over(held, last)
        if reason:
            await self._keep(held, msgspec.structs.replace(record, wanted=False, reason=reason))
            return
        id = self._collectors.name(record.id)
        self._collectors.forget(record.job)
        try:
            await self._keep(held, msgspec.structs.replace(record, job=id))
            passwords = self._checks.passwords(record.source)
            await on_disk(self._directories.at(record.id), self._directories.hand_over, record.id, passwords)
            await self._collectors.begin(id, self._directories.at(record.id), record.name, record.owner)
            held.trouble = ""
        except (CrispdmError, OSError) as error:
            held.trouble = f"The collector could not be started: {getattr(error, 'message', error)}"
        held.again = self._clock.monotonic() + _AGAIN_SECONDS  # whatever ends at once is not begun at once

    def _is_over(self, held: _Held, last: Job | None) -> str:
        """Why a stream that is wanted is not collected on; empty where it is."""
        if last is None or self._collectors.was_stopped_by_us(last.id):
            return ""
        status = held.status
        if last.state is JobState.succeeded and status is not None and status.state is StreamState.stopped:
            return status.reason or "The source has ended."
        return "Its job was stopped." if last.state is JobState.stopped else ""

    async def _wait_for_end(self, held: _Held) -> None:
        deadline = self._clock.monotonic() + _ENDING_SECONDS
        while (job := self._collectors.job(held.record.job)) is not None and not job.state.final:
            if self._clock.monotonic() > deadline:
                raise Unavailable("The stream's collector does not end. Try again in a moment.", retry_after=5)
            await asyncio.sleep(0.05)

    async def _keep(self, held: _Held, record: StreamRecord) -> None:
        spec = spec_of(record, await self._place(record.source), self._limits)
        await on_disk(self._directories.at(record.id), self._directories.write, record, spec)
        await self._store.put(record)
        held.record = record
        self._tell(record.id)

    async def _place(self, source: Source) -> str:
        """What a source reads; nothing where that is gone by now."""
        try:
            return await self._checks.place(source)
        except CrispdmError:
            return ""

    def _hold(self, record: StreamRecord) -> _Held:
        directory = self._directories.at(record.id)
        pulse = Pulse(self._clock, self._limits.silence)
        held = self._held[record.id] = _Held(record, StatusFile(directory), pulse, Past(directory))
        return held

    def _find(self, id: str) -> _Held:
        if id not in self._held:
            raise NotFound(f"There is no stream '{id[:64]}'.", field="id")
        return self._held[id]

    def _job_changed(self, job: Job) -> None:
        for id, held in self._held.items():
            if held.record.job == job.id:
                self._wake(id)

    def _wake(self, id: str) -> None:
        self._tell(id)
        self._woken.set()

    def _tell(self, id: str) -> None:
        held = self._held.get(id)
        if held is not None and (stream := self._describe(held)) != held.told:
            held.told = stream
            self._on_change.tell(stream)

    def _health(self, held: _Held) -> Health:
        record = held.record
        job = self._collectors.job(record.job)
        return health(record.wanted, held.trouble or record.reason, job, held.status, held.pulse)

    def _describe(self, held: _Held) -> Stream:
        id = held.record.id
        return described(
            held.record, held.status, self._health(held), self._directories.at(id),
            self._events.open_alarms(id), self._events.last_alarm(id),
        )  # fmt: skip
