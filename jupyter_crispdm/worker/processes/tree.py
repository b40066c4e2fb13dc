"""What a whole tree of processes uses, sample by sample: CPU, memory, what it reads from disks and writes to them."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from typing import NamedTuple

from .usage import family, share, ticks

_TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


class _Total(NamedTuple):
    """What was used up to a moment; bytes are None where the system does not tell them."""

    at: float
    ticks: int
    read: int | None
    written: int | None


class TreeUsage:
    """The tree below a process, by default our own; what that process itself uses is left out.

    CPU is what was used since the sample before, 100 for one core; so it is with bytes, in bytes a second.
    """

    def __init__(self, root: int | None = None) -> None:
        self._root = os.getpid() if root is None else root
        self._last = self._total(self._members())

    def sample(self) -> tuple[Mapping[str, float], list[int]]:
        """What the tree uses now, by name, and its processes."""
        members = self._members()
        before, now = self._last, self._total(members)
        self._last = now
        seconds = max(now.at - before.at, 0.01)
        used = max(0, now.ticks - before.ticks) / _TICKS_PER_SECOND  # less when an ended one took its own along
        found = {
            "system/cpu_percent": round(100 * used / seconds, 1),
            "system/memory_bytes": float(sum(map(share, members))),
        }
        for name, then, there in (("read", before.read, now.read), ("write", before.written, now.written)):
            if then is not None and there is not None:
                found[f"system/{name}_bytes_per_second"] = round(max(0, there - then) / seconds)
        return found, members

    def _members(self) -> list[int]:
        return [pid for pid in family(self._root) if pid != self._root]

    def _total(self, members: list[int]) -> _Total:
        computed = ticks(self._root)[1] + sum(sum(ticks(pid)) for pid in members)
        moved = [one for one in map(_moved, members) if one is not None]
        told = bool(moved) or not members
        collected = _collected(self._root)
        read = collected[0] + sum(one[0] for one in moved)
        written = collected[1] + sum(one[1] for one in moved)
        return _Total(time.monotonic(), computed, read if told else None, written if told else None)


def _collected(pid: int) -> tuple[int, int]:
    """What our own process moved, and its children that have ended: only differences of it mean something."""
    return _moved(pid) or (0, 0)


def _moved(pid: int) -> tuple[int, int] | None:
    """Bytes that a process, with its children that have ended, had read from disks and written to them."""
    try:
        with open(f"/proc/{pid}/io", "rb") as file:
            fields = dict(line.split(b": ") for line in file.read().splitlines())
        return int(fields[b"read_bytes"]), int(fields[b"write_bytes"])
    except (OSError, KeyError, ValueError):  # another's, ended, or a system that does not tell
        return None
