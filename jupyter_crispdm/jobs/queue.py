"""Who may start next: first come, first served, within `max_running`, after the jobs it waits for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .types import JobState


@dataclass(frozen=True)
class Waiting:
    """A job in the queue and the jobs it waits for."""

    id: str
    after: tuple[str, ...] = ()


@dataclass(frozen=True)
class Decision:
    """A job that leaves the queue: it starts, or it is cancelled for a reason."""

    id: str
    cancelled: str = ""


class JobQueue:
    """A first-in-first-out line; a job that waits for others lets those behind it pass.

    Examples
    --------
    >>> queue = JobQueue(max_running=1)
    >>> queue.add(Waiting("a"))
    >>> queue.add(Waiting("b"))
    >>> queue.next(running=0, state_of=lambda id: None)
    [Decision(id='a', cancelled='')]
    """

    def __init__(self, max_running: int) -> None:
        self.max_running = max_running
        self._waiting: dict[str, Waiting] = {}

    def __contains__(self, id: str) -> bool:
        return id in self._waiting

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, job: Waiting) -> None:
        """Put a job at the end of the line."""
        self._waiting[job.id] = job

    def remove(self, id: str) -> bool:
        """Take a job out of the line; False when it was not in it."""
        return self._waiting.pop(id, None) is not None

    def next(self, running: int, state_of: Callable[[str], JobState | None]) -> list[Decision]:
        """Take out the jobs that may start now, and those that never can.

        `state_of` tells where a job stands, None for one that is unknown (deleted, say).
        """
        decisions: list[Decision] = []
        free = self.max_running - running
        for job in list(self._waiting.values()):
            obstacle = _obstacle(job, state_of)
            if obstacle is None and free <= 0:
                continue
            if obstacle is not None and not obstacle:
                continue
            free -= 0 if obstacle else 1
            del self._waiting[job.id]
            decisions.append(Decision(job.id, obstacle or ""))
        return decisions


def _obstacle(job: Waiting, state_of: Callable[[str], JobState | None]) -> str | None:
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
