"""What `run` makes of words, and of how a job ends."""

from __future__ import annotations

import signal
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from jupyter_crispdm.cli.jobs.run import exit_code, wait_for_start, what
from jupyter_crispdm.cli.output import UsageError
from jupyter_crispdm.jobs.types import Job, JobState
from tests.unit.cli.test_output import NOON, a_job


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "sub").mkdir()
    for name in ("x.ipynb", "fit.py", "sub/y.IPYNB", "fit.R", "plain"):
        (tmp_path / name).touch()
    return tmp_path


@pytest.mark.proves("cli.run-file")
@pytest.mark.parametrize(
    ("command", "here", "fields"),
    [
        (["x.ipynb"], ".", {"notebook": "x.ipynb"}),
        (["y.IPYNB"], "sub", {"notebook": "sub/y.IPYNB"}),
        (["../x.ipynb"], "sub", {"notebook": "x.ipynb"}),
        (["fit.py", "--rate", "3"], ".", {"script": "fit.py", "args": ["--rate", "3"]}),
        (["./fit.R"], ".", {"script": "fit.R", "args": []}),
        (["python", "fit.py"], ".", {"command": ["python", "fit.py"]}),
        (["gone.py"], ".", {"command": ["gone.py"]}),
        (["plain"], ".", {"command": ["plain"]}),
    ],
)
def test_a_file_that_is_named_runs_as_what_it_is(
    root: Path, command: list[str], here: str, fields: dict[str, Any]
) -> None:
    assert what(command, root, root / here) == fields


def test_a_server_elsewhere_is_asked_for_its_own_notebook(tmp_path: Path) -> None:
    assert what(["x.ipynb"], None, tmp_path) == {"notebook": "x.ipynb"}


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (["gone.ipynb"], "There is no notebook 'gone.ipynb' here."),
        (["x.ipynb", "3"], "takes --param K=V, not arguments such as '3'"),
    ],
)
def test_a_notebook_that_cannot_run_is_told(root: Path, command: list[str], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        what(command, root, root)


def test_a_file_outside_of_the_root_is_told(root: Path) -> None:
    with pytest.raises(UsageError, match="lies outside of"):
        what(["x.ipynb"], root / "sub", root)


@pytest.mark.proves("cli.signals")
@pytest.mark.parametrize(
    "number", [number for number in signal.Signals if number not in (signal.SIGRTMIN, signal.SIGRTMAX)]
)
def test_each_signal_is_the_code_that_a_shell_gives(number: signal.Signals) -> None:
    assert exit_code(a_job(state=JobState.failed, signal=number.name)) == 128 + number


@pytest.mark.parametrize(("name", "code"), [("SIG40", 168), ("SIGRTMIN", 128 + signal.SIGRTMIN), ("odd", 128)])
def test_a_signal_without_a_name_of_its_own(name: str, code: int) -> None:
    assert exit_code(a_job(state=JobState.failed, signal=name)) == code


class Client:
    """A server where a job goes through some states."""

    def __init__(self, *jobs: Job) -> None:
        self.jobs = self
        self._jobs = jobs

    def watch(self, id: str) -> tuple[Job, ...]:
        return self._jobs


def said(*changes: dict[str, Any]) -> list[str]:
    lines: list[str] = []
    jobs = [msgspec.structs.replace(a_job(state=JobState.queued), **change) for change in changes]
    client: Any = Client(*jobs)
    wait_for_start(client, jobs[0].id, lines.append)
    return lines


def test_waiting_is_told_with_its_reason_and_its_end() -> None:
    waits, running = {"reason": "waits for 1 CPU"}, {"state": JobState.running, "started": NOON + timedelta(seconds=90)}
    assert said({}, waits, waits, {"reason": "waits for job a"}, {"state": JobState.starting}, running) == [
        "queued: waits for 1 CPU",
        "queued: waits for job a",
        "started after 1m30s",
    ]
    assert said({}, {"state": JobState.starting}) == []
    assert said(waits, {"state": JobState.stopped, "reason": ""}) == ["queued: waits for 1 CPU"]


@pytest.mark.proves("jobs.reasons")
def test_a_followed_job_says_why_it_failed(capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code(a_job(state=JobState.failed, exit_code=1, reason="KeyError: 'lr'")) == 1
    assert capsys.readouterr().err.endswith(": KeyError: 'lr'\n")
    assert exit_code(a_job(state=JobState.succeeded, exit_code=0)) == 0
    assert not capsys.readouterr().err
