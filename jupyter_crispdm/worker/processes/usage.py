"""How much memory and computing time processes use, as /proc tells it."""

from __future__ import annotations

import os
from collections.abc import Iterator

from .identity import descendants, processes

_PAGE = os.sysconf("SC_PAGE_SIZE")


def family(root: int) -> Iterator[int]:
    """The process `root` and all it started, at a cost that the rest of the machine does not change.

    One that is born while we look may be missed.
    """
    if not os.path.exists(f"/proc/self/task/{os.getpid()}/children"):  # the kernel keeps no such lists
        yield root
        yield from descendants([root], processes())
        return
    waiting = [root]
    while waiting:
        pid = waiting.pop()
        yield pid
        waiting += _children(pid)


def resident(pid: int) -> int:
    """Bytes of memory that a process has mapped and are there, shared or not; 0 when it is gone."""
    try:
        return int(_read(f"/proc/{pid}/statm").split()[1]) * _PAGE
    except (OSError, IndexError):
        return 0


def own_share(pid: int) -> int:
    """Bytes that nobody else could do without this process: files left out, shared memory by its share.

    That is what a limit is about: the pages of a file the kernel can drop at any time.
    """
    return _sum(pid, (b"Pss_Anon:", b"Pss_Shmem:"))


def share(pid: int) -> int:
    """Bytes of memory of a process, what it shares counted by its share (PSS)."""
    return _sum(pid, (b"Pss:",))


def _children(pid: int) -> list[int]:
    try:
        threads = os.listdir(f"/proc/{pid}/task")
    except OSError:  # it has just ended
        return []
    found: list[int] = []
    for thread in threads:
        try:
            found += map(int, _read(f"/proc/{pid}/task/{thread}/children").split())
        except OSError:
            continue
    return found


def _sum(pid: int, names: tuple[bytes, ...]) -> int:
    try:
        lines = _read(f"/proc/{pid}/smaps_rollup").splitlines()
    except OSError:  # another user's, or an older kernel
        return resident(pid)
    found = [int(line.split()[1]) for line in lines if line.startswith(names)]
    return 1024 * sum(found) if len(found) == len(names) else resident(pid)


def _read(path: str) -> bytes:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)  # open() would cost twice as much
    try:
        return b"".join(iter(lambda: os.read(descriptor, 1 << 16), b""))
    finally:
        os.close(descriptor)


def ticks(pid: int) -> tuple[int, int]:
    """What a process has computed, and what its collected children had."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            line = file.read()
    except OSError:  # it has just ended
        return 0, 0
    user, system, waited_user, waited_system = map(int, line[line.rindex(b")") + 2 :].split()[11:15])
    return user + system, waited_user + waited_system
