"""`schedule`: what is made, what is shown, what is done with one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from jupyter_crispdm.cli import main
from jupyter_crispdm.cli.jobs.schedule import local_zone
from tests.unit.cli.conftest import ENVIRONMENT, JOB, ScriptedServer, refusal

Out = pytest.CaptureFixture[str]
SCHEDULE: dict[str, Any] = {
    "id": "s1", "name": "nightly", "cron": "0 3 * * *", "description": "at 3:00", "timezone": "UTC", "owner": "ada",
    "created": "2026-11-21T12:00:00Z", "next_run": "2026-11-22T03:00:00Z", "missed": "once", "overlap": "skip",
    "paused": False, "submission": {"command": ["true"]},
}  # fmt: skip


@pytest.fixture
def scheduler(server: ScriptedServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ScriptedServer:
    server.put("POST", "schedules", httpx.Response(201, json=SCHEDULE))
    server.put("GET", "schedules", {"schedules": [SCHEDULE]})
    server.put("GET", "environments", {"environments": [ENVIRONMENT]})
    monkeypatch.chdir(tmp_path)
    return server


def made(server: ScriptedServer) -> Any:
    [(_, body)] = server.sent("POST")
    return body


@pytest.mark.proves("cli.schedule")
def test_a_command_is_scheduled_as_it_was_typed(scheduler: ScriptedServer, capsys: Out) -> None:
    words = ["schedule", "add", "0 3 * * *", "--timezone", "Europe/Berlin", "--name", "nightly"]
    assert main([*words, "--", "fit", "--x", "3"]) == 0
    body = made(scheduler)
    assert (body["cron"], body["timezone"], body["name"]) == ("0 3 * * *", "Europe/Berlin", "nightly")
    assert body["submission"]["command"] == ["fit", "--x", "3"]
    assert capsys.readouterr().out == "s1\n"


@pytest.mark.proves("cli.schedule-policies")
def test_what_is_not_said_is_the_kind_choice(scheduler: ScriptedServer) -> None:
    assert main(["schedule", "add", "0 3 * * *", "--", "true"]) == 0
    assert (made(scheduler)["missed"], made(scheduler)["overlap"]) == ("once", "skip")


@pytest.mark.proves("cli.schedule-policies")
def test_policies_are_sent(scheduler: ScriptedServer) -> None:
    assert main(["schedule", "add", "0 3 * * *", "--missed", "skip", "--overlap", "allow", "--", "true"]) == 0
    assert (made(scheduler)["missed"], made(scheduler)["overlap"]) == ("skip", "allow")


def test_what_the_job_needs_goes_along(scheduler: ScriptedServer) -> None:
    words = ["--env", "/opt/x", "--param", "lr=0.1", "--cpus", "2", "--memory", "1GB", "--tag", "night"]
    assert main(["schedule", "add", "0 3 * * *", *words, "--", "true"]) == 0
    job = made(scheduler)["submission"]
    assert (job["environment"], job["parameters"], job["cpus"]) == ("server", {"lr": 0.1}, 2)
    assert (job["memory"], job["tags"]) == (10**9, ["night"])


@pytest.mark.parametrize(("action", "paused"), [("pause", True), ("resume", False)])
def test_one_is_paused_and_resumed(action: str, paused: bool, scheduler: ScriptedServer, capsys: Out) -> None:
    scheduler.put("PATCH", "schedules/s1", {**SCHEDULE, "paused": paused})
    assert main(["schedule", action, "s1"]) == 0
    [(path, body)] = scheduler.sent("PATCH")
    assert (path, {name: value for name, value in body.items() if value is not None}) == (
        "schedules/s1", {"paused": paused},
    )  # fmt: skip
    assert capsys.readouterr() == ("", "")


def test_its_job_is_started_now(scheduler: ScriptedServer, capsys: Out) -> None:
    scheduler.put("POST", "schedules/s1/run", JOB)
    assert main(["schedule", "run", "s1"]) == 0
    assert capsys.readouterr().out == "j1\n"


def test_one_is_removed(scheduler: ScriptedServer) -> None:
    scheduler.put("DELETE", "schedules/s1", httpx.Response(204))
    assert main(["schedule", "remove", "s1"]) == 0
    assert scheduler.sent("DELETE") == [("schedules/s1", None)]


def test_the_table_says_when_and_what_came_of_it(scheduler: ScriptedServer, capsys: Out) -> None:
    late = {**SCHEDULE, "id": "s2", "paused": True, "last_job": "j9", "reason": "its last job is not over"}
    scheduler.put("GET", "schedules", {"schedules": [SCHEDULE, late]})
    assert main(["schedule", "list"]) == 0
    heads, _, first, second = [line for line in capsys.readouterr().out.splitlines() if line.strip()]
    assert heads.split()[:3] == ["ID", "NAME", "CRON"]
    assert first.split()[0] == "s1"
    assert "paused" in second
    assert "its last job is not over" in second


def test_the_empty_table_says_how_to_make_one(scheduler: ScriptedServer, capsys: Out) -> None:
    scheduler.put("GET", "schedules", {"schedules": []})
    assert main(["schedule", "list"]) == 0
    assert "No schedules yet. Make one: jupyter crispdm schedule add" in capsys.readouterr().out


def test_programs_get_what_the_server_answers(scheduler: ScriptedServer, capsys: Out) -> None:
    assert main(["schedule", "list", "--json"]) == 0
    [one] = json.loads(capsys.readouterr().out)["schedules"]
    assert (one["id"], one["cron"], one["next_run"]) == ("s1", "0 3 * * *", "2026-11-22T03:00:00Z")


def test_what_the_server_refuses_is_one_line(scheduler: ScriptedServer, capsys: Out) -> None:
    words = "'cron': '61 * * * *' is no time: minutes go from 0 to 59."
    scheduler.put("POST", "schedules", refusal(422, "unprocessable", words, field="cron"))
    assert main(["schedule", "add", "61 * * * *", "--", "true"]) == 1
    assert capsys.readouterr() == ("", f"jupyter crispdm: {words}\n")


@pytest.mark.parametrize("words", [["add", "0 3 * * *"], ["add"], [], ["pause"], ["add", "0 3 * * *", "--missed", "x"]])
def test_what_cannot_be_meant_sends_nothing(words: list[str], scheduler: ScriptedServer, capsys: Out) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["schedule", *words])
    assert ended.value.code == 2
    assert capsys.readouterr().err.startswith("jupyter crispdm schedule")
    assert scheduler.sent("POST") == []


@pytest.mark.parametrize(
    ("variable", "link", "zone"),
    [
        ("Europe/Berlin", "zoneinfo/Asia/Tokyo", "Europe/Berlin"),
        (":Europe/Berlin", "zoneinfo/Asia/Tokyo", "Europe/Berlin"),
        ("CET-1CEST", "zoneinfo/Asia/Tokyo", "Asia/Tokyo"),
        ("/etc/zone", "zoneinfo/Asia/Tokyo", "Asia/Tokyo"),
        ("", "elsewhere/zone", "UTC"),
    ],
)
def test_the_zone_of_this_machine(
    variable: str, link: str, zone: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", variable)
    target = tmp_path / link
    target.parent.mkdir(parents=True)
    target.touch()
    (tmp_path / "localtime").symlink_to(target)
    assert local_zone(tmp_path / "localtime") == zone
