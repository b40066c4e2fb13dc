"""Interpreters that jobs may run with, and real jobs under a real supervisor."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import jupyter_crispdm.worker
from jupyter_crispdm.worker.processes.identity import kill_tree
from tests.support import eventually_sync, runnable

WORKER = Path(jupyter_crispdm.worker.__file__).parent
SITE = WORKER / "site"
_OLDEST = (3, 8)


def _interpreters() -> list[str]:
    """This interpreter, and one of each other minor version that pyenv or the path has."""
    found = {sys.version_info[:2]: sys.executable}
    candidates = list(Path.home().glob(".pyenv/versions/3.*/bin/python3.*"))
    candidates += [Path(there) for minor in range(8, 20) if (there := runnable(f"python3.{minor}"))]
    for path in candidates:
        version = re.fullmatch(r"python(3)\.(\d+)", path.name)
        if version and (key := (3, int(version[2]))) >= _OLDEST:
            found.setdefault(key, str(path))
    return list(found.values())


@pytest.fixture(params=_interpreters(), ids=lambda path: f"python{path.rsplit('python', 1)[-1] or '-current'}")
def interpreter(request: pytest.FixtureRequest) -> str:
    """Each interpreter that is there."""
    return str(request.param)


class StartedJob:
    """A job directory and the supervisor that was started for it."""

    def __init__(self, directory: Path, python: str) -> None:
        self.directory = directory
        self.python = python

    def launch(self) -> subprocess.CompletedProcess[str]:
        """Start the supervisor as the server does."""
        script = str(WORKER / "supervisor.py")
        return subprocess.run(
            [self.python, "-I", "-S", script, str(self.directory)], capture_output=True, text=True, timeout=60
        )

    def read(self, name: str) -> dict[str, Any] | None:
        """One of the supervisor's records, once it is there."""
        path = self.directory / name
        record: dict[str, Any] | None = json.loads(path.read_text()) if path.exists() else None
        return record

    def state(self) -> dict[str, Any]:
        """Who runs."""
        return dict(eventually_sync(lambda: self.read("state.json")))

    def exit(self, timeout: float = 60.0) -> dict[str, Any]:
        """How it ended."""
        return dict(eventually_sync(lambda: self.read("exit.json"), timeout))

    def log(self) -> str:
        """What it has printed."""
        path = self.directory / "output.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def printed(self, text: str) -> str:
        """The log, once it has the text."""
        return str(eventually_sync(lambda: text in self.log() and self.log()))

    def send(self, *lines: bytes) -> None:
        """Write to the control FIFO as the server does."""
        descriptor = os.open(self.directory / "control", os.O_WRONLY | os.O_NONBLOCK)
        try:
            for line in lines:
                os.write(descriptor, line)
        finally:
            os.close(descriptor)


StartJob = Callable[..., StartedJob]


@pytest.fixture
def start_job(tmp_path: Path) -> Iterator[StartJob]:
    """Start a job: `start_job([argv…], timeout=…, grace=…, log_limit=…, memory=…, env=…, python=…)`."""
    started: list[StartedJob] = []

    def start(argv: list[str], *, python: str = sys.executable, check: bool = True, **fields: Any) -> StartedJob:
        directory = tmp_path / f"job{len(started)}"
        directory.mkdir()
        (directory / "output.log").touch()
        own = {"CRISPDM_RUN_DIR": str(directory), "PYTHONPATH": str(SITE), "PYTHONUNBUFFERED": "1"}
        environment = {"PATH": os.environ["PATH"], **own, **fields.pop("env", {})}
        spec = {"id": "j", "argv": argv, "cwd": str(tmp_path), "grace": [600, 600], **fields, "env": environment}
        (directory / "spec.json").write_text(json.dumps(spec))
        job = StartedJob(directory, python)
        started.append(job)
        if check:
            done = job.launch()
            assert (done.returncode, done.stderr) == (0, "")
        return job

    yield start
    for job in started:
        state = job.read("state.json")
        kill_tree(state and state["process"], job.directory, (0, 0))
        if state:
            kill_tree(state["supervisor"], None, (0, 0))
