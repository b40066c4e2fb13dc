"""How much there may be of shared values, and how often one caller may change them."""

from __future__ import annotations

import asyncio

from jupyter_crispdm.base.budget import TALLY, Shared, TokenBucket
from jupyter_crispdm.base.clock import Clock
from jupyter_crispdm.base.errors import TooManyRequests

from .entries import Limits
from .settings import StateSettings

_BYTES_OF_ONE = 64 * 1024
_LONGEST_WAIT = 2.0


def limits_of(settings: StateSettings) -> Limits:
    """The limits that whoever runs the server has set."""
    return Limits(
        keys=settings.state_keys, value=settings.state_value_bytes, content=settings.state_content_bytes,
        total=settings.state_total_bytes,
    )  # fmt: skip


class Budgets:
    """A budget of changes for each caller: who makes too many is slowed, and then refused."""

    def __init__(self, rate: int | None, clock: Clock) -> None:
        self._rate = rate
        self._budgets = Shared(lambda: TokenBucket(rate or 1, 2 * (rate or 1), clock))

    async def spend(self, caller: str, size: int = 0) -> None:
        """Pay for one change, and for its bytes. Raises TooManyRequests."""
        if self._rate is None:
            return
        budget, cost = self._budgets.of(caller), 1 + size / _BYTES_OF_ONE
        wait = budget.take(cost)
        if wait > _LONGEST_WAIT:
            budget.take(-cost)
            TALLY.add("state changes refused")
            raise TooManyRequests("You change shared values faster than the server allows.", retry_after=1)
        if wait > 0:
            TALLY.add("state changes slowed")
            await asyncio.sleep(wait)
