"""A real Redis that several servers share: killed, restarted, stopped, full, and never in the way of the loop."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jupyter_crispdm.base.errors import SetupError, StorageFull, Unavailable
from jupyter_crispdm.state.backends.making import make
from jupyter_crispdm.state.backends.port import Grant
from jupyter_crispdm.state.backends.redis.line import BUDGET, Line
from jupyter_crispdm.state.entries import Limits
from jupyter_crispdm.state.leases import Holder
from jupyter_crispdm.state.once import Once
from tests.brokers.redis_server import RedisServer
from tests.server.state.keeping import PATIENT, OpenPlace, patient, places, places_are_kept
from tests.support import eventually, soon

HOLDER = Holder("ada")


@pytest.fixture
def open_place(redis_server: RedisServer, tmp_path: Path, jp_asyncio_loop: Any) -> Iterator[OpenPlace]:
    context = places(redis_server.url, tmp_path)
    yield jp_asyncio_loop.run_until_complete(context.__aenter__())
    jp_asyncio_loop.run_until_complete(context.__aexit__(None, None, None))


@pytest.mark.proves("settings.state-url", "state.redis")
async def test_two_servers_change_the_same_values_and_hear_of_each_other(open_place: OpenPlace) -> None:
    here, there = patient(await open_place()), patient(await open_place())
    await asyncio.gather(*(place.add("n") for place in (here, there) for _ in range(50)))
    assert await here.value("n") == await there.value("n") == b"100"
    await here.put("k", 1)
    await eventually(lambda: "k" in there.told)
    assert await there.value("k") == b"1"
    with places_are_kept():
        assert isinstance(await here.backend.ask("k", "one", HOLDER, 600), Grant)
        assert not isinstance(await there.backend.ask("k", "two", HOLDER, 600), Grant)
        await here.backend.free("k", "one")
        await eventually(lambda: ("k", "two") in there.woken)
        assert isinstance(await there.backend.ask("k", "two", HOLDER, 600), Grant)


@pytest.mark.proves("state.redis")
async def test_a_redis_that_was_killed_has_all_that_was_answered(
    open_place: OpenPlace, redis_server: RedisServer
) -> None:
    place = patient(await open_place())
    done = 0

    async def write_on() -> None:
        nonlocal done
        while True:
            await place.add("n")
            done += 1

    writing = asyncio.create_task(write_on())
    await eventually(lambda: done > 20)
    redis_server.kill()
    with pytest.raises(Unavailable):
        await soon(writing)
    with pytest.raises(Unavailable):
        await soon(place.value("n"))
    place.told.clear()
    await asyncio.to_thread(redis_server.start)
    await eventually(lambda: None in place.told)
    assert await place.value("n") in (b"%d" % done, b"%d" % (done + 1))
    await place.add("n")
    await eventually(lambda: "n" in place.told)


@pytest.mark.proves("state.redis")
async def test_a_redis_that_stands_still_is_told_of_and_writes_nothing_late(
    open_place: OpenPlace, redis_server: RedisServer
) -> None:
    place = patient(await open_place())
    await place.put("k", 1)
    patient(place, BUDGET)
    redis_server.hold()
    turns = 0

    async def count_turns() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    counting = asyncio.create_task(count_turns())
    answers = await soon(asyncio.gather(*(place.put("k", number) for number in range(50)), return_exceptions=True))
    counting.cancel()
    assert {type(answer) for answer in answers} == {Unavailable}
    assert turns > 100, "the loop went on"
    redis_server.go_on()
    patient(place)

    async def answers_again() -> bool:
        try:
            return await place.value("k") == b"1"
        except Unavailable:
            return False

    await eventually(answers_again)
    assert (await place.put("k", 2)).version == 2, "nothing of what was given up was written"


@pytest.mark.proves("state.redis", "state.once")
async def test_what_two_servers_are_asked_by_one_name_counts_once(open_place: OpenPlace) -> None:
    here, there = patient(await open_place()), patient(await open_place())
    names = [Once.of("ada", str(number), b"") for number in range(20)]
    await asyncio.gather(*(place.add("n", once=once) for once in names for place in (here, there)))
    assert await here.value("n") == b"20"


@pytest.mark.proves("state.redis")
async def test_a_redis_without_memory_says_so_and_goes_on_reading(
    open_place: OpenPlace, redis_server: RedisServer
) -> None:
    place = patient(await open_place())
    await place.put("k", 1)
    line = Line(redis_server.url, budget=PATIENT)
    await line.call(line.redis.config_set("maxmemory", "1mb"))
    with pytest.raises(StorageFull):
        await place.put("k", "x" * 500_000)
    assert await place.value("k") == b"1"
    await line.call(line.redis.config_set("maxmemory", "0"))
    assert (await place.put("k", 2)).version == 2
    await line.close()


def test_an_address_that_is_none_is_named(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match=r"c\.CrispdmApp\.state_url"):
        make("http://somewhere", None, tmp_path, Limits(), None)  # type: ignore[arg-type]
