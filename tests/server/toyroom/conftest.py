"""A real `jupyter crispdm lab` that has the toy room."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from jupyter_crispdm.client import Client, connect
from jupyter_crispdm.client.discovery import RunningServer, answers, running_servers
from tests.ports import free_port
from tests.server.cli.conftest import START_SECONDS, jupyter_in
from tests.support import end_all_of, eventually_sync

ROOT = Path(__file__).parents[3]


class House:
    """The server, and commands that find it."""

    def __init__(self, home: Path) -> None:
        self.home, self.root = home, home / "project"
        data = self.root / ".crispdm"
        data.mkdir(parents=True)
        settings = {"CrispdmApp": {"data_dir": str(data), "serving_port": 0, "toy_greeting": "come in"}}
        (data / "jupyter_server_config.json").write_text(json.dumps(settings))
        self._environ = {**os.environ, **jupyter_in(home), "PYTHONPATH": str(ROOT), "JUPYTER_CONFIG_PATH": ""}
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        root = ["--allow-root"] if os.geteuid() == 0 else []
        with (self.home / "lab.log").open("ab") as log:
            self._process = subprocess.Popen(
                [*self._words("lab"), "--no-browser", f"--port={free_port()}", *root],
                cwd=self.root, env=self._environ, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip
        eventually_sync(self.running, START_SECONDS)

    def running(self) -> RunningServer | None:
        assert self._process is not None
        assert self._process.poll() is None, self.log
        found = running_servers(self.home / "runtime")
        return next((one for one in found if one.pid == self._process.pid and answers(one.address)), None)

    @property
    def log(self) -> str:
        return (self.home / "lab.log").read_text()

    def say(self, *words: str) -> str:
        done = subprocess.run(
            self._words(*words), cwd=self.root, env=self._environ, capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def client(self) -> Client:
        server = eventually_sync(self.running)  # a server that is busy may not answer at once
        return connect(server.address.url, server.address.token)

    def end(self) -> int:
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(60)

    def _words(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "tests.server.toyroom", *words]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    house = House(tmp_path_factory.mktemp("toy"))
    try:
        house.start()
        yield house
    finally:
        house.end()
        end_all_of(house.home)


@pytest.fixture
def client(house: House) -> Iterator[Client]:
    with house.client() as client:
        yield client
