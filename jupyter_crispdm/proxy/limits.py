"""How much callers may have passed on."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing, contextmanager

from jupyter_crispdm.base.budget import TALLY, Shared, TokenBucket
from jupyter_crispdm.base.clock import Clock
from jupyter_crispdm.base.errors import TooLarge, TooManyRequests

from .errors import UpstreamTimeout

_AT_ONCE = 8
_A_SECOND, _BURST = 1.0, 20.0
_BYTES_A_SECOND = 8 * 2**20


class ProxyLimits:
    """Requests of a caller at once and in time, bytes in time, and for each answer bytes and seconds."""

    def __init__(self, seconds: float, most: int, clock: Clock) -> None:
        self._seconds, self._most, self._clock = seconds, most, clock
        self._under_way: Counter[str] = Counter()
        self._requests = Shared(lambda: TokenBucket(_A_SECOND, _BURST, clock))
        self._bytes = Shared(lambda: TokenBucket(_BYTES_A_SECOND, 2 * _BYTES_A_SECOND, clock))

    @contextmanager
    def turn(self, caller: str) -> Iterator[None]:
        """Count a request for as long as it lasts. Raises TooManyRequests."""
        if self._under_way[caller] >= _AT_ONCE:
            raise TooManyRequests(f"You have {_AT_ONCE} upstreams open; close one.", retry_after=1)
        if not self._requests.of(caller).try_take():
            TALLY.add("upstreams refused")
            raise TooManyRequests("You ask upstreams too often; wait a moment.", retry_after=1)
        self._under_way[caller] += 1
        try:
            yield
        finally:
            self._under_way[caller] -= 1
            if not self._under_way[caller]:
                del self._under_way[caller]

    async def within(self, caller: str, pieces: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
        """An answer's pieces, slowed where there are too many. Raises TooLarge, UpstreamTimeout."""
        async with aclosing(pieces):
            async for piece in self._counted(caller, pieces):
                yield piece

    async def _counted(self, caller: str, pieces: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
        ends, left = self._clock.monotonic() + self._seconds, self._most
        async for piece in pieces:
            left -= len(piece)
            if left < 0:
                raise TooLarge(f"The upstream sends more than {self._most:,} bytes.", limit=self._most)
            if self._clock.monotonic() > ends:
                raise UpstreamTimeout(f"The upstream goes on for longer than {self._seconds:g} s.")
            wait = self._bytes.of(caller).take(len(piece))
            if wait > 0:
                TALLY.add("upstreams slowed")
                await asyncio.sleep(wait)
            yield piece
