"""Texts are kept before they are answered, told in order, kept short, and bounded."""

from __future__ import annotations

import asyncio
from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from pycrdt import Doc, Map

from jupyter_crispdm.auth.types import Role
from jupyter_crispdm.base.errors import BadRequest, Forbidden, TooLarge, Unprocessable
from jupyter_crispdm.state import entries
from jupyter_crispdm.state.text import manager as module
from jupyter_crispdm.state.text import store
from jupyter_crispdm.state.text.limits import Limits
from jupyter_crispdm.state.text.store import Head
from tests.support import eventually
from tests.unit.state.text.writers import ADA, Desk, Writer


@pytest.mark.proves("state.text", "state.text-kept")
async def test_what_two_people_write_is_merged_and_there_after_a_restart(desk: Desk) -> None:
    ada, bob = Writer(), Writer()
    assert await desk.write(ada.write(0, "hello ")) == 1
    bob.hear(ada.doc.get_update())
    one, two = ada.write(6, "Ada"), bob.write(6, "Bob")
    assert [await desk.write(one), await desk.write(two)] == [2, 3]
    said = await desk.read()
    assert said in ("hello AdaBob", "hello BobAda")
    desk.again()
    assert await desk.read() == said


async def test_a_text_that_nobody_wrote_in_is_empty_and_not_kept(desk: Desk) -> None:
    found = await desk.texts.get("new", Role.VIEWER)
    assert (found.text, found.seq) == ("", 0)
    assert desk.database.read_sync(store.count) == 0


async def test_what_comes_twice_is_answered_and_not_kept_twice(desk: Desk) -> None:
    update = Writer().write(0, "x")
    assert [await desk.write(update), await desk.write(update)] == [1, 1]


async def test_the_answer_says_what_the_server_has(desk: Desk) -> None:
    ada = Writer()
    first, second = ada.write(0, "a"), ada.write(1, "b")
    change = await desk.texts.write("notes", second, ADA)
    missing = ada.doc.get_update(b64decode(change.state))
    assert change.seq == 0
    assert missing != b"\x00\x00"
    change = await desk.texts.write("notes", missing, ADA)
    assert await desk.read() == "ab"
    assert b64decode(change.state) == ada.doc.get_state()
    assert await desk.write(first) == change.seq


