"""What a cluster says about all our jobs, asked for once and shared by everybody who follows one."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass


class Unreachable(Exception):
    """The cluster does not answer; the text says why."""


@dataclass(frozen=True)
class Standing:
    """A job that is not over: its id in the cluster, and what it waits for; None when it was started."""

    id: str
    waits: str | None = None


Listing = Mapping[str, Standing]


class ListingCache:
    """The cluster's jobs that are not over, by name, as they were at most `seconds` ago.

    Also a silence is remembered for so long: who asks for a thousand jobs must not wait a thousand times.
    """

    def __init__(self, ask: Callable[[], Awaitable[Listing]], seconds: float) -> None:
        self.seconds = seconds
        self._ask = ask
        self._asking = asyncio.Lock()
        self._asked = float("-inf")
        self._answer: Listing | Unreachable = {}

    async def get(self, after: float = float("-inf")) -> Listing:
        """The list as it was asked for later than `after`, a monotonic time. Raises Unreachable."""
        async with self._asking:
            now = time.monotonic()
            if self._asked <= max(after, now - self.seconds):
                self._answer = await self._hear()
                self._asked = now
        if isinstance(self._answer, Unreachable):
            raise Unreachable(str(self._answer))
        return self._answer

    async def find(self, name: str, after: float = float("-inf")) -> tuple[Standing | None, float]:
        """A job, if it is listed, and the monotonic time of the list. Raises Unreachable."""
        listing = await self.get(after)
        return listing.get(name), self._asked  # nobody has asked anew in between: nothing was waited for

    def expire(self) -> None:
        """Have the next one ask anew."""
        self._asked = float("-inf")

    async def _hear(self) -> Listing | Unreachable:
        try:
            return await self._ask()
        except Unreachable as error:
            return error
