"""The demo's road: what is done once is not done twice, and what fails says why."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from jupyter_crispdm.base.errors import Unprocessable
from jupyter_crispdm.cli.demonstration import road as module
from jupyter_crispdm.cli.demonstration.project import Project
from jupyter_crispdm.cli.demonstration.road import Road, service_of
from jupyter_crispdm.client import connect
from jupyter_crispdm.client.live import Live
from tests.unit.cli.conftest import ENVIRONMENT, JOB, ScriptedServer, told
from tests.unit.cli.models.test_models import DEPLOYMENT, VERSION, deployed, registry

Out = pytest.CaptureFixture[str]
TRAINING: dict[str, Any] = {**JOB, "tags": ["demo", "shared"]}


@pytest.fixture
def road(server: ScriptedServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Road:
    """A road on a scripted server, where no time passes."""
    monkeypatch.setattr("jupyter_crispdm.client.live.PATIENCE_SECONDS", 0.0)
    server.put("GET", "jobs", {"jobs": []})
    server.put("POST", "jobs", httpx.Response(201, json=TRAINING))
    server.put("GET", "models", {"models": []})
    server.put("GET", "deployments", {"deployments": []})
    server.put("GET", "environments", {"environments": [{**ENVIRONMENT, "id": "mine", "prefix": str(tmp_path)}]})
    client = connect()
    seconds = iter(range(10_000))
    client.live = Live(client.transport, sleep=lambda _: None, monotonic=lambda: float(next(seconds)))
    for noun in (client.jobs, client.deployments):
        noun._live = client.live
    return Road(client, Project(tmp_path), tmp_path)


def test_a_new_training_runs_in_the_demos_environment_and_is_shown_to_viewers(
    road: Road, server: ScriptedServer
) -> None:
    assert road.train(["--epochs", "3"]) is not None
    [(path, body)] = server.sent("POST")
    assert path == "jobs"
    assert (body["script"], body["args"], body["environment"]) == ("train.py", ["--epochs", "3"], "mine")
    assert body["tags"] == ["demo", "shared"]


def test_a_training_that_runs_already_is_stayed_with(road: Road, server: ScriptedServer) -> None:
    others = {**TRAINING, "id": "j2", "tags": ["other"]}
    over = {**TRAINING, "id": "j3", "state": "succeeded"}
    server.put("GET", "jobs", {"jobs": [others, over, TRAINING]})
    job = road.train([])
    assert job is not None
    assert job.id == "j1"
    last = road.last_training()
    assert last is not None
    assert last.id == "j3"
    assert server.sent("POST") == []


def test_a_model_that_is_there_is_not_trained_again(road: Road, server: ScriptedServer) -> None:
    server.put("GET", "models", registry(VERSION))
    assert road.train([]) is None
    assert road.newest().version == 2
    assert server.sent("POST") == []
    assert road.last_training() is None


def test_another_model_is_not_the_demos(road: Road, server: ScriptedServer) -> None:
    server.put("GET", "models", {"models": [{"name": "mine", "latest": 1, "aliases": {}, "versions": [VERSION]}]})
    with pytest.raises(Unprocessable, match="There is no model 'unet_digits'"):
        road.newest()
    assert road.train([]) is not None


def test_an_environment_that_the_server_does_not_find_is_named(road: Road, server: ScriptedServer) -> None:
    server.put("GET", "environments", {"environments": [ENVIRONMENT]})
    with pytest.raises(Unprocessable, match=f"does not find the environment {road.prefix}"):
        road.train([])
    assert server.sent("POST") == []


def over(state: str, reason: str = "") -> dict[str, Any]:
    return {**TRAINING, "state": state, "reason": reason, "exit_code": 0 if state == "succeeded" else 1}


def follow(road: Road, server: ScriptedServer, end: dict[str, Any]) -> None:
    entry = {"text": "epoch 1\n", "start": 0, "end": 8}
    server.put("GET", "live:jobs/j1/log", told("jobs/j1/log", entry, {"text": "", "start": 8, "end": 8, "ended": True}))
    server.put("GET", "live:jobs/j1", told("jobs/j1", {"job": end}))
    job = road.train([])
    assert job is not None
    road.follow(job)


def test_what_a_training_prints_is_printed(road: Road, server: ScriptedServer, capsys: Out) -> None:
    follow(road, server, over("succeeded"))
    assert capsys.readouterr().out == "epoch 1\n"


@pytest.mark.parametrize("state", ["failed", "stopped", "lost"])
def test_a_training_that_was_no_success_says_so_and_nothing_is_deployed(
    road: Road, server: ScriptedServer, state: str
) -> None:
    with pytest.raises(Unprocessable, match=rf"The training is {state}: out of memory\. Nothing was deployed\."):
        follow(road, server, over(state, "out of memory"))


def test_the_model_of_this_training_is_waited_for(road: Road, server: ScriptedServer) -> None:
    of_another = {**VERSION, "version": 1, "job": "j0"}
    server.put(
        "GET", "live:models", told("models", {"models": []}, registry(of_another), registry(VERSION, of_another))
    )
    job = road.train([])
    assert job is not None
    assert road.registered(job).version == 2


def test_a_training_that_handed_no_model_over_is_said_to_have(road: Road, server: ScriptedServer) -> None:
    server.put("GET", "live:models", told("models", registry({**VERSION, "job": "j0"})))
    job = road.train([])
    assert job is not None
    with pytest.raises(Unprocessable, match="Job j1 succeeded but registered no model"):
        road.registered(job)


def deploy(road: Road, server: ScriptedServer) -> Any:
    server.put("GET", "models", registry(VERSION))
    server.put("POST", "deployments", httpx.Response(201, json=DEPLOYMENT))
    return road.deploy(road.newest())


def test_a_model_is_deployed_and_waited_for(road: Road, server: ScriptedServer) -> None:
    server.put("GET", "live:deployments", deployed({}, {"state": "ready"}))
    assert deploy(road, server).state.value == "ready"
    assert server.sent("POST") == [("deployments", {"model": "unet_digits/2"})]


@pytest.mark.parametrize("state", ["ready", "starting"])
def test_a_deployment_that_is_there_is_taken(road: Road, server: ScriptedServer, state: str) -> None:
    old = {**DEPLOYMENT, "id": "d0", "version": 1, "state": "ready"}
    server.put("GET", "deployments", {"deployments": [old, {**DEPLOYMENT, "state": state}]})
    server.put("GET", "live:deployments", deployed({"state": "ready"}))
    assert deploy(road, server).id == "d1"
    assert server.sent("POST") == []


def test_one_that_failed_is_made_anew_and_looked_at_twice(road: Road, server: ScriptedServer) -> None:
    """The port may have been taken for a moment; the server tries again by itself."""
    server.put("GET", "deployments", {"deployments": [{**DEPLOYMENT, "state": "failed"}]})
    first = deployed({"state": "failed", "reason": "the port is taken"})
    server.put("GET", "live:deployments", first, deployed({"state": "failed"}, {"state": "ready"}))
    assert deploy(road, server).state.value == "ready"
    assert len(server.sent("POST")) == 1


def test_one_that_stays_failed_says_why(road: Road, server: ScriptedServer) -> None:
    server.put("GET", "live:deployments", deployed({"state": "failed", "reason": "torch is missing"}))
    with pytest.raises(Unprocessable, match="The model is failed: torch is missing"):
        deploy(road, server)


def test_the_service_is_told_which_model_answers_as_its_clients_do(
    road: Road, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[tuple[str, Any]] = []

    def post(url: str, files: Any, trust_env: bool) -> httpx.Response:
        sent.append((url, json.loads(files["file"][1])))
        return httpx.Response(200, request=httpx.Request("POST", url))

    monkeypatch.setattr(httpx, "post", post)
    server.put("GET", "models", registry(VERSION))
    road.choose("http://127.0.0.1:8503", road.newest())
    assert sent == [("http://127.0.0.1:8503/configs", {
        "algorithm": "unet", "Model_path": "digits", "weight": "unet_digits2"})]  # fmt: skip


def test_the_address_of_the_four_calls_follows_from_a_deployments() -> None:
    url = "http://127.0.0.1:8503/v2/models/unet_digits"
    deployment: Any = type("Deployment", (), {"url": url})
    assert service_of(deployment) == "http://127.0.0.1:8503"


def program(road: Road, text: str) -> None:
    """An interpreter that does as a test says."""
    python = road.prefix / "bin/python"
    python.parent.mkdir()
    python.write_text(f"#!/bin/sh\n{text}\n")
    python.chmod(0o755)


def test_the_pictures_are_drawn_by_the_demos_own_python(road: Road) -> None:
    program(road, 'mkdir -p "$2" && echo "{}" > "$2/truth.json"; echo "$@" > asked')
    assert not road.has_pictures
    road.draw_pictures()
    assert road.has_pictures
    assert (road.project.folder / "asked").read_text() == f"make_pictures.py pictures --count {module.PICTURES}\n"


def test_a_report_is_what_the_program_prints(road: Road) -> None:
    program(road, 'echo "{\\"accuracy\\": 0.9}"')
    assert road.evaluate("http://127.0.0.1:8503") == {"accuracy": 0.9}


def test_a_program_that_fails_is_heard_and_named(road: Road, capsys: Out) -> None:
    program(road, "echo 'no numpy' >&2; exit 3")
    with pytest.raises(Unprocessable, match=r"evaluate\.py ended with code 3; what it said is above"):
        road.evaluate("http://127.0.0.1:8503")
    assert capsys.readouterr().err == "no numpy\n"
