from __future__ import annotations

from typing import Any

import pytest

from jupyter_crispdm.base.clock import utc
from jupyter_crispdm.jobs.events import fold
from jupyter_crispdm.jobs.types import Job, JobKind, JobState, Progress


@pytest.fixture
def job() -> Job:
    return Job(
        id="a",
        name="a",
        kind=JobKind.command,
        state=JobState.running,
        owner="o",
        environment="server",
        command=["x"],
        cwd="/",
        created=utc(0),
        parameters={"rate": 1},
    )


def test_the_newest_progress_counts(job: Job) -> None:
    events = [{"kind": "progress", "done": n, "total": 3, "message": f"step {n}"} for n in (1, 2)]
    assert fold(job, events).progress == Progress(done=2, total=3, message="step 2")


def test_parameters_are_merged(job: Job) -> None:
    folded = fold(job, [{"kind": "params", "params": {"rate": 2}}, {"kind": "params", "params": {"depth": 4}}])
    assert folded.parameters == {"rate": 2, "depth": 4}


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"kind": "progress"},
        {"kind": "progress", "done": "many"},
        {"kind": "progress", "done": True},
        {"kind": "progress", "done": float("nan")},
        {"kind": "progress", "done": 10**400},
        {"kind": "params", "params": [1]},
        {"kind": ["odd"]},
    ],
)
def test_what_a_program_writes_is_checked(job: Job, event: dict[str, Any]) -> None:
    assert fold(job, [event]) == job


def test_a_message_is_cut(job: Job) -> None:
    progress = fold(job, [{"kind": "progress", "done": 1, "message": "x" * 10_000}]).progress
    assert progress is not None
    assert len(progress.message) == 500
