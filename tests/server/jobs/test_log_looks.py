"""Looking into a job's log over HTTP: lines, search, errors, and who may."""

from __future__ import annotations

import json
import sys
import time

import pytest

from jupyter_crispdm.app import CrispdmApp

from .test_jobs_api import Api, api, ended

__all__ = ["api"]

_FAILS = "print('epoch 1: loss 0.5'); print('epoch 2: Loss 0.25'); raise ValueError('the loss is gone')"


@pytest.mark.proves("training.log-search", "training.log-errors", "training.log-times")
async def test_a_log_is_searched_and_its_error_found(api: Api) -> None:
    begun = time.time()
    _, job, _ = await api("POST", "jobs", {"command": [sys.executable, "-uc", _FAILS]})
    await ended(api, job["id"])
    log = f"jobs/{job['id']}/log"
    status, lines, _ = await api("GET", f"{log}/lines", at="20", before="1", after="1")
    assert status == 200
    told = [(one["at"], one["text"]) for one in lines["lines"]]
    assert told == [(0, "epoch 1: loss 0.5"), (18, "epoch 2: Loss 0.25")]
    assert all(begun - 1 <= one["time"] <= time.time() for one in lines["lines"])
    _, found, _ = await api("GET", f"{log}/search", q="loss 0")
    assert [one["at"] for one in found["matches"]] == [0, 18]
    assert found["matches"][0]["places"] == [[9, 15]]
    assert found["next"] is None
    _, found, _ = await api("GET", f"{log}/search", q=r"loss \S+$", regex="1", case="1", begin="0", limit="5")
    assert [one["at"] for one in found["matches"]] == [0]
    _, errors, _ = await api("GET", f"{log}/errors")
    assert [(one["kind"], one["text"]) for one in errors["errors"]] == [("traceback", "ValueError: the loss is gone")]
    assert errors["whole"] == errors["size"] == lines["size"]


@pytest.mark.parametrize(
    ("path", "query", "field"),
    [
        ("search", {}, "q"), ("search", {"q": ""}, "q"), ("search", {"q": "(", "regex": "1"}, "q"),
        ("search", {"q": "a", "limit": "0"}, "limit"), ("search", {"q": "a", "begin": "-1"}, "begin"),
        ("errors", {"limit": "many"}, "limit"), ("lines", {"at": "-1"}, "at"), ("lines", {"before": "99999"}, "before"),
    ],
)  # fmt: skip
async def test_a_bad_question_names_its_field(api: Api, path: str, query: dict[str, str], field: str) -> None:
    _, job, _ = await api("POST", "jobs", {"command": ["echo", "a"]})
    await ended(api, job["id"])
    status, error, _ = await api("GET", f"jobs/{job['id']}/log/{path}", **query)
    assert (status, error["details"].get("field")) == (400, field), error


async def test_no_job_no_log(api: Api) -> None:
    for path in ("lines", "search?q=a", "errors"):
        name, _, query = path.partition("?")
        assert (await api("GET", f"jobs/nobody/log/{name}", **dict([query.split("=")] if query else [])))[0] == 404


@pytest.mark.proves("training.log-pattern")
async def test_a_pattern_that_never_ends_slows_nobody(api: Api) -> None:
    _, job, _ = await api("POST", "jobs", {"command": [sys.executable, "-c", "print('a' * 4000)"]})
    await ended(api, job["id"])
    status, error, _ = await api("GET", f"jobs/{job['id']}/log/search", q="(a+)+b", regex="1")
    assert (status, error["details"]["field"]) == (422, "q")
    assert "Make it simpler" in error["message"]
    assert (await api("GET", f"jobs/{job['id']}/log/search", q="a"))[0] == 200


@pytest.mark.proves("training.log-times")
async def test_the_topic_of_a_log_tells_when_it_was_printed(api: Api, crispdm: CrispdmApp) -> None:
    begun = time.time()
    _, job, _ = await api("POST", "jobs", {"command": ["echo", "hello"]})
    await ended(api, job["id"])
    async for message in crispdm.context.hub.follow(f"jobs/{job['id']}/log"):
        told = json.loads(message.data)
        break
    assert told["text"] == "hello\n"
    ((at, when),) = told["times"]
    assert at == 0
    assert begun - 1 <= when <= time.time()
