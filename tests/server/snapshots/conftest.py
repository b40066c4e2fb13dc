"""People with pages that save themselves."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest

from tests.server.auth.conftest import as_user, browser, jp_server_config, people, root
from tests.server.auth.visitors import Browser, OpenAs, OpenBrowser

__all__ = ["OpenBrowser", "as_user", "browser", "jp_server_config", "people", "root"]

API = "crispdm/api/snapshots"


class Desk:
    """Somebody with a page and work of theirs."""

    def __init__(self, browser: Browser, **headers: str) -> None:
        self.browser, self._headers = browser, headers

    async def __call__(self, method: str, path: str = "", body: Any = None) -> tuple[int, Any]:
        answer = await self.browser.fetch(API + path, method, body, self._headers)
        return answer.code, json.loads(answer.body or b"null")

    async def put(self, page: str, values: Any, **more: Any) -> tuple[int, Any]:
        return await self("PUT", f"/{page}", {"values": values, **more})

    async def patch(self, page: str, values: Any, **more: Any) -> tuple[int, Any]:
        return await self("PATCH", f"/{page}", {"values": values, **more})

    async def values(self, page: str) -> Any:
        code, answer = await self("GET", f"/{page}")
        return answer["values"] if code == 200 else code

    async def save(self, page: str, name: str, **body: Any) -> tuple[int, Any]:
        return await self("PUT", f"/{page}/saved/{quote(name, '')}", body)

    async def names(self, page: str) -> list[str]:
        return [work["name"] for work in (await self("GET", f"/{page}/saved"))[1]["saved"]]


@pytest.fixture
def viewer(crispdm: Any, as_user: OpenAs, jp_asyncio_loop: Any) -> Desk:
    return Desk(jp_asyncio_loop.run_until_complete(as_user("viewer")))


@pytest.fixture
def analyst(crispdm: Any, as_user: OpenAs, jp_asyncio_loop: Any) -> Desk:
    return Desk(jp_asyncio_loop.run_until_complete(as_user("analyst")))
