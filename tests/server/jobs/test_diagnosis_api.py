"""What the curves of real jobs say, over HTTP and live."""

from __future__ import annotations

import json
import sys
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from typing import Any

import msgspec
import pytest
from tornado.httpclient import HTTPClientError

from jupyter_crispdm.app import CrispdmApp
from jupyter_crispdm.base.live.core.message import Message
from jupyter_crispdm.jobs.types import DiagnosisFact
from jupyter_crispdm.tracking.diagnosis.types import Diagnosis, Verdict
from tests.support import eventually

Api = Callable[..., Awaitable[Any]]

OVERFITS = """
import crispdm
for step in range(40):
    crispdm.log({"train/loss": 2 * 0.9**step, "val/loss": 1 + abs(step - 10) / 20}, step=step)
"""
WAITS = "import sys\nprint('ready', flush=True)\nsys.stdin.readline()\n"


@pytest.fixture
def api(crispdm: CrispdmApp, jp_fetch: Callable[..., Awaitable[Any]]) -> Api:
    """Calls a verb; answers its status and its decoded body, also for errors."""

    async def call(method: str, path: str, body: Any = None) -> Any:
        sent = None if method in ("GET", "DELETE") else json.dumps({} if body is None else body)
        try:
            answer = await jp_fetch("crispdm", "api", *path.split("/"), method=method, body=sent)
        except HTTPClientError as error:
            failed: Any = error.response
            return error.code, json.loads(failed.body)
        return answer.code, json.loads(answer.body or b"null")

    return call


async def submitted(api: Api, program: str, **fields: Any) -> str:
    status, job = await api("POST", "jobs", {"command": [sys.executable, "-c", program], **fields})
    assert status == 201, job
    return str(job["id"])


async def ended(api: Api, id: str) -> Any:
    async def over() -> Any:
        _, job = await api("GET", f"jobs/{id}")
        return job if job["ended"] else None

    return await eventually(over)


@pytest.mark.proves("diagnosis.verdict")
async def test_a_job_whose_held_out_loss_turned_is_said_to_be_overfitted(api: Api) -> None:
    id = await submitted(api, OVERFITS)
    await ended(api, id)
    status, body = await api("GET", f"jobs/{id}/diagnosis")
    assert status == 200
    said = msgspec.convert(body, Diagnosis)
    assert said.verdict is Verdict.overfit
    assert said.findings[0].train == "train/loss"
    assert said.findings[0].validation == "val/loss"
    assert "val/loss was best at step 10 (1) and is" in said.reason
    best = next(point for point in said.findings[0].evidence if point.what == "best")
    assert (best.name, best.step, best.value) == ("val/loss", 10, 1.0)
    assert said.best is not None
    assert (said.best.metric, said.best.step, said.best.kept) == ("val/loss", 10, False)


@pytest.mark.proves("diagnosis.live")
async def test_who_follows_a_diagnosis_is_told_as_the_job_trains(api: Api, crispdm: CrispdmApp) -> None:
    id = await submitted(api, WAITS + OVERFITS + WAITS)
    messages = crispdm.context.hub.follow(f"jobs/{id}/diagnosis")
    async with aclosing(messages):
        fact = _fact(await anext(messages))
        assert _verdict(fact) is Verdict.early
        await eventually(lambda: _is_waiting(crispdm, id))
        await _answer(api, id)
        while _verdict(fact) is not Verdict.overfit:
            fact = _fact(await anext(messages))
        await _answer(api, id)
        await ended(api, id)
        await api("DELETE", f"jobs/{id}")
        while fact.deleted != id:
            fact = _fact(await anext(messages))


async def _answer(api: Api, id: str) -> None:
    """Hand the job a line, once it is known to run: what it prints may be seen before."""

    async def taken() -> bool:
        return bool((await api("POST", f"jobs/{id}/input", {"text": "\n"}))[0] == 204)

    await eventually(taken)


def _fact(message: Message) -> DiagnosisFact:
    return msgspec.json.decode(message.data, type=DiagnosisFact)


def _verdict(fact: DiagnosisFact) -> Verdict | None:
    return fact.diagnosis.verdict if isinstance(fact.diagnosis, Diagnosis) else None


def _is_waiting(crispdm: CrispdmApp, id: str) -> bool:
    return "ready" in (crispdm.context.data_dir / "jobs" / id / "output.log").read_text()


async def test_a_job_that_is_not_there_has_no_diagnosis_and_bad_rules_name_their_field(api: Api) -> None:
    assert (await api("GET", "jobs/nobody/diagnosis"))[0] == 404
    assert (await api("GET", "jobs/nobody/alerts"))[0] == 404
    assert (await api("PUT", "jobs/nobody/alerts", {"alerts": []}))[0] == 404
    for rule, says in [
        ({"when": "above", "metric": "loss"}, "needs a 'value'"),
        ({"when": "stuck", "metric": "loss"}, "needs 'patience'"),
        ({"when": "below", "value": 1}, "needs a 'metric'"),
        ({"when": "sometimes"}, "sometimes"),
        ({"when": "stuck", "metric": "loss", "patience": 0}, ">= 1"),
    ]:
        status, error = await api("POST", "jobs", {"command": ["true"], "alerts": [rule]})
        assert status == 400
        assert says in error["message"]
    too_many = [{"when": "nan"}] * 51
    assert (await api("POST", "jobs", {"command": ["true"], "alerts": too_many}))[0] == 400


STOPS = """
import time, crispdm
for step, loss in enumerate([3.0, 1.0, 2.0, 2.0]):
    crispdm.log({"val/loss": loss}, step=step)
    open("net.pt", "w").write(str(step))
    crispdm.artifact("net.pt", name=f"net-{step}.pt")
print("ready", flush=True)
time.sleep(600)
"""


@pytest.mark.proves("diagnosis.keep-best")
async def test_a_job_is_stopped_so_that_its_best_is_its_result(api: Api, crispdm: CrispdmApp) -> None:
    id = await submitted(api, STOPS, cwd=".")
    await eventually(lambda: _is_waiting(crispdm, id))
    assert (await api("POST", f"jobs/{id}/stop", {"keep": "worst"}))[0] == 400
    assert (await api("POST", f"jobs/{id}/stop", {"keep": "best", "grace": [1, 1]}))[0] == 202
    assert (await ended(api, id))["state"] == "stopped"
    _, said = await api("GET", f"jobs/{id}/diagnosis")
    assert said["best"]["kept"] is True
    assert (said["best"]["metric"], said["best"]["step"], said["best"]["artifact"]) == ("val/loss", 1, "net-1.pt")


@pytest.mark.proves("diagnosis.alerts")
async def test_an_alert_of_the_submission_stops_a_real_job(api: Api) -> None:
    rule = {"when": "stuck", "metric": "val/loss", "patience": 2, "then": "stop"}
    id = await submitted(api, STOPS, cwd=".", alerts=[rule])
    assert (await ended(api, id))["state"] == "stopped"
    _, alerts = await api("GET", f"jobs/{id}/alerts")
    assert [alert["raised"] for alert in alerts["alerts"]] == [True]
    assert alerts["alerts"][0]["reason"].startswith("val/loss has been no better than 1, at step 1, for 2 values")
    _, said = await api("GET", f"jobs/{id}/diagnosis")
    assert said["best"]["kept"] is True
    status, changed = await api("PUT", f"jobs/{id}/alerts", {"alerts": []})
    assert (status, changed) == (200, {"alerts": []})
