"""Shared text over a real server: two people, a restart, and what is refused."""

from __future__ import annotations

import asyncio
import json
from base64 import b64decode, b64encode
from typing import Any

import pytest

from jupyter_crispdm.app import CrispdmApp
from tests.server.auth.conftest import as_user, browser, jp_server_config, people, root
from tests.server.auth.visitors import Browser, OpenAs
from tests.unit.state.text.writers import Writer

__all__ = ["as_user", "browser", "jp_server_config", "people", "root"]


class Author:
    """Somebody who writes in the text `notes`, with a document of their own."""

    def __init__(self, browser: Browser) -> None:
        self.browser, self.copy = browser, Writer()

    async def sends(self, update: bytes | str, key: str = "notes") -> tuple[int, Any]:
        text = update if isinstance(update, str) else b64encode(update).decode()
        answer = await self.browser.fetch(f"crispdm/api/state/{key}/text", "POST", {"update": text, "session": "one"})
        return answer.code, json.loads(answer.body)

    async def reads(self) -> Any:
        return json.loads((await self.browser.fetch("crispdm/api/state/notes/text")).body)

    async def follow(self, **since: Any) -> Any:
        socket = await self.browser.socket("crispdm/api/live", None)
        await socket.write_message(json.dumps({"subscribe": "state/notes/text", **since}))
        return socket

    async def is_empty(self) -> bool:
        return bool((await self.reads())["text"] == "")

    async def hears_error(self, socket: Any) -> Any:
        message = json.loads(await asyncio.wait_for(socket.read_message(), 60))
        socket.close()
        return message["error"]

    async def hears(self, socket: Any) -> Any:
        message = json.loads(await asyncio.wait_for(socket.read_message(), 60))
        for update in message["data"].get("updates", []):
            self.copy.hear(b64decode(update))
        return message


@pytest.mark.proves("state.text")
async def test_two_people_write_at_once_and_have_the_same(crispdm: CrispdmApp, as_user: OpenAs) -> None:
    ada, bob = Author(await as_user("analyst")), Author(await as_user("viewer"))
    seeing = await bob.follow()
    assert (await bob.hears(seeing))["seq"] == 0
    assert (await ada.sends(ada.copy.write(0, "one two")))[1]["seq"] == 1
    await bob.hears(seeing)
    assert str(bob.copy) == "one two"
    mine, theirs = ada.copy.write(3, " and a half"), bob.copy.write(0, "zero ")
    assert [(await ada.sends(mine))[0], (await bob.sends(theirs))[0]] == [200, 200]
    found = await ada.reads()
    assert (found["text"], found["seq"], found["key"]) == ("zero one and a half two", 3, "notes")
    assert str(Writer(b64decode(found["update"]))) == found["text"]
    while (last := await bob.hears(seeing))["seq"] < found["seq"]:
        continue
    assert str(bob.copy) == found["text"]
    seeing.close()
    again = await ada.follow(since=last["seq"], epoch=last["epoch"])
    await ada.sends(ada.copy.write(0, "!"))
    while not (news := (await ada.hears(again))["data"].get("updates")):
        continue
    assert len(news) == 1, "only what is new to who comes again"
    again.close()


@pytest.mark.proves("state.text-limits")
async def test_what_is_no_update_is_refused_and_changes_nothing(crispdm: CrispdmApp, as_user: OpenAs) -> None:
    ada = Author(await as_user("viewer"))
    await ada.sends(ada.copy.write(0, "as it was"))
    for broken in ("not base64!", b64encode(b"\xff" * 40).decode(), "", "é"):
        code, body = await ada.sends(broken)
        assert (code, body["details"]["field"]) == (400, "update")
    assert (await ada.sends(b"x", key="-bad"))[0] in (400, 404)
    assert (await ada.reads())["text"] == "as it was"


async def test_nobody_follows_a_text_that_cannot_be(crispdm: CrispdmApp, as_user: OpenAs) -> None:
    ada = Author(await as_user("viewer"))
    socket: Any = await ada.browser.socket("crispdm/api/live", None)
    await socket.write_message(json.dumps({"subscribe": "state/-bad/text"}))
    assert json.loads(await asyncio.wait_for(socket.read_message(), 60))["error"]["code"] == "not_found"
    socket.close()


@pytest.mark.proves("state.text")
async def test_the_roles_of_a_key_hold_for_its_text_and_its_end_is_the_texts(
    crispdm: CrispdmApp, as_user: OpenAs
) -> None:
    ada, bob = Author(await as_user("analyst")), Author(await as_user("viewer"))
    await ada.sends(ada.copy.write(0, "plans"))
    put = {"value": 1, "read": "analyst", "write": "analyst"}
    assert (await ada.browser.fetch("crispdm/api/state/notes", "PUT", put)).code == 200
    for method, body in (("GET", None), ("POST", {"update": ""}), ("DELETE", None)):
        assert (await bob.browser.fetch("crispdm/api/state/notes/text", method, body)).code == 403
    assert (await bob.hears_error(await bob.follow()))["code"] == "forbidden"
    assert (await ada.reads())["text"] == "plans"
    assert (await ada.browser.fetch("crispdm/api/state/notes", "DELETE")).code == 204
    assert await bob.is_empty(), "in the same moment"
    await ada.sends(ada.copy.write(5, "!"))
    assert (await ada.reads())["text"] == "!"
    assert (await bob.browser.fetch("crispdm/api/state/notes/text", "DELETE")).code == 204
    assert await ada.is_empty()
