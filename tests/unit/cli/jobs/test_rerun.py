"""`rerun`: what is changed, and what stays as it was."""

from __future__ import annotations

from typing import Any

import pytest

from jupyter_crispdm.cli import main
from tests.unit.cli.conftest import ENVIRONMENT, JOB, ScriptedServer, refusal

Out = pytest.CaptureFixture[str]
BEFORE = {"command": ["python", "train.py"], "parameters": {"lr": 0.1, "epochs": 3}, "environment": "server"}


@pytest.fixture
def again(server: ScriptedServer) -> ScriptedServer:
    server.put("POST", "jobs/j1/rerun", {**JOB, "id": "j2"})
    server.put("GET", "jobs/j1/submission", BEFORE)
    server.put("GET", "environments", {"environments": [ENVIRONMENT]})
    return server


def changes(server: ScriptedServer) -> Any:
    [(_, body)] = server.sent("POST")
    return body["changes"]


@pytest.mark.proves("cli.rerun")
def test_nothing_named_is_nothing_changed(again: ScriptedServer, capsys: Out) -> None:
    assert main(["rerun", "j1"]) == 0
    assert changes(again) == {}
    assert capsys.readouterr().out == "j2\n"


def test_a_parameter_that_is_not_named_stays(again: ScriptedServer) -> None:
    assert main(["rerun", "j1", "--param", "lr=0.01"]) == 0
    assert changes(again) == {"parameters": {"lr": 0.01, "epochs": 3}}


def test_a_new_parameter_comes_beside_those_that_were(again: ScriptedServer) -> None:
    assert main(["rerun", "j1", "--param", "note=x", "--param", "epochs=5"]) == 0
    assert changes(again) == {"parameters": {"lr": 0.1, "epochs": 5, "note": "x"}}


def test_the_old_parameters_are_asked_for_only_when_one_changes(again: ScriptedServer) -> None:
    assert main(["rerun", "j1", "--name", "anew", "--retries", "2", "--timeout", "1h"]) == 0
    assert changes(again) == {"name": "anew", "retries": 2, "timeout": 3600.0}
    assert again.sent("GET") == []


def test_an_environment_is_meant_by_its_folder(again: ScriptedServer) -> None:
    assert main(["rerun", "j1", "--env", "/opt/x"]) == 0
    assert changes(again) == {"environment": "server"}


def test_an_environment_that_is_not_there_starts_nothing(again: ScriptedServer, capsys: Out) -> None:
    assert main(["rerun", "j1", "--env", "gone"]) == 1
    assert "gone" in capsys.readouterr().err
    assert again.sent("POST") == []


def test_a_job_that_is_not_there_is_one_line(server: ScriptedServer, capsys: Out) -> None:
    server.put("POST", "jobs/j1/rerun", refusal(404, "not_found", "There is no job 'j1'.", id="j1"))
    assert main(["rerun", "j1"]) == 1
    assert capsys.readouterr() == ("", "jupyter crispdm: There is no job 'j1'.\n")
