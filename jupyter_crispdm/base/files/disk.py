"""Threads for files that programs may change, or that lie on another machine's disk.

A disk that hangs keeps a thread for as long as it likes, and no thread can be ended. So these files have threads
of their own: what hangs there takes nothing from the rest of the server, a caller waits no longer than a patience
and is then told so, and one directory never has more than a few threads, however many ask for it.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from typing import Any, NamedTuple, ParamSpec, TypeVar

from ..errors import Unavailable

_T = TypeVar("_T")
_P = ParamSpec("_P")
THREADS = 16
THREADS_OF_ONE = 4
PATIENCE_SECONDS = 10.0
_MOST_STUCK = 200
_MOST_WAITING = 100
_IDLE_SECONDS = 30.0


class _Call(NamedTuple):
    of: Hashable
    future: Future[Any]
    function: Callable[[], Any]


class Disk:
    """A bounded pool of threads that hanging disks cannot use up for others, nor keep the process from ending."""

    def __init__(
        self, threads: int = THREADS, of_one: int = THREADS_OF_ONE, patience: float = PATIENCE_SECONDS
    ) -> None:
        self._most, self._of_one, self.patience = threads, of_one, patience
        self._news = threading.Condition()
        self._ready: deque[_Call] = deque()
        self._held: dict[Hashable, deque[_Call]] = {}  # until a thread of the same directory is free
        self._busy: Counter[Hashable] = Counter()
        self._stuck: dict[Future[Any], float] = {}  # and when each has taken too long
        self._threads = self._idle = 0

    async def run(self, of: Hashable, function: Callable[..., _T], *args: Any) -> _T:
        """Call a function that looks into the directory `of`. Raises Unavailable when it does not answer."""
        call = _Call(of, Future(), partial(function, *args))
        self._submit(call)
        loop = asyncio.get_running_loop()
        waiter = loop.create_future()  # and a timer, no more: live facts wait here, and each round of the loop counts
        call.future.add_done_callback(partial(_wake_soon, loop, waiter))
        late = loop.call_later(self.patience, _wake, waiter)
        try:
            await waiter
            if call.future.done():
                answer: _T = call.future.result()
                return answer
        finally:
            late.cancel()
            if not call.future.done():
                call.future.cancel()
                self._leave(call, 0.0 if waiter.done() and not waiter.cancelled() else self.patience)
        raise _silent()

    @property
    def stuck(self) -> int:
        """How many threads hang in a call that nobody waits for any more, for longer than it may take."""
        now = time.monotonic()
        return sum(late <= now for late in list(self._stuck.values()))

    def _submit(self, call: _Call) -> None:
        with self._news:
            if self._busy[call.of] < self._of_one:
                self._busy[call.of] += 1
                self._hand_out(call)
                return
            held = self._held.setdefault(call.of, deque())
            if len(held) >= _MOST_WAITING:
                held = self._held[call.of] = deque(one for one in held if not one.future.done())
            if len(held) >= _MOST_WAITING:
                raise _silent()
            held.append(call)

    def _hand_out(self, call: _Call) -> None:
        self._ready.append(call)
        if self._idle >= len(self._ready):
            self._news.notify()
        elif self._threads < self._most + len(self._stuck):
            self._threads += 1
            threading.Thread(target=self._serve, name="crispdm-disk", daemon=True).start()

    def _leave(self, call: _Call, patience: float) -> None:
        """Nobody waits for this call any more; a thread that is in it is not one of the pool until it is back.

        It hangs once it takes longer than the rest of a `patience`.
        """
        with self._news:
            if call.future.running() and len(self._stuck) < _MOST_STUCK:
                self._stuck[call.future] = time.monotonic() + patience
                if self._ready and self._idle < len(self._ready):
                    self._hand_out(self._ready.popleft())

    def _serve(self) -> None:
        while (call := self._next()) is not None:
            _settle(call)
            with self._news:
                self._free(call)

    def _next(self) -> _Call | None:
        with self._news:
            self._idle += 1
            while not self._ready:
                too_many = self._threads > self._most + len(self._stuck)
                if too_many or (not self._news.wait(_IDLE_SECONDS) and not self._ready):
                    self._idle -= 1
                    self._threads -= 1
                    return None
            self._idle -= 1
            return self._ready.popleft()

    def _free(self, call: _Call) -> None:
        self._stuck.pop(call.future, None)
        held = self._held.get(call.of)
        if held:
            self._hand_out(held.popleft())
            return
        self._held.pop(call.of, None)
        self._busy[call.of] -= 1
        if not self._busy[call.of]:
            del self._busy[call.of]


def _wake_soon(loop: asyncio.AbstractEventLoop, waiter: asyncio.Future[None], _: Future[Any]) -> None:
    with suppress(RuntimeError):  # the loop may be over by now
        loop.call_soon_threadsafe(_wake, waiter)


def _wake(waiter: asyncio.Future[None]) -> None:
    if not waiter.done():
        waiter.set_result(None)


def _silent() -> Unavailable:
    return Unavailable("The disk with these files does not answer. Try again in a moment.", retry_after=5)


def _settle(call: _Call) -> None:
    if not call.future.set_running_or_notify_cancel():  # nobody waits any more
        return
    try:
        result = call.function()
    except BaseException as error:
        call.future.set_exception(error)
    else:
        call.future.set_result(result)


#: The threads that the whole server shares.
shared_disk = Disk()


def stuck_calls() -> int:
    """How many of the server's threads hang in a read that nobody waits for any more."""
    return shared_disk.stuck


async def on_disk(of: Hashable, function: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
    """`Disk.run` with the threads that the whole server shares."""
    return await shared_disk.run(of, partial(function, *args, **kwargs))
