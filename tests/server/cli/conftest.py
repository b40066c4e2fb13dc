"""A real `jupyter crispdm lab` in a process of its own, that may be killed and started again."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jupyter_crispdm.client.discovery import RunningServer, answers, running_servers
from tests.ports import free_port
from tests.support import end_all_of, eventually_sync

START_SECONDS = 120


class Lab:
    """One server and its folder; commands in this process find it as a user's would."""

    def __init__(self, home: Path, **settings: Any) -> None:
        self.home = home
        self.root = home / "project"
        self.environ = jupyter_in(home)
        self._process: subprocess.Popen[bytes] | None = None
        data = self.root / ".crispdm"
        data.mkdir(parents=True)
        ours = {"data_dir": str(data), "serving_port": 0, "package_urls": True, **settings}
        (data / "jupyter_server_config.json").write_text(json.dumps({"CrispdmApp": ours}))

    def start(self) -> None:
        """Start it and wait until it answers."""
        command = [sys.executable, "-m", "jupyter_crispdm", "lab", "--no-browser", f"--port={free_port()}"]
        root = ["--allow-root"] if os.geteuid() == 0 else []
        with (self.home / "lab.log").open("ab") as log:
            self._process = subprocess.Popen(
                [*command, *root],
                cwd=self.root,
                env={**os.environ, **self.environ},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        eventually_sync(self.running, START_SECONDS)

    def running(self) -> RunningServer | None:
        """What it says about itself, once it answers."""
        assert self._process is not None
        assert self._process.poll() is None, (self.home / "lab.log").read_text()
        found = running_servers(self.home / "runtime")
        return next((server for server in found if server.pid == self.pid and answers(server.address)), None)

    @property
    def pid(self) -> int:
        """The server's process."""
        assert self._process is not None
        return self._process.pid

    def end(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End it as told, and wait until it has."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(60)
            self._process = None

    def end_all(self) -> None:
        """End it, and what would go on without it."""
        self.end()
        end_all_of(self.home)


def jupyter_in(home: Path) -> dict[str, str]:
    """Variables that keep a Jupyter of a test apart from the user's."""
    return {f"JUPYTER_{name}_DIR": str(home / name.lower()) for name in ("DATA", "CONFIG", "RUNTIME")}


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A server for all tests of a module."""
    lab = Lab(tmp_path_factory.mktemp("lab"))
    try:
        lab.start()
        yield lab
    finally:
        lab.end_all()


@pytest.fixture
def lab(started: Lab, monkeypatch: pytest.MonkeyPatch) -> Lab:
    """That server, in whose folder the test stands."""
    for name in ("CRISPDM_URL", "CRISPDM_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    for name, value in started.environ.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", "")
    monkeypatch.chdir(started.root)
    return started
