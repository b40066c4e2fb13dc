"""Who is here, over a real server: by verbs, and live."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from jupyter_crispdm.app import CrispdmApp
from tests.server.auth.conftest import as_user, browser, jp_server_config, people, root
from tests.server.auth.visitors import Browser, OpenAs

__all__ = ["as_user", "browser", "jp_server_config", "people", "root"]

API = "crispdm/api/presence"
LAB, HOME = "/lab/tree/secret.ipynb", "/crispdm/"


class Page:
    """A page of somebody's browser."""

    def __init__(self, browser: Browser, session: str) -> None:
        self.browser, self.session = browser, session

    async def says(self, session: str = "", **word: Any) -> tuple[int, Any]:
        answer = await self.browser.fetch(f"{API}/{session or self.session}", "PUT", word)
        return answer.code, json.loads(answer.body)

    async def leaves(self, session: str = "") -> int:
        return (await self.browser.fetch(f"{API}/{session or self.session}", "DELETE")).code

    async def others(self) -> dict[str, str]:
        answer = await self.browser.fetch(API)
        return {one["user"]: one["page"] for one in json.loads(answer.body)["visitors"]}

    async def follow(self, topic: str) -> Any:
        socket = await self.browser.socket("crispdm/api/live", None)
        await socket.write_message(json.dumps({"subscribe": topic}))
        return socket


async def told(socket: Any) -> Any:
    return json.loads(await asyncio.wait_for(socket.read_message(), 60))["data"]


@pytest.mark.proves("presence.here", "presence.own", "presence.elsewhere")
async def test_colleagues_see_each_other_come_move_and_leave(crispdm: CrispdmApp, as_user: OpenAs) -> None:
    analyst = Page(await as_user("analyst"), "analyst-page")
    viewer = Page(await as_user("viewer"), "viewer-page")
    base = viewer.browser.base_url.removeprefix("http://127.0.0.1:").partition("/")[2].strip("/")
    base = f"/{base}" if base else ""
    seeing, narrowed = await analyst.follow("presence"), await viewer.follow("presence")
    assert [await told(seeing), await told(narrowed)] == [{"visitors": []}, {"visitors": []}]
    code, me = await analyst.says(page=base + LAB, title="secret.ipynb")
    assert (code, me["user"], me["page"]) == (200, "analyst", base + LAB)
    assert (await told(seeing))["visitor"]["page"] == base + LAB
    shown = (await told(narrowed))["visitor"]
    assert (shown["user"], shown["page"], shown["title"]) == ("analyst", "", "")
    await viewer.says(page=base + HOME, scroll=0.25)
    assert (await told(seeing))["visitor"]["scroll"] == 0.25
    assert await analyst.others() == {"analyst": base + LAB, "viewer": base + HOME}
    assert await viewer.others() == {"analyst": "", "viewer": base + HOME}
    assert (await viewer.says("analyst-page", page=base + HOME))[0] == 403
    assert [await viewer.leaves("analyst-page"), await viewer.leaves(), await viewer.leaves()] == [403, 204, 404]
    assert (await told(seeing)) == {"left": "viewer-page"}
    seeing.close()
    narrowed.close()


@pytest.mark.proves("presence.bounded")
async def test_what_is_no_place_is_refused_by_name(crispdm: CrispdmApp, as_user: OpenAs) -> None:
    viewer = Page(await as_user("viewer"), "viewer-page")
    for word, field in (({"page": "//evil.example/"}, "page"), ({"scroll": 7}, "scroll"), ({"cursor": "x"}, "cursor")):
        code, body = await viewer.says(**word)
        assert (code, body["details"]["field"]) == (400, field)
    assert (await viewer.says("short"))[0] in (400, 404)
    assert await viewer.others() == {}
