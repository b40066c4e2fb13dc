"""Runs of a real server, pushed to an MLflow server that its settings name."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack
from typing import Any

import pytest
from traitlets.config import Config

from jupyter_crispdm.app import CrispdmApp
from jupyter_crispdm.base.rooms.checks import Verdict
from jupyter_crispdm.runs.pushing.checks import look
from tests.support import eventually
from tests.unit.runs.pushing.double import Double, Wrong, served

from .conftest import Api
from .test_runs_api import logs


@pytest.fixture
def double(jp_asyncio_loop: asyncio.AbstractEventLoop) -> Iterator[Double]:
    """An MLflow server."""
    double, stack = Double(), AsyncExitStack()
    jp_asyncio_loop.run_until_complete(stack.enter_async_context(served(double)))
    yield double
    jp_asyncio_loop.run_until_complete(stack.aclose())


@pytest.fixture
def jp_server_config(jp_server_config: Config, double: Double, monkeypatch: pytest.MonkeyPatch) -> Config:
    """Names it. Jobs get no secrets, as where people log in."""
    jp_server_config.CrispdmApp.pass_variables = []
    monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", "s3cret")
    jp_server_config.CrispdmApp.mlflow_tracking_uri = f"{double.url}/team/"
    return jp_server_config


@pytest.mark.proves("runs.pushed")
async def test_a_job_is_pushed_over_an_outage_and_everybody_is_told(
    api: Api, double: Double, crispdm: CrispdmApp
) -> None:
    def trouble(verb: str, number: int) -> bool:
        raise Wrong(503, "TEMPORARILY_UNAVAILABLE", "back soon")

    program = logs(0.5) + "\nimport os\ncrispdm.params({'token': os.environ.get('MLFLOW_TRACKING_TOKEN', 'none')})"
    double.trouble = trouble
    id = await api.job(program, name="first", tags=["mine"])

    async def mlflow(state: str) -> Any:
        await api.run(id)  # whoever looks at the table has it read
        told = (await api.get(f"runs/{id}"))["mlflow"] or {}
        return told if told.get("state") == state else None

    async def troubled() -> Any:
        loops = (await api.get("health/details"))["loops"]
        error = next(loop["error"] for loop in loops if loop["name"] == "runs pushed to MLflow")
        told = await mlflow("waiting") or {}
        return error if "back soon" in told.get("trouble", "") else None

    assert "503 TEMPORARILY_UNAVAILABLE: back soon" in await eventually(troubled)
    (check,) = await look(crispdm)
    assert check.verdict is Verdict.limited
    assert "back soon" in check.reason
    double.trouble = lambda verb, number: False
    told = await eventually(lambda: mlflow("pushed"))
    run = double.one()
    there = run["info"]["run_id"]
    assert told == {"state": "pushed", "url": f"{double.url}/team/#/experiments/1/runs/{there}"}
    assert double.experiments["1"]["name"] == "jupyter_crispdm"
    assert run["params"] == {"lr": "0.5", "token": "none"}
    assert [(step, value) for step, value, _ in double.curve(there, "loss")] == [(0, 3.0), (10, 0.5), (20, 2.0)]
    assert (run["info"]["status"], run["tags"]["crispdm.job"]) == ("FINISHED", id)
    assert set(double.authorizations) == {"Bearer s3cret"}
    (check,) = await look(crispdm)
    assert (check.verdict, check.reason) == (
        Verdict.ok, f"{double.url}/team answers; finished runs are pushed to it"
    )  # fmt: skip
