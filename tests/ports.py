"""Ports for servers that must know theirs before they start.

A port that the kernel chose and that was let go again may be the next that it chooses: for whichever server a test
beside begins meanwhile. These are of a range from which no kernel chooses, each worker of the tests has a part of it
to itself, and none is told twice.
"""

from __future__ import annotations

import itertools
import os
import socket

_FIRST, _COUNT = 20_000, 12_000  # below what Linux, macOS and Windows choose from
_PARTS = 24


def free_port() -> int:
    """A port of loopback at which nobody listens, and which nobody else is told."""
    return next(port for port in _ports if _is_free(port))


def _is_free(port: int) -> bool:
    """Whether a server that asks for nothing special may have it."""
    with socket.socket() as trial:
        try:
            trial.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _of_this_process(worker: str, pid: int) -> itertools.cycle[int]:
    """The ports of a worker such as `gw1`, from another one on in every run: the last run's may not be free yet."""
    size = _COUNT // _PARTS
    begin = _FIRST + size * (int(worker.removeprefix("gw") or 0) % _PARTS)
    return itertools.cycle(begin + (pid + step) % size for step in range(size))


_ports = _of_this_process(os.environ.get("PYTEST_XDIST_WORKER", ""), os.getpid())
