"""Pushes finished runs to an MLflow server, one at a time, each once.

A run is found on the server by its tag before it is made there, and its end is told last: so whoever goes on after a
kill sees how far it came, and sends of each curve what is missing. What was pushed is noted in the database; if that
note is lost, the tag is found again. While the server is away nothing is lost: all of it is in the runs' directories.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from typing import NamedTuple

from jupyter_crispdm.base.errors import CrispdmError
from jupyter_crispdm.base.files.disk import on_disk
from jupyter_crispdm.base.tasks import Loop, comes

from ..index.indexer import RunIndexer
from ..index.memory import RunIndex
from ..made.types import Inputs
from ..records import Entry
from ..types import MlflowRun, MlflowState, Run, RunKind
from . import reading, telling
from .server import Refused, RunInfo, TrackingServer, Unreachable
from .store import Pushed, PushStore

_log = logging.getLogger(__name__)
_LOOK_SECONDS = 10.0
_MOST_FAILURES = 10

Models = Callable[[], Awaitable[Mapping[str, list[str]]]]
"""The versions that were registered from jobs, as "digits 3", by the jobs' ids."""


class Bounds(NamedTuple):
    """The experiment in which runs are made, points of each curve, and bytes of files (None: no files)."""

    experiment: str
    points: int
    files: int | None


