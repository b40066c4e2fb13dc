"""Keeps the index as the files are: looks at what runs, at what has just ended, and at what nobody has read yet.

While somebody looks at the table, or has just asked for it, what runs is read every second; else seldom. It is never
more than a twentieth of a processor.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import sqlalchemy as sa

from jupyter_crispdm.base.clock import Clock
from jupyter_crispdm.base.errors import NotFound, StorageFull, Unavailable
from jupyter_crispdm.base.files.disk import on_disk
from jupyter_crispdm.base.tasks import Listeners, Loop, comes
from jupyter_crispdm.jobs.manager import JobManager
from jupyter_crispdm.jobs.types import Job, JobFilter
from jupyter_crispdm.tracking.gathering.gatherer import gather_folder

from ..merging import kept_runs
from ..records import Entry, Marks
from ..store import RunStore
from ..types import Run, RunKind, RunState
from . import folders
from .entry import looked_at, of_job, stands
from .memory import RunIndex

_log = logging.getLogger(__name__)
_OFTEN_SECONDS, _SELDOM_SECONDS = 1.0, 10.0
_LOOKING_SECONDS = 30.0
_WALK_SECONDS = 5.0
_MOST_OF_OUR_TIME = 0.05
_AT_ONCE = 4
_JOBS_AT_ONCE = 500
_PATIENCE_SECONDS = 0.2
_FRESH_SECONDS = 2.0
_LOAD_SECONDS = 15.0
_SETTLING_SECONDS = 5.0
_NOT_OURS = frozenset({"environment", "stream"})


class Places(NamedTuple):
    """Where runs are: the server's root, how deep to look below it, and where merged ones are kept."""

    root: Path
    deepest: int | None
    merged: Path
    quiet: float


@dataclass
class _News:
    """What became of a run while its files were read."""

    job: Job | None = None
    is_gone: bool = False


