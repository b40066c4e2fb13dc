"""People who share values."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.server.auth.conftest import as_user, browser, jp_server_config, people, root
from tests.server.auth.visitors import Browser, OpenAs, OpenBrowser

__all__ = ["OpenBrowser", "as_user", "browser", "jp_server_config", "people", "root"]

API = "crispdm/api/state"


class Follower:
    """A socket that follows a value."""

    def __init__(self, socket: Any) -> None:
        self._socket = socket

    async def next(self) -> Any:
        """What is told next: the value, or the code of an error."""
        told = json.loads(await asyncio.wait_for(self._socket.read_message(), 60))
        return told["error"]["code"] if "error" in told else told["data"]

    async def until(self, value: Any) -> list[Any]:
        """All values that are told, until it is this one."""
        seen = [(await self.next())["value"]]
        while seen[-1] != value:
            seen.append((await self.next())["value"])
        return seen

    def close(self) -> None:
        self._socket.close()


class Session:
    """Somebody with the values that everybody shares."""

    def __init__(self, browser: Browser, **headers: str) -> None:
        self.browser, self._headers = browser, headers

    async def __call__(self, method: str, path: str = "", body: Any = None, **query: Any) -> tuple[int, Any]:
        address = API + path + (f"?{urlencode(query)}" if query else "")
        answer = await self.browser.fetch(address, method, body, self._headers, request_timeout=120)
        return answer.code, json.loads(answer.body or b"null")

    async def put(self, key: str, value: Any, **more: Any) -> tuple[int, Any]:
        return await self("PUT", f"/{key}", {"value": value, **more})

    async def value(self, key: str) -> Any:
        code, answer = await self("GET", f"/{key}")
        return answer["value"] if code == 200 else code

    async def send(self, key: str, data: bytes, headers: dict[str, str] | None = None, **query: Any) -> tuple[int, Any]:
        address = f"{API}/{key}/content?{urlencode(query)}"
        answer = await self.browser.fetch(address, "PUT", data, {**self._headers, **(headers or {})})
        return answer.code, json.loads(answer.body)

    async def follow(self, key: str, period: float | None = None) -> Follower:
        socket = await self.browser.socket("crispdm/api/live", None, **self._headers)
        await socket.write_message(json.dumps({"subscribe": f"state/{key}", "period": period}))
        return Follower(socket)


@pytest.fixture
def viewer(crispdm: Any, as_user: OpenAs, jp_asyncio_loop: Any) -> Session:
    return Session(jp_asyncio_loop.run_until_complete(as_user("viewer")))


@pytest.fixture
def analyst(crispdm: Any, as_user: OpenAs, jp_asyncio_loop: Any) -> Session:
    return Session(jp_asyncio_loop.run_until_complete(as_user("analyst")))
