"""How much each caller has under way."""

from __future__ import annotations

from collections import Counter

from jupyter_crispdm.base.errors import TooManyRequests, Unavailable

from ..settings import RequestLimits


class CallerBudgets:
    """What is under way, by caller: requests, and bytes of bodies that have arrived and are still held."""

    def __init__(self, limits: RequestLimits) -> None:
        self._limits = limits
        self._requests: Counter[str] = Counter()
        self._bytes: Counter[str] = Counter()
        self._held = 0

    def enter(self, caller: str) -> None:
        """Count a request. Raises TooManyRequests when the caller has too many under way."""
        if self._requests[caller] >= self._limits.requests_each:
            raise TooManyRequests(
                f"You have {self._limits.requests_each} requests under way; wait for an answer.", retry_after=1
            )
        self._requests[caller] += 1

    def hold(self, caller: str, size: int) -> None:
        """Count bytes that have arrived. Raises TooManyRequests, Unavailable when there is no room for them."""
        each, whole = self._limits.in_flight_each, self._limits.in_flight
        if self._bytes[caller] + size > each:
            raise TooManyRequests(f"Your requests under way are over {each:,} bytes together.", retry_after=1)
        if self._held + size > whole:
            raise Unavailable("Too much is being sent at once. Try again.", retry_after=1)
        self._bytes[caller] += size
        self._held += size

    def leave(self, caller: str, held: int) -> None:
        """A request is over, and what it held is given back."""
        self._requests[caller] -= 1
        self._bytes[caller] -= held
        self._held -= held
        if not self._requests[caller]:
            del self._requests[caller], self._bytes[caller]
