from __future__ import annotations

from pathlib import Path

import httpx

from jupyter_crispdm.base.http.route import Route
from jupyter_crispdm.serving.inference.http.app import build
from jupyter_crispdm.serving.inference.http.routes import TABLE
from jupyter_crispdm.serving.inference.settings import InferenceSettings

SHAPE = {"message", "reason", "code", "details"}


def address(entry: Route) -> str:
    """The address of a route, with values that name nothing."""
    return "/" + entry.url(**{item.name: 7 if item.kind is int else "nothing" for item in entry.parameters})


def client(tmp_path: Path) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(build(InferenceSettings(tmp_path)).application)
    return httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1")


async def test_every_call_answers_in_one_shape_when_nothing_is_deployed(tmp_path: Path) -> None:
    async with client(tmp_path) as asked:
        for entry in TABLE:
            answer = await asked.request(entry.method, address(entry))
            assert answer.status_code < 500, entry
            if answer.is_error:
                assert set(answer.json()) >= SHAPE, entry
        for wrong in (
            await asked.delete("/models"),
            await asked.get("/models/"),
            await asked.get("/a/../models%2f"),
            await asked.get("/v2/models/x/versions/new"),
        ):
            assert set(wrong.json()) == SHAPE
            assert wrong.status_code in (404, 405)


async def test_a_method_that_is_not_taken_is_told_all_that_are(tmp_path: Path) -> None:
    taken: dict[str, set[str]] = {}
    for entry in TABLE:
        taken.setdefault(address(entry), set()).update({entry.method, "HEAD"} if entry.method == "GET" else {"POST"})
    async with client(tmp_path) as asked:
        for place, methods in taken.items():
            for wrong in {"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"} - methods:
                answer = await asked.request(wrong, place)
                assert (answer.status_code, set(answer.headers["allow"].split(", "))) == (405, methods), (wrong, place)


async def test_head_is_answered_where_get_is(tmp_path: Path) -> None:
    async with client(tmp_path) as asked:
        for entry in TABLE:
            if entry.method == "GET":
                place = address(entry)
                assert (await asked.head(place)).status_code == (await asked.get(place)).status_code, place
