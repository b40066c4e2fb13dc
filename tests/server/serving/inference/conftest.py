"""An inference server as a real process, with an algorithm that needs only numpy."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import msgspec
import psutil
import pytest

from jupyter_crispdm.base.files.atomic import write_atomic
from jupyter_crispdm.serving.types import DeploymentSpec, DeploymentStatus, InferenceState
from tests.support import eventually_sync

SITE = Path(__file__).parent / "site"


@dataclass
class RunningServer:
    """A running inference server and what a test does with it."""

    directory: Path
    process: subprocess.Popen[bytes]
    clients: list[httpx.Client] = field(default_factory=list)

    @property
    def client(self) -> httpx.Client:
        """A client of the inference server."""
        if not self.clients:
            address = eventually_sync(lambda: self.read("front.json").get("address"))
            self.clients.append(httpx.Client(base_url=address, timeout=60))
        return self.clients[0]

    def leave(self) -> None:
        """Close the client: the next one asks where the front is by now."""
        while self.clients:
            self.clients.pop().close()

    def read(self, name: str) -> dict[str, Any]:
        """A JSON file of the inference server's directory."""
        path = self.directory / name
        return dict(msgspec.json.decode(path.read_bytes())) if path.exists() else {}

    def deploy(self, id: str = "a", weights: str = "good", wait: bool = True, **changes: Any) -> DeploymentSpec:
        """Ask for a deployment, and wait until it is ready."""
        spec = wanted(self.directory, id, weights, **changes)
        if wait:
            eventually_sync(lambda: self.status(id).state == "ready")
        return spec

    def weigh(self, weights: str, id: str = "a") -> None:
        """Change the weights of a deployment, whole at once."""
        write_atomic(self.directory / f"{id}.weights", weights.encode(), 0o600)

    def status(self, id: str) -> DeploymentStatus:
        """How far the inference server is with a deployment."""
        path = self.directory / "state.json"
        state = msgspec.json.decode(path.read_bytes(), type=InferenceState).deployments if path.exists() else {}
        return state.get(id, DeploymentStatus("starting", "not known yet"))  # type: ignore[arg-type]

    def workers(self) -> list[psutil.Process]:
        """The model processes."""
        return list(psutil.Process(self.front).children())

    @property
    def front(self) -> int:
        """The process that answers."""
        return int(eventually_sync(lambda: self.read("front.json").get("front")))

    def configure(self, **config: Any) -> httpx.Response:
        """Send a configuration."""
        return self.client.post("/configs", files={"file": ("config.json", msgspec.json.encode(config))})


def wanted(directory: Path, id: str = "a", weights: str = "good", **changes: Any) -> DeploymentSpec:
    """Write what an inference server shall deploy."""
    file = directory / f"{id}.weights"
    file.write_text(weights)
    fields = {
        "id": id, "model": "lamp", "version": 1, "algorithm": "fake", "dataset": "rooms",
        "path": str(file),
        "classes": [], "metadata": {}, "python": sys.executable, "environ": dict(os.environ),
        "created": 1.0,
    }  # fmt: skip
    spec = DeploymentSpec(**{**fields, **changes})
    write_atomic(directory / "deployments" / f"{id}.json", msgspec.json.encode(spec), 0o600)
    return spec


@pytest.fixture
def inference(tmp_path: Path) -> Iterator[RunningServer]:
    with running(tmp_path, "--site", str(SITE)) as inference:
        yield inference


@contextmanager
def running(tmp_path: Path, *arguments: str) -> Iterator[RunningServer]:
    """An inference server that is started, and ended."""
    directory = tmp_path / "serving"
    (directory / "deployments").mkdir(parents=True)
    command = [sys.executable, "-m", "jupyter_crispdm.serving", "--directory", str(directory), "--port", "0"]
    with (tmp_path / "front.log").open("wb") as log:
        process = subprocess.Popen([*command, *arguments], stderr=log)
    inference = RunningServer(directory, process)
    try:
        yield inference
    finally:
        inference.leave()
        process.send_signal(signal.SIGTERM)
        process.wait(60)
