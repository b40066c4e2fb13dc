"""`envs`: the table, packages, differences, files, and the jobs that make and fill environments."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from jupyter_crispdm.cli import main
from tests.unit.cli.conftest import ENVIRONMENT, JOB, ScriptedServer, refusal, told

Out = pytest.CaptureFixture[str]
BROKEN: dict[str, Any] = {
    **ENVIRONMENT, "id": "old-1", "name": "old", "kind": "venv", "usable": False, "reason": "its python is gone",
    "kernel": {"name": "", "ready": False, "reason": "its python is gone"},
}  # fmt: skip
ACCEPTED = {"job": "j1", "id": "x-1", "environment": "x", "prefix": "/opt/x"}


def lines(out: str) -> list[str]:
    """The lines that say something."""
    return [line for line in out.splitlines() if line.strip()]


@pytest.mark.proves("cli.envs")
def test_the_table_says_what_cannot_be_used_and_why(server: ScriptedServer, capsys: Out) -> None:
    server.put("GET", "environments", {"environments": [ENVIRONMENT, BROKEN]})
    assert main(["envs"]) == 0
    _, _, good, bad = lines(capsys.readouterr().out)
    assert good.split()[:5] == ["server", "server", "server", "3.12.1", "yes"]
    assert "no: its python is gone" in bad


def test_no_environment_is_said(server: ScriptedServer, capsys: Out) -> None:
    server.put("GET", "environments", {"environments": []})
    assert main(["envs", "--package", "cobol"]) == 0
    assert capsys.readouterr().out == "No environments.\n"


def test_one_is_made_a_kernel_before_the_table_is_shown(server: ScriptedServer) -> None:
    server.put("POST", "environments/server/kernel", {"name": "x", "ready": True, "reason": ""})
    server.put("GET", "environments", {"environments": [ENVIRONMENT]})
    assert main(["envs", "--kernel", "server"]) == 0
    assert [(method, path) for method, path, _ in server.asked] == [
        ("POST", "environments/server/kernel"), ("GET", "environments"),
    ]  # fmt: skip


def test_a_kernel_that_cannot_be_made_is_one_line(server: ScriptedServer, capsys: Out) -> None:
    words = "'old' cannot be a kernel: its python is gone."
    server.put("POST", "environments/old-1/kernel", refusal(409, "conflict", words, id="old-1"))
    assert main(["envs", "--kernel", "old-1"]) == 1
    assert capsys.readouterr() == ("", f"jupyter crispdm: {words}\n")


@pytest.mark.proves("cli.envs-packages")
def test_packages_are_a_table(server: ScriptedServer, capsys: Out) -> None:
    found = [{"name": "numpy", "version": "2.1.0"}, {"name": "torch", "version": "2.9.1"}]
    server.put("GET", "environments/server/packages", {"packages": found})
    assert main(["envs", "packages", "server"]) == 0
    assert [line.split() for line in lines(capsys.readouterr().out)][2:] == [["numpy", "2.1.0"], ["torch", "2.9.1"]]


def test_packages_for_programs(server: ScriptedServer, capsys: Out) -> None:
    server.put("GET", "environments/server/packages", {"packages": [{"name": "numpy", "version": "2.1.0"}]})
    assert main(["envs", "packages", "server", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["packages"][0]["name"] == "numpy"


def test_no_package_is_said(server: ScriptedServer, capsys: Out) -> None:
    server.put("GET", "environments/server/packages", {"packages": []})
    assert main(["envs", "packages", "server", "--search", "zz"]) == 0
    assert capsys.readouterr().out == "No packages.\n"


def test_a_difference_names_both_sides(server: ScriptedServer, capsys: Out) -> None:
    difference = {
        "same": 12, "different": [{"name": "torch", "here": "2.9", "there": "2.4"}],
        "only_here": [{"name": "numpy", "version": "2.1"}], "only_there": [{"name": "pandas", "version": "2.2"}],
    }  # fmt: skip
    server.put("GET", "environments/a/diff", difference)
    assert main(["envs", "diff", "a", "b"]) == 0
    heads, _, *rows = [line.split() for line in lines(capsys.readouterr().out)]
    assert heads == ["PACKAGE", "a", "b"]
    assert rows == [["numpy", "2.1"], ["pandas", "2.2"], ["torch", "2.9", "2.4"]]


def test_no_difference_says_how_much_is_the_same(server: ScriptedServer, capsys: Out) -> None:
    nothing = {"same": 12, "different": [], "only_here": [], "only_there": []}
    server.put("GET", "environments/a/diff", nothing)
    assert main(["envs", "diff", "a", "b"]) == 0
    assert capsys.readouterr().out == "No difference; 12 packages are the same.\n"


@pytest.mark.parametrize("kind", ["requirements", "conda"])
def test_a_file_that_makes_it_again_is_printed_as_it_is(kind: str, server: ScriptedServer, capsys: Out) -> None:
    server.put("GET", "environments/a/export", httpx.Response(200, text="numpy==2.1\ntorch==2.9\n"))
    assert main(["envs", "export", "a", "--format", kind]) == 0
    assert capsys.readouterr().out == "numpy==2.1\ntorch==2.9\n"


@pytest.mark.proves("cli.envs-make")
def test_the_job_that_makes_one_can_be_stayed_with(server: ScriptedServer, capsys: Out) -> None:
    server.put("POST", "environments", httpx.Response(202, json=ACCEPTED))
    server.put("GET", "jobs/j1", JOB)
    done = {**JOB, "state": "failed", "exit_code": 4, "reason": "no such package"}
    server.put("GET", "live:jobs/j1", told("jobs/j1", {"job": {**JOB, "started": JOB["created"]}}, {"job": done}))
    log = {"text": "Collecting nump\n", "start": 0, "end": 16}, {"text": "", "start": 16, "end": 16, "ended": True}
    server.put("GET", "live:jobs/j1/log", told("jobs/j1/log", *log))
    assert main(["envs", "create", "x", "nump", "--follow"]) == 4
    out, err = capsys.readouterr()
    assert out == "Collecting nump\n"
    assert err.splitlines()[0] == "j1"
    assert "no such package" in err


def test_those_that_were_lent_an_old_kernel_get_a_new_one(server: ScriptedServer, capsys: Out) -> None:
    old = {**ENVIRONMENT, "id": "b", "name": "b", "kernel": {"name": "k", "ready": True, "reason": "", "old": True}}
    server.put("GET", "environments", {"environments": [ENVIRONMENT, old]})
    server.put("POST", "environments/b/kernel", {"name": "k", "ready": True, "reason": ""})
    assert main(["envs", "refresh"]) == 0
    assert server.sent("POST") == [("environments/b/kernel", None)]
    assert capsys.readouterr().out == "b\n"


def test_nothing_old_is_said(server: ScriptedServer, capsys: Out) -> None:
    server.put("GET", "environments", {"environments": [ENVIRONMENT]})
    assert main(["envs", "refresh"]) == 0
    assert "as new as the server's" in capsys.readouterr().err
    assert server.sent("POST") == []


@pytest.mark.parametrize("words", [["create"], ["clone", "a"], ["install", "a"], ["packages"], ["diff", "a"], ["nope"]])
def test_what_is_missing_is_said_and_nothing_is_sent(words: list[str], server: ScriptedServer, capsys: Out) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["envs", *words])
    assert ended.value.code == 2
    assert capsys.readouterr().err
    assert server.asked == []
