"""Who is connected: how many of each caller, who makes no headway, and who gives way when there is no room left."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum

from jupyter_crispdm.base.clock import AttentiveClock, Clock

from ..settings import ConnectionLimits

_LONGEST_LOOK = 2.0


class ConnectionStage(IntEnum):
    """What a connection is at; those who are at less give way first."""

    refused = 0
    resting = 1
    headers = 2
    body = 3
    working = 4


@dataclass(eq=False)
class Connection:
    """A connection as long as it lasts."""

    caller: str
    drop: Callable[[], None]
    unsent: Callable[[], int]
    since: float
    stage: ConnectionStage = ConnectionStage.headers
    left: int = field(default=0)
    """Bytes of an answer that had not been taken when it was last looked at."""

    pace: Pace | None = None
    """How long is waited for the rest of a body that nothing else waits for."""

    too_slow: Callable[[], None] = lambda: None


class Connections:
    """Every connection of the inference server."""

    def __init__(self, connection_limits: ConnectionLimits, clock: Clock) -> None:
        self._connection_limits = connection_limits
        self.clock = AttentiveClock(clock, _LONGEST_LOOK)
        self._patience = {
            ConnectionStage.refused: connection_limits.linger,
            ConnectionStage.resting: connection_limits.rest,
            ConnectionStage.headers: connection_limits.headers,
        }
        self._open: set[Connection] = set()

    def __len__(self) -> int:
        return len(self._open)

    def admit(self, caller: str, drop: Callable[[], None], unsent: Callable[[], int]) -> Connection | None:
        """Let a connection in; one that only sits there gives way. None when all that are there are at work."""
        counts = Counter(connection.caller for connection in self._open)
        full = len(self._open) >= self._connection_limits.connections
        if full or counts[caller] >= self._connection_limits.connections_each:
            most = counts.most_common(1)[0][0] if full else caller
            if not self._make_room(most):
                return None
        connection = Connection(caller, drop, unsent, self.clock.monotonic())
        self._open.add(connection)
        return connection

    def reach(self, connection: Connection, stage: ConnectionStage) -> None:
        """Note what a connection is at now."""
        if connection.stage is not stage:
            connection.stage, connection.since = stage, self.clock.monotonic()

    def follow(self, connection: Connection, came: int, too_slow: Callable[[], None]) -> None:
        """Note that so many bytes of a body came, and that more are waited for; `too_slow` when they do not come."""
        if connection.pace is None:
            connection.pace, connection.too_slow = Pace(self._connection_limits, self.clock), too_slow
        else:
            connection.pace.came(came)
        connection.pace.wait()

    def leave(self, connection: Connection) -> None:
        """Forget a connection that is gone."""
        self._open.discard(connection)

    def sweep(self) -> None:
        """Drop who is too slow: with the headers, with the body, or with taking the answer; not for our own stalls."""
        self.clock.look()
        now = self.clock.monotonic()
        for connection in [one for one in self._open if one.pace is not None and one.pace.is_over]:
            connection.pace = None
            connection.too_slow()
        for connection in [connection for connection in self._open if self._is_stuck(connection, now)]:
            self._drop(connection)

    def _is_stuck(self, connection: Connection, now: float) -> bool:
        unsent = connection.unsent()
        if unsent:
            if not connection.left or unsent < connection.left:
                connection.left, connection.since = unsent, now
            return now - connection.since > self._connection_limits.answer
        connection.left = 0
        return now - connection.since > self._patience.get(connection.stage, math.inf)

    def _make_room(self, caller: str) -> bool:
        idle = [
            connection
            for connection in self._open
            if connection.caller == caller and connection.stage < ConnectionStage.working
        ]
        if not idle:
            return False
        self._drop(min(idle, key=lambda connection: (connection.stage, connection.since)))
        return True

    def _drop(self, connection: Connection) -> None:
        self._open.discard(connection)
        connection.drop()


class Pace:
    """How long one may be waited for: a pause uses patience up, bytes that arrive bring it back, never above the start.

    So whoever sends at least at the rate may take as long as the whole needs, and nobody may stall for long.
    """

    def __init__(self, connection_limits: ConnectionLimits, clock: Clock) -> None:
        self._connection_limits, self._clock = connection_limits, clock
        self.left = connection_limits.body
        self._asked = clock.monotonic()

    def wait(self) -> float:
        """Begin to wait, and say for how many seconds at most."""
        self._asked = self._clock.monotonic()
        return max(0.0, self.left)

    @property
    def is_over(self) -> bool:
        """Whether nothing came for too long since the wait began."""
        return self._clock.monotonic() - self._asked > self.left

    def came(self, size: int) -> None:
        """Something came."""
        waited = self._clock.monotonic() - self._asked
        self.left = min(self._connection_limits.body, self.left - waited + size / self._connection_limits.rate)
