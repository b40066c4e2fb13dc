"""Which files a job's processes have open just now."""

from __future__ import annotations

import os
from pathlib import Path

from jupyter_crispdm.worker.processes.identity import descendants, processes, same_process

from ..directory import JobDirectory

_MOST_PROCESSES = 200
_MOST_FILES = 5000


def open_files(directory: Path) -> set[str]:
    """The paths of regular files; empty for a job that runs on another machine, or does not run. It reads /proc."""
    state = JobDirectory(directory).state()
    if state is None or state.pid is None or not same_process(state.process):
        return set()
    pids = [state.pid, *sorted(descendants([state.pid], processes()))][:_MOST_PROCESSES]
    found: set[str] = set()
    for pid in pids:
        found |= _of(pid, _MOST_FILES - len(found))
    return found


def _of(pid: int, most: int) -> set[str]:
    folder, found = f"/proc/{pid}/fd", set()
    try:
        for name in os.listdir(folder)[: max(0, most)]:
            path = os.readlink(f"{folder}/{name}")
            if path.startswith("/"):
                found.add(path)
    except OSError:  # it just ended, or is another person's
        pass
    return found
