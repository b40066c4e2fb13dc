"""Who may work now: callers take turns, so that one who asks for much keeps nobody else waiting."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from jupyter_crispdm.base.clock import Clock
from jupyter_crispdm.base.errors import CrispdmError, Unavailable

from .line import Full, Line

_LONGEST_PAUSE = 60
_FIRST_GUESS = 1.0
WHOLE = 64
"""The shares of a slot; a turn for something small takes only some of them."""


@dataclass(frozen=True)
class Capacity:
    """How many may work at a time, and how many may wait: in all, and of one caller."""

    slots: int
    waiting: int
    waiting_each: int


class Waiter(asyncio.Future[None]):
    """Somebody who waits for so many shares of a slot."""

    def __init__(self, share: int) -> None:
        super().__init__()
        self.share = share


class FairQueue:
    """Turns for callers who stand in line; a turn is some shares of a slot."""

    def __init__(self, room: Capacity, clock: Clock) -> None:
        self._capacity, self._clock = room, clock
        self._free = room.slots * WHOLE
        self._working = self._visits = 0
        self._line: Line[Waiter] = Line(room.waiting, room.waiting_each)
        self._usual = _FIRST_GUESS
        self._closed: CrispdmError | None = None
        self._quiet = asyncio.Event()
        self._quiet.set()

    @property
    def waiting(self) -> int:
        """How many wait."""
        return len(self._line)

    @property
    def working(self) -> int:
        """How many have their turn."""
        return self._working

    @property
    def is_quiet(self) -> bool:
        """Whether nobody works, waits or visits."""
        return self._quiet.is_set()

    @property
    def pause(self) -> int:
        """In how many seconds there may be room again."""
        return min(_LONGEST_PAUSE, max(1, math.ceil(self._usual * self.waiting / self._capacity.slots)))

    def turn(self, caller: str, share: int = WHOLE) -> Turn:
        """Wait for a turn, of so many shares of a slot, and have it. Raises Unavailable when too many wait already."""
        return Turn(self, caller, share)

    async def begin(self, turn: Turn) -> None:
        """Wait for a turn. Raises Unavailable when too many wait already."""
        await self._wait(turn.caller, turn.share)
        turn.started = self._clock.monotonic()

    def end(self, turn: Turn) -> None:
        """Hand a turn on."""
        self._usual += 0.2 * (self._clock.monotonic() - turn.started - self._usual)
        self._hand_on(turn.share)

    def close(self, error: CrispdmError) -> None:
        """Tell everybody who waits or comes that it is in vain; those who have their turn may finish it."""
        self._closed = error
        for waiter in self._line.clear():
            _fail(waiter, error)

    @contextmanager
    def visit(self) -> Iterator[None]:
        """A block that takes several turns: it is not quiet before its end."""
        self._visits += 1
        self._quiet.clear()
        try:
            yield
        finally:
            self._visits -= 1
            self._settle()

    async def quiet(self) -> None:
        """Wait until nobody works, waits or visits."""
        await self._quiet.wait()

    async def _wait(self, caller: str, share: int) -> None:
        if self._closed is not None:
            raise self._closed
        if self._free >= share and not self._line:
            self._take(share)
            return
        waiter = self._join(caller, share)
        try:
            await waiter
        except asyncio.CancelledError:
            if waiter.done() and not waiter.cancelled() and waiter.exception() is None:
                self._hand_on(share)  # the turn came in the moment in which the caller left
            else:
                self._line.leave(caller, waiter)
                self._call()  # they may have been at the head of the line, for more than was free
            raise

    def _join(self, caller: str, share: int) -> Waiter:
        waiter = Waiter(share)
        try:
            displaced = self._line.join(caller, waiter)
        except Full:
            raise self._full() from None
        if displaced is not None:
            _fail(displaced, self._full())
        return waiter

    def _full(self) -> Unavailable:
        message = f"{self.waiting} requests wait for the model already. Try again in {self.pause} s."
        return Unavailable(message, retry_after=self.pause)

    def _take(self, share: int) -> None:
        self._free -= share
        self._working += 1
        self._quiet.clear()

    def _hand_on(self, share: int) -> None:
        """Give what was taken to the next callers, or keep it free."""
        self._free += share
        self._working -= 1
        self._call()
        self._settle()

    def _settle(self) -> None:
        if not self._working and not self._visits:
            self._quiet.set()

    def _call(self) -> None:
        """Call the next callers for as long as there is room for the first of them: none is overtaken."""
        while self._line:
            caller, waiter = self._line.head()
            if waiter.done():  # who left costs their caller no place in the line
                self._line.leave(caller, waiter)
                continue
            if waiter.share > self._free:
                return
            self._line.pop()
            self._take(waiter.share)
            waiter.set_result(None)


@dataclass(eq=False)
class Turn:
    """A turn, for the length of a block."""

    queue: FairQueue
    caller: str
    share: int
    started: float = 0.0

    async def __aenter__(self) -> None:
        """Wait for it."""
        await self.queue.begin(self)

    async def __aexit__(self, *_: object) -> None:
        """Hand it on."""
        self.queue.end(self)


def _fail(waiter: Waiter, error: CrispdmError) -> None:
    if not waiter.done():
        waiter.set_exception(error)
