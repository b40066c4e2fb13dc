"""Turns at work that takes a while: a few at a time, and of one person fewer, so that nobody waits behind a flood."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from jupyter_crispdm.base.budget import TALLY
from jupyter_crispdm.base.errors import TooManyRequests

from .folders import Person


class Turns:
    """Who works when: `together` at a time, `each` of one person, who may have `waiting` more."""

    def __init__(self, what: str, together: int, each: int, waiting: int) -> None:
        self._what, self._each, self._most = what, each, each + waiting
        self._together = asyncio.Semaphore(together)
        self._own: dict[str, asyncio.Semaphore] = {}
        self._here: Counter[str] = Counter()

    @asynccontextmanager
    async def of(self, person: Person) -> AsyncIterator[None]:
        """Wait for a turn, and have it. Raises TooManyRequests for one who has too many already."""
        name = person.name
        if self._here[name] >= self._most:
            TALLY.add(self._what)
            raise TooManyRequests("You have too much going on at once. Try again in a moment.", retry_after=2)
        self._here[name] += 1
        own = self._own.setdefault(name, asyncio.Semaphore(self._each))
        try:
            async with own, self._together:
                yield
        finally:
            self._here[name] -= 1
            if not self._here[name]:
                del self._here[name], self._own[name]
