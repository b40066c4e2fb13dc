"""`logs`: as far as it goes, or until the job is over; and the table of jobs."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from jupyter_crispdm.cli import main
from tests.unit.cli.conftest import JOB, ScriptedServer, refusal, told

Out = pytest.CaptureFixture[str]
RUNNING = {**JOB, "started": "2026-11-21T12:00:01Z"}


def part(text: str, start: int, **more: Any) -> dict[str, Any]:
    """A fact of a log."""
    return {"text": text, "start": start, "end": start + len(text.encode()), **more}


@pytest.mark.proves("cli.logs")
def test_a_log_is_printed_as_it_is(server: ScriptedServer, capsys: Out) -> None:
    server.put("GET", "jobs/j1/log", httpx.Response(200, text="one\n\x1b[31mrot\x1b[0m 99%\r100%\nfür"))
    assert main(["logs", "j1"]) == 0
    assert capsys.readouterr() == ("one\n\x1b[31mrot\x1b[0m 99%\r100%\nfür", "")


def test_a_log_is_followed_to_the_end_of_the_job(server: ScriptedServer, capsys: Out) -> None:
    server.put("GET", "live:jobs/j1", told("jobs/j1", {"job": RUNNING}))
    facts = part("one\n", 0), part("two\n", 4), {**part("", 8), "ended": True}
    server.put("GET", "live:jobs/j1/log", told("jobs/j1/log", *facts))
    assert main(["logs", "j1", "--follow"]) == 0
    assert capsys.readouterr() == ("one\ntwo\n", "")


def test_what_it_waits_for_is_said_beside_the_log(server: ScriptedServer, capsys: Out) -> None:
    queued = {**JOB, "state": "queued", "reason": "waits for a GPU"}
    started = {**JOB, "started": "2026-11-21T12:01:30Z"}
    server.put("GET", "live:jobs/j1", told("jobs/j1", {"job": queued}, {"job": started}))
    server.put("GET", "live:jobs/j1/log", told("jobs/j1/log", part("hello\n", 0), {**part("", 6), "ended": True}))
    assert main(["logs", "-f", "j1"]) == 0
    out, err = capsys.readouterr()
    assert out == "hello\n"
    assert err.splitlines() == ["[crispdm] queued: waits for a GPU", "[crispdm] started after 1m30s"]


def test_a_job_that_is_not_there_is_one_line(server: ScriptedServer, capsys: Out) -> None:
    server.put("GET", "jobs/j1/log", refusal(404, "not_found", "There is no job 'j1'.", id="j1"))
    assert main(["logs", "j1"]) == 1
    assert capsys.readouterr() == ("", "jupyter crispdm: There is no job 'j1'.\n")


@pytest.mark.proves("cli.jobs")
def test_the_table_shows_how_each_job_is(server: ScriptedServer, capsys: Out) -> None:
    jobs = [
        {**JOB, "id": "a", "progress": {"done": 3, "total": 4, "message": ""}},
        {**JOB, "id": "b", "state": "failed", "exit_code": 3, "reason": "KeyError: 'lr'"},
        {**JOB, "id": "c", "state": "failed", "signal": "SIGKILL", "reason": "out of memory"},
        {**JOB, "id": "d", "waiting_for_input": "2026-11-21T12:00:09Z"},
        {**JOB, "id": "e", "via": "nightly"},
    ]
    server.put("GET", "jobs", {"jobs": jobs})
    assert main(["jobs"]) == 0
    rows = {line.split()[0]: line for line in capsys.readouterr().out.splitlines() if line.strip()}
    assert "75%" in rows["a"]
    assert "KeyError: 'lr'" in rows["b"]
    assert "SIGKILL" in rows["c"]
    assert "waits for input" in rows["d"]
    assert "ada, by nightly" in rows["e"]


def test_no_jobs_say_how_to_submit_one(server: ScriptedServer, capsys: Out) -> None:
    server.put("GET", "jobs", {"jobs": []})
    assert main(["jobs"]) == 0
    assert capsys.readouterr().out == "No jobs yet. Submit one: jupyter crispdm run -- COMMAND…\n"


def test_a_name_cannot_move_the_cursor_of_the_reader(server: ScriptedServer, capsys: Out) -> None:
    server.put("GET", "jobs", {"jobs": [{**JOB, "name": "a\x1b[2J\nb\u202e", "reason": "x\rrm -rf"}]})
    assert main(["jobs"]) == 0
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert "\r" not in out
    assert "\u202e" not in out
    assert len([line for line in out.splitlines() if "j1" in line]) == 1


def test_programs_get_all_that_the_server_answers(server: ScriptedServer, capsys: Out) -> None:
    server.put("GET", "jobs", {"jobs": [JOB]})
    assert main(["jobs", "--json"]) == 0
    [job] = json.loads(capsys.readouterr().out)["jobs"]
    assert {name: job[name] for name in JOB} == JOB


@pytest.mark.parametrize("words", [["--limit", "many"], ["--limit", "1.5"]])
def test_a_limit_is_a_count(words: list[str], server: ScriptedServer, capsys: Out) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["jobs", *words])
    assert ended.value.code == 2
    assert "--limit" in capsys.readouterr().err
    assert server.asked == []


def test_a_state_that_is_none_is_said_by_the_server(server: ScriptedServer, capsys: Out) -> None:
    words = "'state': 'broken' is no state; there are queued, starting, running."
    server.put("GET", "jobs", refusal(400, "bad_request", words, field="state"))
    assert main(["jobs", "--state", "broken"]) == 2
    assert capsys.readouterr() == ("", f"jupyter crispdm: {words}\n")
