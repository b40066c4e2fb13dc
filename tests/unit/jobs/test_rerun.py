from __future__ import annotations

import json

import pytest

from jupyter_crispdm.base.errors import BadRequest
from jupyter_crispdm.jobs.rerun import changed
from jupyter_crispdm.jobs.types import JobState, Rerun, Submission
from tests.unit.jobs.fakes import FakeExecutor, House


async def again(house: House, id: str, **changes: object) -> Submission:
    job, _ = await house.jobs.rerun(id, Rerun(changes=changes), owner="bob")
    assert job.rerun_of == id
    assert job.owner == "bob"
    return await house.jobs.submission(job.id)


@pytest.mark.proves("jobs.rerun")
async def test_a_notebook_is_run_again_as_a_notebook(house: House) -> None:
    (house.root / "work").mkdir()
    (house.root / "work" / "train.ipynb").write_text('{"cells": [{}, {}, {}]}')
    fields = {"notebook": "work/train.ipynb", "environment": "other", "env": {"A": "1"}, "timeout": 5.0}
    job = await house.submit(command=None, retries=3, tags=["x"], from_cell=2, **fields)
    assert (job.source, job.rerun_of) == ("work/train.ipynb", None)
    submission = await again(house, job.id, name="once more")
    assert (submission.notebook, submission.environment, submission.env) == ("work/train.ipynb", "other", {"A": "1"})
    assert (submission.timeout, submission.retries, submission.tags, submission.from_cell) == (5.0, 3, ["x"], 2)
    assert submission.name == "once more"


async def test_a_schedule_and_its_job_know_each_other(house: House) -> None:
    job, _ = await house.jobs.submit(Submission(command=["true"]), owner="ada", schedule="nightly")
    assert (await house.jobs.get(job.id)).schedule == "nightly"


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"command": ["echo", "a"]}, {"command": ["echo", "a"]}),
        ({"script": "a.py", "args": ["-x"]}, {"script": "{root}/a.py", "args": ["-x"]}),
        ({"script": "a.sh", "args": ["-x"]}, {"script": "{root}/a.sh", "args": ["-x"]}),
        ({"notebook": "a.ipynb"}, {"notebook": "{root}/a.ipynb"}),
    ],
)
async def test_an_older_job_without_a_stored_submission_is_run_again_from_its_record(
    house: House, fields: dict[str, object], expected: dict[str, object]
) -> None:
    for name, content in (("a.py", ""), ("a.sh", "#!/bin/sh\n"), ("a.ipynb", '{"cells": []}')):
        (house.root / name).write_text(content)
        (house.root / name).chmod(0o755)
    job = await house.submit(**{"command": None, "parameters": {"rate": 1}, "retries": 2, **fields})
    file = house.jobs.directory(job.id) / "spec.json"
    spec = json.loads(file.read_text())
    del spec["submission"]
    file.write_text(json.dumps(spec))
    submission = await house.jobs.submission(job.id)
    known = json.loads(json.dumps(expected).replace("{root}", str(house.root)))
    assert {name: getattr(submission, name) for name in known} == known
    assert (submission.parameters, submission.retries, submission.environment) == ({"rate": 1}, 2, "server")
    assert (await again(house, job.id)).parameters == {"rate": 1}


async def test_a_job_is_run_again_after_those_only_that_are_not_over(house: House, executor: FakeExecutor) -> None:
    over, on = await house.submit(), await house.submit()
    for one in (over, on):
        await house.reaches(one.id, JobState.running)
    job = await house.submit(after=[over.id, on.id])
    executor.end(over.id, 1)
    await house.reaches(job.id, JobState.stopped)
    assert (await again(house, job.id)).after == [on.id]


@pytest.mark.parametrize("state", JobState)
def test_nothing_waits_for_a_job_that_is_being_stopped(state: JobState) -> None:
    again = changed(Submission(command=["a"], after=["other"]), {}, lambda id: state)
    waits = state in {JobState.queued, JobState.starting, JobState.running}
    assert again.after == (["other"] if waits else [])


def test_changes_are_checked_like_any_submission() -> None:
    before = Submission(command=["a"], id="old", parameters={"rate": 1}, tags=["x"])
    after = changed(before, {"parameters": {"rate": 2}, "memory": None}, lambda id: None)
    assert (after.command, after.id, after.parameters, after.tags) == (["a"], None, {"rate": 2}, ["x"])
    with pytest.raises(BadRequest) as caught:
        changed(before, {"colour": "red"}, lambda id: None)
    assert caught.value.details == {"field": "colour"}
