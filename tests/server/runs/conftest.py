"""Calls of the API about runs, and programs that log."""

from __future__ import annotations

import json
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from tornado.httpclient import HTTPClientError

from jupyter_crispdm.app import CrispdmApp
from tests.support import eventually

Fetch = Callable[..., Awaitable[Any]]


class Api:
    """The verbs of one server."""

    def __init__(self, fetch: Fetch) -> None:
        self._fetch = fetch

    async def __call__(self, method: str, path: str, body: Any = None, **query: Any) -> tuple[int, Any]:
        """A verb's status and decoded body, also for refusals."""
        sent = None if method in ("GET", "DELETE") else json.dumps({} if body is None else body)
        try:
            answer = await self._fetch(
                "crispdm", "api", *path.split("/"), method=method, body=sent, params=query
            )
        except HTTPClientError as error:
            failed: Any = error.response
            return error.code, json.loads(failed.body)
        return answer.code, json.loads(answer.body) if answer.body else None

    async def get(self, path: str, **query: Any) -> Any:
        """What a GET answers that must succeed."""
        code, body = await self("GET", path, **query)
        assert code == 200, body
        return body

    async def job(self, program: str, **fields: Any) -> str:
        """Run a program to its end as a job; answers its id."""
        code, job = await self("POST", "jobs", {"command": [sys.executable, "-c", program], **fields})
        assert code == 201, job
        return await self.over(job["id"])

    async def over(self, id: str) -> str:
        """Wait until a job is over; it must have succeeded."""

        async def ended() -> Any:
            job = await self.get(f"jobs/{id}")
            return job if job["ended"] else None

        job = await eventually(ended)
        assert job["state"] == "succeeded", job
        return id

    async def run(self, id: str, **wanted: Any) -> Any:
        """A run's row, once it has the fields that are wanted."""

        async def row() -> Any:
            found = {one["id"]: one for one in (await self.get("runs", limit=1000))["runs"]}
            return found.get(id) if id in found and wanted.items() <= found[id].items() else None

        return await eventually(row)


@pytest.fixture
def api(crispdm: CrispdmApp, jp_fetch: Fetch) -> Api:
    """The verbs of a started server."""
    return Api(jp_fetch)
