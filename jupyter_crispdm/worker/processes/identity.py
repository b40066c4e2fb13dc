"""Processes: who one is, so that it is never taken for another, and ending a whole tree of them.

A process is {"pid", "start", "boot"}: its number, the clock tick it started at, and the boot it belongs to.
Everything is read from /proc, so it is for Linux.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, TypedDict

_KILL_SECONDS = 10.0


class Identity(TypedDict):
    """One process of one boot of this machine."""

    pid: int
    start: int
    boot: str


class Process(NamedTuple):
    """One line of the process table."""

    pid: int
    parent: int
    group: int
    start: int
    state: str

    @property
    def alive(self) -> bool:
        """Whether it is more than an exit code waiting to be collected."""
        return self.state not in "ZXx"


def boot_id() -> str:
    """The name of this boot of the machine."""
    with open("/proc/sys/kernel/random/boot_id") as file:
        return file.read().strip()


def process(pid: int) -> Process | None:
    """A line of the process table, or None when there is no such process."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            line = file.read()
    except OSError:
        return None
    fields = line[line.rindex(b")") + 2 :].split()  # the name before it may hold anything, brackets too
    return Process(pid, int(fields[1]), int(fields[2]), int(fields[19]), fields[0].decode())


def identify(pid: int) -> Identity:
    """Who the process `pid` is now. Raises ProcessLookupError."""
    found = process(pid)
    if found is None:
        raise ProcessLookupError(f"There is no process {pid}.")
    return {"pid": pid, "start": found.start, "boot": boot_id()}


def same_process(identity: Mapping[str, Any]) -> bool:
    """Whether exactly this process lives: not another with its number, not one of an earlier boot."""
    pid = identity.get("pid")
    if not isinstance(pid, int) or isinstance(pid, bool) or pid <= 0 or identity.get("boot") != boot_id():
        return False
    found = process(pid)
    return found is not None and found.alive and found.start == identity.get("start")


def processes() -> dict[int, Process]:
    """The process table, without those that are dead already."""
    found = (process(int(name)) for name in os.listdir("/proc") if name.isdigit())
    return {one.pid: one for one in found if one is not None and one.alive}


def descendants(roots: Iterable[int], table: Mapping[int, Process]) -> set[int]:
    """The processes that `roots` started, and those that these started, and so on, without the roots."""
    children: dict[int, list[int]] = {}
    for one in table.values():
        children.setdefault(one.parent, []).append(one.pid)
    found: set[int] = set()
    waiting = list(roots)
    while waiting:
        new = [pid for pid in children.get(waiting.pop(), ()) if pid not in found]
        found.update(new)
        waiting += new
    return found


def send_signal(target: Process, number: int) -> bool:
    """Send a signal to a process, but never to another that took its number; False when it is not there."""
    try:
        if not hasattr(os, "pidfd_open"):
            if not _still(target):
                return False
            os.kill(target.pid, number)
            return True
        descriptor = os.pidfd_open(target.pid)
        try:  # from here on the number cannot be given away unnoticed
            if not _still(target):
                return False
            signal.pidfd_send_signal(descriptor, number)
            return True
        finally:
            os.close(descriptor)
    except OSError:  # it ended meanwhile, or belongs to somebody else
        return False


def kill_tree(
    process: Mapping[str, Any] | None,
    run_dir: str | os.PathLike[str] | None = None,
    grace: Sequence[float] = (5.0, 5.0),
) -> list[int]:
    """End what a job left running when its supervisor is gone: SIGINT, grace, SIGTERM, grace, SIGKILL.

    The tree is the process and its process group, everything whose environment names `run_dir` as its
    CRISPDM_RUN_DIR, and all that these started. Blocks until all are gone; answers those that would not go.
    """
    tree = _Tree(process, run_dir)
    for number, seconds in ((signal.SIGINT, grace[0]), (signal.SIGTERM, grace[1])):
        for member in tree.members():
            send_signal(member, number)
        if not tree.wait(seconds):
            return []
    return tree.kill()


class _Tree:
    """The processes of a job, found without its supervisor. Who was found once is a member until it is gone:
    one that is dying has no environment any more, and still its files and its ports."""

    def __init__(self, process: Mapping[str, Any] | None, run_dir: str | os.PathLike[str] | None) -> None:
        known = process is not None and process.get("boot") == boot_id()
        self._main = process if known else None
        self._mark = b"CRISPDM_RUN_DIR=" + os.fsencode(run_dir) if run_dir is not None else None
        self._known: dict[int, int] = {}  # when each member started

    def members(self) -> list[Process]:
        table = processes()
        stayed = {pid for pid, start in self._known.items() if pid in table and table[pid].start == start}
        roots = self._marked(table) | self._group(table) | stayed
        found = roots | descendants(roots, table)
        members = [table[pid] for pid in found if pid in table and pid != os.getpid()]
        self._known = {one.pid: one.start for one in members}
        return members

    def wait(self, seconds: float) -> list[Process]:
        """Wait until all are gone, at most so long; answers those that are not."""
        deadline, pause = time.monotonic() + seconds, 0.02
        while True:
            left = self.members()
            if not left or time.monotonic() >= deadline:
                return left
            time.sleep(min(pause, max(0.0, deadline - time.monotonic())))
            pause = min(1.0, pause * 1.2)  # somebody may have all the time in the world

    def kill(self) -> list[int]:
        deadline = time.monotonic() + _KILL_SECONDS
        while True:
            left = self.members()
            if not left or time.monotonic() > deadline:
                return [one.pid for one in left]
            for member in left:
                send_signal(member, signal.SIGKILL)
            self.wait(0.02)

    def _marked(self, table: Mapping[int, Process]) -> set[int]:
        return {pid for pid in table if self._mark is not None and self._mark in _environment(pid)}

    def _group(self, table: Mapping[int, Process]) -> set[int]:
        if self._main is None:
            return set()
        pid, start = self._main["pid"], self._main["start"]
        leader = table.get(pid)
        if leader is not None and leader.start != start:  # the number belongs to somebody else now
            return set()
        return {one.pid for one in table.values() if one.group == pid and one.start >= start}


def _still(target: Process) -> bool:
    found = process(target.pid)
    return found is not None and found.start == target.start


def _environment(pid: int) -> list[bytes]:
    try:
        with open(f"/proc/{pid}/environ", "rb") as file:
            return file.read().split(b"\0")
    except OSError:
        return []
