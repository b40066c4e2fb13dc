"""Who may start next.

A job waits for the jobs it comes after, for the time of its next attempt, and then for its turn: the owner with the
fewest running jobs is served first, and of equals whoever came first. Within an owner it is first come, first
served. A job that does not fit lets others pass, but not for ever: one that was passed over `PATIENCE` times while
it was the first of its owner reserves what it lacks, and until it fits nobody starts who needs any of that.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush
from itertools import count
from typing import NamedTuple

from ..types import JobState
from .slots import CPUS, PLACES, Need, Slots
from .waits import TURN, cannot_fit, waits_for_jobs, waits_for_slots

PATIENCE = 10
_SAID = 20  # so many reasons are said anew in one round, however many wait

_ONE_CPU = Need()

StateOf = Callable[[str], JobState | None]


@dataclass(frozen=True)
class QueuedJob:
    """A job in the queue, what it needs, the jobs it waits for, and since when it may start (monotonic seconds)."""

    id: str
    owner: str = ""
    need: Need = _ONE_CPU
    after: tuple[str, ...] = ()
    due: float = 0.0


class Round(NamedTuple):
    """What came of one look at the queue.

    `started` are jobs with the GPUs they hold from now on, `cancelled` those that can never start, with the
    reason; both have left the queue. `waits` tells of some others what they wait for.
    """

    started: dict[str, tuple[str, ...]]
    cancelled: dict[str, str]
    waits: dict[str, str]


@dataclass(eq=False)
class _Entry:
    number: int
    job: QueuedJob
    passed: int = 0
    lacked: frozenset[str] = frozenset()  # since its patience is at an end

    @property
    def reserves(self) -> bool:
        return self.passed >= PATIENCE


@dataclass
class _Look:
    """One look at the queue as it goes on."""

    slots: Slots
    round: Round = field(default_factory=lambda: Round({}, {}, {}))
    firsts: dict[str, _Entry] = field(default_factory=dict)  # of each owner, the first that could not start
    reserved: frozenset[str] = frozenset()
    hopeless: dict[Need, frozenset[str]] = field(default_factory=dict)  # what they lack; nothing comes back meanwhile


class JobQueue:
    """The jobs that wait. It decides; whoever asks does the rest.

    Examples
    --------
    >>> queue, slots = JobQueue(), Slots(Capacity(places=1))
    >>> queue.add(QueuedJob("a"))
    >>> queue.add(QueuedJob("b"))
    >>> queue.next(slots, state_of=lambda id: None, now=0.0).started
    {'a': ()}
    """

    def __init__(self) -> None:
        self._numbers = count()
        self._entries: dict[str, _Entry] = {}
        self._held: dict[str, _Entry] = {}  # by other jobs, or until a time
        self._lines: dict[str, list[_Entry]] = {}  # of each owner, those that could start, oldest first
        self._services: dict[str, _Entry] = {}  # those that need nothing, and start at once

    def __contains__(self, id: str) -> bool:
        return id in self._entries

    def __len__(self) -> int:
        return len(self._entries)

    def add(self, job: QueuedJob) -> None:
        """Put a job at the end of the line."""
        self.remove(job.id)
        self._entries[job.id] = entry = _Entry(next(self._numbers), job)
        if job.after or job.due:
            self._held[job.id] = entry
        else:
            self._line_up(entry)

    def remove(self, id: str) -> bool:
        """Take a job out of the line; False when it was not in it."""
        entry = self._entries.pop(id, None)
        if entry is None:
            return False
        if self._held.pop(id, None) is None and self._services.pop(id, None) is None:
            line = self._lines[entry.job.owner]
            line.remove(entry)
            if not line:
                del self._lines[entry.job.owner]
        return True

    def due(self) -> float | None:
        """When the next job that waits for a time may start, or None."""
        return min((entry.job.due for entry in self._held.values() if entry.job.due), default=None)

    def waits(self, job: QueuedJob, slots: Slots, state_of: StateOf) -> str:
        """What a job that is about to be added has to wait for; empty when it may start at once."""
        return waits_for_jobs(job.after, state_of) or waits_for_slots(job.need, slots)

    def next(self, slots: Slots, state_of: StateOf, now: float) -> Round:
        """Take out the jobs that may start now, which hold their slots from then on, and those that never can.

        `state_of` tells where a job stands, None for one that is unknown (deleted, say).
        """
        look = _Look(slots)
        self._release_held(look, state_of, now)
        for entry in list(self._services.values()):
            self._begin(entry.job, look)
        if slots.free(PLACES) < 1 or slots.free(CPUS) < 1:
            return look.round
        for entry in self._patient_no_more():
            self._consider(entry, look)
        for entry in self._in_turn(look):
            if slots.free(PLACES) < 1 or slots.free(CPUS) < 1:
                break
            if not entry.reserves:
                self._consider(entry, look)
        return look.round

    def _line_up(self, entry: _Entry) -> None:
        if entry.job.need.is_nothing:
            self._services[entry.job.id] = entry
            return
        insort(self._lines.setdefault(entry.job.owner, []), entry, key=lambda other: other.number)

    def _release_held(self, look: _Look, state_of: StateOf, now: float) -> None:
        for id, entry in list(self._held.items()):
            obstacle = _obstacle(entry.job, state_of)
            if obstacle:
                self.remove(id)
                look.round.cancelled[id] = obstacle
            elif obstacle is None and entry.job.due <= now:
                del self._held[id]
                self._line_up(entry)

    def _patient_no_more(self) -> list[_Entry]:
        found = [entry for line in self._lines.values() for entry in line if entry.reserves]
        return sorted(found, key=lambda entry: entry.number)

    def _in_turn(self, look: _Look) -> Iterator[_Entry]:
        """All who could start, the owner with the fewest running jobs first; that changes as jobs start."""
        lines = {owner: list(line) for owner, line in self._lines.items()}
        heads = [(look.slots.running(owner), line[0].number, owner, 0) for owner, line in lines.items()]
        heapify(heads)
        while heads:
            _, _, owner, at = heappop(heads)
            yield lines[owner][at]
            if at + 1 < len(lines[owner]):
                following = lines[owner][at + 1]
                heappush(heads, (look.slots.running(owner), following.number, owner, at + 1))

    def _consider(self, entry: _Entry, look: _Look) -> None:
        job = entry.job
        if job.need not in look.hopeless:
            lacking = look.slots.lacking(job.need)
            if not lacking and not job.need.uses & look.reserved:
                self._begin(job, look)
                return
            if lacking:
                look.hopeless[job.need] = frozenset(lacking)
        if look.slots.excess(job.need) is None:
            look.firsts.setdefault(job.owner, entry)
            if entry.reserves:
                entry.lacked |= look.hopeless.get(job.need, frozenset())
                look.reserved |= entry.lacked
        if len(look.round.waits) < _SAID:
            look.round.waits[job.id] = _reason(job.need, look.slots)

    def _begin(self, job: QueuedJob, look: _Look) -> None:
        self.remove(job.id)
        look.round.started[job.id] = look.slots.take(job.id, job.owner, job.need)
        for entry in look.firsts.values() if job.need.places else ():
            entry.passed += 1


def _reason(need: Need, slots: Slots) -> str:
    return cannot_fit(need, slots) or waits_for_slots(need, slots) or TURN


def _obstacle(job: QueuedJob, state_of: StateOf) -> str | None:
    """None: it may start. Empty: it has to wait. Otherwise: why it never can."""
    waits = False
    for id in job.after:
        state = state_of(id)
        if state is None:
            return f"job {id}, which it waits for, was deleted"
        if state.final and state is not JobState.succeeded:
            return f"job {id}, which it waits for, ended as {state.value}"
        waits = waits or not state.final
    return "" if waits else None
