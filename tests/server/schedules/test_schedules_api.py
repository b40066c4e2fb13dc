"""Schedules over HTTP, and their jobs in a real server."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import aclosing
from typing import Any

import msgspec
import pytest
from jupyter_server.serverapp import ServerApp
from tornado.httpclient import HTTPClientError

from jupyter_crispdm.app import CrispdmApp
from jupyter_crispdm.jobs.room import JobsRoom
from jupyter_crispdm.jobs.types import JobState
from jupyter_crispdm.schedules.room import SchedulesRoom
from jupyter_crispdm.schedules.types import SchedulesFact
from tests.support import eventually

Fetch = Callable[..., Coroutine[Any, Any, Any]]
ROUTE = ("crispdm", "api", "schedules")


async def call(jp_fetch: Fetch, method: str, *path: str, body: Any = None, **params: str) -> Any:
    text = None if body is None else json.dumps(body)
    response = await jp_fetch(*ROUTE, *path, method=method, body=text, params=params, allow_nonstandard_methods=True)
    return json.loads(response.body) if response.body else None


async def make(jp_fetch: Fetch, **fields: Any) -> dict[str, Any]:
    body = {"cron": "0 3 * * *", "timezone": "Europe/Berlin", "submission": {"command": ["true"]}, **fields}
    made: dict[str, Any] = await call(jp_fetch, "POST", body=body)
    return made


async def refused(call: Coroutine[Any, Any, Any]) -> tuple[int, dict[str, Any]]:
    with pytest.raises(HTTPClientError) as caught:
        await call
    assert caught.value.response is not None
    body = json.loads(caught.value.response.body)
    assert set(body) == {"message", "reason", "code", "details"}
    return caught.value.code, body


@pytest.mark.proves("http.schedules")
async def test_a_schedule_is_made_changed_and_deleted(crispdm: CrispdmApp, jp_fetch: Fetch) -> None:
    made = await make(jp_fetch, name="nightly")
    assert made["next_run"].endswith(("01:00:00Z", "02:00:00Z"))
    assert (made["missed"], made["overlap"], made["paused"]) == ("once", "skip", False)
    assert (await call(jp_fetch, "GET"))["schedules"] == [made]
    paused = await call(jp_fetch, "PATCH", made["id"], body={"paused": True})
    assert paused == {**made, "paused": True, "next_run": None}
    assert await call(jp_fetch, "GET", made["id"]) == paused
    assert await call(jp_fetch, "DELETE", made["id"]) is None
    assert (await call(jp_fetch, "GET"))["schedules"] == []


@pytest.mark.proves("http.schedules")
async def test_run_now_makes_a_real_job(crispdm: CrispdmApp, jp_fetch: Fetch) -> None:
    made = await make(jp_fetch, submission={"command": ["echo", "hello"], "name": "greeting"})
    response = await jp_fetch(*ROUTE, made["id"], "run", method="POST", body="")
    assert response.code == 201
    job = json.loads(response.body)
    assert response.headers["Location"].endswith(f"/crispdm/api/jobs/{job['id']}")
    assert (job["name"], job["schedule"]) == ("greeting", made["id"])

    async def over() -> bool:
        return (await crispdm.room(JobsRoom).manager.get(job["id"])).state is JobState.succeeded

    await eventually(over)
    assert (await call(jp_fetch, "GET", made["id"]))["last_job"] == job["id"]


@pytest.mark.proves("http.schedules-preview")
async def test_a_preview_tells_the_next_times(crispdm: CrispdmApp, jp_fetch: Fetch) -> None:
    preview = await call(jp_fetch, "GET", "preview", cron="30 2 * * 1-5", timezone="Europe/Berlin")
    assert preview["description"] == "At 02:30 on Monday through Friday"
    assert len(preview["times"]) == 5


@pytest.mark.proves("http.schedules")
@pytest.mark.parametrize(
    ("fields", "status", "field"),
    [
        ({"cron": "every day"}, 400, "cron"),
        ({"timezone": "Mars"}, 400, "timezone"),
        ({"submission": {"command": []}}, 400, "submission.command"),
        ({"submission": {"command": ["a"], "id": "x"}}, 400, "submission.id"),
        ({"submission": {"script": "no.py"}}, 422, "submission.script"),
        ({"submission": {"command": ["a"], "environment": "none"}}, 422, "submission.environment"),
    ],
)
async def test_mistakes_name_their_field(
    crispdm: CrispdmApp, jp_fetch: Fetch, fields: dict[str, Any], status: int, field: str
) -> None:
    code, body = await refused(make(jp_fetch, **fields))
    assert (code, body["details"]["field"]) == (status, field)


@pytest.mark.proves("http.schedules-preview")
async def test_a_bad_preview_is_a_400(crispdm: CrispdmApp, jp_fetch: Fetch) -> None:
    code, body = await refused(call(jp_fetch, "GET", "preview", cron="1 2 3"))
    assert (code, body["details"]) == (400, {"field": "cron"})


@pytest.mark.proves("http.schedules")
async def test_an_unknown_schedule_is_a_404(crispdm: CrispdmApp, jp_fetch: Fetch) -> None:
    for method, path, body in (("GET", (), None), ("PATCH", (), {}), ("DELETE", (), None), ("POST", ("run",), None)):
        code, _ = await refused(call(jp_fetch, method, "nobody", *path, body=body))
        assert code == 404


@pytest.mark.proves("live.topic-schedules")
async def test_changes_are_told_live(crispdm: CrispdmApp, jp_fetch: Fetch) -> None:
    async with aclosing(crispdm.context.hub.follow("schedules")) as messages:
        assert (await told(messages)) == []
        made = await make(jp_fetch)
        assert [schedule.id for schedule in await told(messages)] == [made["id"]]


async def told(messages: AsyncIterator[Any]) -> list[Any]:
    schedules: list[Any] = msgspec.json.decode((await anext(messages)).data, type=SchedulesFact).schedules
    return schedules


async def test_a_new_server_process_goes_on_with_them(
    crispdm: CrispdmApp, jp_fetch: Fetch, jp_serverapp: ServerApp
) -> None:
    made = await make(jp_fetch)
    await crispdm.room(SchedulesRoom).close()
    again = SchedulesRoom(crispdm.context)
    await again.start()
    assert [schedule.id for schedule in again.manager.all()] == [made["id"]]
    await again.close()
