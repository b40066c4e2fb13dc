"""A page's topic: its owner hears in every tab that another one saved, and nobody else hears of it."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from jupyter_crispdm.auth.manager import UserManager
from jupyter_crispdm.auth.types import NewToken, Scope
from tests.server.auth.visitors import Browser, OpenBrowser
from tests.server.snapshots.conftest import Desk


class Tab:
    """A socket that follows a page."""

    def __init__(self, socket: Any) -> None:
        self._socket = socket

    async def next(self) -> Any:
        return json.loads(await asyncio.wait_for(self._socket.read_message(), 60))

    async def revision(self) -> Any:
        told = await self.next()
        assert told["topic"] == "snapshots/home", told
        return told["data"]["revision"]

    def close(self) -> None:
        self._socket.close()


async def opened(browser: Browser, topic: str = "snapshots/home", **headers: str) -> Tab:
    socket = await browser.socket("crispdm/api/live", None, **headers)
    await socket.write_message(json.dumps({"subscribe": topic}))
    return Tab(socket)


@pytest.mark.proves("snapshots.live")
async def test_an_older_tab_hears_that_a_newer_one_saved(viewer: Desk, analyst: Desk) -> None:
    tab, other = await opened(viewer.browser), await opened(analyst.browser)
    assert [await tab.revision(), await other.revision()] == [None, None]
    saved = (await viewer.put("home", {"a": 1}))[1]["revision"]
    assert await tab.revision() == saved
    theirs = (await analyst.patch("home", {"a": 2}))[1]["revision"]
    assert await other.revision() == theirs, "the first it hears is its own"
    again = (await viewer.patch("home", {"a": 3}))[1]["revision"]
    assert await tab.revision() == again
    await viewer("DELETE")
    assert await tab.revision() is None
    tab.close()
    other.close()


@pytest.mark.proves("snapshots.live")
async def test_nobody_follows_another_persons_page_by_name(viewer: Desk) -> None:
    for topic in ("snapshots/home/analyst", "snapshots/home?person=analyst", "snapshots"):
        tab = await opened(viewer.browser, topic)
        told = await tab.next()
        if "error" in told:
            assert told["error"]["code"] == "not_found"
        else:
            assert told["data"] == {"page": topic.removeprefix("snapshots/"), "revision": None, "saved": None}
        tab.close()


@pytest.mark.proves("snapshots.live", "snapshots.own")
async def test_a_program_acts_for_its_person(viewer: Desk, people: UserManager, browser: OpenBrowser) -> None:
    """And a token that only reads saves nothing."""
    wanted = {"nightly": (Scope.WRITE, "analyst"), "reader": (Scope.READ, "viewer")}
    tokens = {
        name: (await people.create_token(NewToken(name=name, scope=scope, owner=owner))).token
        for name, (scope, owner) in wanted.items()
    }
    nightly, reader = (Desk(browser(), Authorization=f"token {tokens[name]}") for name in ("nightly", "reader"))
    assert (await nightly.put("home", {"of": "analyst"}))[0] == 200
    assert (await nightly("GET", "/home"))[1]["by"] == "analyst"
    await viewer.put("home", {"of": "viewer"})
    assert await reader.values("home") == {"of": "viewer"}
    assert (await reader.put("home", {}))[0] == 403
    assert (await reader("DELETE"))[0] == 403
    tab = await opened(browser(), Authorization=f"token {tokens['reader']}")
    assert await tab.revision() == (await viewer("GET", "/home"))[1]["revision"]
    tab.close()


@pytest.mark.proves("snapshots.user-removed")
async def test_who_is_removed_leaves_nothing_to_a_namesake(viewer: Desk, analyst: Desk, people: UserManager) -> None:
    await viewer.put("home", {"a": 1})
    await viewer.save("home", "shared", values={"a": 1}, shared=True)
    assert await analyst.names("home") == ["shared"]
    await people.remove("viewer")
    assert (await viewer("GET", "/home"))[0] == 403
    assert await analyst.names("home") == []
