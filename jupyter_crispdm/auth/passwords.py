"""Passwords: argon2 hashes made off the event loop, and a limit on tries."""

from __future__ import annotations

import asyncio
import math
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from jupyter_crispdm.base.clock import Clock
from jupyter_crispdm.base.errors import BadRequest, TooManyRequests, Unavailable

_T = TypeVar("_T")
_LONGEST = 1024
_THREADS = 2
_WAITING = 32
_REMEMBERED_NAMES = 10_000


class Passwords:
    """Hashes and checks passwords in threads of its own, so that a flood of logins slows nobody else."""

    def __init__(self, hasher: PasswordHasher | None = None, shortest: int = 8) -> None:
        self._hasher = hasher or PasswordHasher()
        self._shortest = shortest
        self._threads = ThreadPoolExecutor(_THREADS, "crispdm-password")
        self._waiting = 0
        self._nobody = self._hasher.hash("the password of nobody")

    async def hash(self, password: str) -> str:
        """The hash to store. Raises BadRequest for a password that cannot be used."""
        self._require_usable(password)
        return await self._in_thread(self._hasher.hash, password)

    async def matches(self, stored: str | None, password: str) -> bool:
        """Whether the password belongs to the stored hash; None (no such user) takes the same time."""
        if len(password) > _LONGEST:
            return False
        return await self._in_thread(self._verify, stored or self._nobody, password) and stored is not None

    def outdated(self, stored: str) -> bool:
        """Whether the hash was made with weaker settings than today's."""
        return self._hasher.check_needs_rehash(stored)

    def close(self) -> None:
        """Let the threads go."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _require_usable(self, password: str) -> None:
        if not self._shortest <= len(password) <= _LONGEST:
            raise BadRequest(
                f"'password' must have {self._shortest} to {_LONGEST} characters.", field="password")
        if not password.isprintable():
            raise BadRequest("'password' must not contain control characters.", field="password")

    def _verify(self, stored: str, password: str) -> bool:
        try:
            return self._hasher.verify(stored, password)
        except (VerificationError, InvalidHashError):
            return False

    async def _in_thread(self, function: Callable[..., _T], *args: str) -> _T:
        if self._waiting >= _WAITING:
            raise Unavailable("Too many people are logging in. Try again in a few seconds.", retry_after=5)
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, function, *args)
        finally:
            self._waiting -= 1


class Throttle:
    """At most so many failed tries in a time for each name; a try counts before it is checked."""

    def __init__(self, clock: Clock, tries: int = 5, seconds: float = 300) -> None:
        self._clock = clock
        self._tries = tries
        self._seconds = seconds
        self._times: OrderedDict[str, list[float]] = OrderedDict()

    def count(self, name: str) -> None:
        """Count a try. Raises TooManyRequests, with `retry_after` seconds, when there were too many."""
        now = self._clock.monotonic()
        recent = [time for time in self._times.pop(name, []) if now - time < self._seconds]
        self._times[name] = recent
        if len(recent) >= self._tries:
            wait = math.ceil(self._seconds - (now - recent[0]))
            raise TooManyRequests(f"Too many tries. Wait {wait} seconds.", retry_after=wait)
        recent.append(now)
        while len(self._times) > _REMEMBERED_NAMES:
            self._times.popitem(last=False)

    def forget(self, name: str) -> None:
        """Start anew after a success."""
        self._times.pop(name, None)
