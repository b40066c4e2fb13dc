"""A deployment in the front: its workers, restarted when they die, and the choice among them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from jupyter_crispdm.base.errors import TooManyRequests, Unavailable

from ..types import DeploymentState, Spec, Status
from .settings import FrontSettings
from .worker import Answer, Buffer, LoadFailed, Worker

_log = logging.getLogger(__name__)
_WATCH_SECONDS = 1.0
_STEADY_SECONDS = 60.0


class Pool:
    """The workers of one deployment."""

    def __init__(self, spec: Spec, settings: FrontSettings, log: Path, changed: Callable[[], None]) -> None:
        self.spec = spec
        self.status = Status(DeploymentState.starting)
        self.description: dict[str, Any] = {"classes": spec.classes, "signature": {}}
        self._settings, self._log, self._changed = settings, log, changed
        self._workers: list[Worker] = []
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Start the workers, in the background."""
        self._tasks = [asyncio.create_task(self._keep()) for _ in range(self.spec.workers)]
        for task in self._tasks:
            task.add_done_callback(self._ended)

    async def stop(self) -> None:
        """End the workers; what they have not answered yet gets a 503."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def ready(self) -> bool:
        """Whether it can answer."""
        return bool(self._workers)

    @property
    def pids(self) -> list[int]:
        """The processes of the workers that are ready."""
        return [worker.pid for worker in self._workers]

    @property
    def classes(self) -> list[str]:
        """What the model tells apart."""
        return self.spec.classes or list(self.description["classes"])

    async def ask(self, header: Mapping[str, Any], body: Sequence[Buffer]) -> Answer:
        """Let the least busy worker answer. Raises Unavailable, TooManyRequests, Unprocessable."""
        worker = min(self._workers, key=lambda item: item.busy, default=None)
        if worker is None:
            raise Unavailable(f"{self._name} is not ready: {self._explain()}", retry_after=1)
        if worker.busy >= self._settings.limits.waiting:
            raise TooManyRequests(f"{self._name} has more requests waiting than it can answer soon.", retry_after=1)
        return await worker.ask(header, body)

    @property
    def _name(self) -> str:
        return f"Version {self.spec.version} of the model '{self.spec.model}'"

    def _explain(self) -> str:
        return self.status.reason or f"it is {self.status.state.value}."

    async def _keep(self) -> None:
        """Keep one worker alive: start it, wait for its end, start it again after a growing pause."""
        pause, failures, reason = self._settings.first_pause, 0, ""
        clock = asyncio.get_running_loop()
        while failures <= self._settings.restarts:
            started = clock.time()
            try:
                reason = await self._run_once()
            except LoadFailed as error:
                self._set(DeploymentState.failed, f"The model cannot be loaded: {error}")
                return
            except (OSError, asyncio.TimeoutError) as error:
                reason = f"The model's process could not be started: {error or 'it took too long.'}"
            if clock.time() - started > _STEADY_SECONDS:
                pause, failures = self._settings.first_pause, 0
            failures += 1
            _log.warning("%s: %s (%d)", self.spec.id, reason, failures)
            self._set(DeploymentState.starting, reason)
            await asyncio.sleep(pause)
            pause = min(2 * pause, self._settings.longest_pause)
        self._set(DeploymentState.failed, f"Given up after {failures} starts. {reason}")

    def _ended(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()):
            _log.error("%s is no longer kept.", self.spec.id, exc_info=error)
            self._set(DeploymentState.failed, f"The service itself failed: {error}")

    async def _run_once(self) -> str:
        """Run one worker to its end and say how it ended."""
        with self._log.open("ab", buffering=0) as log:
            worker = await Worker.start(self.spec, self._settings, log)
        watch = asyncio.create_task(self._watch(worker))
        try:
            self.description = worker.description
            self._workers.append(worker)
            self._set(DeploymentState.ready, "")
            await worker.serve()
            return f"The model's process {await worker.ended()}."
        finally:
            self._workers.remove(worker)
            watch.cancel()
            await worker.stop()

    async def _watch(self, worker: Worker) -> None:
        """Kill a worker that has been busy with one request for too long."""
        clock = asyncio.get_running_loop()
        while worker.oldest(clock.time()) < self._settings.predict_seconds:  # noqa: ASYNC110 - it is time that is watched
            await asyncio.sleep(_WATCH_SECONDS)
        _log.warning("%s: killed after %.0f s without an answer", self.spec.id, self._settings.predict_seconds)
        await worker.stop()

    def _set(self, state: DeploymentState, reason: str) -> None:
        if self._workers and state is not DeploymentState.ready:
            state = DeploymentState.ready  # others still answer; the reason tells that one does not
        self.status = Status(state, reason)
        self._changed()
