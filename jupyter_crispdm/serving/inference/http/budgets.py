"""How much each caller has under way."""

from __future__ import annotations

from jupyter_crispdm.base.errors import TooManyRequests, Unavailable

from ..settings import RequestLimits


class _Account:
    """What one caller has under way."""

    __slots__ = ("held", "requests")

    def __init__(self) -> None:
        self.requests = self.held = 0


class CallerBudgets:
    """What is under way, by caller: requests, and bytes of bodies that have arrived and are still held."""

    def __init__(self, limits: RequestLimits) -> None:
        self._limits = limits
        self._accounts: dict[str, _Account] = {}
        self._held = 0

    @property
    def is_quiet(self) -> bool:
        """Whether nothing is under way."""
        return not self._accounts and not self._held

    def enter(self, caller: str) -> None:
        """Count a request. Raises TooManyRequests when the caller has too many under way."""
        account = self._accounts.get(caller)
        if account is None:
            account = self._accounts[caller] = _Account()
        if account.requests >= self._limits.requests_each:
            raise TooManyRequests(
                f"You have {self._limits.requests_each} requests under way; wait for an answer.", retry_after=1
            )
        account.requests += 1

    def hold(self, caller: str, size: int) -> None:
        """Count bytes that have arrived. Raises TooManyRequests, Unavailable when there is no room for them."""
        account, each = self._accounts[caller], self._limits.in_flight_each
        if account.held + size > each:
            raise TooManyRequests(f"Your requests under way are over {each:,} bytes together.", retry_after=1)
        if self._held + size > self._limits.in_flight:
            raise Unavailable("Too much is being sent at once. Try again.", retry_after=1)
        account.held += size
        self._held += size

    def leave(self, caller: str, held: int) -> None:
        """A request is over, and what it held is given back."""
        account = self._accounts[caller]
        account.requests -= 1
        account.held -= held
        self._held -= held
        if not account.requests:
            del self._accounts[caller]
