"""A real MLflow server, where there is one: `make test-mlflow` names the Python that has it."""

from __future__ import annotations

import os
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ports import free_port
from tests.support import eventually_sync

PYTHON = os.environ.get("CRISPDM_TEST_MLFLOW", "")
collect_ignore = [] if PYTHON else ["test_mlflow.py"]
_OPTIONS = ("--host", "127.0.0.1", "--workers", "1", "--serve-artifacts")


class Server:
    """`mlflow server` over a database and a folder, which outlive it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until it answers."""
        places = ("--backend-store-uri", f"sqlite:///{self.folder}/mlflow.db", "--artifacts-destination",
                  str(self.folder / "artifacts"))  # fmt: skip
        words = [PYTHON, "-m", "mlflow", "server", *_OPTIONS, "--port", str(self.port), *places]
        variables = {**os.environ, "MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true"}
        with open(self.folder / "server.log", "ab") as log:
            self._process = subprocess.Popen(
                words, cwd=self.folder, env=variables, stdout=log, stderr=log, start_new_session=True
            )
        eventually_sync(self._answers, timeout=240.0)

    def stop(self) -> None:
        """End it with all its processes."""
        if self._process is not None:
            os.killpg(self._process.pid, 9)
            self._process.wait(60)
            self._process = None

    def batches(self) -> int:
        """How many batches it has taken, as its log says."""
        return (self.folder / "server.log").read_bytes().count(b"runs/log-batch")

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, (self.folder / "server.log").read_text()
        try:
            with urllib.request.urlopen(f"{self.url}/health", timeout=60) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("mlflow"))
    server.start()
    yield server
    server.stop()
