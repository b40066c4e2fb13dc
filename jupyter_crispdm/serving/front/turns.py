"""Who may work now: callers take turns, so that one who asks for much keeps nobody else waiting."""

from __future__ import annotations

import asyncio
import math
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from jupyter_crispdm.base.clock import Clock
from jupyter_crispdm.base.errors import CrispdmError, Unavailable

_LONGEST_PAUSE = 60
_FIRST_GUESS = 1.0


@dataclass(frozen=True)
class Room:
    """How many may work at a time, and how many may wait: in all, and of one caller."""

    slots: int
    waiting: int
    waiting_each: int


class Turns:
    """A queue for each caller; whoever is served goes to the end of the line of callers.

    When all room to wait is taken, a caller who has less waiting than another takes the place of that one's newest.
    """

    def __init__(self, room: Room, clock: Clock) -> None:
        self._room, self._clock = room, clock
        self._free = room.slots
        self._queues: dict[str, deque[asyncio.Future[None]]] = {}
        self._usual = _FIRST_GUESS
        self._closed: CrispdmError | None = None
        self._quiet = asyncio.Event()
        self._quiet.set()

    @property
    def waiting(self) -> int:
        """How many wait."""
        return sum(map(len, self._queues.values()))

    @property
    def working(self) -> int:
        """How many have their turn."""
        return self._room.slots - self._free

    @property
    def pause(self) -> int:
        """In how many seconds there may be room again."""
        return min(_LONGEST_PAUSE, max(1, math.ceil(self._usual * self.waiting / self._room.slots)))

    @asynccontextmanager
    async def turn(self, caller: str) -> AsyncIterator[None]:
        """Wait for a turn and have it. Raises Unavailable when too many wait already."""
        await self._wait(caller)
        started = self._clock.monotonic()
        try:
            yield
        finally:
            self._usual += 0.2 * (self._clock.monotonic() - started - self._usual)
            self._hand_on()

    def close(self, error: CrispdmError) -> None:
        """Tell everybody who waits or comes that it is in vain; those who have their turn may finish it."""
        self._closed = error
        for queue in self._queues.values():
            for waiter in queue:
                _fail(waiter, error)
        self._queues.clear()

    async def quiet(self) -> None:
        """Wait until nobody works."""
        await self._quiet.wait()

    async def _wait(self, caller: str) -> None:
        if self._closed is not None:
            raise self._closed
        if self._free and not self._queues:
            self._free -= 1
            self._quiet.clear()
            return
        waiter = self._join(caller)
        try:
            await waiter
        except asyncio.CancelledError:
            if waiter.done() and not waiter.cancelled() and waiter.exception() is None:
                self._hand_on()  # the turn came in the moment in which the caller left
            else:
                self._leave(caller, waiter)
            raise

    def _join(self, caller: str) -> asyncio.Future[None]:
        mine = self._queues.get(caller, ())
        if len(mine) >= self._room.waiting_each or (self.waiting >= self._room.waiting and not self._displace(mine)):
            raise self._full()
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queues.setdefault(caller, deque()).append(waiter)
        return waiter

    def _displace(self, mine: deque[asyncio.Future[None]] | tuple[()]) -> bool:
        """Make room for one who has clearly less waiting than the one who has most."""
        caller, longest = max(self._queues.items(), key=lambda item: len(item[1]))
        if len(longest) <= len(mine) + 1:
            return False
        newest = longest[-1]
        self._leave(caller, newest)
        _fail(newest, self._full())
        return True

    def _full(self) -> Unavailable:
        message = f"{self.waiting} requests wait for the model already. Try again in {self.pause} s."
        return Unavailable(message, retry_after=self.pause)

    def _leave(self, caller: str, waiter: asyncio.Future[None]) -> None:
        queue = self._queues.get(caller)
        if queue and waiter in queue:
            queue.remove(waiter)
            if not queue:
                del self._queues[caller]

    def _hand_on(self) -> None:
        """Give the turn to the next caller, or keep it free."""
        while self._queues:
            caller, queue = next(iter(self._queues.items()))
            del self._queues[caller]
            waiter = queue.popleft()
            if queue:
                self._queues[caller] = queue
            if not waiter.done():
                waiter.set_result(None)
                return
        self._free += 1
        if self._free == self._room.slots:
            self._quiet.set()


def _fail(waiter: asyncio.Future[None], error: CrispdmError) -> None:
    if not waiter.done():
        waiter.set_exception(error)
