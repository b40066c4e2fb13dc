"""Messages that are on their way, so few at once that there is room for them whatever their size.

gRPC hands a message over when it is whole, and says nothing before: so each is taken for as large as it may be.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator

import anyio

from jupyter_crispdm.base.errors import BadRequest, Unavailable

from ..errors import TooSlow
from ..settings import ConnectionLimits, RequestLimits


class Arrivals:
    """Takes messages in: each caller few at once, and all of them together not many."""

    def __init__(self, limits: RequestLimits, connection_limits: ConnectionLimits) -> None:
        self._seconds = connection_limits.answer
        self._each = max(1, limits.in_flight_each // limits.body)
        self._room = asyncio.Semaphore(max(1, limits.in_flight // limits.body))
        self._own: dict[str, asyncio.Semaphore] = {}
        self._users: Counter[str] = Counter()

    async def take(self, caller: str, messages: AsyncIterator[bytes]) -> bytes:
        """The message of a call. Raises BadRequest where there is none, TooSlow, Unavailable."""
        own = self._own.setdefault(caller, asyncio.Semaphore(self._each))
        self._users[caller] += 1
        waiting = True
        try:
            with anyio.fail_after(self._seconds):
                async with own, self._room:
                    waiting = False
                    async for message in messages:
                        return message
        except TimeoutError:
            if waiting:
                raise Unavailable("Too much is being sent at once. Try again.", retry_after=1) from None
            raise TooSlow(f"The message does not come: it must be here within {self._seconds:g} s.") from None
        finally:
            self._users[caller] -= 1
            if not self._users[caller]:
                del self._users[caller], self._own[caller]
        raise BadRequest("The call has no message.")
