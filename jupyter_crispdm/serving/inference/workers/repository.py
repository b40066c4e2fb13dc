"""Every deployment the inference server runs: what `deployments/` and `routes.json` ask for, and who answers.

Who answers for a name stands in a table, made anew at each change; a request costs one look into it.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from collections.abc import Callable, Coroutine, Iterable, Mapping
from typing import Any, Protocol

import msgspec

from jupyter_crispdm.base.errors import NotFound, Unavailable
from jupyter_crispdm.base.files.watch import Watcher
from jupyter_crispdm.base.tasks import Loop
from jupyter_crispdm.serving.types import (
    DeploymentNumbers,
    DeploymentSpec,
    DeploymentState,
    InferenceState,
    Routes,
)

from ..routing import choose
from ..samples import SampleLog
from ..settings import InferenceSettings
from .directory import ServingDirectory
from .place import Place
from .pool import WorkerPool
from .residence import Residence
from .trial import Sampled, Trial

_log = logging.getLogger(__name__)
_LOOK_SECONDS = 2.0
_WATCH_SECONDS = 1.0
_NAMED = 20
_UNLOADED = "It was taken out of memory; load it, and it answers again."


class Answering(Protocol):
    """Who answers for a name."""

    def take(self) -> WorkerPool:
        """The pool for a request."""


class ModelRepository:
    """The deployments, kept in step with the directory."""

    def __init__(self, settings: InferenceSettings, watcher: Watcher) -> None:
        self._settings, self._watcher = settings, watcher
        self._directory = ServingDirectory(settings.directory)
        self._places: dict[str, Place] = {}
        self._routes: Routes = {}
        self._chosen: dict[str, str] = {}
        self._table: dict[str | tuple[str, int], Answering] = {}
        self._trials: dict[str, Trial] = {}
        self.samples = SampleLog(settings.directory)
        self._ended: set[asyncio.Task[None]] = set()
        self._residence = Residence(self._places.values, settings.memory_bytes)
        self._unloaded = self._directory.unloaded()
        self._watching = Loop("memory of models", self.watch)
        self._sampling = Loop("samples of requests", self.samples.run)
        self._teller: asyncio.Task[None] | None = None
        self._has_news = False
        self.counted: Callable[[str, int], DeploymentNumbers] = lambda model, version: DeploymentNumbers()
        self.address = ""
        self.holds_directory: Callable[[], bool] = lambda: True

    async def run(self) -> None:
        """Follow the directory until cancelled, or until it is deleted: then nobody could end the inference server."""
        self._watching.start()
        self._sampling.start()
        try:
            async with (
                self._watcher.watch(self._directory.specs) as specs,
                self._watcher.watch(self._directory.path) as routes,
            ):
                while await asyncio.to_thread(self.holds_directory):
                    await self.reconcile()
                    await _first(specs.wait(_LOOK_SECONDS), routes.wait(_LOOK_SECONDS))
        finally:
            await self._watching.close()
            await self._sampling.close()
        _log.warning("The directory %s was deleted; this inference server ends.", self._settings.directory)
        os.kill(os.getpid(), signal.SIGTERM)

    async def watch(self) -> None:
        """Look every second, until cancelled, what the workers take, and who may rest; and tell it."""
        while True:
            await asyncio.sleep(_WATCH_SECONDS)
            if await self._residence.look():
                self._changed()
            await asyncio.to_thread(self._directory.bound_logs, list(self._places))
            self.tell()

    async def reconcile(self) -> None:
        """Start what is asked for, stop what is not any more, and send requests where the routes say."""
        wanted, routes = await asyncio.to_thread(self._directory.wanted)
        gone = [self._places.pop(id) for id in set(self._places) - set(wanted)]
        new = [spec for id, spec in wanted.items() if id not in self._places]
        other = [place for id, place in self._places.items() if wanted[id] != place.spec]
        for spec in new:
            self._places[spec.id] = place = Place(spec, self._make, self._dismiss, self._residence.admit)
            if spec.id in self._unloaded:
                place.rest(DeploymentState.stopped, _UNLOADED)
            else:
                place.start()
        for place in other:
            place.renew(wanted[place.spec.id])
        moved = routes is not None and routes != self._routes
        self._routes = self._routes if routes is None else routes
        if gone or new or other or moved:
            self._changed()  # before those that are gone end: nobody is sent to them any more
        for place in gone:
            place.withdraw()

    async def stop(self) -> None:
        """End every worker."""
        await asyncio.gather(*(place.pool.stop() for place in self._places.values()), *self._ended)
        if self._teller is not None:
            await self._teller

    async def unload(self, model: str) -> None:
        """Take a model out of memory until it is loaded again. Raises NotFound."""
        places = self._of(model)
        await self._keep_unloaded(self._unloaded | {place.spec.id for place in places})
        for place in places:
            if place.pool.status.state is not DeploymentState.stopped:
                place.rest(DeploymentState.stopped, _UNLOADED)
        self._changed()

    async def load(self, model: str) -> None:
        """Load a model that was taken out of memory, or rests. Raises NotFound, Unavailable when it does not fit."""
        places = self._of(model)
        await self._keep_unloaded(self._unloaded - {place.spec.id for place in places})
        try:
            for place in places:
                if place.is_resting:
                    place.wake()
        finally:
            self._changed()

    def tell(self) -> None:
        """Write the state for the server, aside: what changes while it is written is written next."""
        self._has_news = True
        if self._teller is None or self._teller.done():
            self._teller = asyncio.get_running_loop().create_task(self.told())

    async def told(self) -> None:
        """Write the state as long as there is news, unless the directory has become another inference server's."""
        while self._has_news:
            self._has_news = False
            await asyncio.to_thread(self._write, self.state())

    def _write(self, state: InferenceState) -> None:
        if self.holds_directory():
            self._directory.tell(state)

    def state(self) -> InferenceState:
        """What the server is told."""
        states = {id: place.status for id, place in self._places.items()}
        numbers = {id: self._numbers(place) for id, place in self._places.items()}
        answering = {name: self._places[id].spec.version for name, id in self._chosen.items() if "@" in name}
        comparisons = {name: trial.report() for name, trial in self._trials.items()}
        return InferenceState(os.getpid(), self.address, states, numbers, answering, comparisons)

    def _numbers(self, place: Place) -> DeploymentNumbers:
        usage = self._residence.usage.get(place.spec.id)
        return msgspec.structs.replace(
            self.counted(place.spec.model, place.spec.version),
            queue=place.pool.waiting,
            cpu_percent=usage.cpu_percent if usage else None,
            memory_bytes=usage.memory_bytes if usage else None,
        )

    def _of(self, model: str) -> list[Place]:
        found = [place for place in self._places.values() if place.spec.model == model]
        if not found:
            raise NotFound(f"Nothing is deployed for model '{model[:100]}'.")
        return found

    async def _keep_unloaded(self, ids: set[str]) -> None:
        self._unloaded = ids & set(self._places)
        await asyncio.to_thread(self._directory.keep_unloaded, self._unloaded)

    @property
    def places(self) -> Iterable[Place]:
        """Every deployment, newest first."""
        return sorted(self._places.values(), key=lambda place: place.spec.created, reverse=True)

    @property
    def pools(self) -> list[WorkerPool]:
        """The pool of every deployment, newest first."""
        return [place.pool for place in self.places]

    @property
    def waiting(self) -> list[str]:
        """The models of those that shall answer and cannot."""
        rests = DeploymentState.idle
        return [pool.spec.model for pool in self.usable if not pool.ready and pool.status.state is not rests]

    @property
    def usable(self) -> list[WorkerPool]:
        """Every deployment that answers or will, newest first."""
        unusable = (DeploymentState.failed, DeploymentState.stopped)
        return [pool for pool in self.pools if pool.status.state not in unusable]

    def of_model(self, model: str, version: int | None = None) -> WorkerPool:
        """Who answers for `model` or `model@alias`, or for a version; one that starts lets requests wait.

        Raises NotFound, Unavailable.
        """
        answering = self._table.get(model if version is None else (model, version))
        if answering is None:
            raise self._missing(model, version)
        return answering.take()

    def ready_of_model(self, model: str, version: int | None = None) -> WorkerPool:
        """Who answers for a model, if that can be done now or on demand. Raises NotFound, Unavailable."""
        chosen = self._chosen.get(model if version is None else f"{model}/{version}")
        place = self._places.get(chosen or "")
        if place is None or not place.candidate().able:
            raise self._missing(model, version)
        return place.pool

    def of_weight(self, algorithm: str | None, dataset: str | None, weight: str | None) -> WorkerPool:
        """The deployment the four calls mean; what is None is open. Raises NotFound, Unavailable."""
        asked = {"algorithm": algorithm, "dataset": dataset, "weight": weight}
        given = {name: value for name, value in asked.items() if value}
        found = [place for place in self.places if all(getattr(place.spec, k) == v for k, v in given.items())]
        names = {"algorithm": "algorithm", "dataset": "Model_path", "weight": "weight"}
        label = ", ".join(f"{names[name]} '{value[:100]}'" for name, value in given.items()) or "any model"
        earnest = [place for place in found if not self._is_trial(place)] or found
        for place in earnest:
            if place.candidate().able:
                trial = self._trial_beside(place, given)
                return trial.take() if trial else self.of_model(place.spec.model, place.spec.version)
        raise _not_ready([place.pool for place in found], label)

    def offer(self) -> str:
        """What can be asked for, in words."""
        weights = list(dict.fromkeys(pool.spec.weight for pool in self.usable))
        if not weights:
            return "Nothing is deployed."
        return f"Deployed are {', '.join(weights[:_NAMED])}; GET /models lists what can predict."

    def _changed(self) -> None:
        """Somebody's state, or what is asked for, is another now: choose anew, and tell."""
        for place in self._places.values():
            place.settle()
        self._chosen = choose([place.candidate() for place in self._places.values()], self._routes, self._chosen)
        self._trials = dict(self._tried())
        self._table = dict(self._answering())
        self.tell()

    def _answering(self) -> Iterable[tuple[str | tuple[str, int], Answering]]:
        for name, id in self._chosen.items():
            place = self._places[id]
            state = place.pool.status.state
            if state is DeploymentState.stopped or (state is DeploymentState.failed and not place.is_resting):
                continue  # one that found no room is asked again: there may be room now
            if "/" in name:
                yield (place.spec.model, place.spec.version), self._sampled(place)
            else:
                yield name, self._trials.get(self._full(name)) or self._sampled(place)

    def _tried(self) -> Iterable[tuple[str, Trial]]:
        """The trials that go on, by the name of the alias."""
        for model, routes in self._routes.items():
            for alias, canary in routes.canary.items():
                name, id = f"{model}@{alias}", self._chosen.get(f"{model}/{canary.version}")
                if name not in self._chosen or id is None or id == self._chosen[name]:
                    continue
                main, other, known = self._places[self._chosen[name]], self._places[id], self._trials.get(name)
                same = known is not None and known.goes_on_as(main, other, canary)
                yield name, known if same and known else Trial(main, other, canary, self.samples)

    def _sampled(self, place: Place) -> Answering:
        return Sampled(place, self.samples) if place.spec.sample else place

    def _full(self, name: str) -> str:
        """The name with the alias that is meant where none is named."""
        routes = self._routes.get(name)
        return name if "@" in name or routes is None else f"{name}@{routes.default}"

    def _trial_beside(self, place: Place, given: Mapping[str, str]) -> Trial | None:
        """What is tried out beside a deployment, if that is what was asked for, too."""
        trial = self._trials.get(self._full(place.spec.model))
        if trial is None or trial.main is not place:
            return None
        return trial if all(getattr(trial.other.spec, name) == value for name, value in given.items()) else None

    def _is_trial(self, place: Place) -> bool:
        routes = self._routes.get(place.spec.model)
        return routes is not None and any(place.spec.version == one.version for one in routes.canary.values())

    def _missing(self, model: str, version: int | None) -> NotFound | Unavailable:
        name, _, alias = model.partition("@")
        label = f"model '{model[:100]}'" + (f", version {version}" if version is not None else "")
        found = [place.pool for place in self.places if place.spec.model == name]
        if version is not None:
            found = [pool for pool in found if pool.spec.version == version]
        if alias:
            chosen = self._chosen.get(model)
            found = [self._places[chosen].pool] if chosen else []
        return _not_ready(found, label)

    def _make(self, spec: DeploymentSpec) -> WorkerPool:
        return WorkerPool(spec, self._settings, self._directory.log(spec.id), self._changed)

    def _dismiss(self, pool: WorkerPool) -> None:
        """End a pool that nobody is sent to any more; who is there already may finish."""
        task = asyncio.create_task(pool.stop(self._settings.drain_seconds))
        self._ended.add(task)
        task.add_done_callback(self._ended.discard)


def _not_ready(pools: list[WorkerPool], label: str) -> NotFound | Unavailable:
    if not pools:
        return NotFound(f"Nothing is deployed for {label}.")
    reason = pools[0].status.reason or "it is starting."
    return Unavailable(f"The deployment for {label} is not ready: {reason}", retry_after=2)


async def _first(*waits: Coroutine[Any, Any, bool]) -> None:
    """Wait for the first of several; the others are left."""
    tasks = [asyncio.ensure_future(wait) for wait in waits]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
