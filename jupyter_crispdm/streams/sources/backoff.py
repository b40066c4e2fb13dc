"""Pauses before another try: short at first, doubling, and not the same for everybody."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable

FIRST, LONGEST = 0.5, 15.0


class Backoff:
    """Waits longer with each failure. After a success, `reset` has it begin anew."""

    def __init__(
        self, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep, chance: Callable[[], float] = random.random
    ) -> None:
        self._sleep = sleep
        self._chance = chance
        self._next = FIRST

    async def pause(self) -> None:
        """Wait, between half of what it is the turn of and all of it."""
        pause, self._next = self._next, min(2 * self._next, LONGEST)
        await self._sleep(pause * (0.5 + self._chance() / 2))

    def reset(self) -> None:
        """All went well."""
        self._next = FIRST
