"""What can be done with runs. Knows no HTTP."""

from __future__ import annotations

import asyncio
import secrets
from pathlib import Path

import msgspec

from jupyter_crispdm.base.clock import Clock, utc
from jupyter_crispdm.base.errors import BadRequest, Conflict, NotFound, Unprocessable
from jupyter_crispdm.base.files.disk import on_disk
from jupyter_crispdm.base.files.removal import remove
from jupyter_crispdm.jobs.submitting.validation import check_metrics
from jupyter_crispdm.jobs.types import MetricsQuery
from jupyter_crispdm.tracking import Metrics, TrackingManager
from jupyter_crispdm.tracking.bounds import merged

from .again import Repeater
from .comparing import checked, compared, ids_of
from .fieldlist import field_list
from .index.indexer import RunIndexer
from .index.memory import Page, RunIndex
from .inputs.differences import changed, explained
from .inputs.kept import read_inputs
from .made.types import Inputs
from .merging import MOST_POINTS, write_merged
from .pushing.pusher import Pusher
from .records import SYSTEM, Marks
from .store import RunStore
from .types import (
    Again,
    CompareQuery,
    Comparison,
    FieldList,
    Lineage,
    Merge,
    Run,
    RunAgain,
    RunChange,
    RunDetail,
    RunEnvironment,
    RunKind,
    RunQuery,
    RunsFact,
    RunState,
)
from .views import Views

_NEWEST = 1000
_MOST_TAGS = 50
_LONGEST_TAG = 100
_LONGEST_NOTE = 20_000
_LONGEST_NAME = 200
_OVER = frozenset({RunState.succeeded, RunState.failed, RunState.stopped, RunState.lost, RunState.ended})


