"""Values that all sessions share, over HTTP: read, written, changed, told, and kept from those who may not."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.server.state.conftest import Session


@pytest.mark.proves("state.values", "state.http")
async def test_what_one_writes_the_other_reads(viewer: Session, analyst: Session) -> None:
    code, written = await viewer.put("speed", {"a": [1, None, "é"]}, session="tab-1")
    assert code == 200
    assert written == {**written, "key": "speed", "value": {"a": [1, None, "é"]}, "version": 1, "by": "viewer",
                       "session": "tab-1", "notified": 1, "read": "viewer", "write": "viewer", "expires": None,
                       "content": None}  # fmt: skip
    assert (await analyst("GET", "/speed"))[1] == written
    assert (await analyst.put("speed", 2))[1]["version"] == 2
    assert [(one["key"], one["by"], "value" in one) for one in (await viewer("GET"))[1]["keys"]] == [
        ("speed", "analyst", False)]  # fmt: skip
    assert await analyst("DELETE", "/speed") == (204, None)
    assert await viewer.value("speed") == 404
    assert (await viewer("GET"))[1] == {"keys": []}
    assert (await viewer("DELETE", "/speed"))[0] == 404


@pytest.mark.proves("state.http")
async def test_a_writer_who_was_overtaken_is_told_what_is_there(viewer: Session, analyst: Session) -> None:
    assert (await viewer.put("k", 1, if_version=0))[0] == 200
    code, refused = await analyst.put("k", 2, if_version=0)
    assert (code, refused["details"]["current"]["value"], refused["details"]["current"]["version"]) == (409, 1, 1)
    assert (await analyst.put("k", 2, if_version=1))[0] == 200
    await viewer("DELETE", "/k")
    code, refused = await analyst.put("k", 3, if_version=2)
    assert (code, refused["details"]["current"]["version"]) == (409, 0)
    made = (await viewer.put("k", 4, if_version=0))[1]
    assert made["version"] > 2, "a version that somebody knows never comes again"
    assert made["notified"] > 2


@pytest.mark.proves("state.http-changes", "state.update")
async def test_numbers_lists_and_objects_are_changed_without_a_lock(viewer: Session) -> None:
    assert (await viewer("POST", "/n/increment", {}))[1]["value"] == 1
    assert (await viewer("POST", "/n/increment", {"by": -2.5}))[1]["value"] == -1.5
    once = Session(viewer.browser, **{"Idempotency-Key": "one"})
    assert [(await once("POST", "/n/increment", {}))[1]["value"] for _ in range(3)] == [-0.5] * 3
    assert (await once("POST", "/n/increment", {"by": 2}))[0] == 422
    assert (await viewer("POST", "/l/append", {"values": [1, 2]}))[1]["value"] == [1, 2]
    assert (await viewer("POST", "/l/append", {"values": [3], "keep": 2}))[1]["value"] == [2, 3]
    assert (await viewer("POST", "/o/update", {"values": {"a": 1}}))[1]["value"] == {"a": 1}
    assert (await viewer("POST", "/o/update", {"values": {"b": 2}}))[1]["value"] == {"a": 1, "b": 2}
    for path, body in (("/l/increment", {}), ("/n/append", {"values": []}), ("/n/update", {"values": {}})):
        assert (await viewer("POST", path, body))[0] == 422
    await asyncio.gather(*(viewer("POST", "/m/increment", {}) for _ in range(50)))
    assert await viewer.value("m") == 50


REFUSED: list[tuple[str, Any, int, str]] = [
    ("/k", {}, 400, "value"), ("/k", {"value": 1, "if_version": -1}, 400, "if_version"),
    ("/k", {"value": 1, "seconds": 0}, 400, "seconds"), ("/k", {"value": 1, "read": "nobody"}, 400, "read"),
    ("/k", {"value": 1, "session": "x" * 201}, 400, "session"), ("/k", {"value": "x" * (1 << 20)}, 413, "value"),
    ("/k", {"value": 1, "more": 1}, 400, "more"), ("/a%2Fb", {"value": 1}, 404, "key"),
    ("/-k", {"value": 1}, 404, "key"), ("/" + "k" * 129, {"value": 1}, 404, "key"),
]  # fmt: skip


@pytest.mark.proves("state.limits")
async def test_what_cannot_be_written_is_refused_by_name(analyst: Session) -> None:
    for path, body, code, field in REFUSED:
        answer = await analyst("PUT", path, body)
        assert (answer[0], answer[1]["details"].get("field")) == (code, field), answer
    assert (await analyst("GET"))[1] == {"keys": []}


@pytest.mark.proves("state.roles")
async def test_a_value_is_for_those_whom_it_names(viewer: Session, analyst: Session) -> None:
    assert (await viewer.put("k", 1, read="analyst"))[0] == 403
    assert (await analyst.put("k", 1, read="admin"))[0] == 403
    assert (await analyst.put("board", [1], write="analyst"))[0] == 200
    assert (await analyst.put("plan", [1], read="analyst"))[0] == 200
    assert [one["key"] for one in (await viewer("GET"))[1]["keys"]] == ["board"]
    assert [one["key"] for one in (await analyst("GET"))[1]["keys"]] == ["board", "plan"]
    assert await viewer.value("board") == [1]
    assert await viewer.value("plan") == 403
    for key in ("board", "plan"):
        assert (await viewer.put(key, 2))[0] == 403
        assert (await viewer("POST", f"/{key}/append", {"values": [2]}))[0] == 403
        assert (await viewer("POST", f"/{key}/notify"))[0] == 403
        assert (await viewer("POST", f"/{key}/lock", {"wait": 0}))[0] == 403
        assert (await viewer.send(key, b"x"))[0] == 403
        assert (await viewer("DELETE", f"/{key}"))[0] == 403
    assert (await analyst("POST", "/board/append", {"values": [2]}))[1]["write"] == "analyst"
    follower, own = await viewer.follow("plan"), await analyst.follow("plan")
    assert await follower.next() == "forbidden"
    assert (await own.next())["value"] == [1]
    follower.close()
    own.close()


@pytest.mark.proves("live.topic-state", "state.refresh", "state.silent-and-forced", "state.http-notify")
async def test_observers_are_told_unless_the_writer_says_not_to(viewer: Session, analyst: Session) -> None:
    follower = await viewer.follow("k")
    assert (await follower.next())["version"] == 0
    await analyst.put("k", 1)
    first = await follower.next()
    assert (first["value"], first["by"]) == (1, "analyst")
    silent = (await analyst.put("k", 2, notify=False))[1]
    assert (silent["version"], silent["notified"]) == (2, first["notified"])
    assert await analyst("POST", "/k/notify") == (204, None)
    forced = await follower.next()
    assert (forced["value"], forced["version"]) == (2, 2), "nothing was told between"
    assert forced["notified"] > first["notified"]
    await analyst("DELETE", "/k")
    gone = await follower.next()
    assert (gone["version"], gone["value"]) == (0, None)
    assert gone["notified"] > forced["notified"]
    assert (await analyst("POST", "/k/notify"))[0] == 404
    follower.close()


@pytest.mark.proves("state.ttl")
async def test_a_value_whose_time_is_over_is_gone_and_its_observers_hear_it(viewer: Session) -> None:
    follower = await viewer.follow("k")
    assert (await follower.next())["version"] == 0
    await viewer.put("k", 1)
    assert (await follower.next())["value"] == 1
    written = (await viewer.put("k", 2, seconds=0.5))[1]
    assert written["expires"] > written["updated"]
    while (told := await follower.next())["version"]:
        assert told["value"] == 2  # where it is told in time
    assert await viewer.value("k") == 404
    follower.close()


@pytest.mark.proves("state.refresh")
async def test_many_writes_are_told_together_and_the_last_value_arrives(viewer: Session) -> None:
    follower = await viewer.follow("k", period=0.05)
    assert (await follower.next())["version"] == 0
    writes = 60
    for number in range(1, writes + 1):
        await viewer.put("k", number)
    seen = await follower.until(writes)
    assert seen == sorted(seen)
    assert len(seen) <= writes
    follower.close()


async def test_names_that_are_no_keys_are_no_topics(viewer: Session) -> None:
    follower = await viewer.follow("-no")
    assert await follower.next() == "not_found"
    follower.close()
