"""What is pushed to a real `mlflow server`, as MLflow's own client sees it there."""

from __future__ import annotations

import asyncio
import json
import math
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from jupyter_crispdm.base.clock import utc
from jupyter_crispdm.runs.records import Marks
from jupyter_crispdm.runs.types import MlflowState
from tests.support import eventually
from tests.trackers import looks
from tests.unit.runs.making import NOON
from tests.unit.runs.pushing.conftest import housed, without_pauses
from tests.unit.runs.pushing.test_pusher import INPUTS

from .conftest import PYTHON, Server

__all__ = ["without_pauses"]


def seen(server: Server, experiment: str) -> list[dict[str, Any]]:
    """The runs of an experiment, by MLflow's client."""
    variables = {**os.environ, "MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true"}
    done = subprocess.run(
        [PYTHON, looks.__file__, server.url, experiment], env=variables, capture_output=True, text=True, timeout=240
    )
    assert done.returncode == 0, done.stderr
    told: list[dict[str, Any]] = json.loads(done.stdout)
    return told


@pytest.mark.proves("runs.pushed", "runs.pushed-real")
async def test_their_client_sees_the_whole_run(server: Server, tmp_path: Path) -> None:
    loss = [math.exp(-n / 500) for n in range(3000)]
    async with housed(tmp_path) as house:
        house.add(
            "a", {"loss": loss, "odd": [math.nan, math.inf, -math.inf], "val/ä@1": [0.5]}, inputs=INPUTS, name="first",
            parameters={"lr": 0.1, "name": "net", **{f"p{n}": "x" * 400 for n in range(60)}},
            started=utc(NOON), ended=utc(NOON + 9),
        )  # fmt: skip
        house.index.mark("a", Marks(note="It is *good*."))
        house.models = {"a": ["digits 1"]}
        house.open(server.url, experiment="whole")
        told = await house.reaches("a", MlflowState.pushed)
    assert told.trouble == ""
    (run,) = seen(server, "whole")
    assert (run["name"], run["status"]) == ("first", "FINISHED")
    assert (run["began"], run["ended"]) == (int(NOON) * 1000, int(NOON + 9) * 1000)
    assert run["params"]["lr"] == "0.1"
    assert len(run["params"]) == 62
    assert [(step, float(value)) for step, value, _ in run["curves"]["loss"]] == list(enumerate(loss))
    assert [time for _, _, time in run["curves"]["loss"]][:2] == [1_000_000_000_000, 1_000_000_001_000]
    assert next(value for _, value, _ in run["curves"]["odd"]) == "nan"
    assert [step for step, _, _ in run["curves"]["odd"]] == [0, 1, 2]
    assert run["curves"]["val/ä_1"] == [[0, "0.5", 1_000_000_000_000]]
    assert run["tags"] | {"crispdm.job": "a", "crispdm.models": "digits 1", "mlflow.user": "ada",
                          "mlflow.note.content": "It is *good*."} == run["tags"]  # fmt: skip
    assert run["files"] == {
        "crispdm/environment.txt": "# Python 3.11.4\nnumpy==2.0\n", "crispdm/code.diff": "- a\n+ b\n",
    }  # fmt: skip
    assert told.url.endswith(run["id"])


@pytest.mark.proves("runs.pushed-real")
async def test_kills_of_theirs_and_of_ours_leave_one_whole_run(server: Server, tmp_path: Path) -> None:
    curves = {f"m{number}": [float(n) for n in range(2500)] for number in range(2)}
    async with housed(tmp_path) as house:
        house.add("a", curves)
        house.open(server.url, experiment="kills")
        await eventually(lambda: server.batches() > 1)
        await house.close()
        before = server.batches()
        house.open(server.url, experiment="kills")
        await eventually(lambda: server.batches() > before)
        server.stop()
        await asyncio.to_thread(server.start)
        await house.reaches("a", MlflowState.pushed, timeout=240.0)
        house.add("b", {"loss": [1.0]})
        await house.reaches("b", MlflowState.pushed)
    found = seen(server, "kills")
    runs = {run["tags"]["crispdm.job"]: run for run in found}
    assert (len(found), set(runs)) == (2, {"a", "b"})
    assert runs["a"]["curves"].keys() == curves.keys()
    for name, values in curves.items():
        assert [(step, float(value)) for step, value, _ in runs["a"]["curves"][name]] == list(enumerate(values))
    assert [run["status"] for run in found] == ["FINISHED"] * 2
