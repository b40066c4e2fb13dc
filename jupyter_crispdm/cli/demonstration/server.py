"""The demo's server: started as a process of its own, or found running."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import psutil

from jupyter_crispdm.client.discovery import Address, RunningServer, answers, running_servers
from jupyter_crispdm.client.errors import ClientError

from .project import Project

START_SECONDS = 120.0
STOP_SECONDS = 15.0
LOOK_SECONDS = 0.2
LOG_LINES = 15
NOT_FOR_THE_SERVER = ("CRISPDM_DEMO_PASSWORD", "CRISPDM_URL", "CRISPDM_TOKEN")


class ServerGone(ClientError):
    """The server has ended."""


class DemoServer:
    """The server of one project; `with` stops it if it was started here."""

    def __init__(self, project: Project, port: int | None) -> None:
        self._project = project
        self._port = port
        self._process: subprocess.Popen[bytes] | None = None
        self._running: RunningServer | None = None

    @property
    def log(self) -> Path:
        """What the server prints."""
        return self._project.data / "server.log"

    @property
    def pid(self) -> int:
        """Its process."""
        return self._running.pid if self._running else 0

    @property
    def runs(self) -> bool:
        """Whether it is there."""
        return self._running is not None and alive(self._running.pid)

    @property
    def is_ours(self) -> bool:
        """Whether it ends with the demo."""
        return self._process is not None

    def start(self) -> None:
        """Start it, unless one serves the project already, and wait until it answers."""
        self._running = self._found()
        if self._running is None:
            self._process = self._spawn()
            self._running = self._wait()

    def address(self) -> Address:
        """Where it is. Raises ServerGone as soon as it has ended."""
        if self._running is None or not self.runs:
            raise ServerGone(
                f"The server (process {self.pid}) has ended. Jobs go on without it. Start it again:\n    {self.again()}"
            )
        return self._running.address

    def again(self) -> str:
        """The command line that starts it again, at the same address, from any shell."""
        port = urlsplit(self._running.address.url).port if self._running else self._port
        return f"cd {shlex.quote(str(self._project.folder))} && {shlex.join(self._command(port))}"

    def wait(self) -> None:
        """Stay until it ends. Raises ServerGone."""
        while True:
            self.address()
            time.sleep(LOOK_SECONDS)

    def stop(self) -> None:
        """End it if it was started here, and wait until it has."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _spawn(self) -> subprocess.Popen[bytes]:
        environ = {name: value for name, value in os.environ.items() if name not in NOT_FOR_THE_SERVER}
        with self.log.open("ab") as log:
            return subprocess.Popen(
                self._command(self._port),
                cwd=self._project.folder,
                env=environ,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def _command(self, port: int | None) -> list[str]:
        chosen = [] if port is None else [f"--port={port}", "--ServerApp.port_retries=0"]
        root = ["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
        return [sys.executable, "-m", "jupyter_crispdm", "lab", "--no-browser", *chosen, *root]

    def _wait(self) -> RunningServer:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            found = self._found()
            if found is not None:
                return found
            if self._process is not None and self._process.poll() is not None:
                break
            time.sleep(LOOK_SECONDS)
        self.stop()
        raise ServerGone(f"The server did not start; see {self.log}. Its last lines:\n{self._last_lines()}")

    def _found(self) -> RunningServer | None:
        for server in running_servers():
            here = server.root_dir and Path(server.root_dir).resolve() == self._project.folder
            if here and alive(server.pid) and answers(server.address):
                return server
        return None

    def _last_lines(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-LOG_LINES:])


def alive(pid: int) -> bool:
    """Whether a process runs; one that ended and was not waited for does not."""
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
