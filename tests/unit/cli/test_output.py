"""What commands print."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from jupyter_crispdm.cli import output
from jupyter_crispdm.cli.jobs import jobs, run
from jupyter_crispdm.cli.models import models
from jupyter_crispdm.cli.server import envs
from jupyter_crispdm.environments.types import Environment, EnvironmentKind, KernelInfo
from jupyter_crispdm.jobs.types import Job, JobKind, JobState, Progress
from jupyter_crispdm.models.types import ModelFormat, ModelVersion

NOON = datetime(2026, 11, 21, 12, tzinfo=timezone.utc)


def a_job(**changes: object) -> Job:
    facts: dict[str, object] = {
        "id": "j1",
        "name": "train",
        "kind": JobKind.command,
        "state": JobState.running,
        "owner": "ada",
        "environment": "server",
        "command": ["true"],
        "cwd": "/",
        "created": NOON,
    }
    return Job(**{**facts, **changes})  # type: ignore[arg-type]


def test_a_table_cuts_nothing_when_it_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    output.table(("NAME", "WHY"), [("x" * 300, None), ("evil\x1b[2J\nname", 3)], empty="nothing")
    printed = capsys.readouterr().out
    assert "x" * 300 in printed
    assert "\x1b" not in printed
    assert "evil [2J name" in printed


def test_a_jobs_row_names_the_program_beside_its_person() -> None:
    """Issue 7: it named `token:server`."""
    at = jobs.COLUMNS.index("OWNER")
    assert jobs.row(a_job(), NOON)[at] == "ada"
    assert jobs.row(a_job(via="nightly"), NOON)[at] == "ada, by nightly"


def test_an_empty_table_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    output.table(("NAME",), [], empty="No jobs yet.")
    assert capsys.readouterr().out == "No jobs yet.\n"


@pytest.mark.proves("names.html")
def test_markup_in_a_name_is_text(capsys: pytest.CaptureFixture[str]) -> None:
    output.table(("NAME",), [("[red]x[/red]",)], empty="")
    assert "[red]x[/red]" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(-5, "0s"), (59.9, "59s"), (61, "1m1s"), (7260, "2h1m"), (90_000, "1d1h")],
)
def test_durations(seconds: float, text: str) -> None:
    assert output.duration(timedelta(seconds=seconds)) == text


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 B"), (999, "999 B"), (1_500, "1.5 kB"), (2_000_000, "2.0 MB"), (10**13, "10.0 TB")],
)
def test_sizes(count: int, text: str) -> None:
    assert output.size(count) == text


@pytest.mark.proves("cli.jobs")
def test_a_job_in_the_table() -> None:
    job = a_job(started=NOON, progress=Progress(done=1, total=4))
    row = jobs.row(job, NOON + timedelta(seconds=90))
    assert row[:7] == ("j1", "train", "running", "25%", "1m30s", None, "server")
    ended = a_job(state=JobState.failed, started=NOON, ended=NOON + timedelta(seconds=2), signal="SIGKILL")
    assert jobs.row(ended, NOON + timedelta(days=1))[4:6] == ("2s", "SIGKILL")
    assert jobs.row(a_job(waiting_for_input=NOON), NOON)[-1] == "waits for input"


def test_progress_without_an_end() -> None:
    assert jobs.percent(None) == ""
    assert jobs.percent(Progress(done=7)) == "7"


@pytest.mark.proves("cli.envs")
def test_an_environment_in_the_table_says_why_it_is_no_kernel() -> None:
    environment = Environment(
        id="e",
        name="e",
        kind=EnvironmentKind.venv,
        prefix="/e",
        python="/e/bin/python",
        version="3.12.1",
        kernel=KernelInfo("k", False, "It has no ipykernel."),
    )
    assert envs.row(environment)[4:6] == ("yes", "no: It has no ipykernel.")


@pytest.mark.proves("cli.models")
def test_a_model_in_the_table() -> None:
    version = ModelVersion(
        name="m",
        version=2,
        format=ModelFormat.torch,
        task="segmentation",
        classes=[],
        signature={},
        metadata={"algorithm": "unet", "dataset": "digits"},
        job=None,
        environment=None,
        created=NOON,
        size=1_200_000,
        sha256="",
        aliases=["best", "latest"],
    )
    assert models.row(version)[:8] == (
        "m",
        2,
        "best, latest",
        "unet",
        "digits",
        "segmentation",
        "torch",
        "1.2 MB",
    )


@pytest.mark.proves("cli.signals")
@pytest.mark.parametrize(
    ("job", "code"),
    [
        (a_job(state=JobState.succeeded, exit_code=0), 0),
        (a_job(state=JobState.failed, exit_code=3), 3),
        (a_job(state=JobState.stopped, signal="SIGTERM"), 143),
        (a_job(state=JobState.failed, signal="SIGKILL"), 137),
        (a_job(state=JobState.lost, reason="the machine was restarted"), 1),
    ],
)
def test_the_exit_code_is_what_a_shell_would_see(job: Job, code: int) -> None:
    assert run.exit_code(job) == code


@pytest.mark.parametrize(
    ("width", "kept"), [(1000, [0, 1, 2, 3]), (37, [0, 1, 2, 3]), (36, [0, 1, 3]), (20, [0, 3]), (3, [0, 3])]
)
def test_a_narrow_terminal_shows_the_columns_that_matter(width: int, kept: list[int]) -> None:
    columns, row = ("ID", "OWNER", "CREATED", "REASON"), ["x" * 10, "ada", "now", "waits"]
    assert output.fitting(columns, [row], width, ("CREATED", "OWNER")) == kept


def test_the_first_column_is_whole_however_narrow(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "60")
    output.table(("ID", "REASON"), [("20261128-231715-abcdef12", "waits " * 40)], empty="")
    assert "20261128-231715-abcdef12" in capsys.readouterr().out
