"""`rerun`: what is changed, and what stays as it was."""

from __future__ import annotations

from typing import Any

import pytest

from jupyter_crispdm.cli import main
from tests.unit.cli.conftest import ENVIRONMENT, JOB, ScriptedServer, refusal, told

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


OLD: dict[str, Any] = {"id": "study-e1-0a", "name": "study-e1", "ready": False, "job": "b1"}
AGAIN: dict[str, Any] = {
    "job": {**JOB, "id": "j3"},
    "inputs": [
        {"input": "code", "state": "same"},
        {"input": "environment", "state": "restored", "reason": "It runs as it was then, in 'study-e1'."},
    ],
}


@pytest.fixture
def exact(server: ScriptedServer) -> ScriptedServer:
    server.put("POST", "runs/j1/environment", OLD)
    server.put("GET", "live:jobs/b1", told("jobs/b1", {"job": {**JOB, "id": "b1", "state": "succeeded"}}))
    server.put("POST", "runs/j1/again", AGAIN)
    return server


@pytest.mark.proves("runs.again-environment")
def test_exactly_as_it_was_means_in_its_environment_which_is_built_first(exact: ScriptedServer, capsys: Out) -> None:
    assert main(["rerun", "j1", "--exact", "--name", "as then"]) == 0
    assert [path for path, _ in exact.sent("POST")] == ["runs/j1/environment", "runs/j1/again"]
    body = exact.sent("POST")[1][1]
    assert (body["exact"], body["name"]) == (True, "as then")
    printed = capsys.readouterr()
    assert printed.out == "j3\n"
    assert "the environment study-e1 is built by the job b1" in printed.err
    assert "It runs as it was then, in 'study-e1'." in printed.err


@pytest.mark.proves("runs.again-environment")
def test_an_environment_that_is_there_is_not_waited_for(exact: ScriptedServer, capsys: Out) -> None:
    exact.put("POST", "runs/j1/environment", {**OLD, "ready": True})
    assert main(["rerun", "j1", "--exact"]) == 0
    assert exact.sent("GET") == []


def test_an_environment_that_was_not_built_runs_nothing(exact: ScriptedServer, capsys: Out) -> None:
    exact.put("GET", "live:jobs/b1", told("jobs/b1", {"job": {**JOB, "id": "b1", "state": "failed"}}))
    assert main(["rerun", "j1", "--exact"]) != 0
    assert "jupyter crispdm logs b1" in capsys.readouterr().err
    assert [path for path, _ in exact.sent("POST")] == ["runs/j1/environment"]


@pytest.mark.parametrize(
    ("given", "named"), [(["--param", "lr=1"], "parameters"), (["--env", "x"], "environment"), (["--cpus=2"], "cpus")]
)
def test_exactly_takes_no_changes(exact: ScriptedServer, capsys: Out, given: list[str], named: str) -> None:
    assert main(["rerun", "j1", "--exact", *given]) != 0
    assert f"without other {named}" in capsys.readouterr().err
    assert exact.asked == []
