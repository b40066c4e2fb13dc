"""`models` and `deploy`: the registry as a table, and a model that answers, or why it does not."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from jupyter_crispdm.cli import main
from tests.unit.cli.conftest import ENVIRONMENT, ScriptedServer, refusal, told

Out = pytest.CaptureFixture[str]
VERSION: dict[str, Any] = {
    "name": "unet_digits", "version": 2, "format": "torch", "task": "segmentation", "classes": ["0"], "signature": {},
    "metadata": {"algorithm": "unet", "dataset": "digits"}, "job": "j1", "environment": "server",
    "created": "2026-11-21T12:00:00Z", "size": 1_500_000, "sha256": "0" * 64, "aliases": ["champion"],
    "algorithm": "unet", "dataset": "digits",
}  # fmt: skip
DEPLOYMENT: dict[str, Any] = {
    "id": "d1", "model": "unet_digits", "version": 2, "state": "starting", "workers": 1, "environment": "server",
    "owner": "ada", "created": "2026-11-21T12:00:00Z", "reason": "", "url": "http://127.0.0.1:8503",
}  # fmt: skip


def registry(*versions: dict[str, Any]) -> dict[str, Any]:
    """The registry as the server answers it."""
    return {"models": [{"name": "unet_digits", "latest": 2, "aliases": {}, "versions": list(versions)}]}


def deployed(*states: dict[str, Any]) -> httpx.Response:
    """What the topic of deployments tells, one after another."""
    return told("deployments", *({"deployments": [{**DEPLOYMENT, **state}]} for state in states))


@pytest.fixture
def service(server: ScriptedServer) -> ScriptedServer:
    server.put("POST", "deployments", httpx.Response(201, json=DEPLOYMENT))
    server.put("GET", "environments", {"environments": [ENVIRONMENT]})
    return server


@pytest.mark.proves("cli.models")
def test_each_version_is_a_row(server: ScriptedServer, capsys: Out) -> None:
    server.put("GET", "models", registry(VERSION, {**VERSION, "version": 1, "aliases": []}))
    assert main(["models"]) == 0
    _, _, newest, oldest = [line for line in capsys.readouterr().out.splitlines() if line.strip()]
    assert newest.split()[:5] == ["unet_digits", "2", "champion", "unet", "digits"]
    assert "1.5 MB" in newest
    assert oldest.split()[:4] == ["unet_digits", "1", "unet", "digits"]


def test_an_empty_registry_says_how_a_model_gets_there(server: ScriptedServer, capsys: Out) -> None:
    server.put("GET", "models", {"models": []})
    assert main(["models"]) == 0
    assert capsys.readouterr().out == "No models yet: jobs register them by crispdm.model(…).\n"


def test_programs_get_what_the_server_answers(server: ScriptedServer, capsys: Out) -> None:
    server.put("GET", "models", registry(VERSION))
    assert main(["models", "--json"]) == 0
    [model] = json.loads(capsys.readouterr().out)["models"]
    assert (model["name"], model["versions"][0]["sha256"]) == ("unet_digits", "0" * 64)


@pytest.mark.proves("cli.deploy")
def test_a_model_is_waited_for_until_it_answers(service: ScriptedServer, capsys: Out) -> None:
    service.put("GET", "live:deployments", deployed({}, {}, {"state": "ready"}))
    assert main(["deploy", "unet_digits@champion"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "d1", "unet_digits version 2 answers at http://127.0.0.1:8503",
    ]  # fmt: skip


def test_one_that_fails_says_why(service: ScriptedServer, capsys: Out) -> None:
    service.put("GET", "live:deployments", deployed({}, {"state": "failed", "reason": "torch is missing in “text”"}))
    assert main(["deploy", "unet_digits"]) == 1
    assert capsys.readouterr() == ("d1\n", "jupyter crispdm: unet_digits is failed: torch is missing in “text”\n")


def test_one_that_is_taken_away_meanwhile_is_not_waited_for(service: ScriptedServer, capsys: Out) -> None:
    service.put("GET", "live:deployments", told("deployments", {"deployments": []}))
    assert main(["deploy", "unet_digits"]) == 1
    assert "unet_digits is starting" in capsys.readouterr().err


def test_who_does_not_wait_gets_the_id(service: ScriptedServer, capsys: Out) -> None:
    assert main(["deploy", "unet_digits/2", "--no-wait", "--workers", "4"]) == 0
    assert capsys.readouterr() == ("d1\n", "")
    assert service.sent("POST") == [("deployments", {"model": "unet_digits/2", "workers": 4})]


def test_an_environment_that_is_not_there_deploys_nothing(service: ScriptedServer, capsys: Out) -> None:
    assert main(["deploy", "unet_digits", "--env", "gone"]) == 1
    assert "gone" in capsys.readouterr().err
    assert service.sent("POST") == []


def test_a_model_that_is_not_there_is_one_line(service: ScriptedServer, capsys: Out) -> None:
    service.put("POST", "deployments", refusal(404, "not_found", "There is no model 'unet'.", field="model"))
    assert main(["deploy", "unet"]) == 1
    assert capsys.readouterr() == ("", "jupyter crispdm: There is no model 'unet'.\n")
