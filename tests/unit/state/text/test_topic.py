"""A text as a live log: from any update on, in order, and over the end of an epoch."""

from __future__ import annotations

import asyncio
import json
from base64 import b64decode
from collections.abc import AsyncGenerator
from typing import Any

import pytest

from jupyter_crispdm.base.errors import Forbidden
from jupyter_crispdm.base.live.core.message import Message
from jupyter_crispdm.base.live.hub import Hub
from jupyter_crispdm.state.entries import Guard
from jupyter_crispdm.state.text.topics import TEXT
from tests.support import soon
from tests.unit.state.text.writers import Desk, Writer


def hub_of(desk: Desk) -> Hub:
    """A hub that offers the texts."""
    hub = Hub()
    hub.log(TEXT, desk.texts.open, desk.texts.bells)
    return hub


class Reader:
    """Somebody who follows a text, and what they have read of it."""

    def __init__(self, desk: Desk, hub: Hub | None = None, role: str = "viewer") -> None:
        self._hub, self._role = hub or hub_of(desk), role
        self.copy = Writer()
        self._messages: AsyncGenerator[Message, None] | None = None

    def follow(self, since: int | None = None, epoch: str | None = None) -> None:
        self._messages = self._hub.follow("state/notes/text", since, epoch=epoch, role=self._role)

    async def next(self) -> dict[str, Any]:
        assert self._messages is not None
        message = await soon(anext(self._messages))
        data = json.loads(message.data)
        for update in data.get("updates", ()):
            self.copy.hear(b64decode(update))
        return {**data, "seq": message.seq, "epoch": message.epoch}

    async def close(self) -> None:
        assert self._messages is not None
        await self._messages.aclose()


@pytest.mark.proves("state.text")
async def test_who_follows_hears_all_that_is_there_and_then_what_comes(desk: Desk) -> None:
    ada, reader = Writer(), Reader(desk)
    await desk.write(ada.write(0, "a"))
    await desk.write(ada.write(1, "b"))
    reader.follow()
    first = await reader.next()
    assert (first["start"], first["seq"], len(first["updates"]), str(reader.copy)) == (0, 2, 2, "ab")
    await desk.write(ada.write(2, "c"))
    second = await reader.next()
    assert (second["start"], second["seq"], str(reader.copy)) == (2, 3, "abc")
    await reader.close()


async def test_of_an_empty_text_it_is_told_that_it_is_empty(desk: Desk) -> None:
    reader = Reader(desk)
    reader.follow()
    told = await reader.next()
    assert (told["start"], told["seq"]) == (0, 0)
    await desk.write(Writer().write(0, "first"))
    told = await reader.next()
    assert (told.get("reset"), str(reader.copy)) == (None, "first")
    await reader.close()


@pytest.mark.proves("state.text-shortened")
async def test_who_was_away_while_updates_became_one_gets_the_whole(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jupyter_crispdm.state.text.limits._UPDATES", 5)
    ada, reader = Writer(), Reader(desk)
    for letter in "abcd":
        await desk.write(ada.write(0, letter))
    reader.follow()
    before = await reader.next()
    await reader.close()
    for letter in "efgh":
        await desk.write(ada.write(0, letter))
    reader.follow(before["seq"], before["epoch"])
    after = await reader.next()
    assert (after["reset"], after["start"]) == (True, 0)
    assert str(reader.copy) == "hgfedcba", "what was known is not dropped, and nothing is doubled"
    await reader.close()


@pytest.mark.proves("state.text-shortened")
async def test_who_is_there_while_updates_become_one_goes_on(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jupyter_crispdm.state.text.limits._UPDATES", 3)
    ada, reader = Writer(), Reader(desk)
    reader.follow()
    await reader.next()
    for n in range(12):
        await desk.write(ada.write(n, "x"))
        while str(reader.copy) != "x" * (n + 1):
            await reader.next()
    await reader.close()


async def test_a_long_text_comes_in_parts(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jupyter_crispdm.state.text.log._PART", 60)
    ada, reader = Writer(), Reader(desk)
    for n in range(6):
        await desk.write(ada.write(n, "x"))
    reader.follow()
    seen = []
    while str(reader.copy) != "xxxxxx":
        told = await reader.next()
        seen.append((told["start"], told["seq"]))
    assert len(seen) > 1
    assert [start for start, _ in seen[1:]] == [seq for _, seq in seen[:-1]]
    await reader.close()


@pytest.mark.proves("state.text-guarded")
async def test_who_may_read_a_text_no_more_is_told_nothing_that_is_written_then(desk: Desk) -> None:
    hub, ada = hub_of(desk), Writer()
    viewer, analyst = Reader(desk, hub), Reader(desk, hub, "analyst")
    for reader in (viewer, analyst):
        reader.follow()
        await reader.next()
    desk.access.restrict("notes")
    await desk.write(ada.write(0, "secret"))
    with pytest.raises(Forbidden):
        await viewer.next()
    await analyst.next()
    assert str(analyst.copy) == "secret"
    desk.access.end("notes")
    await desk.texts.settle("notes")
    await analyst.next()
    assert str(analyst.copy) == "", "it goes in the pages that have it open"
    await analyst.close()


async def test_what_is_left_of_a_value_that_ended_is_told_to_nobody(desk: Desk) -> None:
    await desk.write(Writer().write(0, "secret"))
    source = (await desk.texts.open("notes", "viewer")).source
    assert source.look(False).end == 1
    desk.texts._entry("notes").guard = Guard(ended=2)
    assert (source.look(False).epoch, source.look(False).end) == ("", 0)


async def test_nobody_waits_for_a_bell_that_is_not_rung(desk: Desk) -> None:
    entry = desk.texts._entry("notes")
    async with desk.texts.bells.watch(entry.folder) as changes:
        desk.texts.bells.ring(entry.folder)
        desk.texts.bells.ring(entry.folder.with_name("other"))
        assert await changes.wait(60)
        assert not await changes.wait(0)
    assert desk.texts.bells._waiting == {}
    await asyncio.sleep(0)
