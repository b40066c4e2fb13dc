"""Lets a service of its own follow the aliases that it serves: a process beside it, which looks into the registry.

The service's fronts are forks of a process without threads and databases; so who reads the registry is another one.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import subprocess
import sys
import threading
from pathlib import Path

from ..output import complain
from ..settings import settings
from .offline import opened

_PAUSE_SECONDS, _END_SECONDS = 5.0, 10.0


class Follower:
    """The process that follows, started again when it dies."""

    def __init__(self, directory: Path, data: Path, environ: dict[str, str] | None = None) -> None:
        self._command = [sys.executable, "-m", __name__, str(directory), "--data-dir", str(data)]
        self._environ = environ
        self._over = threading.Event()
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._keep, name="follows aliases", daemon=True)

    @property
    def pid(self) -> int | None:
        """The process; None where there is none just now."""
        return self._process.pid if self._process is not None else None

    def start(self) -> None:
        """Start it, and keep it beside what goes on here.

        The first one is there before this returns: a fork meanwhile would keep what tells that it has begun.
        """
        self._begin()
        self._thread.start()

    def stop(self) -> None:
        """End it."""
        self._over.set()
        with self._lock:
            if self._process is not None and self._process.stdin is not None:
                self._process.stdin.close()  # at the end of its input it ends by itself
        self._thread.join(_END_SECONDS)
        if self._thread.is_alive() and self._process is not None:
            self._process.kill()
            self._thread.join()

    def _keep(self) -> None:
        while self._process is not None:
            code = self._process.wait()
            if not self._over.is_set():
                complain(f"The process that follows the aliases ended with {code}; it is started again.")
            if self._over.wait(_PAUSE_SECONDS) or not self._begin():
                return

    def _begin(self) -> bool:
        with self._lock:
            if self._over.is_set():
                return False
            if self._process is not None and self._process.stdin is not None:
                self._process.stdin.close()
            # a session of its own: Ctrl-C in a terminal is for the service, which ends this one in order
            self._process = subprocess.Popen(
                self._command, env=self._environ, stdin=subprocess.PIPE, start_new_session=True
            )
            return True


def main() -> int:
    """Follow until the input ends, which it does with the service."""
    parser = argparse.ArgumentParser(prog=f"python -m {__spec__.name if __spec__ else ''}", description=__doc__)
    parser.add_argument("directory", type=Path, help="the directory of the inference server")
    parser.add_argument("--data-dir", required=True, help="the data directory with the models")
    arguments = parser.parse_args()
    asyncio.run(_follow(arguments.directory, arguments.data_dir))
    return 0


async def _follow(directory: Path, data: str) -> None:
    from jupyter_crispdm.base.clock import SystemClock
    from jupyter_crispdm.base.files.watch import Watcher
    from jupyter_crispdm.serving.deployments.alone import KeptElsewhere, WantedFile
    from jupyter_crispdm.serving.manager import DeploymentManager

    watcher = Watcher()
    async with opened(settings(data_dir=data)) as (models, environments, _):
        manager = DeploymentManager(
            WantedFile(directory), models, environments, KeptElsewhere(directory, watcher), directory, watcher,
            SystemClock(), _Nobody(),
        )  # fmt: skip
        await manager.start()
        try:
            await _end_of_input()
        finally:
            await manager.close(stop=False)
            await watcher.close()


async def _end_of_input() -> None:
    """Wait without a thread: one that reads could not be ended."""
    over, loop = asyncio.Event(), asyncio.get_running_loop()

    def read() -> None:
        if not os.read(sys.stdin.fileno(), 4096):
            over.set()

    loop.add_reader(sys.stdin.fileno(), read)
    try:
        await over.wait()
    finally:
        loop.remove_reader(sys.stdin.fileno())


class _Nobody:
    """Nobody is told."""

    def changed(self) -> None:
        """Who wants to know reads the files."""


if __name__ == "__main__":
    sys.exit(main())
