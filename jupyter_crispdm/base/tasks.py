"""What runs in the background: loops that outlive their mistakes, small tasks that log theirs, and listeners
whose mistakes stay their own.

A loop that ends is a part of the server that stands still in silence. So every loop is a `Loop`: it has a name, an
exception is logged with it, and the loop begins anew after a pause that doubles. `states` tells of all of them.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from typing import Any, Generic, ParamSpec, TypeVar
from weakref import WeakSet

from .clock import Clock, SystemClock, utc
from .wire import Wire

_log = logging.getLogger(__name__)
_P = ParamSpec("_P")
_T = TypeVar("_T")
FIRST_PAUSE = 1.0
_STANDSTILL = 0.1
LONGEST_PAUSE = 60.0

Work = Callable[[], Awaitable[None]]
Sleep = Callable[[float], Awaitable[None]]


class Setback(Exception):
    """What may go wrong although nothing of ours is wrong, as an outage elsewhere: said in a line, once."""


class LoopState(Wire, frozen=True):
    """How a background loop is: running, pausing (after an error, until it begins anew), or ended."""

    name: str
    state: str
    failures: int = 0
    error: str = ""
    failed: str | None = None


class Loop:
    """Work that goes on until it is closed, whatever happens in it.

    `work` is called anew when it raised; after it returned, the loop has ended. The pause before a new beginning
    doubles from one second to a minute; work that held for longer than the longest pause begins with the first.
    """

    def __init__(
        self, name: str, work: Work, *, clock: Clock | None = None, sleep: Sleep = asyncio.sleep
    ) -> None:
        self.name = name
        self._work = work
        self._clock = clock or SystemClock()
        self._sleep = sleep
        self._task: asyncio.Task[None] | None = None
        self._pausing = False
        self._failures = 0
        self._error = ""
        self._failed: float | None = None

    def start(self) -> None:
        """Begin; nothing happens where it runs already."""
        if self._task is None or self._task.done():
            _started.add(self)
            self._task = asyncio.get_running_loop().create_task(self._run(), name=self.name)

    async def close(self) -> None:
        """End it, and wait until it has."""
        task, self._task = self._task, None
        _started.discard(self)
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    @property
    def state(self) -> LoopState:
        """How it is now, and what went wrong last."""
        running = self._task is not None and not self._task.done()
        word = "ended" if not running else "pausing" if self._pausing else "running"
        failed = None if self._failed is None else utc(self._failed).isoformat()
        return LoopState(self.name, word, self._failures, self._error, failed)

    async def _run(self) -> None:
        pause = FIRST_PAUSE
        while True:
            began = self._clock.monotonic()
            try:
                await self._work()
            except Exception as error:
                if self._clock.monotonic() - began > LONGEST_PAUSE:
                    pause = FIRST_PAUSE
                self._note(error, pause)
            else:
                return
            self._pausing = True
            try:
                await self._sleep(pause)
            finally:
                self._pausing = False
            pause = min(2 * pause, LONGEST_PAUSE)

    def _note(self, error: Exception, pause: float) -> None:
        self._failures += 1
        self._failed = self._clock.now()
        before, is_setback = self._error, isinstance(error, Setback)
        self._error = (str(error) if is_setback else f"{type(error).__name__}: {error}")[:200]
        if is_setback:
            if self._error != before or pause == FIRST_PAUSE:
                _log.warning("The background task '%s' waits and tries again: %s", self.name, self._error)
            return
        _log.error("The background task '%s' failed; it begins anew in %.0f s.", self.name, pause, exc_info=error)


_started: WeakSet[Loop] = WeakSet()
_small: set[asyncio.Task[Any]] = set()


def states() -> list[LoopState]:
    """How all loops of this process are, by name."""
    return sorted((loop.state for loop in _started), key=lambda state: state.name)


def spawn(name: str, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
    """Have something done beside the caller; what goes wrong in it is logged."""
    task = asyncio.get_running_loop().create_task(work, name=name)
    _small.add(task)
    task.add_done_callback(_finished)
    return task


async def within(work: Awaitable[_T], seconds: float) -> _T:
    """What comes within so many seconds. Raises asyncio.TimeoutError where it does not; then it is cancelled.

    Where the loop stood still meanwhile, the answer may lie there and nobody could take it: that time is given back.

    In place of `asyncio.wait_for`, which before Python 3.12 forgets that its caller was cancelled where the answer
    comes in the same moment: then a loop goes on, and whoever closes it waits for ever.
    """
    task, loop = asyncio.ensure_future(work), asyncio.get_running_loop()
    is_late, due = False, loop.time() + seconds
    try:
        await asyncio.wait({task}, timeout=seconds)
        while not task.done() and (lost := loop.time() - due) > _STANDSTILL:
            due = loop.time() + lost
            await asyncio.wait({task}, timeout=lost)
        is_late = not task.done()
    finally:
        if not task.done():
            task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    if is_late and task.cancelled():
        raise asyncio.TimeoutError
    return task.result()


async def comes(event: asyncio.Event, seconds: float) -> bool:
    """Wait for an event, so long at most; whether it came."""
    with suppress(asyncio.TimeoutError):
        await within(event.wait(), seconds)
    return event.is_set()


def _finished(task: asyncio.Task[Any]) -> None:
    _small.discard(task)
    if not task.cancelled() and (error := task.exception()) is not None:
        _log.error("The background task '%s' failed.", task.get_name(), exc_info=error)


class Listeners(Generic[_P]):
    """Who is told of something. A mistake of one is logged, and reaches neither the others nor the teller."""

    def __init__(self, of: str) -> None:
        self._of = of
        self._all: list[Callable[_P, object]] = []

    def add(self, listener: Callable[_P, object]) -> None:
        """Have somebody told from now on."""
        self._all.append(listener)

    def tell(self, *args: _P.args, **kwargs: _P.kwargs) -> None:
        """Tell all of them."""
        for listener in tuple(self._all):
            try:
                listener(*args, **kwargs)
            except Exception:
                _log.exception("A listener to %s made a mistake.", self._of)
