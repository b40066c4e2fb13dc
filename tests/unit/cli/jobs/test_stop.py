"""`stop`: which jobs, how long they may take, and what cannot be stopped."""

from __future__ import annotations

import pytest

from jupyter_crispdm.cli import main
from jupyter_crispdm.cli.jobs.stop import KEEP_BEST
from tests.unit.cli.conftest import JOB, ScriptedServer, refusal

Out = pytest.CaptureFixture[str]


@pytest.mark.proves("cli.stop")
def test_each_job_that_is_named_is_asked_to_stop(server: ScriptedServer, capsys: Out) -> None:
    server.put("POST", "jobs/a/stop", JOB)
    server.put("POST", "jobs/b/stop", JOB)
    assert main(["stop", "a", "b"]) == 0
    assert [path for path, _ in server.sent("POST")] == ["jobs/a/stop", "jobs/b/stop"]
    assert capsys.readouterr() == ("", "")


def test_one_that_cannot_be_stopped_keeps_no_other_from_it(server: ScriptedServer, capsys: Out) -> None:
    server.put("POST", "jobs/a/stop", refusal(409, "conflict", "It is over.", id="a"))
    server.put("POST", "jobs/b/stop", JOB)
    assert main(["stop", "a", "b"]) == 1
    assert [path for path, _ in server.sent("POST")] == ["jobs/a/stop", "jobs/b/stop"]
    assert capsys.readouterr().err == "jupyter crispdm: a: It is over.\n"


def test_all_jobs_are_stopped_in_one_call(server: ScriptedServer) -> None:
    server.put("POST", "jobs/stop", {"jobs": [JOB]})
    assert main(["stop", "--all"]) == 0
    [(_, body)] = server.sent("POST")
    assert body["all"] is True
    assert not body.get("ids")


@pytest.mark.parametrize(
    ("words", "grace"), [(["--grace", "30s"], [30.0, 30.0]), (["--grace", "1m,5s"], [60.0, 5.0]), ([], None)]
)
def test_the_time_that_it_has_is_sent(words: list[str], grace: list[float] | None, server: ScriptedServer) -> None:
    server.put("POST", "jobs/a/stop", JOB)
    assert main(["stop", "a", *words]) == 0
    [(_, body)] = server.sent("POST")
    assert body["grace"] == grace


@pytest.mark.proves("cli.stop-grace")
def test_keeping_the_best_takes_as_long_as_it_takes(server: ScriptedServer) -> None:
    server.put("POST", "jobs/a/stop", JOB)
    assert main(["stop", "a", "--keep-best"]) == 0
    [(_, body)] = server.sent("POST")
    assert tuple(body["grace"]) == KEEP_BEST
    assert body["keep"] == "best"


def test_options_may_stand_between_the_jobs(server: ScriptedServer) -> None:
    server.put("POST", "jobs/a/stop", JOB)
    server.put("POST", "jobs/b/stop", JOB)
    assert main(["stop", "a", "--grace", "3s", "b"]) == 0
    assert [(path, body["grace"]) for path, body in server.sent("POST")] == [
        ("jobs/a/stop", [3.0, 3.0]), ("jobs/b/stop", [3.0, 3.0]),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ([], "name the jobs, or --all"),
        (["a", "--all"], "name the jobs, or --all"),
        (["a", "--keep-best", "--grace", "3s"], "give one of them"),
        (["a", "--grace", "soon"], "--grace"),
    ],
)
def test_what_cannot_be_meant_is_said_and_nothing_is_sent(
    words: list[str], says: str, server: ScriptedServer, capsys: Out
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["stop", *words])
    assert ended.value.code == 2
    assert says in capsys.readouterr().err
    assert server.asked == []
