"""What a job kept with a step, over HTTP, written by the recorder itself."""

from __future__ import annotations

import json
import sys
from contextlib import aclosing
from typing import Any

import msgspec
import pytest

from jupyter_crispdm.app import CrispdmApp
from jupyter_crispdm.base.errors import NotFound
from jupyter_crispdm.tracking.media.types import MediaFact

from .test_jobs_api import Api, api, ended, running

__all__ = ["api"]

_KEEPS = """
import crispdm
for step in range(3):
    crispdm.histogram("layers/1 weights?", [step, step + 1.0], step=step)
crispdm.text("sample", "<script>alert(1)</script>")
crispdm.table("confusion", [[5, 1], [0, 4]], columns=["cat", "dog"])
"""


async def _job(api: Api, **fields: Any) -> str:
    _, job, _ = await api("POST", "jobs", {"command": [sys.executable, "-c", _KEEPS], **fields})
    assert (await ended(api, job["id"]))["state"] == "succeeded"
    return str(job["id"])


@pytest.mark.proves("training.media")
async def test_what_a_job_kept_is_listed_and_read(api: Api) -> None:
    id = await _job(api)
    status, found, _ = await api("GET", f"jobs/{id}/media")
    assert status == 200
    assert [(one["name"], one["kind"], [piece["step"] for piece in one["pieces"]]) for one in found["media"]] == [
        ("confusion", "table", [0]), ("layers/1 weights?", "histogram", [0, 1, 2]), ("sample", "text", [0])
    ]  # fmt: skip
    _, found, _ = await api("GET", f"jobs/{id}/media", kind="text")
    assert [one["name"] for one in found["media"]] == ["sample"]
    _, newest, headers = await api("GET", f"jobs/{id}/media/layers/1 weights?")
    assert newest["min"] == 2.0
    assert headers["Content-Security-Policy"] == "sandbox"
    _, first, _ = await api("GET", f"jobs/{id}/media/layers/1 weights?", step="0", kind="histogram")
    assert first["min"] == 0.0
    _, table, _ = await api("GET", f"jobs/{id}/media/confusion")
    assert table == {"columns": ["cat", "dog"], "rows": [[5, 1], [0, 4]]}


@pytest.mark.proves("training.media-version")
async def test_a_piece_kept_again_has_an_address_of_its_own(api: Api) -> None:
    program = "import crispdm\nfor text in ('first', 'second'):\n    crispdm.text('a', text, step=0)"
    _, job, _ = await api("POST", "jobs", {"command": [sys.executable, "-c", program]})
    assert (await ended(api, job["id"]))["state"] == "succeeded"
    [series] = (await api("GET", f"jobs/{job['id']}/media"))[1]["media"]
    [piece] = series["pieces"]
    assert len(piece["version"]) == 8
    status, text, _ = await api("GET", f"jobs/{job['id']}/media/a", step="0", version=piece["version"])
    assert (status, text) == (200, b"second")
    status, error, _ = await api("GET", f"jobs/{job['id']}/media/a", version="x" * 65)
    assert (status, error["details"]["field"]) == (400, "version")


@pytest.mark.proves("training.media-faults")
async def test_no_piece_runs_in_a_browser(api: Api) -> None:
    status, text, headers = await api("GET", f"jobs/{await _job(api)}/media/sample")
    assert (status, text) == (200, b"<script>alert(1)</script>")
    assert headers["Content-Type"] == "text/plain; charset=utf-8"
    assert (headers["Content-Security-Policy"], headers["X-Content-Type-Options"]) == ("sandbox", "nosniff")


@pytest.mark.proves("training.media-faults")
async def test_what_is_not_there_or_asked_badly_is_said(api: Api) -> None:
    id = await _job(api)
    for path, query, status, field in (
        ("media/sample", {"step": "7"}, 404, "name"), ("media/other", {}, 404, "name"),
        ("media/sample", {"kind": "html"}, 400, "kind"), ("media", {"kind": "html"}, 400, "kind"),
        ("media/sample", {"step": "one"}, 400, "step"), ("media/..%2f..%2fspec.json", {}, 404, "name"),
    ):  # fmt: skip
        answer = await api("GET", f"jobs/{id}/{path}", **query)
        assert (answer[0], answer[1]["details"].get("field")) == (status, field), json.dumps(answer[1])
    assert (await api("GET", "jobs/nobody/media"))[0] == 404
    assert (await api("GET", "jobs/nobody/media/sample"))[0] == 404


_KEEPS_ON = """
import crispdm
crispdm.text("sample", "first", step=0)
input()
crispdm.text("sample", "second", step=1)
input()
"""


@pytest.mark.proves("training.media-live")
async def test_who_follows_what_a_job_keeps_is_told_of_each_piece(api: Api, crispdm: CrispdmApp) -> None:
    _, job, _ = await api("POST", "jobs", {"command": [sys.executable, "-c", _KEEPS_ON]})
    id = (await running(api, job["id"]))["id"]  # it is handed no line before
    steps: list[int] = []
    async with aclosing(crispdm.context.hub.follow(f"jobs/{id}/media")) as messages:

        async def until(step: int) -> None:
            while step not in steps:
                fact = msgspec.json.decode((await anext(messages)).data, type=MediaFact)
                steps.extend(piece.step for one in fact.media for piece in one.pieces)

        for step in (0, 1):
            await until(step)
            assert (await api("POST", f"jobs/{id}/input", {"text": "\n"}))[0] == 204
        await ended(api, id)
        assert [message.is_last async for message in messages][-1]
    assert steps == [0, 1]


async def test_nobody_follows_what_a_job_keeps_that_is_not_there(crispdm: CrispdmApp) -> None:
    with pytest.raises(NotFound):
        async with aclosing(crispdm.context.hub.follow("jobs/nobody/media")) as messages:
            await anext(messages)
