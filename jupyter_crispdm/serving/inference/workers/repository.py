"""Every deployment the inference server runs: what `deployments/` asks for, and what `state.json` tells."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

import msgspec

from jupyter_crispdm.base.errors import CrispdmError, NotFound, Unavailable
from jupyter_crispdm.base.files.atomic import write_atomic
from jupyter_crispdm.base.files.watch import Watcher
from jupyter_crispdm.serving.types import DeploymentSpec, DeploymentState, InferenceState

from ..settings import InferenceSettings
from .pool import WorkerPool

_log = logging.getLogger(__name__)
_LOOK_SECONDS = 2.0
_LOG_BYTES = 5 * 2**20
_NAMED = 20


class ModelRepository:
    """The pools, kept in step with the directory of specs."""

    def __init__(self, settings: InferenceSettings, watcher: Watcher) -> None:
        self._settings, self._watcher = settings, watcher
        self._specs = settings.directory / "deployments"
        self._specs.mkdir(parents=True, exist_ok=True)
        self._pools: dict[str, WorkerPool] = {}
        self._ended: set[asyncio.Task[None]] = set()
        self.address = ""
        self.holds_directory: Callable[[], bool] = lambda: True

    async def run(self) -> None:
        """Follow the directory until cancelled, or until it is deleted: then nobody could end the inference server."""
        async with self._watcher.watch(self._specs) as changes:
            while await asyncio.to_thread(self.holds_directory):
                await self.reconcile()
                await changes.wait(_LOOK_SECONDS)
        _log.warning("The directory %s was deleted; this inference server ends.", self._settings.directory)
        os.kill(os.getpid(), signal.SIGTERM)

    async def reconcile(self) -> None:
        """Start what is asked for and stop what is not any more."""
        wanted = {spec.id: spec for spec in await asyncio.to_thread(_read_specs, self._specs)}
        gone = [self._pools.pop(key) for key, pool in list(self._pools.items()) if wanted.get(key) != pool.spec]
        new = [spec for spec in wanted.values() if spec.id not in self._pools]
        for spec in new:
            self._pools[spec.id] = self._start(spec)
        for pool in gone:
            task = asyncio.create_task(pool.stop(self._settings.drain_seconds))
            self._ended.add(task)
            task.add_done_callback(self._ended.discard)
        if gone or new:
            self.tell()

    async def stop(self) -> None:
        """End every worker."""
        await asyncio.gather(*(pool.stop() for pool in self._pools.values()), *self._ended)

    def tell(self) -> None:
        """Write the state for the server, unless the directory has become another inference server's."""
        if not self.holds_directory():
            return
        states = {key: pool.status for key, pool in self._pools.items()}
        state = InferenceState(os.getpid(), self.address, states)
        try:
            write_atomic(self._settings.directory / "state.json", msgspec.json.encode(state))
        except (OSError, CrispdmError) as error:
            _log.error("The state of the deployments could not be written: %s", error)

    @property
    def pools(self) -> list[WorkerPool]:
        """Every deployment, newest first."""
        return sorted(self._pools.values(), key=lambda pool: pool.spec.created, reverse=True)

    @property
    def usable(self) -> list[WorkerPool]:
        """Every deployment that answers or will, newest first."""
        return [pool for pool in self.pools if pool.status.state is not DeploymentState.failed]

    def of_model(self, model: str, version: int | None = None) -> WorkerPool:
        """The deployment of a model's version, or the newest that is ready. Raises NotFound, Unavailable."""
        found = [pool for pool in self.pools if pool.spec.model == model]
        if version is not None:
            found = [pool for pool in found if pool.spec.version == version]
        label = f"model '{model[:100]}'" + (f", version {version}" if version is not None else "")
        return _ready(found, label)

    def of_weight(self, algorithm: str | None, dataset: str | None, weight: str | None) -> WorkerPool:
        """The deployment the four calls mean; what is None is open. Raises NotFound, Unavailable."""
        asked = {"algorithm": algorithm, "dataset": dataset, "weight": weight}
        given = {name: value for name, value in asked.items() if value}
        found = [pool for pool in self.pools if all(getattr(pool.spec, k) == v for k, v in given.items())]
        names = {"algorithm": "algorithm", "dataset": "Model_path", "weight": "weight"}
        label = ", ".join(f"{names[name]} '{value[:100]}'" for name, value in given.items()) or "any model"
        return _ready(found, label)

    def offer(self) -> str:
        """What can be asked for, in words."""
        weights = list(dict.fromkeys(pool.spec.weight for pool in self.usable))
        if not weights:
            return "Nothing is deployed."
        return f"Deployed are {', '.join(weights[:_NAMED])}; GET /models lists what can predict."

    def _start(self, spec: DeploymentSpec) -> WorkerPool:
        log = self._settings.directory / "logs" / f"{spec.id}.log"
        log.parent.mkdir(exist_ok=True)
        with suppress(FileNotFoundError):
            if log.stat().st_size > _LOG_BYTES:
                log.replace(log.with_suffix(".old.log"))
        pool = WorkerPool(spec, self._settings, log, self.tell)
        pool.start()
        return pool


def _ready(found: Iterable[WorkerPool], label: str) -> WorkerPool:
    pools = list(found)
    if not pools:
        raise NotFound(f"Nothing is deployed for {label}.")
    for pool in pools:
        if pool.ready:
            return pool
    reason = pools[0].status.reason or "it is starting."
    raise Unavailable(f"The deployment for {label} is not ready: {reason}", retry_after=2)


def _read_specs(directory: Path) -> list[DeploymentSpec]:
    specs = []
    for path in sorted(directory.glob("[!.]*.json")):
        try:
            spec = msgspec.json.decode(path.read_bytes(), type=DeploymentSpec)
        except FileNotFoundError:
            continue
        except (OSError, msgspec.MsgspecError, RecursionError) as error:
            _log.error("The deployment in %s is left out: %s", path, error)
            continue
        if spec.id == path.stem:
            specs.append(spec)
    return specs
