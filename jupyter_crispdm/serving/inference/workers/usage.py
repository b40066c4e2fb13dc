"""What the workers take of the machine, and who gives way when there is no room for all of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import psutil


@dataclass(frozen=True)
class Usage:
    """What the processes of a deployment take: percent of one core since the last look, and bytes."""

    cpu_percent: float
    memory_bytes: int


class Meter:
    """Measures processes; to be used by one thread at a time."""

    def __init__(self) -> None:
        self._known: dict[int, psutil.Process] = {}

    def measure(self, pids: Mapping[str, Sequence[int]]) -> dict[str, Usage]:
        """What each deployment's processes take; those that have just ended take nothing."""
        asked = {pid for mine in pids.values() for pid in mine}
        self._known = {pid: process for pid, process in self._known.items() if pid in asked}
        return {id: _sum(self._of(pid) for pid in mine) for id, mine in pids.items() if mine}

    def _of(self, pid: int) -> Usage:
        try:
            process = self._known.get(pid) or psutil.Process(pid)
            self._known[pid] = process
            return Usage(process.cpu_percent(None), process.memory_info().rss)
        except psutil.Error:
            return Usage(0.0, 0)


@dataclass(frozen=True)
class Resident:
    """A deployment in memory: what it takes, since when nobody used it, and whether it may be put to rest."""

    id: str
    memory_bytes: int
    used: float
    is_free: bool


def make_room(residents: Sequence[Resident], need: int, most: int) -> list[str] | None:
    """Who is put to rest so that `need` bytes more fit into `most`: who was used longest ago first.

    None when they would not fit even then.
    """
    free = most - need - sum(one.memory_bytes for one in residents)
    resting: list[str] = []
    for one in sorted((one for one in residents if one.is_free), key=lambda one: one.used):
        if free >= 0:
            break
        free += one.memory_bytes
        resting.append(one.id)
    return resting if free >= 0 else None


def _sum(usages: Iterable[Usage]) -> Usage:
    every = list(usages)
    return Usage(round(sum(one.cpu_percent for one in every), 1), sum(one.memory_bytes for one in every))