class RunManager:
    """Finds, marks and compares runs, repeats and merges them."""

    def __init__(
        self, index: RunIndex, indexer: RunIndexer, store: RunStore, tracking: TrackingManager, views: Views,
        repeater: Repeater, clock: Clock, pusher: Pusher | None = None,
    ) -> None:  # fmt: skip
        self.views, self._pusher = views, pusher
        self._index, self._indexer, self._store = index, indexer, store
        self._tracking, self._repeater, self._clock = tracking, repeater, clock

    async def find(self, query: RunQuery) -> Page:
        """Runs, filtered and sorted. Raises BadRequest that names the field."""
        await self._indexer.catch_up()
        return await self._index.find(query, self._indexer.pending)

    async def snapshot(self) -> RunsFact:
        """What the topic tells first."""
        await self._indexer.catch_up()
        return RunsFact(runs=self._index.newest(_NEWEST))

    async def fields(self) -> FieldList:
        """What runs can be filtered and sorted by."""
        await self._indexer.catch_up()
        return await asyncio.to_thread(field_list, self._index.all())

    async def get(self, id: str) -> RunDetail:
        """One run with all that it was made of. Raises NotFound."""
        run = await self._run(id)
        made_of = await self._inputs(run)
        first = self._index.get(run.lineage.rerun_of or "")
        again = None
        if first is not None:
            again = explained(first, run, changed(first, run, await self._inputs(first), made_of))
        fields = {name: getattr(run, name) for name in Run.__struct_fields__}
        mlflow = None if self._pusher is None else self._pusher.of(run)
        return RunDetail(**fields, made_of=made_of, children=self._children(id), again=again, mlflow=mlflow)

    async def change(self, id: str, change: RunChange) -> Run:
        """Note what somebody says of a run. Raises NotFound, BadRequest, StorageFull."""
        await self._run(id)
        _check(change)
        fields = {name: getattr(change, name) for name in change.__struct_fields__}
        said = {name: value for name, value in fields.items() if value is not msgspec.UNSET}
        if isinstance(change.tags, list):
            said["tags"] = list(dict.fromkeys(tag.strip() for tag in change.tags))
        marks = msgspec.structs.replace(self._index.marks.get(id) or Marks(), **said)
        await self._store.put_marks(id, marks)
        if self._index.get(id) is None:  # it was deleted meanwhile
            await self._store.forget([id])
            raise NotFound(f"There is no run '{id[:128]}'.", field="id")
        return self._indexer.marked(id, marks)

    async def compare(self, query: CompareQuery) -> Comparison:
        """Runs beside each other. Raises BadRequest, NotFound."""
        runs = [await self._run(id) for id in ids_of(query.ids)]
        return await asyncio.to_thread(compared, runs, lambda run: read_inputs(self._indexer.directory(run)))

    async def metrics(self, id: str, query: MetricsQuery) -> Metrics:
        """A run's curves, what was added since a cursor, or a range of an axis. Raises NotFound, BadRequest."""
        return await self._curves(await self.directory(id), query)

    async def system(self, id: str, query: MetricsQuery) -> Metrics:
        """What a run's process tree used, asked for as its curves are. Raises NotFound, BadRequest."""
        return await self._curves(await self.directory(id) / SYSTEM, query)

    async def directory(self, id: str) -> Path:
        """Where a run's files are. Raises NotFound."""
        return self._indexer.directory(await self._run(id))

    def over(self, id: str) -> bool:
        """Whether nothing more will come from a run; True also for one that is gone."""
        run = self._index.get(id)
        return run is None or run.state in _OVER

    async def again(self, id: str, wanted: Again, owner: str, via: str = "") -> RunAgain:
        """Run a job's run again. Raises NotFound, Unprocessable, Conflict."""
        await self._of_a_job(id)
        return await self._repeater.again(id, wanted, owner, via)

    async def environment(self, id: str, owner: str, via: str = "") -> RunEnvironment:
        """Build the environment that a job's run had, unless it is there. Raises NotFound, Unprocessable, Conflict."""
        await self._of_a_job(id)
        return await self._repeater.environment(id, owner, via)

    async def merge(self, wanted: Merge, owner: str) -> Run:
        """Make one run of several. Raises BadRequest, NotFound, Unprocessable, StorageFull."""
        ids = checked(wanted.ids, "ids")
        if not (0 < len(wanted.name.strip()) <= _LONGEST_NAME and wanted.name.isprintable()):
            raise BadRequest(f"'name' must be 1 to {_LONGEST_NAME} letters.", field="name")
        parts = sorted([await self._run(id) for id in ids], key=lambda run: (run.started or run.created, run.id))
        points = sum(part.points for part in parts)
        if points > MOST_POINTS:
            raise Unprocessable(f"They have {points:,} points; {MOST_POINTS:,} can be merged.", field="ids")
        now = self._clock.now()
        run = Run(
            id=f"merged-{utc(now):%Y%m%d-%H%M%S}-{secrets.token_hex(4)}", kind=RunKind.merged, name=wanted.name.strip(),
            state=RunState.ended, owner=owner, created=utc(now), environment=parts[-1].environment,
            parameters=merged({}, {name: value for part in parts for name, value in part.parameters.items()}),
            lineage=Lineage(merged=[part.id for part in parts]),
        )  # fmt: skip
        directories = [self._indexer.directory(part) for part in parts]
        home = self._indexer.directory(run).parent
        return await self._indexer.added(run, await asyncio.to_thread(write_merged, run, directories, home))

    async def delete(self, id: str) -> None:
        """Delete a merged run. Raises NotFound, Conflict for any other."""
        run = await self._run(id)
        if run.kind is not RunKind.merged:
            what = "its job" if run.kind is RunKind.job else f"the folder '{run.folder}'"
            raise Conflict(f"This run goes with {what}: delete that.", field="id")
        directory = self._indexer.directory(run)
        await self._indexer.removed(id)
        await on_disk(directory, remove, directory)

    async def _curves(self, directory: Path, query: MetricsQuery) -> Metrics:
        check_metrics(query)
        if query.axis is not None:
            return await self._tracking.zoom(
                directory, query.axis, query.begin, query.end, query.points, query.name
            )
        return await self._tracking.since(directory, query.since, query.points, query.name)

    async def _run(self, id: str) -> Run:
        found = self._index.get(id)
        if found is None:
            await self._indexer.catch_up()
            found = self._index.get(id)
        if found is None:
            raise NotFound(f"There is no run '{id[:128]}'.", field="id")
        return found

    async def _of_a_job(self, id: str) -> None:
        """Raises NotFound, Unprocessable."""
        if (await self._run(id)).kind is not RunKind.job:
            message = "Only the run of a job can be run again: nobody knows how others were started."
            raise Unprocessable(message, field="id")

    async def _inputs(self, run: Run) -> Inputs:
        directory = self._indexer.directory(run)
        return await on_disk(directory, read_inputs, directory)

    def _children(self, id: str) -> list[str]:
        """The runs that go on with this one, branch off it, repeat it or were merged of it; by age."""
        found = [run for run in self._index.all() if id in _parents(run)]
        return [run.id for run in sorted(found, key=lambda run: (run.created, run.id))]


def _parents(run: Run) -> tuple[str | None, ...]:
    lineage = run.lineage
    return lineage.resumes, lineage.forks, lineage.rerun_of, *lineage.merged


def _check(change: RunChange) -> None:
    """Raises BadRequest for tags, a note or a group that nobody could read."""
    if isinstance(change.tags, list):
        good = all(0 < len(tag.strip()) <= _LONGEST_TAG and tag.isprintable() for tag in change.tags)
        if not good or len(change.tags) > _MOST_TAGS:
            words = f"'tags' may hold {_MOST_TAGS} words of 1 to {_LONGEST_TAG} letters."
            raise BadRequest(words, field="tags")
    if isinstance(change.note, str) and len(change.note) > _LONGEST_NOTE:
        raise BadRequest(f"'note' must not be longer than {_LONGEST_NOTE:,} letters.", field="note")
    if isinstance(change.group, str) and not (len(change.group) <= _LONGEST_TAG and change.group.isprintable()):
        raise BadRequest(f"'group' must be a word of at most {_LONGEST_TAG} letters.", field="group")
