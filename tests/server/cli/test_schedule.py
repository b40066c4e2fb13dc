"""`jupyter crispdm schedule` against a real server."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import pytest

from jupyter_crispdm.cli import main
from jupyter_crispdm.cli.jobs.schedule import local_zone
from jupyter_crispdm.client import connect
from tests.server.cli.conftest import Lab

Out = pytest.CaptureFixture[str]


def call(capsys: Out, *words: str) -> tuple[int, str, str]:
    capsys.readouterr()
    code = main(["schedule", *words])
    captured = capsys.readouterr()
    return code, captured.out.strip(), captured.err


def listed(capsys: Out, id: str) -> dict[str, object]:
    schedules = json.loads(call(capsys, "list", "--json")[1])["schedules"]
    found: dict[str, object] = next(schedule for schedule in schedules if schedule["id"] == id)
    return found


@pytest.mark.proves("cli.schedule")
def test_a_schedule_is_added_listed_paused_run_and_removed(lab: Lab, capsys: Out) -> None:
    options = ("--timezone", "Europe/Berlin", "--name", "nightly", "--missed", "skip", "--param", "rate=0.1")
    code, id, error = call(capsys, "add", "30 2 * * *", *options, "--", "echo", "--hello")
    assert code == 0, error
    made = listed(capsys, id)
    assert (made["name"], made["cron"], made["timezone"]) == ("nightly", "30 2 * * *", "Europe/Berlin")
    submission = made["submission"]
    assert isinstance(submission, dict)
    assert (submission["command"], submission["parameters"]) == (["echo", "--hello"], {"rate": 0.1})
    assert call(capsys, "pause", id)[0] == 0
    assert listed(capsys, id)["paused"] is True
    assert "paused" in call(capsys, "list")[1]
    assert call(capsys, "resume", id)[0] == 0
    _, job, _ = call(capsys, "run", id)
    with connect() as client:
        ended = client.jobs.wait(job, 60)
        assert (ended.schedule, ended.exit_code) == (id, 0)
        assert client.jobs.log(job) == "--hello\n"
        assert client.schedules.preview("0 0 * * *").description == "At 00:00 every day"
    assert listed(capsys, id)["last_job"] == job
    assert call(capsys, "remove", id)[0] == 0
    assert id not in call(capsys, "list")[1]


@pytest.mark.proves("cli.schedule")
def test_mistakes_are_one_line(lab: Lab, capsys: Out) -> None:
    code, _, error = call(capsys, "add", "every day", "--", "true")
    assert code == 2
    assert error.count("\n") == 1
    assert "five fields" in error
    code, _, error = call(capsys, "pause", "nobody")
    assert (code, error) == (1, "jupyter crispdm: There is no schedule 'nobody'.\n")


def test_without_a_command_it_asks_for_one(lab: Lab, capsys: Out) -> None:
    with pytest.raises(SystemExit):
        call(capsys, "add", "0 0 * * *")
    assert "after '--'" in capsys.readouterr().err


@pytest.mark.proves("schedules.cron")
def test_schedules_outlive_a_killed_server(lab: Lab, capsys: Out) -> None:
    _, id, _ = call(capsys, "add", "0 0 1 1 *", "--", "true")
    lab.end(signal.SIGKILL)
    lab.start()
    assert listed(capsys, id)["cron"] == "0 0 1 1 *"


def test_the_machines_time_zone_is_known_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TZ", raising=False)
    link = tmp_path / "localtime"
    link.symlink_to("/usr/share/zoneinfo/Asia/Tokyo")
    assert local_zone(link) == "Asia/Tokyo"
    assert local_zone(tmp_path / "none") == "UTC"
    monkeypatch.setenv("TZ", ":Europe/Paris")
    assert local_zone(link) == "Europe/Paris"
    monkeypatch.setenv("TZ", "CET-1CEST")
    assert local_zone(link) == "Asia/Tokyo"
