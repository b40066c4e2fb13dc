"""Budgets of callers: what one may use in a time, counted by a clock that is handed in."""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from .clock import Clock

_T = TypeVar("_T")


class TokenBucket:
    """Holds up to `burst` tokens and gains `rate` of them a second; who takes more than there is must wait."""

    def __init__(self, rate: float, burst: float, clock: Clock) -> None:
        self._rate, self._burst, self._clock = rate, burst, clock
        self._tokens, self._looked = burst, clock.monotonic()

    def take(self, amount: float = 1.0) -> float:
        """Take tokens, and say how many seconds the taker must wait before it goes on; 0 within the budget."""
        self._gain()
        self._tokens -= amount
        return max(0.0, -self._tokens / self._rate)

    def try_take(self, amount: float = 1.0) -> bool:
        """Take tokens if there are so many; whether there were."""
        self._gain()
        if self._tokens < amount:
            return False
        self._tokens -= amount
        return True

    def _gain(self) -> None:
        now = self._clock.monotonic()
        self._tokens = min(self._burst, self._tokens + (now - self._looked) * self._rate)
        self._looked = now


@dataclass(frozen=True)
class Pace:
    """The least speed at which something must arrive: `grace` seconds for nothing, then `rate` units a second."""

    rate: float
    grace: float

    def is_slow(self, arrived: float, seconds: float) -> bool:
        """Whether so much in so many seconds is too little."""
        return seconds > self.grace + arrived / self.rate


class Shared(Generic[_T]):
    """One budget a caller, for all connections of that caller, also those to come: who leaves and comes again finds
    the same. The callers seen longest ago are forgotten."""

    def __init__(self, make: Callable[[], _T], most: int = 10_000) -> None:
        self._make, self._most = make, most
        self._known: OrderedDict[Hashable, _T] = OrderedDict()

    def of(self, caller: Hashable) -> _T:
        """The budget of a caller."""
        if caller not in self._known:
            self._known[caller] = self._make()
        self._known.move_to_end(caller)
        while len(self._known) > self._most:
            self._known.popitem(last=False)
        return self._known[caller]


@dataclass
class Tally:
    """How often callers were slowed or refused since the server started, by what was limited."""

    counts: Counter[str] = field(default_factory=Counter)

    def add(self, what: str, amount: int = 1) -> None:
        """Count."""
        self.counts[what] += amount

    def told(self) -> dict[str, int]:
        """The counts, for health's details."""
        return dict(sorted(self.counts.items()))


#: The one tally of this process.
TALLY = Tally()
