"""A deployment in the inference server: its workers, restarted when they die, and the choice among them."""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from jupyter_crispdm.base.clock import SystemClock
from jupyter_crispdm.base.errors import Unavailable
from jupyter_crispdm.serving.types import DeploymentSpec, DeploymentState, DeploymentStatus

from ..batching.fair_queue import WHOLE, Capacity, FairQueue, Turn
from ..errors import DeadlineExceeded
from ..settings import InferenceSettings
from ..tensors import SIZES, RawTensor
from .worker import Answer, Buffer, LoadFailed, Worker

_log = logging.getLogger(__name__)
_WATCH_SECONDS = 1.0
_STEADY_SECONDS = 60.0
_AHEAD = 2
"""How many requests are prepared or finished in the inference server while the workers work on others."""


class WorkerPool:
    """The workers of one deployment."""

    def __init__(
        self, spec: DeploymentSpec, settings: InferenceSettings, log: Path, changed: Callable[[], None]
    ) -> None:
        self.spec = spec
        self.status = DeploymentStatus(DeploymentState.starting)
        self.description: dict[str, Any] = {"classes": spec.classes, "signature": {}}
        self._settings, self._log, self._changed = settings, log, changed
        self._workers: list[Worker] = []
        self._tasks: list[asyncio.Task[None]] = []
        self._freed = asyncio.Event()
        self._choosing, self._choosers = asyncio.Lock(), 0
        limits = settings.limits
        self._capacity = Capacity(spec.workers + _AHEAD, limits.waiting, limits.waiting_each)
        self.queue = FairQueue(self._capacity, SystemClock())

    def start(self) -> None:
        """Start the workers, in the background."""
        self._tasks = [asyncio.create_task(self._keep()) for _ in range(self.spec.workers)]
        for task in self._tasks:
            task.add_done_callback(self._ended)

    async def stop(self, drain: float = 0.0) -> None:
        """End the workers. Who has their turn may finish it within `drain` seconds; others are told at once."""
        self.queue.close(Unavailable(f"{self._name} was withdrawn.", retry_after=1))
        with suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self.queue.quiet(), drain)
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

    def infer(
        self, inputs: Sequence[RawTensor], caller: str, *, deadline: float | None = None
    ) -> asyncio.Future[list[RawTensor]]:
        """Let a worker answer, with others of the same kind if there are any; `deadline` is a time of the event loop.

        The future gets Unavailable, DeadlineExceeded, TooLarge or Unprocessable; cancelling it takes the request back.
        """
        return asyncio.ensure_future(self._infer(inputs, caller, deadline))

    async def _infer(self, inputs: Sequence[RawTensor], caller: str, deadline: float | None) -> list[RawTensor]:
        described = [{"name": one.name, "datatype": one.datatype, "shape": one.shape} for one in inputs]
        left = None if deadline is None else deadline - asyncio.get_running_loop().time()
        header = {"do": "infer", "inputs": described}
        try:
            reply, body = await asyncio.wait_for(self._in_turn(caller, header, [one.data for one in inputs]), left)
        except asyncio.TimeoutError:
            raise DeadlineExceeded("The answer would have come later than the request allows.") from None
        found, start, told = [], 0, memoryview(body)
        for one in reply["outputs"]:
            size = math.prod(one["shape"]) * SIZES[one["datatype"]]
            data = told[start : start + size]
            found.append(RawTensor(one["name"], one["datatype"], tuple(one["shape"]), data))
            start += size
        return found

    async def _in_turn(self, caller: str, header: Mapping[str, Any], body: Sequence[Buffer]) -> Answer:
        async with self.turn(caller):
            return await self.ask(header, body)

    async def stream(self, parameters: Mapping[str, Any], caller: str) -> AsyncIterator[dict[str, Any]]:
        """The pieces that the model's `stream` yields; closing it ends the work within one piece.

        Raises Unavailable, Unprocessable, also in the middle.
        """
        raise Unavailable(f"{self._name} does not stream yet.", retry_after=1)
        yield {}

    async def plan(self, options: Mapping[str, Any], shapes: Sequence[Sequence[int]], caller: str) -> list[int]:
        """How much work each picture is with these options. Raises what says that they cannot be followed."""
        async with self.turn(caller):
            reply, _ = await self.ask({"do": "plan", "options": options, "shapes": shapes}, ())
        return list(reply["work"])

    def turn(self, caller: str, brief: bool = False) -> Turn:
        """Wait for a turn and have it. As many may have one for brief work as the workers take of that at once."""
        slots, most = self._capacity.slots, sum(worker.depth for worker in self._workers)
        return self.queue.turn(caller, -(-slots * WHOLE // max(slots, most)) if brief else WHOLE)

    async def ask(self, header: Mapping[str, Any], body: Sequence[Buffer], brief: bool = False) -> Answer:
        """Let a worker answer as soon as one is free; to be called by who has a turn.

        Raises Unavailable, TooLarge, Unprocessable; for what is brief also NotBegun: ask once more, in another turn.
        """
        worker = self._accepting(brief) if not self._choosers else None
        return await (worker or await self._next_worker(brief)).ask(header, body, brief)

    async def _next_worker(self, brief: bool) -> Worker:
        """Wait for a worker, behind those who waited before."""
        self._choosers += 1
        try:
            async with self._choosing:
                while (worker := self._accepting(brief)) is None:
                    self._freed.clear()
                    await self._freed.wait()
                return worker
        finally:
            self._choosers -= 1

    def _accepting(self, brief: bool) -> Worker | None:
        if not self._workers:
            raise Unavailable(f"{self._name} is not ready: {self._explain()}", retry_after=1)
        accepting = [worker for worker in self._workers if worker.accepts(brief)]
        return min(accepting, key=lambda worker: worker.load, default=None)

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
            worker.freed = self._freed.set
            self._workers.append(worker)
            self._set(DeploymentState.ready, "")
            return f"The model's process {await worker.serve()}."
        finally:
            self._workers.remove(worker)
            self._freed.set()
            watch.cancel()
            await worker.stop("was withdrawn")

    async def _watch(self, worker: Worker) -> None:
        """Kill a worker that has been at one piece of work for too long; what waits for it does not count."""
        clock, most = asyncio.get_running_loop(), self._settings.predict_seconds
        while worker.busy_for(clock.time()) < most:  # noqa: ASYNC110 - it is time that is watched
            await asyncio.sleep(min(_WATCH_SECONDS, most))
        _log.warning("%s: killed after %.0f s without an answer", self.spec.id, most)
        await worker.stop(f"was ended after {most:g} s without an answer")

    def _set(self, state: DeploymentState, reason: str) -> None:
        if self._workers and state is not DeploymentState.ready:
            state = DeploymentState.ready  # others still answer; the reason tells that one does not
        self.status = DeploymentStatus(state, reason)
        self._changed()
