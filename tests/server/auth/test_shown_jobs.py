"""What a viewer reads of jobs, over every road: those tagged `shared`, and nothing of how they were run."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
import pytest

from jupyter_crispdm.base.budget import TALLY
from tests.server.auth.visitors import Browser, OpenAs
from tests.support import eventually

_MAKE = (
    'cd "$CRISPDM_RUN_DIR" && mkdir -p artifacts && echo {} > artifacts/run.ipynb'
    " && echo 1 > artifacts/a.txt; echo hello"
)
_API = "crispdm/api/"
HIDDEN = ("echo hello", "CRISPDM_RUN_DIR", "run.ipynb")


async def submit(analyst: Browser, *tags: str) -> str:
    answer = await analyst.fetch(f"{_API}jobs", "POST", {"command": ["sh", "-c", _MAKE], "tags": list(tags)})
    assert answer.code == 201, answer.body
    id: str = json.loads(answer.body)["id"]

    async def is_over() -> bool:
        return bool(json.loads((await analyst.fetch(f"{_API}jobs/{id}")).body)["state"] == "succeeded")

    await eventually(is_over)
    return id


@pytest.fixture
def jobs(crispdm: Any, as_user: OpenAs, jp_asyncio_loop: Any) -> tuple[Browser, Browser, str, str]:
    """A viewer, an analyst, and a job that is shown and one that is not."""

    async def make() -> tuple[Browser, Browser, str, str]:
        viewer, analyst = await as_user("viewer"), await as_user("analyst")
        return viewer, analyst, await submit(analyst, "shared", "x"), await submit(analyst, "private")

    result: tuple[Browser, Browser, str, str] = jp_asyncio_loop.run_until_complete(make())
    return result


@pytest.mark.proves("jobs.shown")
async def test_a_viewer_reads_shared_jobs_without_how_they_were_run(jobs: Any) -> None:
    viewer, analyst, shown, private = jobs
    for query in ("", "?limit=1", "?owner=analyst", "?state=succeeded", "?tag=x", f"?before={private}"):
        body = (await viewer.fetch(f"{_API}jobs{query}")).body.decode()
        assert [job["id"] for job in json.loads(body)["jobs"]] == [shown], query
        assert not any(word in body for word in HIDDEN), query
    assert json.loads((await viewer.fetch(f"{_API}jobs?tag=private")).body)["jobs"] == []
    job = json.loads((await viewer.fetch(f"{_API}jobs/{shown}")).body)
    assert (job["command"], job["cwd"], job["source"], job["pid"]) == ([], "", None, None)
    assert json.loads((await analyst.fetch(f"{_API}jobs/{shown}")).body)["command"]
    assert (await viewer.fetch(f"{_API}jobs/{shown}/log")).body == b"hello\n"
    files = json.loads((await viewer.fetch(f"{_API}jobs/{shown}/artifacts")).body)["artifacts"]
    assert [file["path"] for file in files] == ["a.txt"]
    assert (await viewer.fetch(f"{_API}jobs/{shown}/artifacts/a.txt")).body == b"1\n"
    for path in ("run.ipynb", "run.IPYNB", "./run.ipynb"):
        assert (await viewer.fetch(f"{_API}jobs/{shown}/artifacts/{path}")).code == 404, path
    assert (await analyst.fetch(f"{_API}jobs/{shown}/artifacts/run.ipynb")).body == b"{}\n"


@pytest.mark.proves("jobs.shown")
async def test_other_jobs_do_not_exist_for_a_viewer(jobs: Any) -> None:
    viewer, analyst, _, private = jobs
    nowhere = await viewer.fetch(f"{_API}jobs/nowhere")
    for path in ("", "/log", "/log?download=1", "/metrics", "/artifacts", "/artifacts/a.txt"):
        assert (await analyst.fetch(f"{_API}jobs/{private}{path}")).code == 200, path
        answer = await viewer.fetch(f"{_API}jobs/{private}{path}")
        assert answer.code == 404, path
        assert answer.body == nowhere.body.replace(b"nowhere", private.encode())
    assert (await viewer.fetch(f"{_API}jobs/{private}/submission")).code == 403
    assert (await viewer.fetch(f"{_API}jobs/{private}/rerun", "POST", {})).code == 403
    assert (await viewer.fetch(f"{_API}schedules")).code == 403


@pytest.mark.proves("jobs.shown")
async def test_live_topics_show_a_viewer_the_same(jobs: Any) -> None:
    viewer, analyst, shown, private = jobs
    socket, seen = await viewer.socket(f"{_API}live"), list[Any]()

    async def first(topic: str) -> Any:
        """What is told of a topic at first; of those that are followed already something may come meanwhile."""
        await socket.write_message(json.dumps({"subscribe": topic}))
        while (message := json.loads(await asyncio.wait_for(socket.read_message(), 60)))["topic"] != topic:
            seen.append(message)
        return message

    listed = await first("jobs")
    assert [job["id"] for job in listed["data"]["jobs"]] == [shown]
    assert not any(word in json.dumps(listed) for word in HIDDEN)
    assert (await first(f"jobs/{shown}"))["data"]["job"]["command"] == []
    for topic in (f"jobs/{private}", f"jobs/{private}/log", f"jobs/{private}/metrics"):
        assert (await first(topic))["error"]["code"] == "not_found", topic
    assert "hello" in json.dumps(await first(f"jobs/{shown}/log"))
    hidden, told = await submit(analyst, "private"), await submit(analyst, "shared")
    seen.append(listed)
    while seen[-1]["data"].get("job", {}).get("id") != told:
        seen.append(json.loads(await asyncio.wait_for(socket.read_message(), 60)))
    assert not any(hidden in json.dumps(message) for message in seen)
    for id in (hidden, told):
        assert (await analyst.fetch(f"{_API}jobs/{id}", "DELETE")).code == 204
    while "deleted" not in seen[-1]["data"]:
        seen.append(json.loads(await asyncio.wait_for(socket.read_message(), 60)))
    assert seen[-1]["data"]["deleted"] == told
    socket.close()


@pytest.mark.parametrize("accept", ["text/event-stream", "application/x-ndjson"])
async def test_so_do_streams(jobs: Any, accept: str) -> None:
    viewer, _, shown, private = jobs
    url = f"http://127.0.0.1:{viewer.port}{viewer.base_url}{_API}live?topic=jobs"
    headers = {"Cookie": viewer.cookie_header, "Accept": accept}
    async with httpx.AsyncClient(timeout=60) as client, client.stream("GET", url, headers=headers) as stream:
        async for line in stream.aiter_lines():
            if shown in line:
                assert private not in line
                assert not any(word in line for word in HIDDEN)
                return


@pytest.mark.proves("jobs.shown")
async def test_environments_have_no_place_for_a_viewer(jobs: Any) -> None:
    viewer, analyst, *_ = jobs
    for browser, hides in ((viewer, True), (analyst, False)):
        environments = json.loads((await browser.fetch(f"{_API}environments")).body)["environments"]
        assert all((one["prefix"] == "" == one["python"]) is hides for one in environments)
        one = json.loads((await browser.fetch(f"{_API}environments/server")).body)
        assert (one["prefix"] == "") is hides
        assert one["packages"]
        assert (await browser.fetch(f"{_API}environments/server/export")).code == (403 if hides else 200)
    socket = await viewer.socket(f"{_API}live")
    await socket.write_message(json.dumps({"subscribe": "environments"}))
    told = json.loads(await asyncio.wait_for(socket.read_message(), 60))
    assert {one["prefix"] for one in told["data"]["environments"]} == {""}
    socket.close()


@pytest.mark.proves("http.jobs-log")
@pytest.mark.parametrize(
    ("asked", "code", "body"),
    [
        ("bytes=1-2", 206, b"el"), ("bytes=-2", 206, b"o\n"), ("bytes=4-9999999999999999999", 206, b"o\n"),
        (f"bytes={'9' * 5000}-", 200, b"hello\n"), (f"bytes=-{'9' * 5000}", 200, b"hello\n"),
        ("bytes=\xb2-", 200, b"hello\n"), ("bytes=9-", 416, None), ("lines=1-2", 200, b"hello\n"),
    ],
)  # fmt: skip
async def test_odd_ranges_are_ignored_as_the_rfc_says(jobs: Any, asked: str, code: int, body: bytes | None) -> None:
    viewer, _, shown, _ = jobs
    answer = await viewer.fetch(f"{_API}jobs/{shown}/log", headers={"Range": asked})
    assert answer.code == code
    assert body in (None, answer.body)


@pytest.mark.proves("http.jobs-list")
@pytest.mark.parametrize(
    "query", ["limit=%C2%B2", f"limit={'9' * 5000}", "limit=-1", "limit=1001", "limit=", "limit=nan"]
)
async def test_odd_limits_are_refused_by_name(jobs: Any, query: str) -> None:
    answer = await jobs[1].fetch(f"{_API}jobs?{query}")
    assert answer.code == 400
    assert json.loads(answer.body)["details"]["field"] == "limit"


@pytest.mark.proves("http.health-details", "floods.told")
async def test_health_tells_an_admin_who_went_over_a_budget(as_user: OpenAs) -> None:
    TALLY.add("frames slowed")
    admin, viewer = await as_user("admin"), await as_user("viewer")
    told = json.loads((await admin.fetch(f"{_API}health/details")).body)
    assert told["over_budget"]["frames slowed"] >= 1
    assert (await viewer.fetch(f"{_API}health/details")).code == 403
