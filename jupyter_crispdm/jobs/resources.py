"""What process trees use, measured in one pass over the machine's processes."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

import psutil

from .types import Resources

_K = TypeVar("_K", bound=Hashable)


@dataclass(frozen=True)
class Root:
    """Where a tree begins; the supervisor itself is left out of the sum, all below it counts."""

    pid: int
    counted: bool


class ResourceSampler:
    """CPU and memory of trees. CPU is what was used since the last sample, so the first one says 0.

    Not thread-safe: one caller at a time. It reads /proc, so call it in a thread.
    """

    def __init__(self) -> None:
        self._last: dict[psutil.Process, tuple[float, float]] = {}

    def sample(self, roots: Mapping[_K, Root], now: float) -> dict[_K, Resources]:
        """The use of each tree; trees that are gone are left out. `now` is a monotonic time."""
        children = _children()
        latest: dict[psutil.Process, tuple[float, float]] = {}
        usage = {}
        for key, root in roots.items():
            processes = list(_tree(root, children))
            if processes:
                usage[key] = self._sum(processes, now, latest)
        self._last = latest
        return usage

    def _sum(
        self,
        processes: Iterable[psutil.Process],
        now: float,
        latest: dict[psutil.Process, tuple[float, float]],
    ) -> Resources:
        percent, memory = 0.0, 0
        for process in processes:
            try:
                with process.oneshot():
                    times = process.cpu_times()
                    memory += process.memory_info().rss
            except psutil.Error:  # ended while we looked
                continue
            used = times.user + times.system
            then, before = self._last.get(process, (now, used))
            percent += 100 * (used - before) / (now - then) if now > then else 0.0
            latest[process] = (now, used)
        return Resources(cpu_percent=round(percent, 1), memory_bytes=memory)


def _children() -> dict[int, list[psutil.Process]]:
    children: dict[int, list[psutil.Process]] = {}
    for process in psutil.process_iter():
        try:
            children.setdefault(process.ppid(), []).append(process)
        except psutil.Error:
            continue
    return children


def _tree(root: Root, children: dict[int, list[psutil.Process]]) -> Iterable[psutil.Process]:
    if root.counted:
        try:
            yield psutil.Process(root.pid)
        except psutil.Error:
            return
    waiting = [root.pid]
    while waiting:
        found = children.get(waiting.pop(), [])
        waiting += [process.pid for process in found]
        yield from found
