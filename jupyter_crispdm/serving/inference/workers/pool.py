"""A deployment in the inference server: its workers, restarted when they die, and the choice among them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import Any

from jupyter_crispdm.base.clock import SystemClock
from jupyter_crispdm.base.errors import Unavailable
from jupyter_crispdm.base.tasks import within
from jupyter_crispdm.serving.types import DeploymentSpec, DeploymentState, DeploymentStatus

from ..batching.fair_queue import Capacity, FairQueue, Turn
from ..settings import InferenceSettings
from ..tensors import Buffer, RawTensor
from .desk import Desk
from .requests import Answer
from .worker import LoadFailed, Worker

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
        self._has_been_ready = False
        limits = settings.limits
        self.queue = FairQueue(Capacity(spec.workers + _AHEAD, limits.waiting, limits.waiting_each), SystemClock())
        self._desk = Desk(self._name, limits, settings.patience, spec.batch)

    def start(self) -> None:
        """Start the workers, in the background."""
        self._tasks = [asyncio.create_task(self._keep()) for _ in range(self.spec.workers)]
        for task in self._tasks:
            task.add_done_callback(self._ended)

    async def stop(self, drain: float = 0.0) -> None:
        """End the workers; who is there already may finish within `drain` seconds."""
        with suppress(asyncio.TimeoutError):
            await within(self._quiet(), drain)
        withdrawn = Unavailable(f"{self._name} was withdrawn.", retry_after=1)
        self.queue.close(withdrawn)
        self._desk.refuse(withdrawn)
        self._desk.close(withdrawn)
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
    def waiting(self) -> int:
        """How many requests wait: for their turn to be prepared, or for a worker."""
        return self.queue.waiting + self._desk.waiting

    @property
    def working(self) -> int:
        """How many requests and streams the workers are at."""
        return self._desk.working

    @property
    def batch_rows(self) -> Mapping[int, int]:
        """How often so many rows were handed to a worker together."""
        return self._desk.batch_rows

    @property
    def idle_since(self) -> float | None:
        """The time of the event loop since which nothing waits and nothing is worked on; None while something is."""
        return self._desk.idle_since if self.queue.is_quiet else None

    @property
    def classes(self) -> list[str]:
        """What the model tells apart."""
        return self.spec.classes or list(self.description["classes"])

    def infer(
        self, inputs: Sequence[RawTensor], caller: str, *, deadline: float | None = None, trace: str = ""
    ) -> asyncio.Future[list[RawTensor]]:
        """Let a worker answer, with others of the same kind if there are any; `deadline` is a time of the event loop.

        The future gets Unavailable (WorkerDied), DeadlineExceeded, TooLarge or Unprocessable; cancelling it takes the
        request back. While no worker is ready but one is starting, it waits.
        """
        return self._desk.infer(inputs, caller, deadline, trace)

    async def stream(self, parameters: Mapping[str, Any], caller: str) -> AsyncGenerator[dict[str, Any], None]:
        """The pieces that the model's `stream` yields; closing it ends the work within one piece.

        Raises Unavailable, Unprocessable, also in the middle.
        """
        stream = self._desk.stream(parameters, caller)
        try:
            while (piece := await stream.next()) is not None:
                yield piece
        finally:
            stream.leave()

    async def plan(self, options: Mapping[str, Any], shapes: Sequence[Sequence[int]], caller: str) -> list[int]:
        """How much work each picture is with these options. Raises what says that they cannot be followed."""
        async with self.turn(caller):
            reply, _ = await self.ask({"do": "plan", "options": options, "shapes": shapes}, (), caller)
        return list(reply["work"])

    def visit(self) -> AbstractContextManager[None]:
        """A block that takes several turns: a model that is withdrawn waits for its end."""
        return self.queue.visit()

    def turn(self, caller: str) -> Turn:
        """Wait for a turn and have it: to prepare a request, to ask, and to finish the answer."""
        return self.queue.turn(caller)

    def ask(self, header: Mapping[str, Any], body: Sequence[Buffer], caller: str) -> asyncio.Future[Answer]:
        """Let a worker answer in its own words; the future as of `infer`."""
        return self._desk.ask(header, body, caller)

    async def _quiet(self) -> None:
        while self.idle_since is None:
            await self.queue.quiet()  # who has a turn asks at the desk
            await self._desk.quiet()

    @property
    def _name(self) -> str:
        return f"Version {self.spec.version} of the model '{self.spec.model}'"

    def _explain(self) -> str:
        return self.status.reason or f"it is {self.status.state.value}."

    async def _keep(self) -> None:
        """Keep one worker alive: start it, wait for its end, start it again after a pause.

        A model that has never been ready is given up at last. One that has is tried for as long as it is deployed.
        """
        pace, clock = Pace(self._settings), asyncio.get_running_loop()
        while True:
            started, state = clock.time(), DeploymentState.starting
            try:
                reason, by_itself = await self._run_once()
                pause = pace.after_life(clock.time() - started, by_itself=by_itself)
            except LoadFailed as error:
                reason, pause = f"The model cannot be loaded: {error}", self._settings.longest_pause
                state = DeploymentState.failed
            except (OSError, asyncio.TimeoutError) as error:
                reason, pause = f"The model's process could not be started: {error or 'it took too long.'}", pace.vain()
                if pace.is_hopeless:
                    reason, state = f"Not ready after {pace.in_vain} starts. {reason}", DeploymentState.failed
            _log.warning("%s: %s", self.spec.id, reason)
            self._set(state, reason)
            if state is DeploymentState.failed and not self._has_been_ready:
                return
            await asyncio.sleep(pause)

    def _ended(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()):
            _log.error("%s is no longer kept.", self.spec.id, exc_info=error)
            self._set(DeploymentState.failed, f"The service itself failed: {error}")

    async def _run_once(self) -> tuple[str, bool]:
        """Run one worker to its end; how it ended, and whether by itself and not by a signal of somebody else."""
        with self._log.open("ab", buffering=0) as log:
            worker = await Worker.start(self.spec, self._settings, log)
        watch = asyncio.create_task(self._watch(worker))
        ended = "was withdrawn"
        try:
            self.description, self._has_been_ready = worker.description, True
            self._workers.append(worker)
            self._desk.add(worker)
            self._set(DeploymentState.ready, "")
            ended = await worker.serve()
            return f"The model's process {ended}.", worker.is_to_blame
        finally:
            self._workers.remove(worker)
            watch.cancel()
            await worker.stop(ended)
            self._desk.remove(worker, ended)

    async def _watch(self, worker: Worker) -> None:
        """Kill a worker that has been at one piece of work for too long; what waits for it does not count."""
        clock, most = asyncio.get_running_loop(), self._settings.predict_seconds
        while worker.busy_for(clock.time()) < most:  # noqa: ASYNC110 - it is time that is watched
            await asyncio.sleep(min(_WATCH_SECONDS, most))
        _log.warning("%s: killed after %.0f s without an answer", self.spec.id, most)
        await worker.stop(f"was ended after {most:g} s without an answer", hung=True)

    def _set(self, state: DeploymentState, reason: str) -> None:
        if self._workers and state is not DeploymentState.ready:
            state = DeploymentState.ready  # others still answer; the reason tells that one does not
        self.status = DeploymentStatus(state, reason)
        failed = Unavailable(f"{self._name} is not ready: {reason}", retry_after=1)
        self._desk.refuse(failed if state is DeploymentState.failed else None)
        if state is DeploymentState.failed:
            self._desk.clear(failed)
        self._changed()


class Pace:
    """The pauses between the starts of one worker; in seconds.

    Who kills a process that works says nothing about the model: it is back at once, however often. One that ends by
    itself is started after pauses that grow; so is one that never becomes ready, and only that may be given up.
    """

    def __init__(self, settings: InferenceSettings) -> None:
        self._first, self._longest, self._tries = settings.first_pause, settings.longest_pause, settings.restarts
        self._pause = self._first
        self.in_vain = 0
        """Such starts in a row."""

    @property
    def is_hopeless(self) -> bool:
        """Whether so many starts have been in vain that it is unlikely to become ready."""
        return self.in_vain > self._tries

    def after_life(self, seconds: float, *, by_itself: bool) -> float:
        """The pause after a process that was ready and lived so long."""
        self.in_vain = 0
        if not by_itself or seconds > _STEADY_SECONDS:
            self._pause = self._first
        return self._next()

    def vain(self) -> float:
        """The pause after a start after which it did not become ready."""
        self.in_vain += 1
        return self._longest if self.is_hopeless else self._next()

    def _next(self) -> float:
        pause, self._pause = self._pause, min(2 * self._pause, self._longest)
        return pause
