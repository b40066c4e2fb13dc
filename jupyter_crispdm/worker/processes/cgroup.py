"""Control groups: where this process is, what the kernel counted there, and a group of our own within a limit.

Versions 1 and 2 do the same by other names. A group is a folder; it is left to be removed when it is empty.
"""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterator
from typing import NamedTuple

from .identity import process

_NAME = "crispdm"


class Place(NamedTuple):
    """Where memory is accounted for this process: below `mount`, in the group `path`."""

    version: int
    mount: str
    path: str


class Group:
    """A control group that was made for one job."""

    def __init__(self, folder: str, version: int) -> None:
        self._folder = folder
        self._events = "memory.events" if version == 2 else "memory.oom_control"

    def enter(self) -> None:
        """Put the calling process into it. Raises OSError."""
        _write(self._folder, "cgroup.procs", "0")

    def holds(self, pid: int) -> bool:
        """Whether a process is in it."""
        try:
            with open(f"/proc/{pid}/cgroup") as file:
                return any(line.rstrip().endswith("/" + os.path.basename(self._folder)) for line in file)
        except OSError:
            return False

    def kills(self) -> int:
        """How many of its processes the kernel has killed because of its limit."""
        return field(os.path.join(self._folder, self._events), "oom_kill") or 0

    def remove(self) -> None:
        """Remove it, if nothing lives in it any more."""
        try:
            os.rmdir(self._folder)
        except OSError:  # the next one that makes a group beside it tries again
            return


def memory_places(proc: str = "/proc") -> Iterator[Place]:
    """Where memory is accounted for this process, most probable first."""
    mounts = list(_mounts(proc))
    for line in _lines(os.path.join(proc, "self/cgroup")):
        _, controllers, path = line.split(":", 2)
        version = 2 if controllers == "" else 1
        if version == 1 and "memory" not in controllers.split(","):
            continue
        for kind, root, mount in mounts:
            if kind == version:
                # In a container the mount shows a part of the tree only, perhaps not the part that we are in.
                inside = posixpath.relpath(path, root)
                yield Place(version, mount, "" if inside == "." or inside.startswith("..") else inside)


def make_group(limit: int, proc: str = "/proc") -> Group | None:
    """A new group whose processes get so many bytes of memory in all, or None where we may not make one."""
    for place in memory_places(proc):
        for parent in _parents(place):
            group = _make(parent, place.version, limit)
            if group is not None:
                return group
    return None


def field(path: str, name: str) -> int | None:
    """A number from a file with a name and a number on each line."""
    for line in _lines(path):
        found, _, number = line.partition(" ")
        if found == name:
            return int(number)
    return None


def _mounts(proc: str) -> Iterator[tuple[int, str, str]]:
    for line in _lines(os.path.join(proc, "self/mountinfo")):
        here, _, there = line.partition(" - ")
        kind, _, options = there.split(" ", 2)
        if kind == "cgroup2" or (kind == "cgroup" and "memory" in options.split(" ")[-1].split(",")):
            root, mount = here.split(" ")[3:5]
            yield (2 if kind == "cgroup2" else 1), root, mount


def _parents(place: Place) -> Iterator[str]:
    """Where a group may be made: in version 1 below our own; in 2 beside it, since ours has processes in it."""
    own = os.path.join(place.mount, place.path) if place.path else place.mount
    if place.version == 1:
        yield own
        return
    while own.startswith(place.mount):
        if _controls_memory(own):
            yield own
        if own == place.mount:
            return
        own = os.path.dirname(own)


def _controls_memory(folder: str) -> bool:
    if "memory" in _words(folder, "cgroup.subtree_control"):
        return True
    if "memory" not in _words(folder, "cgroup.controllers"):
        return False
    try:
        _write(folder, "cgroup.subtree_control", "+memory")
    except OSError:  # it is not ours, or has processes in it
        return False
    return True


def _make(parent: str, version: int, limit: int) -> Group | None:
    _sweep(parent)
    own = process(os.getpid())
    folder = os.path.join(parent, "{}-{}-{}".format(_NAME, os.getpid(), own.start if own else 0))
    try:
        os.mkdir(folder)
    except OSError:
        return None
    settings = _SETTINGS_2 if version == 2 else _SETTINGS_1
    try:
        _write(folder, settings[0][0], settings[0][1].format(limit))
    except OSError:
        os.rmdir(folder)
        return None
    for name, value in settings[1:]:
        try:
            _write(folder, name, value.format(limit))
        except OSError:  # swap is not accounted here, or the kernel is older
            continue
    return Group(folder, version)


_SETTINGS_1 = (("memory.limit_in_bytes", "{}"), ("memory.memsw.limit_in_bytes", "{}"))
_SETTINGS_2 = (("memory.max", "{}"), ("memory.swap.max", "0"), ("memory.oom.group", "1"))


def _sweep(parent: str) -> None:
    """Remove the empty groups of supervisors that were killed."""
    for name in _names(parent):
        ours, _, maker = name.partition("-")
        pid, _, start = maker.partition("-")
        if ours == _NAME and pid.isdigit() and start.isdigit():
            found = process(int(pid))
            if found is None or not found.alive or found.start != int(start):
                Group(os.path.join(parent, name), 2).remove()


def _names(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []


def _lines(path: str) -> list[str]:
    try:
        with open(path) as file:
            return file.read().splitlines()
    except OSError:
        return []


def _words(folder: str, name: str) -> list[str]:
    return " ".join(_lines(os.path.join(folder, name))).split()


def _write(folder: str, name: str, value: str) -> None:
    with open(os.path.join(folder, name), "w") as file:
        file.write(value)
