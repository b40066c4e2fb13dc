"""Whether the kernel killed a process because memory ran out."""

from __future__ import annotations

from collections.abc import Iterator


def out_of_memory_kills() -> int | None:
    """How many processes the kernel killed for memory so far, in our control group if it can be known.

    The whole machine's count stands in where the group's cannot be read; None where nobody counts.
    """
    for path, field in _counters():
        count = _field(path, field)
        if count is not None:
            return count
    return None


def _counters() -> Iterator[tuple[str, str]]:
    for mount, group, name in _groups():
        yield mount + group + name, "oom_kill"
        yield mount + name, "oom_kill"  # inside a container the group's own path is not visible
    yield "/proc/vmstat", "oom_kill"


def _groups() -> Iterator[tuple[str, str, str]]:
    try:
        with open("/proc/self/cgroup") as file:
            lines = file.read().splitlines()
    except OSError:
        return
    for line in lines:
        _, controllers, group = line.split(":", 2)
        if controllers == "":
            yield "/sys/fs/cgroup", group.rstrip("/"), "/memory.events"
        elif "memory" in controllers.split(","):
            yield "/sys/fs/cgroup/memory", group.rstrip("/"), "/memory.oom_control"


def _field(path: str, field: str) -> int | None:
    try:
        with open(path) as file:
            lines = file.read().splitlines()
    except OSError:
        return None
    for line in lines:
        name, _, count = line.partition(" ")
        if name == field:
            return int(count)
    return None
