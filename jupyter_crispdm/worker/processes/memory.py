"""The memory that a job may use, and whether the kernel killed a process because memory ran out.

A control group is the true limit: the kernel counts the whole tree, and ends it before the machine suffers. Where
we may make none, we look at the tree ourselves, the more often the nearer it is to its limit, and end it when it
is over. RLIMIT_DATA, far above the limit, stands behind that for what grows too fast to be seen. It could not be
the limit itself: it counts per process, and what was asked for rather than what is used, so that a program with
many threads would fail far below. RLIMIT_AS would be worse: CUDA asks for more addresses than any machine
has memory.
"""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Iterator

from .cgroup import field, make_group, memory_places
from .usage import family, own_share, resident

_GIB = 1 << 30
_SOONEST, _LATEST = 0.05, 1.0
_FASTEST_BYTES_PER_SECOND = 10e9
_MOST_OF_OUR_TIME = 0.05


class MemoryLimit:
    """The limit of one job, in bytes."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._group = make_group(limit)
        self._watching = True
        self.exceeded = False

    @property
    def words(self) -> str:
        """What to say when it was exceeded."""
        return f"out of memory: used more than {in_words(self._limit)}"

    def confine(self) -> None:
        """In the new process, before it becomes the command: set the limit for it and all it will start."""
        try:
            if self._group is not None:
                self._group.enter()
                return
        except OSError:  # the group may be ours and moving processes still not be allowed
            pass
        most = 2 * self._limit + 4 * _GIB
        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        if hard == resource.RLIM_INFINITY or most < hard:
            resource.setrlimit(resource.RLIMIT_DATA, (most, most))

    def started(self, pid: int) -> None:
        """Learn which process the command is."""
        self._watching = self._group is None or not self._group.holds(pid)

    def look(self) -> float:
        """See whether the limit was exceeded; answers after how many seconds to look again."""
        began = time.perf_counter()
        used = 0
        if self._group is not None and self._group.kills():
            self.exceeded = True
        elif self._watching:
            used = tree_bytes(os.getpid(), self._limit)
            self.exceeded = self.exceeded or used > self._limit
        room = (self._limit - used) / _FASTEST_BYTES_PER_SECOND if self._watching else _LATEST
        return max(_SOONEST, min(_LATEST, room), (time.perf_counter() - began) / _MOST_OF_OUR_TIME)

    def close(self) -> None:
        """Let go of the control group, once all processes are gone."""
        if self._group is not None:
            self._group.remove()


def tree_bytes(supervisor: int, enough: int) -> int:
    """What the processes below a supervisor use; a cheap upper bound unless that is over `enough`."""
    members = [pid for pid in family(supervisor) if pid != supervisor]
    most = sum(map(resident, members))
    return most if most <= enough else sum(map(own_share, members))


def in_words(size: int) -> str:
    """Bytes in the unit that a person chose: 1.0 GB, 1.5 GiB."""
    base, units = (
        (1024, ("B", "KiB", "MiB", "GiB", "TiB")) if size % 1024 == 0 else (1000, ("B", "kB", "MB", "GB", "TB"))
    )
    value, power = float(size), 0
    while value >= base and power < len(units) - 1:
        value, power = value / base, power + 1
    return f"{value:.1f} {units[power]}"


def out_of_memory_kills() -> int | None:
    """How many processes the kernel killed for memory so far, in our control group if it can be known.

    The whole machine's count stands in where the group's cannot be read; None where nobody counts.
    """
    for path in _counters():
        count = field(path, "oom_kill")
        if count is not None:
            return count
    return None


def complaint(tail: bytes) -> str | None:
    """The line by which a program said at last that it got no memory, or None."""
    lines = [line.strip() for line in tail.decode("utf-8", "replace").splitlines() if line.strip()]
    return next((line for line in lines[-3:] if _complains(line)), None)


_COMPLAINTS = (
    "MemoryError",
    "std::bad_alloc",
    "Cannot allocate memory",
    "cannot allocate vector of size",
    "can't allocate memory",
    "java.lang.OutOfMemoryError",
    "CUDA out of memory",
    "JavaScript heap out of memory",
)


def _complains(line: str) -> bool:
    return any(words in line for words in _COMPLAINTS)


def _counters() -> Iterator[str]:
    for place in memory_places():
        name = "memory.events" if place.version == 2 else "memory.oom_control"
        yield os.path.join(place.mount, place.path, name)
    yield "/proc/vmstat"
