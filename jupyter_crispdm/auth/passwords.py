"""Passwords: argon2 hashes made off the event loop, the known before strangers."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from enum import IntEnum
from itertools import count
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from jupyter_crispdm.base.clock import Clock, SystemClock
from jupyter_crispdm.base.errors import BadRequest, Unavailable

_T = TypeVar("_T")
LONGEST = 1024
_THREADS = 2


class Priority(IntEnum):
    """Who is asked first when many wait."""

    PROVEN = 0  # a user who has logged in from this address before
    USER = 1
    STRANGER = 2


_WAITING = {Priority.PROVEN: 256, Priority.USER: 256, Priority.STRANGER: 32}


class Passwords:
    """Hashes and checks passwords in threads of its own, so that a flood of logins slows nobody else."""

    def __init__(
        self, hasher: PasswordHasher | None = None, shortest: int = 8, *, clock: Clock | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._hasher = hasher or PasswordHasher()
        self._shortest = shortest
        self._clock, self._sleep = clock or SystemClock(), sleep
        self._queue = _Queue()
        began = self._clock.monotonic()
        self._nobody = self._hasher.hash("the password of nobody")
        self._takes = self._clock.monotonic() - began

    async def hash(self, password: str) -> str:
        """The hash to store. Raises BadRequest for a password that cannot be used."""
        self._require_usable(password)
        return await self._queue.run(Priority.PROVEN, self._hasher.hash, password)

    async def matches(self, stored: str | None, password: str, priority: Priority = Priority.USER) -> bool:
        """Whether the password belongs to the stored hash; None (no such user) takes the same time.

        Raises Unavailable when too many of the same kind wait.
        """
        if len(password) > LONGEST:
            return False
        began = self._clock.monotonic()
        right = await self._queue.run(priority, self._verify, stored or self._nobody, password)
        if stored is not None:
            self._takes += (self._clock.monotonic() - began - self._takes) / 4
        return right and stored is not None

    async def pretend(self) -> bool:
        """Take the time of a check without its cost, for a name that nobody has; False."""
        await self._sleep(self._takes)
        return False

    def is_full(self, priority: Priority) -> bool:
        """Whether too many of this kind wait."""
        return self._queue.is_full(priority)

    def outdated(self, stored: str) -> bool:
        """Whether the hash was made with weaker settings than today's."""
        return self._hasher.check_needs_rehash(stored)

    def close(self) -> None:
        """Let the threads go."""
        self._queue.close()

    def _require_usable(self, password: str) -> None:
        if not self._shortest <= len(password) <= LONGEST:
            raise BadRequest(
                f"'password' must have {self._shortest} to {LONGEST} characters.", field="password")
        if not password.isprintable():
            raise BadRequest("'password' must not contain control characters.", field="password")

    def _verify(self, stored: str, password: str) -> bool:
        try:
            return self._hasher.verify(stored, password)
        except (VerificationError, InvalidHashError):
            return False


class _Queue:
    """Threads, and who waits for one: the known before strangers, and each kind in the order of coming."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(_THREADS, "crispdm-password")
        self._free = _THREADS
        self._waiting: list[tuple[Priority, int, asyncio.Future[None]]] = []
        self._order = count()

    def is_full(self, priority: Priority) -> bool:
        return sum(waits[0] is priority for waits in self._waiting) >= _WAITING[priority]

    async def run(self, priority: Priority, function: Callable[..., _T], *args: str) -> _T:
        await self._turn(priority)
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, function, *args)
        finally:
            self._next()

    async def _turn(self, priority: Priority) -> None:
        if self._free:
            self._free -= 1
            return
        if self.is_full(priority):
            raise Unavailable("Too many people are logging in. Try again in a few seconds.", retry_after=5)
        mine: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        entry = (priority, next(self._order), mine)
        heapq.heappush(self._waiting, entry)
        try:
            await mine
        except asyncio.CancelledError:
            if mine.done() and not mine.cancelled():
                self._next()  # our turn had come already
            else:
                self._waiting.remove(entry)
                heapq.heapify(self._waiting)
            raise

    def _next(self) -> None:
        while self._waiting:
            *_, other = heapq.heappop(self._waiting)
            if not other.done():
                other.set_result(None)
                return
        self._free += 1

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