class Pusher:
    """Looks for runs that are over and not pushed yet. `look_seconds`: how often, beside whenever a run changes."""

    def __init__(
        self, server: TrackingServer, index: RunIndex, indexer: RunIndexer, store: PushStore, bounds: Bounds,
        look_seconds: float = _LOOK_SECONDS,
    ) -> None:  # fmt: skip
        self._server, self._index, self._indexer, self._store = server, index, indexer, store
        self._bounds, self._look_seconds = bounds, look_seconds
        self._models: Models = _no_models
        self._registered: Mapping[str, list[str]] = {}
        self._changes, self._seen = 1, 0  # of the registry
        self._pushed: dict[str, Pushed] = {}
        self._refused: dict[str, str] = {}  # until the next start, by the mark of the run
        self._failures = Counter[str]()
        self._gone: dict[str, None] = {}
        self._wake, self._is_loaded = asyncio.Event(), False
        self._loop = Loop("runs pushed to MLflow", self._keep)
        indexer.on_change(lambda _: self._wake.set())
        indexer.on_delete(self._deleted)

    def start(self) -> None:
        """Begin to push."""
        self._loop.start()

    async def close(self) -> None:
        """Leave the rest to the next start."""
        await self._loop.close()
        await self._server.close()

    def use_models(self, models: Models) -> None:
        """Say who knows which versions of models were registered."""
        self._models = models

    def look(self) -> None:
        """Look now: the registry is another one."""
        self._changes += 1
        self._wake.set()

    def of(self, run: Run) -> MlflowRun | None:
        """Where a run is on the server; None for one that is not pushed there, or not over yet."""
        known = self._pushed.get(run.id)
        if known is not None and known.mark == telling.mark(run) and known.uri == self._server.uri:
            return MlflowRun(MlflowState.pushed, self._server.page(known.experiment, known.run), known.trouble)
        if (reason := self._refused.get(telling.mark(run))) is not None:
            return MlflowRun(MlflowState.refused, trouble=reason)
        entry = self._index.entries.get(run.id)
        if entry is None or not self._is_for_it(entry):
            return None
        state = self._loop.state
        return MlflowRun(MlflowState.waiting, trouble=state.error if state.state == "pausing" else "")

    async def _keep(self) -> None:
        if not self._is_loaded:
            self._pushed = {**await self._store.all(), **self._pushed}
            self._is_loaded = True
        while True:
            self._wake.clear()
            await self._round()
            await comes(self._wake, self._look_seconds)

    async def _round(self) -> None:
        """Push all that is to be pushed. Raises Unreachable."""
        for id in list(self._gone):
            await self._store.forget([id])
            self._pushed.pop(id, None)
            del self._gone[id]
        changes = self._changes
        if changes != self._seen:
            self._registered, self._seen = await self._models(), changes
        for id in self._wanted():
            place = await self._server.experiment(self._bounds.experiment)  # an outage is no fault of the run
            await self._try(id, place)

    def _wanted(self) -> list[str]:
        """The oldest first; those with which something went wrong come last, and so keep no other."""
        found = [entry.run for entry in self._index.entries.values() if self._is_wanted(entry)]
        return [run.id for run in sorted(found, key=lambda run: (self._failures[run.id], run.created, run.id))]

    def _is_wanted(self, entry: Entry) -> bool:
        run = entry.run
        if not self._is_for_it(entry) or telling.mark(run) in self._refused:
            return False
        known = self._pushed.get(run.id)
        is_there = known is not None and known.mark == telling.mark(run) and known.uri == self._server.uri
        return not is_there or (known is not None and known.models != self._models_of(run.id))

    def _is_for_it(self, entry: Entry) -> bool:
        """Whether a run is a job's, is over, was read to its end, and tracked something or became a model."""
        run = entry.run
        tracked = entry.metrics.points or run.parameters or run.id in self._registered
        return run.kind is RunKind.job and entry.settled and bool(tracked)

    def _models_of(self, id: str) -> str:
        return telling.listed(self._registered.get(id, ()))

    async def _try(self, id: str, place: str) -> None:
        """Push a run; what is wrong with it is its own, and in the end it is given up. Raises Unreachable."""
        run = self._index.get(id)
        if run is None:
            return
        try:
            await self._push(run, place)
        except Refused as error:
            self._give_up(run, str(error))
        except (CrispdmError, OSError) as error:
            self._failed(run, str(error))
        except Exception as error:
            self._failed(run, str(error) if isinstance(error, Unreachable) else f"{type(error).__name__}: {error}")
            raise
        else:
            self._failures.pop(id, None)

    def _failed(self, run: Run, reason: str) -> None:
        self._failures[run.id] += 1
        if self._failures[run.id] >= _MOST_FAILURES:
            self._give_up(run, reason)

    def _give_up(self, run: Run, reason: str) -> None:
        self._refused[telling.mark(run)] = reason[:300]
        self._failures.pop(run.id, None)
        _log.warning("The run %s is not pushed to %s, until the next start: %s", run.id, self._server.name, reason)

    async def _push(self, run: Run, place: str) -> None:
        known, models = self._pushed.get(run.id), self._models_of(run.id)
        mark = telling.mark(run)
        if known is not None and known.mark == mark and known.uri == self._server.uri:
            await self._server.tag(known.run, telling.MODELS, models)
            await self._note(run.id, Pushed(mark, known.uri, known.experiment, known.run, models, known.trouble))
            return
        directory = self._indexer.directory(run)
        inputs = await on_disk(directory, reading.made_of, directory)
        found = await self._server.find(place, telling.PUSH, mark)
        there = found or await self._server.create(
            telling.created(place, run, inputs, self._registered.get(run.id, ()))
        )
        trouble = ""
        if not there.is_over:
            for some in telling.params(run):
                await self._server.log(there.run_id, params=some)
            await self._tell_curves(run, there, is_new=found is None)
            trouble = await self._tell_files(run, there, inputs)
            await self._server.finish(there.run_id, telling.status(run), telling.ended(run))
        if found is not None and models:
            await self._server.tag(there.run_id, telling.MODELS, models)
        await self._note(run.id, Pushed(mark, self._server.uri, place, there.run_id, models, trouble))

    async def _tell_curves(self, run: Run, there: RunInfo, *, is_new: bool) -> None:
        directory, most = self._indexer.directory(run), self._bounds.points
        names, otherwise = telling.keys(run.metrics), telling.ended(run)
        for group in reading.groups(run.metrics, most):
            told = []
            for name, series in (await on_disk(directory, reading.curves, directory, group, most)).items():
                key = names[name]
                begin = 0 if is_new else await self._server.logged(there.run_id, key)
                rest = slice(begin, None)
                told += telling.points(
                    key, series.step[rest].tolist(), series.value[rest].tolist(), series.time[rest].tolist(), otherwise
                )
            for some in telling.metric_batches(told):
                await self._server.log(there.run_id, metrics=some)

    async def _tell_files(self, run: Run, there: RunInfo, inputs: Inputs) -> str:
        """Give it the code and the environment; answers what was left out, in a sentence."""
        most, directory = self._bounds.files, self._indexer.directory(run)
        if most is None or not self._server.keeps_files(there):
            return ""
        found = await on_disk(directory, reading.pieces, directory, inputs, most)
        troubles = [f"{name} is too large" for name in found.left_out]
        for name, data in found.files.items():
            try:
                await self._server.upload(there, name, data)
            except Refused as error:
                troubles.append(f"{name} was refused: {error}")
        return "; ".join(troubles)[:300]

    async def _note(self, id: str, pushed: Pushed) -> None:
        await self._store.put(id, pushed)
        self._pushed[id] = pushed

    def _deleted(self, id: str) -> None:
        self._gone[id] = None
        self._wake.set()


async def _no_models() -> Mapping[str, list[str]]:
    return {}
