from __future__ import annotations

from typing import Any

import pytest

from jupyter_crispdm.base.errors import BadRequest
from jupyter_crispdm.jobs.submitting.validation import check_grace, check_input, check_submission, states_of
from jupyter_crispdm.jobs.types import JOB_ID, Input, JobFilter, JobState, Submission

COMMAND: dict[str, Any] = {"command": ["true"]}


@pytest.mark.proves("http.jobs-submit-bad", "files.by-url")
@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({}, "command"),
        ({"command": ["true"], "script": "a.py"}, "command"),
        ({"command": []}, "command"),
        ({"command": ["x"] * 1001}, "command"),
        ({"command": ["a\0b"]}, "command"),
        ({"command": [""]}, "command"),
        ({"command": ["x" * 200_000]}, "command"),
        ({"script": ""}, "script"),
        ({"script": "a\0.py"}, "script"),
        ({"notebook": "a.ipynb", "args": ["x"]}, "args"),
        ({**COMMAND, "args": ["a\0b"]}, "args"),
        ({**COMMAND, "cwd": "a\0b"}, "cwd"),
        ({**COMMAND, "env": {"": "x"}}, "env"),
        ({**COMMAND, "env": {"A=B": "x"}}, "env"),
        ({**COMMAND, "env": {"A": "x\0"}}, "env"),
        ({**COMMAND, "timeout": 0}, "timeout"),
        ({**COMMAND, "timeout": -1}, "timeout"),
        ({**COMMAND, "timeout": float("inf")}, "timeout"),
        ({**COMMAND, "retries": -1}, "retries"),
        ({**COMMAND, "retries": 101}, "retries"),
        ({**COMMAND, "name": ""}, "name"),
        ({**COMMAND, "name": "a\nb"}, "name"),
        ({**COMMAND, "name": "a" * 201}, "name"),
        ({**COMMAND, "tags": ["a\nb"]}, "tags"),
        ({**COMMAND, "parameters": {"a": "x" * 2_000_000}}, "parameters"),
        ({**COMMAND, "after": ["a"] * 1001}, "after"),
        ({**COMMAND, "id": "../x"}, "id"),
    ],
)
def test_the_field_that_is_wrong_is_named(fields: dict[str, Any], field: str) -> None:
    with pytest.raises(BadRequest) as caught:
        check_submission(Submission(**fields))
    assert caught.value.details == {"field": field}


@pytest.mark.proves("http.jobs-submit")
@pytest.mark.parametrize("fields", [COMMAND, {"script": "a.py", "args": ["é"]}, {"notebook": "a.ipynb"}])
def test_good_submissions_pass(fields: dict[str, Any]) -> None:
    check_submission(Submission(**fields, timeout=0.5, env={"A": ""}, name="Größe <b>", id="a.b-c_1"))


@pytest.mark.parametrize("id", ["", ".", "..", ".new-x", "a/b", "a\\b", "a\n", "ä", "a" * 65, "-a", "stop"])
def test_an_id_that_could_be_a_path_or_another_address_is_refused(id: str) -> None:
    with pytest.raises(BadRequest):
        JOB_ID.check(id, "id")


@pytest.mark.proves("http.jobs-list")
def test_filter() -> None:
    assert states_of(JobFilter()) is None
    assert states_of(JobFilter(state="running, queued")) == {JobState.running, JobState.queued}
    for bad in (JobFilter(state="asleep"), JobFilter(limit=0), JobFilter(limit=1001)):
        with pytest.raises(BadRequest):
            states_of(bad)


@pytest.mark.proves("http.jobs-input")
@pytest.mark.parametrize("input", [Input(), Input(text="a", eof=True), Input(text="x" * 70_000)])
def test_input_is_text_or_its_end(input: Input) -> None:
    with pytest.raises(BadRequest):
        check_input(input)


def test_grace() -> None:
    check_grace(None)
    check_grace((0, 3600))
    with pytest.raises(BadRequest):
        check_grace((-1, 0))
