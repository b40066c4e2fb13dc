"""A real server as a child of the tests: started, killed, held still, and started again over the same data."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from typing_extensions import Self

from tests.ports import free_port

_SECONDS = 60.0
_PATH = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/usr/local/sbin"])
#: Where `install.py` puts a program that comes from a Python package.
OWN = Path(sys.prefix) / "brokers"


def find_program(name: str, *more: Path) -> str | None:
    """The path of a program on this machine, or of one that the tests brought along."""
    found = shutil.which(name, path=_PATH)
    return found or next((str(path) for path in more if os.access(path, os.X_OK)), None)


class Program(ABC):
    """A server on a port of its own, with a folder of its own. It ends with the tests at the latest."""

    name = "the server"

    def __init__(self, folder: Path, port: int | None = None) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.port = port or free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self._guard: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    @property
    def pid(self) -> int:
        """The number of the running process."""
        assert self._process is not None, f"{self.name} does not run"
        return self._process.pid

    @property
    def running(self) -> bool:
        """Whether the process is there."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start it, over whatever data there is, and wait until it answers."""
        with open(self.folder / "output.log", "ab") as out:
            self._process = subprocess.Popen(
                self.command(), stdin=subprocess.DEVNULL, stdout=out, stderr=out, cwd=self.folder,
                start_new_session=True,
            )  # fmt: skip
        # kills the server when the tests are gone and nobody can end it
        self._guard = subprocess.Popen(
            ["sh", "-c", f"read -r _; kill -9 {self._process.pid}"],
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        deadline = time.monotonic() + _SECONDS
        while not self.answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                said = self.output()[-2000:]
                self.kill()
                raise RuntimeError(f"{self.name} does not answer: {said}")
            time.sleep(0.02)

    def stop(self) -> None:
        """End it in peace: what it has in memory it may write."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it as a power cut does."""
        self._end(signal.SIGKILL)

    def hold(self) -> None:
        """Let it do nothing, with all its connections open, until `go_on`."""
        os.kill(self.pid, signal.SIGSTOP)
        os.waitid(os.P_PID, self.pid, os.WSTOPPED | os.WNOWAIT)

    def go_on(self) -> None:
        """Let it work again after `hold`."""
        os.kill(self.pid, signal.SIGCONT)

    def restart(self) -> None:
        """Kill it and start it again over the same data, at the same port."""
        self.kill()
        self.start()

    def output(self) -> str:
        """What it has printed."""
        return (self.folder / "output.log").read_text(errors="replace")

    def answers(self) -> bool:
        """Whether it takes connections."""
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
        except OSError:
            return False
        return True

    @abstractmethod
    def command(self) -> Sequence[str]:
        """The program and its arguments."""

    def _end(self, number: signal.Signals) -> None:
        process, self._process = self._process, None
        guard, self._guard = self._guard, None
        if guard is not None:
            guard.kill()
            guard.communicate(timeout=60)
        if process is None:
            return
        if process.poll() is None:
            process.send_signal(number)
            process.send_signal(signal.SIGCONT)
        try:
            process.wait(_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
