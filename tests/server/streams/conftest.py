"""Streams in a real server, collected by a program that a test plays."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable, Coroutine, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from tornado.httpclient import HTTPClientError

from jupyter_crispdm.app import CrispdmApp
from jupyter_crispdm.jobs.room import JobsRoom
from jupyter_crispdm.streams.room import StreamsRoom
from tests.support import eventually

LONG = 100_000
"""A window that holds all that a test collects, however long that takes."""
Fetch = Callable[..., Coroutine[Any, Any, Any]]
PLAYED = (sys.executable, str(Path(__file__).with_name("playedcollector.py")))


class Streams:
    """The API of streams, as a program calls it."""

    def __init__(self, app: CrispdmApp, fetch: Fetch) -> None:
        self.app, self._fetch = app, fetch
        self.room = app.room(StreamsRoom)

    async def call(self, method: str, *path: str, body: Any = None, **params: str) -> Any:
        response = await self.raw(method, *path, body=body, **params)
        return json.loads(response.body) if response.body else None

    async def raw(self, method: str, *path: str, body: Any = None, **params: str) -> Any:
        text = None if body is None else json.dumps(body)
        route = ("crispdm", "api", "streams", *path)
        return await self._fetch(*route, method=method, body=text, params=params, allow_nonstandard_methods=True)

    async def make(self, id: str = "line", rate: float = 50, seed: int = 0, **fields: Any) -> dict[str, Any]:
        source = {"kind": "simulated", "rate": rate, "seed": seed}
        made: dict[str, Any] = await self.call("POST", body={"name": "Line", "id": id, "source": source, **fields})
        return made

    async def reaches(self, id: str = "line", **fields: Any) -> dict[str, Any]:
        async def there() -> Any:
            stream = await self.call("GET", id)
            return stream if fields.items() <= stream.items() else None

        found: dict[str, Any] = await eventually(there)
        return found

    async def has(self, seq: int, id: str = "line", **fields: Any) -> dict[str, Any]:
        async def there() -> Any:
            stream = await self.call("GET", id)
            return stream if stream["seq"] >= seq and fields.items() <= stream.items() else None

        found: dict[str, Any] = await eventually(there)
        return found

    async def refused(self, method: str, *path: str, **rest: Any) -> tuple[int, dict[str, Any]]:
        with pytest.raises(HTTPClientError) as caught:
            await self.call(method, *path, **rest)
        assert caught.value.response is not None
        return caught.value.code, json.loads(caught.value.response.body)


def played(app: CrispdmApp) -> None:
    """Have streams collected by the program of the test."""
    app.room(StreamsRoom).manager._collectors._command = PLAYED


@pytest.fixture
def streams(crispdm: CrispdmApp, jp_fetch: Fetch, jp_asyncio_loop: asyncio.AbstractEventLoop) -> Iterator[Streams]:
    played(crispdm)
    yield Streams(crispdm, jp_fetch)
    jp_asyncio_loop.run_until_complete(end_all(crispdm))


async def end_all(app: CrispdmApp) -> None:
    """Leave no collector behind."""
    manager, jobs = app.room(StreamsRoom).manager, app.room(JobsRoom).manager
    for stream in manager.all():
        await manager.stop(stream.id)
        await eventually(partial(jobs.over, stream.job or ""))
