from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from jupyter_crispdm.base.clock import utc
from jupyter_crispdm.jobs.executors.port import Ended
from jupyter_crispdm.jobs.running.events import asked_in, failure_in, fold
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


@pytest.mark.proves("crispdm.params")
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


def test_a_program_s_own_words_stand_for_its_exit_code() -> None:
    ended = Ended(JobState.failed, 1, None, "exited with code 1", started=100.0)
    told = failure_in([{"kind": "failure", "time": 101.0, "message": "no data\n"}, {"kind": "progress"}])
    assert told is not None
    assert told.explain(ended).reason == "no data"
    assert told.explain(dataclasses.replace(ended, reason="out of memory")).reason == "out of memory"
    assert told.explain(dataclasses.replace(ended, started=102.0)).reason == "exited with code 1"  # an earlier attempt


@pytest.mark.parametrize("event", [{}, {"kind": "failure"}, {"kind": "failure", "message": 3, "time": "x"}])
def test_a_failure_is_a_text(event: dict[str, Any]) -> None:
    assert failure_in([event]) is None


def test_a_notebook_waits_from_its_question_to_the_answer() -> None:
    asks = {"kind": "input", "prompt": "who?", "secret": False, "time": 5.0}
    answered = {"kind": "input", "time": 6.0}
    assert asked_in([asks]) == 5
    assert asked_in([asks, answered]) is None
    assert asked_in([answered], 5.0) is None
    assert asked_in([{"kind": "progress"}], 5.0) == 5
    assert asked_in([{**asks, "time": "late"}]) == 0
