"""What process trees use, measured in one pass over the machine's processes."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from jupyter_crispdm.worker.processes.usage import share

from ..types import Resources

_K = TypeVar("_K", bound=Hashable)
_TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
_MOST_OF_OUR_TIME = 0.03


@dataclass(frozen=True)
class Root:
    """Where a tree begins; the supervisor itself is left out of the sum, all below it counts."""

    pid: int
    counted: bool


class _Process(NamedTuple):
    pid: int
    parent: int
    used: int  # ticks, its own
    waited: int  # ticks of children that it has seen end
    start: int


class ResourceSampler:
    """CPU and memory of trees. CPU is what was used since the last sample, so the first one says 0.

    Memory is the proportional share (PSS), for which the kernel walks through all pages: with many or large
    processes a sample is costly. So it measures its own cost and until it may afford the next sample it repeats the
    last one. Not thread-safe: one caller at a time. It reads /proc, so call it in a thread.
    """

    def __init__(self, cost: Callable[[], float] = time.thread_time) -> None:
        self._cost = cost
        self._last: dict[Hashable, tuple[int, float, int]] = {}  # start of the root, time, ticks
        self._usage: dict[Hashable, Resources] = {}
        self._resting_until = float("-inf")

    def sample(self, roots: Mapping[_K, Root], now: float) -> dict[_K, Resources]:
        """The use of each tree; trees that are gone are left out. `now` is a monotonic time."""
        if now >= self._resting_until:
            began = self._cost()
            self._measure(roots, now)
            self._resting_until = now + (self._cost() - began) / _MOST_OF_OUR_TIME
        return {key: self._usage[key] for key in roots if key in self._usage}

    def _measure(self, roots: Mapping[_K, Root], now: float) -> None:
        table = _table()
        children: dict[int, list[_Process]] = {}
        for one in table.values():
            children.setdefault(one.parent, []).append(one)
        latest: dict[Hashable, tuple[int, float, int]] = {}
        usage: dict[Hashable, Resources] = {}
        for key, root in roots.items():
            top = table.get(root.pid)
            members = [] if top is None else _tree(top, root.counted, children)
            if top is not None and members:
                ticks = sum(one.used + one.waited for one in members) + (0 if root.counted else top.waited)
                latest[key] = (top.start, now, ticks)
                percent = _percent(self._last.get(key), latest[key])
                usage[key] = Resources(cpu_percent=percent, memory_bytes=sum(share(one.pid) for one in members))
        self._last, self._usage = latest, usage


def _percent(before: tuple[int, float, int] | None, after: tuple[int, float, int]) -> float:
    if before is None or before[0] != after[0] or after[1] <= before[1]:
        return 0.0
    seconds = max(0, after[2] - before[2]) / _TICKS_PER_SECOND  # less when the ticks of an ended one went nowhere
    return round(100 * seconds / (after[1] - before[1]), 1)


def _tree(top: _Process, counted: bool, children: Mapping[int, Iterable[_Process]]) -> list[_Process]:
    found = [top] if counted else []
    waiting = [top.pid]
    while waiting:
        below = list(children.get(waiting.pop(), ()))
        waiting += [one.pid for one in below]
        found += below
    return found


def _table() -> dict[int, _Process]:
    found = (_process(name) for name in os.listdir("/proc") if name.isdigit())
    return {one.pid: one for one in found if one is not None}


def _process(pid: str) -> _Process | None:
    try:
        descriptor = os.open(f"/proc/{pid}/stat", os.O_RDONLY | os.O_CLOEXEC)  # open() would cost twice as much
    except OSError:
        return None
    try:
        line = os.read(descriptor, 4096)
    except OSError:  # ended while we looked
        return None
    finally:
        os.close(descriptor)
    fields = line[line.rindex(b")") + 2 :].split()
    user, system, waited_user, waited_system = map(int, fields[11:15])
    return _Process(int(pid), int(fields[1]), user + system, waited_user + waited_system, int(fields[19]))
