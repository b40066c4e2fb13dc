"""What viewers see of jobs: those that are shared, without how they were run, on every road."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import msgspec
import pytest

from jupyter_crispdm.base.errors import NotFound
from jupyter_crispdm.jobs.types import Artifact, Job, JobFact, JobKind, JobsFact, JobState, Progress, Resources
from jupyter_crispdm.jobs.viewers.view import (
    SHARED,
    ShownJobs,
    is_shown_artifact,
    narrowed,
    narrowed_job_fact,
    require_shown,
    shown_artifacts,
)

NOON = datetime(2026, 11, 21, 12, tzinfo=timezone.utc)
SECRETS = ("hunter2", "/home/ada", "secret.ipynb", "j-before", "nightly-program", "s-nightly", "4711")


def a_job(id: str = "j1", *, shared: bool = True, **more: Any) -> Job:
    """A job with a secret in every field that says how it was run."""
    whole = Job(
        id=id, name="U-Net", kind=JobKind.notebook, state=JobState.running, owner="ada", environment="vision-1",
        command=["python", "train.py", "--password", "hunter2"], cwd="/home/ada/project", created=NOON, started=NOON,
        pid=4711, attempt=2, progress=Progress(3, 10, "epoch 3"), resources=Resources(50.0, 1000),
        parameters={"lr": 0.1}, tags=[SHARED, "night"] if shared else ["night"], source="secret.ipynb", gpus=1,
        after=["j-before"], rerun_of="j-before", schedule="s-nightly", via="nightly-program",
    )  # fmt: skip
    return msgspec.structs.replace(whole, **more)


def test_how_a_job_was_run_is_not_told() -> None:
    told = msgspec.json.encode(narrowed(a_job())).decode()
    assert [secret for secret in SECRETS if secret in told] == []


def test_how_a_job_stands_is_told() -> None:
    seen, job = narrowed(a_job()), a_job()
    for name in ("id", "name", "state", "owner", "created", "started", "progress", "resources", "parameters"):
        assert getattr(seen, name) == getattr(job, name), name


def test_each_field_of_a_job_is_either_told_or_hidden_on_purpose() -> None:
    """A field that is added to `Job` must be thought of here."""
    hidden = {"command", "cwd", "source", "pid", "after", "rerun_of", "schedule", "via"}
    whole, seen = a_job(), narrowed(a_job())
    changed = {name for name in Job.__struct_fields__ if getattr(whole, name) != getattr(seen, name)}
    assert changed == hidden
    assert set(Job.__struct_fields__) - hidden == {
        "id", "name", "kind", "state", "owner", "environment", "created", "started", "ended", "exit_code", "signal",
        "reason", "attempt", "progress", "resources", "parameters", "tags", "cpus", "gpus", "memory", "devices",
        "stalled", "waiting_for_input",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "command", "shown"),
    [
        ("U-Net on handwriting", ["python", "train.py"], "U-Net on handwriting"),
        ("train.py", ["python", "train.py"], "train.py"),
        ("import os; os.getcwd()", ["python", "-c", "import os; os.getcwd()"], "j1"),
    ],
)
def test_a_name_that_is_code_is_not_told(name: str, command: list[str], shown: str) -> None:
    assert narrowed(a_job(name=name, command=command)).name == shown


def test_a_job_that_is_not_shared_does_not_exist() -> None:
    assert require_shown(a_job()).id == "j1"
    with pytest.raises(NotFound) as raised:
        require_shown(a_job(shared=False))
    unknown = NotFound("There is no job 'j1'.", field="id")
    assert (raised.value.message, raised.value.details) == (unknown.message, unknown.details)


def test_an_id_that_is_given_back_is_bounded() -> None:
    with pytest.raises(NotFound) as raised:
        require_shown(a_job("x" * 5000, shared=False))
    assert len(raised.value.message) < 200


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("out.ipynb", False), ("deep/out.IPYNB", False), ("out.ipynb.txt", True), ("ipynb", True),
        ("plots/a.png", True), (".ipynb", False),
    ],
)  # fmt: skip
def test_an_executed_notebook_is_no_result_for_viewers(path: str, shown: bool) -> None:
    assert is_shown_artifact(path) is shown
    artifact = Artifact(path, 3, NOON)
    assert shown_artifacts([artifact]) == ([artifact] if shown else [])


def test_one_job_is_told_narrowed_and_its_end_as_it_is() -> None:
    told = narrowed_job_fact(JobFact(job=a_job()))
    assert told is not None
    assert told.job == narrowed(a_job())
    assert narrowed_job_fact(JobFact(job=a_job(shared=False))) is None
    gone = JobFact(deleted="j1")
    assert narrowed_job_fact(gone) == gone


def test_the_whole_table_is_told_without_the_others() -> None:
    told = ShownJobs().narrow(JobsFact(jobs=[a_job("a"), a_job("b", shared=False), a_job("c")]))
    assert told == JobsFact(jobs=[narrowed(a_job("a")), narrowed(a_job("c"))])


def test_a_table_without_a_shared_job_is_an_empty_table() -> None:
    assert ShownJobs().narrow(JobsFact(jobs=[a_job(shared=False)])) == JobsFact(jobs=[])
    assert ShownJobs().narrow(JobsFact(jobs=[])) == JobsFact(jobs=[])


def test_a_change_of_another_job_is_no_message() -> None:
    shown = ShownJobs()
    assert shown.narrow(JobsFact(job=a_job(shared=False))) is None
    assert shown.narrow(JobsFact(job=a_job())) == JobsFact(job=narrowed(a_job()))


def test_the_end_of_a_job_is_told_to_those_who_saw_it_once() -> None:
    shown = ShownJobs()
    shown.narrow(JobsFact(jobs=[a_job("a"), a_job("hidden", shared=False)]))
    shown.narrow(JobsFact(job=a_job("b")))
    assert shown.narrow(JobsFact(deleted="hidden")) is None
    assert shown.narrow(JobsFact(deleted="nobody")) is None
    for id in ("a", "b"):
        assert shown.narrow(JobsFact(deleted=id)) == JobsFact(deleted=id)
        assert shown.narrow(JobsFact(deleted=id)) is None
