"""Who ends a cluster's job when its supervisor is killed.

What a cluster takes for dead it gives no more room: a program that went on would use processors and GPUs that
belong to somebody else by then. A pipe that only the supervisor holds tells, by its end, when that is gone.
"""

from __future__ import annotations

import json
import os
from typing import Any

from .processes.identity import kill_tree


def leave_guardian(directory: str) -> None:
    """Fork a process, of a session of its own and nobody's child, that ends the job should we be killed."""
    told, telling = os.pipe()  # `telling` stays open for as long as we live; commands do not inherit it
    child = os.fork()
    if child == 0:
        try:
            os.close(telling)
            _become_nobody()
            os.read(told, 1)
            if not os.path.exists(os.path.join(directory, "exit.json")):
                kill_tree(_process(directory), directory, (0.0, 0.0))
        finally:
            os._exit(0)
    os.close(told)
    os.waitpid(child, 0)


def _become_nobody() -> None:
    os.setsid()
    if os.fork() != 0:
        os._exit(0)
    os.chdir("/")
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nothing, descriptor)


def _process(directory: str) -> dict[str, Any] | None:
    try:
        with open(os.path.join(directory, "state.json"), encoding="utf-8") as file:
            process = json.load(file)["process"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return process if isinstance(process, dict) else None