@pytest.mark.proves("state.text-shortened", "state.text-kept")
async def test_many_updates_become_one_and_the_text_stays(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jupyter_crispdm.state.text.limits._UPDATES", 10)
    ada = Writer()
    before = await desk.texts.get("notes", Role.VIEWER)
    counts = [await desk.write(ada.write(0, str(n))) for n in range(10)]
    assert counts == [*range(1, 11)]
    assert (await desk.texts.get("notes", Role.VIEWER)).epoch == before.epoch
    assert await desk.write(ada.write(0, "!")) == 1
    after = await desk.texts.get("notes", Role.VIEWER)
    assert after.epoch != before.epoch
    assert after.text == "!9876543210" == str(await desk.whole())
    desk.again()
    assert await desk.read() == "!9876543210"
    assert (await desk.texts.get("notes", Role.VIEWER)).epoch == after.epoch
    assert await desk.write(ada.write(0, "?")) == 2


@pytest.mark.proves("state.text-limits")
async def test_a_text_that_grows_too_large_is_refused_and_may_be_made_shorter(tmp_path: Path) -> None:
    desk = Desk(tmp_path, Limits(text=10))
    ada = Writer()
    await desk.write(ada.write(0, "0123456789"))
    whole = ada.doc.get_update()
    with pytest.raises(TooLarge, match="11 bytes, over the limit of 10"):
        await desk.write(ada.write(5, "x"))
    assert await desk.read() == "0123456789", "as it was"
    bob = Writer(whole)
    await desk.write(bob.delete(0, 5))
    assert await desk.read() == "56789"
    desk.close()


@pytest.mark.proves("state.text-limits")
async def test_broken_and_huge_updates_change_nothing(desk: Desk) -> None:
    await desk.write(Writer().write(0, "as it was"))
    with pytest.raises(BadRequest):
        await desk.write(b"\xff" * 30)
    with pytest.raises(TooLarge):
        await desk.write(b"x" * (16 * 1024 * 1024 + 1))
    assert await desk.read() == "as it was"


@pytest.mark.proves("state.text-limits")
async def test_there_are_no_more_texts_than_may_be(tmp_path: Path) -> None:
    desk = Desk(tmp_path, Limits(texts=1))
    ada = Writer()
    await desk.write(ada.write(0, "a"), "one")
    with pytest.raises(Unprocessable):
        await desk.write(Writer().write(0, "b"), "two")
    assert await desk.read("two") == ""
    await desk.write(ada.write(0, "b"), "one")
    desk.close()


async def test_hidden_contents_of_a_document_have_a_limit(tmp_path: Path) -> None:
    """Whoever hides data beside the text is refused by the size of the document."""
    desk = Desk(tmp_path, Limits(text=100))

    async def hide(n: int) -> None:
        doc = Doc[Map[str]]()
        doc.get("hidden", type=Map)[f"k{n}"] = "x" * 150
        await desk.write(doc.get_update())

    for n in range(8):
        await hide(n)
    with pytest.raises(TooLarge, match="document of the text"):
        await asyncio.gather(*(hide(n) for n in range(8, 16)))
    assert await desk.read() == ""
    desk.close()


async def test_what_could_not_be_kept_is_not_told(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    ada = Writer()
    await desk.write(ada.write(0, "a"))

    async def full(change: Any) -> None:
        raise sa.exc.OperationalError("", {}, Exception("no room"))

    with monkeypatch.context() as patch:
        patch.setattr(desk.database, "write", full)
        with pytest.raises(sa.exc.OperationalError):
            await desk.write(ada.write(1, "b"))
    assert await desk.read() == "a"
    assert await desk.write(ada.doc.get_update()) == 2
    assert await desk.read() == "ab"


async def test_a_caller_who_leaves_has_written_all_the_same(desk: Desk) -> None:
    entry = desk.texts._entry("notes")
    async with entry.turn:
        task = asyncio.ensure_future(desk.write(Writer().write(0, "kept")))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert await eventually(desk.read) == "kept"


async def test_emptied_it_says_nothing_for_all(desk: Desk) -> None:
    await desk.texts.empty("notes", ADA)
    assert desk.database.read_sync(store.count) == 0
    ada = Writer()
    await desk.write(ada.write(0, "private"))
    await desk.texts.empty("notes", ADA)
    assert await desk.read() == ""
    ada.hear((await desk.whole()).doc.get_update())
    assert str(ada) == ""


async def test_texts_that_nobody_uses_are_let_go(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_AT_HAND", 2)
    for key in ("a", "b", "c"):
        await desk.write(Writer().write(0, key), key)
    assert sorted(desk.texts._entries) == ["b", "c"]
    assert await desk.read("a") == "a"


async def test_a_text_is_followed_by_those_who_may_read_it(desk: Desk) -> None:
    desk.access.restrict("plans")
    await desk.texts.open("plans", "analyst")
    with pytest.raises(Forbidden):
        await desk.texts.open("plans", "viewer")


@pytest.mark.proves("state.text-guarded")
async def test_a_text_ends_in_the_moment_in_which_its_value_does(desk: Desk) -> None:
    ada = Writer()
    desk.access.restrict("notes")
    await desk.write(ada.write(0, "secret"))
    desk.access.end("notes")
    assert await desk.read(role=Role.VIEWER) == ""
    assert b"secret" not in desk.kept()
    ada.hear((await desk.whole()).doc.get_update())
    assert str(ada) == "", "who has it open sees it go"
    desk.again()
    assert await desk.read(role=Role.VIEWER) == ""
    await desk.write(ada.write(0, "for all"))
    assert await desk.read(role=Role.VIEWER) == "for all", "it ends once"


@pytest.mark.proves("state.text-guarded")
async def test_what_was_sent_before_the_end_of_a_value_is_not_read_after_it(desk: Desk) -> None:
    desk.access.restrict("notes")
    keeping = desk.texts._keeping
    add, ended = keeping.add, desk.access.end

    async def late(head: Head, count: int, news: bytes) -> bool:
        ended("notes")
        return await add(head, count, news)

    keeping.add = late  # type: ignore[method-assign]
    await desk.write(Writer().write(0, "secret"))
    assert await desk.read(role=Role.VIEWER) == ""


async def test_a_text_that_was_deleted_is_kept_nowhere(desk: Desk) -> None:
    await desk.write(Writer().write(0, "private"))
    await desk.texts.empty("notes", ADA)
    assert b"private" not in desk.kept()


async def test_who_may_write_a_text_is_asked_when_it_is_written(desk: Desk) -> None:
    desk.access.restrict("notes")
    viewer = entries.Writer("bob", Role.VIEWER)
    for refused in (desk.texts.get("notes", Role.VIEWER), desk.texts.empty("notes", viewer),
                    desk.texts.write("notes", Writer().write(0, "x"), viewer)):  # fmt: skip
        with pytest.raises(Forbidden):
            await refused
