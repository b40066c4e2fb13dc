"""The fair lock as a state machine: who holds a lease, and who waits in which order. No waiting, no clock.

Times are seconds of one clock that never goes backwards; they are handed in. Who waits asks again and again: those
who were not heard of for `PATIENCE` seconds have lost their place.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field, replace

PATIENCE = 5.0
"""Seconds for which somebody who waits keeps their place without a word."""


@dataclass(frozen=True)
class Holder:
    """Who asks for a lock: the person, and which session of theirs."""

    by: str
    session: str = ""


@dataclass(frozen=True)
class Lease:
    """A lock that is held until `ends`."""

    id: str
    holder: Holder
    ends: float


@dataclass
class Queue:
    """The lock of one key."""

    lease: Lease | None = None
    waiting: OrderedDict[str, float] = field(default_factory=OrderedDict)  # ticket: until when it keeps its place


class Leases:
    """The locks of all keys."""

    def __init__(self) -> None:
        self._queues: dict[str, Queue] = {}

    def ask(self, key: str, ticket: str, holder: Holder, seconds: float, now: float) -> Lease | None:
        """The lock, if it is free and the ticket is first in line; its id is the ticket then. Else a place in line."""
        queue = self._queues.setdefault(key, Queue())
        self._settle(queue, now)
        if queue.lease is not None and queue.lease.id == ticket:
            return queue.lease
        queue.waiting[ticket] = now + PATIENCE
        if queue.lease is not None or next(iter(queue.waiting)) != ticket:
            return None
        del queue.waiting[ticket]
        queue.lease = Lease(ticket, holder, now + seconds)
        return queue.lease

    def leave(self, key: str, ticket: str, now: float) -> None:
        """Wait no more; a lock that came meanwhile is free."""
        queue = self._queues.get(key)
        if queue is not None:
            queue.waiting.pop(ticket, None)
            if queue.lease is not None and queue.lease.id == ticket:
                queue.lease = None
            self._drop(key, now)

    def renew(self, key: str, id: str, seconds: float, now: float) -> Lease | None:
        """Hold a lock for so long from now on; None when it is held no longer."""
        queue = self._queues.get(key)
        held = self.held(key, now)
        if queue is None or held is None or held.id != id:
            return None
        queue.lease = replace(held, ends=now + seconds)
        return queue.lease

    def free(self, key: str, id: str, now: float) -> bool:
        """Give a lock back; whether it was held."""
        held = self.held(key, now)
        if held is None or held.id != id:
            return False
        self._queues[key].lease = None
        self._drop(key, now)
        return True

    def held(self, key: str, now: float) -> Lease | None:
        """Who has the lock."""
        queue = self._queues.get(key)
        if queue is None:
            return None
        self._settle(queue, now)
        return queue.lease

    def is_held(self, key: str, id: str, now: float) -> bool:
        """Whether a lock is held still. It changes nothing, so that any thread may ask."""
        queue = self._queues.get(key)
        lease = queue.lease if queue else None
        return lease is not None and lease.id == id and now < lease.ends

    def first(self, key: str, now: float) -> str | None:
        """Whose turn it is when the lock is free: the first in line."""
        queue = self._queues.get(key)
        if queue is None:
            return None
        self._settle(queue, now)
        return next(iter(queue.waiting), None)

    def restore(self, key: str, lease: Lease) -> None:
        """Take up a lease of a server that ran before."""
        self._queues.setdefault(key, Queue()).lease = lease

    def keys(self) -> list[str]:
        """The keys whose lock somebody has or wants, or had when they were last heard of."""
        return list(self._queues)

    def forget(self, now: float) -> list[str]:
        """Forget the locks that lapsed and that nobody waits for; their keys."""
        return [key for key in self.keys() if self._drop(key, now)]

    def _settle(self, queue: Queue, now: float) -> None:
        """Take the lock from who let it lapse, and their places from who said nothing."""
        if queue.lease is not None and queue.lease.ends <= now:
            queue.lease = None
        for ticket in [ticket for ticket, until in queue.waiting.items() if until <= now]:
            del queue.waiting[ticket]

    def _drop(self, key: str, now: float) -> bool:
        """Forget the lock of a key unless somebody has or wants it; whether it is forgotten."""
        queue = self._queues[key]
        self._settle(queue, now)
        if queue.lease is None and not queue.waiting:
            del self._queues[key]
        return key not in self._queues
