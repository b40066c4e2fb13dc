"""Texts in a real Redis that several servers share: written at once, killed, emptied."""

from __future__ import annotations

import asyncio
from base64 import b64decode
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from jupyter_crispdm.auth.types import Role
from jupyter_crispdm.base.errors import Unavailable, Unprocessable
from jupyter_crispdm.state.backends.redis.line import Line
from jupyter_crispdm.state.backends.redis.texts import RedisTexts
from jupyter_crispdm.state.text.limits import Limits
from jupyter_crispdm.state.text.manager import TextManager
from tests.brokers.redis_server import RedisServer
from tests.server.state.keeping import PATIENT
from tests.support import FakeClock, eventually
from tests.unit.state.text.writers import ADA, Guards, Writer

OpenServer = Callable[..., Coroutine[Any, Any, TextManager]]


@asynccontextmanager
async def servers(url: str) -> AsyncIterator[OpenServer]:
    """Opens texts as servers do that share them."""
    opened: list[tuple[TextManager, Line]] = []

    async def open_server(limits: Limits | None = None, access: Guards | None = None) -> TextManager:
        limits, line = limits or Limits(), Line(url, budget=PATIENT)
        texts = TextManager(RedisTexts(line, limits), FakeClock(), limits, access or Guards())
        await texts.start()
        opened.append((texts, line))
        return texts

    try:
        yield open_server
    finally:
        for texts, line in opened:
            await texts.close()
            await line.close()


@pytest.fixture
def open_server(redis_server: RedisServer, jp_asyncio_loop: Any) -> Iterator[OpenServer]:
    context = servers(redis_server.url)
    yield jp_asyncio_loop.run_until_complete(context.__aenter__())
    jp_asyncio_loop.run_until_complete(context.__aexit__(None, None, None))


async def read(texts: TextManager) -> str:
    return (await texts.get("notes", Role.VIEWER)).text


async def read_as(texts: TextManager, said: str) -> bool:
    return await read(texts) == said


@pytest.mark.proves("state.text-servers")
async def test_two_servers_write_one_text_at_once(open_server: OpenServer) -> None:
    here, there = await open_server(), await open_server()
    ada, bob = Writer(), Writer()

    async def write(texts: TextManager, writer: Writer, letter: str) -> None:
        for _ in range(30):
            await texts.write("notes", writer.write(0, letter), ADA)

    await asyncio.gather(write(here, ada, "a"), write(there, bob, "b"))
    async def is_same() -> bool:
        one, two = await read(here), await read(there)
        return one == two and sorted(one) == ["a"] * 30 + ["b"] * 30

    assert await eventually(is_same)
    one, two = await here.get("notes", Role.VIEWER), await there.get("notes", Role.VIEWER)
    assert (one.epoch, one.seq) == (two.epoch, two.seq) == (one.epoch, 60)
    assert str(Writer(b64decode(two.update))) == one.text


@pytest.mark.proves("state.text-servers")
async def test_who_follows_at_one_server_hears_of_what_is_written_at_another(open_server: OpenServer) -> None:
    here, there = await open_server(), await open_server()
    source = (await there.open("notes", "viewer")).source
    assert source.look(False).end == 0
    await here.write("notes", Writer().write(0, "hello"), ADA)
    await eventually(lambda: source.look(False).end == 1)
    assert await read(there) == "hello"


@pytest.mark.proves("state.text-servers", "state.text-shortened")
async def test_many_updates_become_one_for_all_servers(
    open_server: OpenServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jupyter_crispdm.state.text.limits._UPDATES", 5)
    here, there = await open_server(), await open_server()
    ada, bob = Writer(), Writer()
    for _ in range(10):
        await here.write("notes", ada.write(0, "a"), ADA)
        await there.write("notes", bob.write(0, "b"), ADA)

    async def is_same() -> bool:
        one, two = await here.get("notes", Role.VIEWER), await there.get("notes", Role.VIEWER)
        return (one.epoch, one.seq, one.text) == (two.epoch, two.seq, two.text)

    assert await eventually(is_same)
    found = await here.get("notes", Role.VIEWER)
    assert found.seq <= 6
    assert sorted(found.text) == ["a"] * 10 + ["b"] * 10
    assert await read(await open_server()) == found.text


@pytest.mark.proves("state.text-servers", "state.text-kept")
async def test_a_redis_that_was_killed_has_what_was_answered(
    open_server: OpenServer, redis_server: RedisServer
) -> None:
    here, ada = await open_server(), Writer()
    await here.write("notes", ada.write(0, "kept"), ADA)
    redis_server.kill()
    lost = ada.write(4, " and sent again")
    with pytest.raises(Unavailable):
        await here.write("notes", lost, ADA)
    await asyncio.to_thread(redis_server.start)

    async def is_written() -> bool:
        try:
            return (await here.write("notes", lost, ADA)).seq > 0
        except Unavailable:
            return False

    assert await eventually(is_written)
    assert await read(await open_server()) == await read(here) == "kept and sent again"


@pytest.mark.proves("state.text-servers")
async def test_a_text_ends_with_its_value_at_all_servers_at_once(open_server: OpenServer) -> None:
    access, ada = Guards(), Writer()
    here, there = await open_server(access=access), await open_server(access=access)
    access.restrict("notes")
    await here.write("notes", ada.write(0, "secret"), ADA)
    source = (await there.open("notes", "analyst")).source
    access.end("notes")
    assert await read(there) == await read(here) == ""
    await there.write("notes", ada.write(0, "for all"), ADA)
    assert await eventually(lambda: read_as(here, "for all"))
    assert source.look(False).epoch.startswith("2-")


@pytest.mark.proves("state.text-servers")
async def test_of_a_redis_that_was_emptied_everybody_begins_anew(
    open_server: OpenServer, redis_server: RedisServer
) -> None:
    here, ada = await open_server(), Writer()
    await here.write("notes", ada.write(0, "gone"), ADA)
    before = await here.get("notes", Role.VIEWER)
    line = Line(redis_server.url, budget=PATIENT)
    await line.call(line.redis.flushall())
    await line.close()
    change = await here.write("notes", ada.write(4, "!"), ADA)
    assert (change.seq, b64decode(change.state)) == (0, b"\x00"), "it says what it lacks"
    await here.write("notes", ada.doc.get_update(), ADA)
    after = await here.get("notes", Role.VIEWER)
    assert (after.text, after.epoch != before.epoch) == ("gone!", True)


async def test_there_are_no_more_texts_than_may_be(open_server: OpenServer) -> None:
    here = await open_server(Limits(texts=1))
    await here.write("notes", Writer().write(0, "a"), ADA)
    with pytest.raises(Unprocessable):
        await here.write("others", Writer().write(0, "a"), ADA)
