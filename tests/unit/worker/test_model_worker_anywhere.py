"""The worker of a model in each interpreter that there is, with nothing but the standard library."""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jupyter_crispdm.worker.model.frames import FOREVER, Connection

from .conftest import WORKER

PREDICTORS = '''
import sys

def ready(header):
    assert "numpy" not in sys.modules

def runs_anything(header):
    return False

def load(header):
    return Predictor()

class Predictor:
    batch = 4

    def work(self, options, shapes):
        import record  # not what lies beside the worker
        return [record.WORK] * len(shapes)

    def stream(self, parameters):
        for number in range(parameters["count"]):
            yield {"n": number}
'''


@pytest.fixture
def connection(interpreter: str, tmp_path: Path) -> Iterator[Connection]:
    """A worker that was told to load."""
    package = tmp_path / "crispdm" / "predictors"
    package.mkdir(parents=True)
    (package.parent / "__init__.py").touch()
    (package / "__init__.py").write_text(PREDICTORS)
    (tmp_path / "record.py").write_text("WORK = 7")
    weights = tmp_path / "weights"
    weights.touch()
    ours, theirs = socket.socketpair()
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    command = [interpreter, str(WORKER / "model_worker.py"), str(theirs.fileno())]
    with ours, subprocess.Popen(command, env=environment, pass_fds=[theirs.fileno()]) as process:
        theirs.close()
        connection = Connection(ours)
        connection.send(0, {"path": str(weights), "threads": 1}, (), FOREVER)
        connection.flush()
        yield connection
        ours.shutdown(socket.SHUT_RDWR)
        process.wait(60)


def frames(connection: Connection, count: int) -> list[tuple[int, dict[str, Any]]]:
    found = []
    for _ in range(count):
        frame = connection.receive()
        assert frame is not None
        found.append((frame.id, dict(frame.header)))
    return found


@pytest.mark.proves("engine.any-python")
def test_a_worker_loads_answers_and_streams(connection: Connection) -> None:
    assert frames(connection, 1) == [(0, {"classes": [], "signature": {}, "batch": 4, "streams": True})]
    connection.send(1, {"do": "stream", "parameters": {"count": 2}, "room": 16}, (), FOREVER)
    connection.send(2, {"do": "plan", "options": {}, "shapes": [[1, 1, 3]]}, (), FOREVER)
    connection.flush()
    told = frames(connection, 4)
    assert told[0] == (2, {"work": [7]})
    assert told[1:] == [(1, {"piece": {"n": 0}}), (1, {"piece": {"n": 1}}), (1, {"end": True})]
