"""What can be followed live of runs, and where the facts come from."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

from jupyter_crispdm.base.files.watch import Watcher
from jupyter_crispdm.base.live.core.log import State
from jupyter_crispdm.base.live.families import OpenLog
from jupyter_crispdm.base.live.hub import Hub
from jupyter_crispdm.base.live.topic import Kind, Topic
from jupyter_crispdm.tracking import RunSource
from jupyter_crispdm.tracking.types import MetricsFact

from .index.indexer import RunIndexer
from .manager import RunManager
from .records import SYSTEM
from .types import Run, RunsFact

RUNS = Topic("runs", Kind.table, RunsFact, "runs", "All runs, then each that changes, logs, or is deleted.")
METRICS = Topic("runs/{id}/metrics", Kind.log, MetricsFact, "runs", "The curves of any run, as they grow.")
USAGE = Topic("runs/{id}/system", Kind.log, MetricsFact, "runs", "What a run's process tree uses, as it grows.")
TOPICS = [RUNS, METRICS, USAGE]


class RunTopics:
    """Tells what the index tells, and what runs write."""

    def __init__(self, hub: Hub, runs: RunManager, indexer: RunIndexer, watcher: Watcher) -> None:
        self._runs = runs
        self._rows = hub.table(RUNS, runs.snapshot, followed=indexer.followed)
        hub.log(METRICS, self._metrics, watcher)
        hub.log(USAGE, self._usage, watcher)
        indexer.on_change(self._changed)
        indexer.on_delete(self._deleted)

    def _changed(self, run: Run) -> None:
        self._rows.tell(run.id, RunsFact(run=run))

    def _deleted(self, id: str) -> None:
        self._rows.tell(id, RunsFact(deleted=id))

    async def _metrics(self, id: str) -> OpenLog:
        """Raises NotFound."""
        directory = await self._runs.directory(id)
        return OpenLog(RunSource(directory), directory, partial(self._runs.over, id))

    async def _usage(self, id: str) -> OpenLog:
        directory = await self._runs.directory(id)
        return OpenLog(UsageSource(directory), directory, partial(self._runs.over, id))


class UsageSource(RunSource):
    """What a run's process tree uses, in a folder of the run that is not there from the beginning."""

    def __init__(self, run: Path) -> None:
        self._run = run
        super().__init__(run / SYSTEM)

    def look(self, over: bool) -> State:
        """How many rows there are, and where the next will appear."""
        state = super().look(over)
        return state if state.folder.is_dir() else replace(state, folder=self._run)
