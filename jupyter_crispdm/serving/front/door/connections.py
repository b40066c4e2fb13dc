"""Who is connected: how many of each caller, who makes no headway, and who gives way when there is no room left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum

from jupyter_crispdm.base.clock import Clock

from ..settings import Patience


class Stage(IntEnum):
    """What a connection is at; those who are at less give way first."""

    resting = 0
    headers = 1
    body = 2
    working = 3


@dataclass(eq=False)
class Visit:
    """A connection as long as it lasts."""

    caller: str
    drop: Callable[[], None]
    unsent: Callable[[], int]
    since: float
    stage: Stage = Stage.headers
    left: int = field(default=0)
    """Bytes of an answer that had not been taken when it was last looked at."""


class Connections:
    """Every connection of the front."""

    def __init__(self, patience: Patience, clock: Clock) -> None:
        self._patience, self._clock = patience, clock
        self._visits: set[Visit] = set()

    def __len__(self) -> int:
        return len(self._visits)

    def admit(self, caller: str, drop: Callable[[], None], unsent: Callable[[], int]) -> Visit | None:
        """Let a connection in; one that only sits there gives way. None when all that are there are at work."""
        counts = Counter(visit.caller for visit in self._visits)
        full = len(self._visits) >= self._patience.connections
        if full or counts[caller] >= self._patience.connections_each:
            most = counts.most_common(1)[0][0] if full else caller
            if not self._make_room(most):
                return None
        visit = Visit(caller, drop, unsent, self._clock.monotonic())
        self._visits.add(visit)
        return visit

    def reach(self, visit: Visit, stage: Stage) -> None:
        """Note what a connection is at now."""
        if visit.stage is not stage:
            visit.stage, visit.since = stage, self._clock.monotonic()

    def leave(self, visit: Visit) -> None:
        """Forget a connection that is gone."""
        self._visits.discard(visit)

    def sweep(self) -> None:
        """Drop who is too slow: with the headers, or with taking the answer."""
        now = self._clock.monotonic()
        for visit in [visit for visit in self._visits if self._is_stuck(visit, now)]:
            self._drop(visit)

    def _is_stuck(self, visit: Visit, now: float) -> bool:
        unsent = visit.unsent()
        if unsent:
            if not visit.left or unsent < visit.left:
                visit.left, visit.since = unsent, now
            return now - visit.since > self._patience.answer
        visit.left = 0
        return visit.stage is Stage.headers and now - visit.since > self._patience.headers

    def _make_room(self, caller: str) -> bool:
        idle = [visit for visit in self._visits if visit.caller == caller and visit.stage < Stage.working]
        if not idle:
            return False
        self._drop(min(idle, key=lambda visit: (visit.stage, visit.since)))
        return True

    def _drop(self, visit: Visit) -> None:
        self._visits.discard(visit)
        visit.drop()


class Pace:
    """How long one may be waited for: a pause uses patience up, bytes that arrive bring it back, never above the start.

    So whoever sends at least at the rate may take as long as the whole needs, and nobody may stall for long.
    """

    def __init__(self, patience: Patience, clock: Clock) -> None:
        self._patience, self._clock = patience, clock
        self.left = patience.body
        self._asked = clock.monotonic()

    def wait(self) -> float:
        """Begin to wait, and say for how many seconds at most."""
        self._asked = self._clock.monotonic()
        return max(0.0, self.left)

    def came(self, size: int) -> None:
        """Something came."""
        waited = self._clock.monotonic() - self._asked
        self.left = min(self._patience.body, self.left - waited + size / self._patience.rate)