class RunIndexer:
    """Looks, notes, tells. `owner` is whose runs outside jobs are: the account of the server."""

    def __init__(
        self, index: RunIndex, store: RunStore, jobs: JobManager, clock: Clock, places: Places, owner: str,
        cost: Callable[[], float] = time.perf_counter,
    ) -> None:  # fmt: skip
        self._index, self._store, self._jobs, self._clock = index, store, jobs, clock
        self._places, self._owner, self._cost = places, owner, cost
        self._due: dict[str, None] = {}  # jobs to look at, in the order in which they were heard of
        self._unsaved: dict[str, None] = {}
        self._reading: dict[str, _News] = {}
        self._saving = asyncio.Lock()
        self._folders: dict[str, folders.Found] = {}
        self._walked = self._asked = self._looked = float("-inf")
        self._followers = 0
        self._follows = False  # until it was started: then there is nothing to catch up with
        self._wake, self._loaded = asyncio.Event(), asyncio.Event()
        self._next = asyncio.Event()  # the next look that begins is done
        self._on_change: Listeners[[Run]] = Listeners("changes of runs")
        self._on_delete: Listeners[[str]] = Listeners("deleted runs")
        self._loop = Loop("index of runs", self._keep)

    def start(self) -> None:
        """Begin to look; jobs are followed from now on."""
        self._jobs.on_change(self._changed)
        self._jobs.on_delete(self._deleted)
        self._follows = True
        self._loop.start()

    async def close(self) -> None:
        """Stop looking, and write down what is not yet written."""
        self._follows = False
        await self._loop.close()
        await self._save()

    def on_change(self, callback: Callable[[Run], object]) -> None:
        """Have every row told that is another one now."""
        self._on_change.add(callback)

    def on_delete(self, callback: Callable[[str], object]) -> None:
        """Have the ids of runs told that are gone."""
        self._on_delete.add(callback)

    @contextmanager
    def followed(self) -> Iterator[None]:
        """Say that somebody watches the table."""
        self._followers += 1
        self._wake.set()
        try:
            yield
        finally:
            self._followers -= 1

    @property
    def pending(self) -> int:
        """How many jobs were not looked at yet."""
        return len(self._due)

    async def catch_up(self) -> None:
        """Have what is new read first, as far as that is done in a moment; nothing is where that was just done.

        Raises Unavailable where not even what was kept could be read.
        """
        if not self._follows:
            return
        if not await comes(self._loaded, _LOAD_SECONDS):
            raise Unavailable("The table of runs is not read yet. Try again in a moment.", retry_after=5)
        self._asked = self._clock.monotonic()
        if self._asked - self._looked < _FRESH_SECONDS:
            return
        self._wake.set()
        await comes(self._next, _PATIENCE_SECONDS)

    async def added(self, run: Run, directory: Path) -> Run:
        """Note a run that was just made by ourselves; answers its row."""
        self._note(await on_disk(directory, looked_at, run, None, directory, True))
        await self._save()
        return self._index.get(run.id) or run

    def noted(self, id: str) -> None:
        """What a job is made of was noted: it is read with the next look."""
        self._due[id] = None

    def marked(self, id: str, marks: Marks) -> Run:
        """Note what somebody said of a run, and tell it; answers its row."""
        row = self._index.mark(id, marks)
        self._on_change.tell(row)
        return row

    async def removed(self, id: str) -> None:
        """Note that a run is gone. Raises StorageFull."""
        self._deleted(id)  # and forgotten again with what is written next: the run may just be on its way there
        await self._store.forget([id])

    def directory(self, run: Run) -> Path:
        """Where a run's files are. Raises NotFound for a folder that is gone."""
        if run.kind is RunKind.job:
            return self._jobs.directory(run.id)
        if run.kind is RunKind.merged:
            return self._places.merged / run.id
        return self._places.root / run.folder

    def _changed(self, job: Job) -> None:
        """How a job stands is told at once, what it logged with the next look."""
        if (news := self._reading.get(job.id)) is not None:
            news.job = job
        known = self._index.entries.get(job.id)
        if known is not None and known.settled:
            return
        if known is not None or _is_of_people(job):
            self._note(stands(job, known))
        if job.id not in self._due:
            self._due[job.id] = None
            if job.state.final or self._followers:
                self._wake.set()

    def _deleted(self, id: str) -> None:
        if (news := self._reading.get(id)) is not None:
            news.is_gone = True
        self._due.pop(id, None)
        self._unsaved[id] = None
        if self._index.remove(id):
            self._on_delete.tell(id)

    async def _keep(self) -> None:
        if not self._loaded.is_set():
            await self._load()
            self._loaded.set()
        while True:
            self._wake.clear()
            began, looked, done = self._cost(), self._clock.monotonic(), self._next
            self._next = asyncio.Event()
            await self._look()
            self._looked = looked
            done.set()
            await self._save()
            took = self._cost() - began
            await self._rest(took)

    async def _rest(self, took: float) -> None:
        """Wait, so long that looking is a small part of the time; who asks shortens only what is beyond that."""
        least = took / _MOST_OF_OUR_TIME
        looked_for = self._followers or self._clock.monotonic() - self._asked < _LOOKING_SECONDS
        await asyncio.sleep(min(least, _SELDOM_SECONDS))
        await comes(self._wake, _OFTEN_SECONDS if looked_for else _SELDOM_SECONDS)

    async def _load(self) -> None:
        self._index.fill(await self._store.entries(), await self._store.marks())
        for run in await asyncio.to_thread(lambda: list(kept_runs(self._places.merged))):
            if run.id not in self._index:
                await self.added(run, self.directory(run))
        before, known = None, set[str]()
        while True:
            page = await self._jobs.find(JobFilter(limit=_JOBS_AT_ONCE, before=before))
            known.update(job.id for job in page)
            self._due.update(dict.fromkeys(job.id for job in page if not self._is_settled(job.id)))
            if len(page) < _JOBS_AT_ONCE:
                break
            before = page[-1].id
        for id, entry in list(self._index.entries.items()):
            if entry.run.kind is RunKind.job and id not in known and self._jobs.over(id):
                self._deleted(id)

    def _is_settled(self, id: str) -> bool:
        entry = self._index.entries.get(id)
        return entry is not None and entry.settled

    async def _look(self) -> None:
        """A look at everything that may be other than it is known."""
        due = [id for id in self._due if not self._is_settled(id)]
        self._due.clear()
        live = [id for id in self._jobs.live() if id not in due]
        unsettled = [
            id for id, entry in self._index.entries.items()
            if entry.run.kind is RunKind.job and not entry.settled and id not in due and id not in live
        ]  # fmt: skip
        await self._each([*due, *live, *unsettled], self._look_at)
        await self._look_at_folders()

    async def _each(self, items: Sequence[str], look: Callable[[str], Awaitable[None]]) -> None:
        """Some at a time; what goes wrong with one is its own."""
        turns = asyncio.Semaphore(_AT_ONCE)

        async def one(item: str) -> None:
            async with turns:
                try:
                    await look(item)
                except (NotFound, Unavailable, OSError) as error:
                    _log.info("The run %s could not be read: %s", item, error)
                except Exception:
                    _log.exception("The run %s could not be read.", item)

        await asyncio.gather(*map(one, items))

    async def _look_at(self, id: str) -> None:
        job = await self._jobs.get(id)
        known = self._index.entries.get(id)
        directory = self._jobs.directory(id)
        is_over = job.state.final and job.ended is not None
        settled = is_over and job.ended is not None and self._clock.now() - job.ended.timestamp() > _SETTLING_SECONDS
        with self._read(id) as news:
            entry = await on_disk(directory, looked_at, of_job(job), known, directory, settled)
        if news.job is not None:
            entry = stands(news.job, entry)
        if not news.is_gone and (_is_of_people(job) or entry.metrics.points):
            self._note(entry)

    @contextmanager
    def _read(self, id: str) -> Iterator[_News]:
        """Hear of what becomes of a run while it is read: what is older must not replace it."""
        self._reading[id] = news = _News()
        try:
            yield news
        finally:
            del self._reading[id]

    async def _look_at_folders(self) -> None:
        now = self._clock.monotonic()
        if self._places.deepest is None or now - self._walked < _WALK_SECONDS:
            return
        found = await on_disk(self._places.root, folders.find, self._places.root, self._places.deepest)
        self._walked = self._clock.monotonic()
        self._folders = {one.id: one for one in found}
        for id, entry in list(self._index.entries.items()):
            if entry.run.kind is RunKind.folder and id not in self._folders:
                self._deleted(id)
        await self._each([one.id for one in found if not self._is_known(one)], self._look_at_folder)

    def _is_known(self, found: folders.Found) -> bool:
        entry = self._index.entries.get(found.id)
        return entry is not None and entry.settled and entry.signature == found.signature

    async def _look_at_folder(self, id: str) -> None:
        found, now = self._folders[id], self._clock.now()
        known = self._index.entries.get(id)
        with self._read(id) as news:
            await on_disk(found.path, gather_folder, found.path)
            run = await on_disk(found.path, folders.run_of, found, self._owner, now, self._places.quiet)
            settled = run.state is RunState.ended
            entry = await on_disk(found.path, looked_at, run, known, found.path, settled)
        if not news.is_gone:
            self._note(_signed(entry, found.signature))

    def _note(self, entry: Entry) -> None:
        id = entry.run.id
        if entry == self._index.entries.get(id):
            return
        self._unsaved[id] = None
        if self._index.put(entry):
            row = self._index.get(id)
            if row is not None:
                self._on_change.tell(row)

    async def _save(self) -> None:
        """Write down what changed; where the disk is full, or this is broken off, later."""
        async with self._saving:  # what one writes and another forgets at once would be there or not, by chance
            await self._save_all()

    async def _save_all(self) -> None:
        batch = {id: self._index.entries.get(id) for id in self._unsaved}
        try:
            await self._store.forget([id for id, entry in batch.items() if entry is None])
            await self._store.put_entries(entry for entry in batch.values() if entry is not None)
        except (StorageFull, sa.exc.SQLAlchemyError) as error:
            _log.warning("The index of runs could not be written, and is later: %s", error)
            return
        for id, entry in batch.items():
            if self._index.entries.get(id) is entry:
                self._unsaved.pop(id, None)


def _is_of_people(job: Job) -> bool:
    """Whether a job was submitted by somebody: environments and streams have jobs of their own, which log nothing."""
    return _NOT_OURS.isdisjoint(job.tags) or bool(job.parameters)


def _signed(entry: Entry, signature: tuple[int, ...]) -> Entry:
    return Entry(
        run=entry.run, metrics=entry.metrics, system=entry.system, settled=entry.settled, signature=signature
    )
