"""A server's processes: started on one core, what they take, ended."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import psutil

from .load import Asked

WORKER = "model_worker.py"
_START_SECONDS, _LOOK_SECONDS = 120.0, 0.005


class Served:
    """A server under measurement."""

    def __init__(self, process: subprocess.Popen[bytes], port: int) -> None:
        self._process, self.port = psutil.Process(process.pid), port
        self.first = 0.0
        """Seconds from its start to its first answer."""

    def cpu(self) -> tuple[float, float]:
        """Seconds of processor time: of what answers HTTP, and of what holds the model."""
        front = worker = 0.0
        for one in (self._process, *self._process.children(recursive=True)):
            with contextlib.suppress(psutil.NoSuchProcess):
                times = one.cpu_times()
                if any(WORKER in part for part in one.cmdline()):
                    worker += times.user + times.system
                else:
                    front += times.user + times.system
        return front, worker

    def memory(self) -> float:
        """MB of memory that is theirs, shared pages by their share."""
        found = (one.pid for one in (self._process, *self._process.children(recursive=True)))
        return sum(_pss(pid) for pid in found) / 1024


def _pss(pid: int) -> int:
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    return 0


@contextlib.contextmanager
def served(
    command: list[str], port: int, asked: Asked, core: str | None, environ: Mapping[str, str], log: Path
) -> Iterator[Served]:
    """A server, from its first answer on."""
    pinned = ["taskset", "-c", core] if core else []
    begun = time.perf_counter()
    with log.open("ab") as output:
        process = subprocess.Popen([*pinned, *command], stdout=output, stderr=output, env=dict(environ))
    one = Served(process, port)
    try:
        _wait(process, port, asked)
        one.first = time.perf_counter() - begun
        yield one
    finally:
        _end(process)


def _wait(process: subprocess.Popen[bytes], port: int, asked: Asked) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=30) as connected:
            connected.sendall(asked.raw().replace(b"\r\n", b"\r\nConnection: close\r\n", 1))
            if connected.recv(64).startswith(b"HTTP/1.1 200"):
                return
        if process.poll() is not None:
            raise SystemExit(f"the server ended with {process.returncode}")
        time.sleep(_LOOK_SECONDS)
    raise SystemExit("the server did not answer")


def _end(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(psutil.NoSuchProcess):
        family = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
        process.terminate()
        _, left = psutil.wait_procs(family, timeout=10)
        for one in left:
            with contextlib.suppress(psutil.NoSuchProcess):
                one.kill()
    process.wait(10)
