from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from jupyter_crispdm.base.errors import BadRequest, Conflict, CrispdmError, Unprocessable
from jupyter_crispdm.jobs.types import Job, JobFilter, JobState, Submission
from tests.unit.jobs.fakes import House


async def test_the_spec_holds_all_that_is_needed_and_is_private(house: House) -> None:
    job = await house.submit(command=["a"], env={"X": "1"}, environment="other", timeout=5)
    file = house.jobs.directory(job.id) / "spec.json"
    spec = json.loads(file.read_text())
    assert file.stat().st_mode & 0o777 == 0o600
    assert (spec["argv"], spec["timeout"], spec["grace"]) == (["a"], 5, [1.0, 2.0])
    assert spec["env"]["ACTIVATED"] == "other"
    assert spec["env"]["CRISPDM_JOB_ID"] == job.id
    assert spec["env"]["X"] == "1"
    assert spec["job"]["job"]["id"] == job.id


async def test_after_an_unknown_job_is_refused(house: House) -> None:
    with pytest.raises(Unprocessable) as caught:
        await house.submit(after=["nobody"])
    assert caught.value.details == {"field": "after"}


@pytest.mark.proves("http.jobs-idempotent")
async def test_submitting_twice_under_one_id_makes_one_job(house: House) -> None:
    submission = Submission(command=["true"], id="mine", parameters={"a": 1, "b": 2})
    answers = await asyncio.gather(*(house.jobs.submit(submission, owner="ada") for _ in range(5)))
    assert [new for _, new in answers] == [True, False, False, False, False]
    assert {job.id for job, _ in answers} == {"mine"}
    with pytest.raises(Conflict) as caught:
        await house.jobs.submit(Submission(command=["false"], id="mine"), owner="ada")
    assert caught.value.details == {"field": "id"}


@pytest.mark.parametrize(
    ("fields", "error", "field"),
    [
        ({"script": "../outside.py"}, BadRequest, "script"),
        ({"script": "/etc/passwd"}, BadRequest, "script"),
        ({"script": "link/outside.py"}, BadRequest, "script"),
        ({"script": "missing.py"}, Unprocessable, "script"),
        ({"script": "data.csv"}, Unprocessable, "script"),
        ({"script": "sub"}, Unprocessable, "script"),
        ({"script": "x" * 5000}, CrispdmError, "script"),
        ({"notebook": "train.py"}, Unprocessable, "notebook"),
        ({"notebook": "../a.ipynb"}, BadRequest, "notebook"),
        ({"notebook": "a.ipynb", "parameters": {"not a name": 1}}, BadRequest, "parameters"),
        ({"command": ["true"], "cwd": ".."}, BadRequest, "cwd"),
        ({"command": ["true"], "cwd": "../root2"}, BadRequest, "cwd"),
        ({"command": ["true"], "cwd": "missing"}, Unprocessable, "cwd"),
        ({"command": ["true"], "environment": "nobody"}, Unprocessable, "environment"),
        ({"command": ["true"], "environment": "/tmp"}, Unprocessable, "environment"),
        ({"command": ["true"], "environment": "broken"}, Unprocessable, "environment"),
    ],
)
async def test_paths_and_environments_are_checked(
    house: House, fields: dict[str, Any], error: type[CrispdmError], field: str
) -> None:
    (house.path / "outside.py").touch()
    (house.path / "root2").mkdir()
    (house.root / "link").symlink_to(house.path)
    (house.root / "sub").mkdir()
    for name in ("train.py", "data.csv", "a.ipynb"):
        (house.root / name).touch()
    with pytest.raises(error) as caught:
        await house.jobs.submit(Submission(**fields), owner="ada")
    assert caught.value.details["field"] == field
    assert await house.jobs.find(JobFilter()) == []
    assert list((house.data / "jobs").iterdir()) == []


async def test_a_script_runs_with_the_python_of_its_environment(house: House) -> None:
    (house.root / "sub").mkdir()
    (house.root / "sub" / "train.py").touch()
    job = await house.submit(command=None, script="sub/train.py", args=["--x"], environment="other")
    assert job.command[1:] == [str(house.root / "sub" / "train.py"), "--x"]
    assert (job.name, job.cwd, job.kind.value) == ("train.py", str(house.root / "sub"), "script")


@pytest.mark.proves("jobs.large-parameters")
@pytest.mark.parametrize("length", [10, 500_000])
async def test_large_parameters_of_a_script_do_not_vanish(house: House, length: int) -> None:
    parameters = {"text": "x" * length, "big": 2**70}
    job = await house.submit(command=["a"], parameters=parameters)
    spec = json.loads((house.jobs.directory(job.id) / "spec.json").read_text())
    file = house.jobs.directory(job.id) / "parameters.json"
    assert spec["env"]["CRISPDM_PARAMETERS_FILE"] == str(file)
    assert json.loads(file.read_text()) == parameters
    assert ("CRISPDM_PARAMETERS" in spec["env"]) is (length == 10)


@pytest.mark.proves("runs.inputs")
async def test_new_jobs_are_told_with_their_submission_before_they_start(house: House) -> None:
    told: list[tuple[str, Submission, bool]] = []

    def broken(job: Job, submission: Submission) -> None:
        raise ValueError("a listener's own mistake")

    def listen(job: Job, submission: Submission) -> None:
        is_written = (house.jobs.directory(job.id) / "spec.json").is_file()
        told.append((job.id, submission, is_written and job.state is JobState.queued))

    house.jobs.on_submit(broken)
    house.jobs.on_submit(listen)
    submission = Submission(command=["true"], id="mine", parameters={"a": 1})
    for _ in range(2):  # told once, for it is one job
        await house.jobs.submit(submission, owner="ada")
    assert told == [("mine", submission, True)]
    with pytest.raises(CrispdmError):
        await house.submit(after=["nobody"])
    assert len(told) == 1


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({}, {"crispdm.job": "mine"}),
        ({"MLFLOW_RUN_CONTEXT": '{"team": "vision"}'}, {"team": "vision", "crispdm.job": "mine"}),
        ({"MLFLOW_RUN_CONTEXT": '{"crispdm.job": "another"}'}, {"crispdm.job": "mine"}),
    ],
)
async def test_mlflow_is_told_whose_the_runs_are_that_a_job_makes(
    house: House, given: dict[str, str], told: dict[str, str]
) -> None:
    job = await house.submit(id="mine", command=["a"], env=given)
    spec = json.loads((house.jobs.directory(job.id) / "spec.json").read_text())
    assert json.loads(spec["env"]["MLFLOW_RUN_CONTEXT"]) == told


async def test_what_mlflow_is_given_wrong_stays_as_it_is(house: House) -> None:
    job = await house.submit(command=["a"], env={"MLFLOW_RUN_CONTEXT": "no JSON"})
    spec = json.loads((house.jobs.directory(job.id) / "spec.json").read_text())
    assert spec["env"]["MLFLOW_RUN_CONTEXT"] == "no JSON"
