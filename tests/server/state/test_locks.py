"""The lock of a key over HTTP: held, waited for, renewed, freed, lapsed, and left by those who hang up."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from jupyter_crispdm.state.room import StateRoom
from tests.server.state.conftest import API, Session
from tests.support import eventually


@pytest.mark.proves("state.lock", "state.http-lock")
async def test_a_lock_is_held_renewed_and_freed(viewer: Session, analyst: Session) -> None:
    await viewer.put("k", 7)
    code, lease = await viewer("POST", "/k/lock", {"seconds": 60, "wait": 0, "session": "tab-1"})
    assert code == 200
    assert (lease["key"], lease["holder"], lease["value"]["value"]) == ("k", "viewer", 7)
    code, taken = await analyst("POST", "/k/lock", {"wait": 0})
    assert (code, taken["details"]["holder"], taken["details"]["session"]) == (409, "viewer", "tab-1")
    code, renewed = await viewer("PUT", f"/k/lock/{lease['lock']}", {"seconds": 600})
    assert (code, renewed["lock"]) == (200, lease["lock"])
    assert renewed["until"] > lease["until"]
    assert await viewer("DELETE", f"/k/lock/{lease['lock']}") == (204, None)
    assert (await viewer("DELETE", f"/k/lock/{lease['lock']}"))[0] == 409
    assert (await viewer("PUT", f"/k/lock/{lease['lock']}", {}))[0] == 409
    code, other = await analyst("POST", "/k/lock", {"wait": 0})
    assert (code, other["holder"]) == (200, "analyst")
    assert (await viewer("POST", "/nothing/lock", {}))[1]["value"] is None


@pytest.mark.proves("state.http-lock")
async def test_a_lock_that_nobody_renews_is_the_next_ones(viewer: Session, analyst: Session) -> None:
    lost = (await viewer("POST", "/k/lock", {"seconds": 0.3}))[1]
    code, lease = await analyst("POST", "/k/lock", {"seconds": 60, "wait": 60})
    assert (code, lease["holder"]) == (200, "analyst")
    code, refused = await viewer.put("k", 1, lock=lost["lock"])
    assert (code, refused["details"]["field"]) == (409, "lock"), "who lost the lock changes nothing"
    assert await viewer.value("k") == 404
    assert (await analyst.put("k", 2, lock=lease["lock"]))[0] == 200
    for path, body in (("increment", {}), ("append", {"values": []}), ("update", {"values": {}})):
        assert (await viewer("POST", f"/k/{path}", {**body, "lock": lost["lock"]}))[0] == 409
    assert (await viewer.send("k", b"x", lock=lost["lock"]))[0] == 409
    assert (await viewer("DELETE", "/k", lock=lost["lock"]))[0] == 409
    assert (await viewer.put("k", 3))[0] == 200, "the lock is for those who ask for it"


@pytest.mark.proves("state.http-lock", "state.fair")
async def test_who_asked_first_has_it_first(crispdm: Any, viewer: Session) -> None:
    holder = (await viewer("POST", "/k/lock", {"seconds": 600}))[1]
    order: list[int] = []

    async def wait(number: int) -> None:
        code, lease = await viewer("POST", "/k/lock", {"seconds": 600, "wait": 60, "session": str(number)})
        assert code == 200, lease
        order.append(number)
        await viewer("DELETE", f"/k/lock/{lease['lock']}")

    waiting = [asyncio.create_task(wait(0))]
    locks = _locks(crispdm)
    for number in range(1, 6):
        await eventually(lambda: len(locks._waiting) == len(waiting))
        waiting.append(asyncio.create_task(wait(number)))
    await eventually(lambda: len(locks._waiting) == 6)
    await viewer("DELETE", f"/k/lock/{holder['lock']}")
    await asyncio.gather(*waiting)
    assert order == [0, 1, 2, 3, 4, 5]


@pytest.mark.proves("state.fair")
async def test_who_hangs_up_leaves_the_line(crispdm: Any, viewer: Session) -> None:
    holder = (await viewer("POST", "/k/lock", {"seconds": 600}))[1]
    browser = viewer.browser
    _, writer = await asyncio.open_connection("127.0.0.1", browser.port)
    body = json.dumps({"seconds": 600, "wait": 600})
    head = {"Host": f"127.0.0.1:{browser.port}", "Cookie": browser.cookie_header,
            "X-XSRFToken": browser.cookies["_xsrf"], "Content-Length": len(body)}  # fmt: skip
    lines = [f"POST {browser.base_url}{API}/k/lock HTTP/1.1", *(f"{name}: {text}" for name, text in head.items())]
    writer.write("\r\n".join([*lines, "", body]).encode())
    locks = _locks(crispdm)
    await eventually(lambda: len(locks._waiting) == 1)
    writer.close()
    await eventually(lambda: not locks._waiting)
    await viewer("DELETE", f"/k/lock/{holder['lock']}")
    assert (await viewer("POST", "/k/lock", {"wait": 0}))[0] == 200, "nobody stands before us"


async def test_a_lock_cannot_be_wanted_for_ever(viewer: Session) -> None:
    for body in ({"seconds": 0}, {"seconds": 1e9}, {"wait": -1}, {"wait": 1e9}):
        code, answer = await viewer("POST", "/k/lock", body)
        assert (code, answer["details"]["field"]) == (400, next(iter(body)))


def _locks(crispdm: Any) -> Any:
    return crispdm.room(StateRoom).locks
