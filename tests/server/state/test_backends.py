"""What holds wherever shared values are kept: in the database, and in a real Redis."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from jupyter_crispdm.base.database import Database
from jupyter_crispdm.base.errors import Conflict, NotFound, Unprocessable
from jupyter_crispdm.state.backends.database import DatabaseBackend
from jupyter_crispdm.state.backends.port import Grant, LockLost, Turn
from jupyter_crispdm.state.entries import Held, drop, expire, hold, notify
from jupyter_crispdm.state.leases import Holder
from jupyter_crispdm.state.once import Once
from jupyter_crispdm.state.store import all_leases
from tests.server.state.keeping import ADA, LIMITS, PATIENT, Place, patient, places, places_are_kept
from tests.support import FakeClock, eventually

HOLDER, OTHER = Holder("ada", "tab-1"), Holder("ben")


@pytest.fixture(params=["database", "redis"])
def place(request: pytest.FixtureRequest, tmp_path: Path, jp_asyncio_loop: Any) -> Iterator[Place]:
    url = request.getfixturevalue("redis_server").url if request.param == "redis" else ""
    context = places(url, tmp_path)
    opened = jp_asyncio_loop.run_until_complete(context.__aenter__())
    yield patient(jp_asyncio_loop.run_until_complete(opened()))
    jp_asyncio_loop.run_until_complete(context.__aexit__(None, None, None))


async def test_values_are_written_found_and_deleted(place: Place) -> None:
    assert await place.backend.get("k") is None
    first = await place.put("k", {"a": "é"}, session="s", seconds=100)
    assert await place.backend.get("k") == first
    second = await place.put("k", 2)
    assert (second.version, second.value) == (2, b"2")
    assert [(entry.key, entry.version) for entry in await place.backend.all()] == [("k", 2)]
    await place.change("k", drop("k", ADA))
    assert await place.value("k") is None
    assert await place.backend.all() == []
    with pytest.raises(NotFound):
        await place.change("k", drop("k", ADA))
    assert (await place.put("k", 3, if_version=0)).version == 4
    with pytest.raises(Conflict):
        await place.put("k", 4, if_version=3)
    await eventually(lambda: place.told.count("k") == 4)
    await place.put("k", 5, notify=False)
    await place.change("k", notify("k", ADA))
    await eventually(lambda: place.told.count("k") == 5)


async def test_no_change_is_lost_among_many(place: Place) -> None:
    await asyncio.gather(*(place.add("n") for _ in range(200)), *(place.put(f"k{n}", n) for n in range(20)))
    assert await place.value("n") == b"200"
    assert len(await place.backend.all()) == 21


async def test_one_change_that_cannot_be_made_keeps_no_other_from_it(place: Place) -> None:
    answers = await asyncio.gather(
        place.add("n"), place.put("k", 1, if_version=7), place.add("n"), return_exceptions=True)
    assert [type(answer).__name__ for answer in answers] == ["Entry", "Stale", "Entry"]
    assert await place.value("n") == b"2"


@pytest.mark.proves("state.once")
async def test_a_change_with_a_name_counts_once(place: Place) -> None:
    one, other = Once.of("ada", "a", b"asked"), Once.of("ada", "b", b"asked")
    answers = await asyncio.gather(*(place.add("n", once=once) for once in (one, one, other, one)))
    assert await place.value("n") == b"2"
    assert answers[0] == answers[1] == answers[3] == await place.add("n", once=one)
    with pytest.raises(Unprocessable, match="another request"):
        await place.add("n", once=Once.of("ada", "a", b"something else"))


async def test_values_whose_time_is_over_are_due(place: Place) -> None:
    await place.put("short", 1, seconds=0.01)
    await place.put("long", 1, seconds=1000)

    async def is_due() -> bool:
        return list(await place.backend.due()) == ["short"]

    await eventually(is_due)
    await place.change("short", expire("short"))
    assert await place.backend.due() == []
    with pytest.raises(NotFound):
        await place.change("long", expire("long"))


async def test_what_was_deleted_long_ago_is_forgotten_and_never_counted_again(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        await place.put("k", number)
    await place.change("k", drop("k", ADA))
    await place.put("kept", 1)
    await place.backend.forget(await place.backend.old())
    assert (await place.backend.get("k")).version == 6
    for name in ("database", "redis.backend"):
        monkeypatch.setattr(f"jupyter_crispdm.state.backends.{name}._REMEMBERED", 0.0)
    await place.backend.forget(await place.backend.old())
    assert await place.backend.get("k") is None
    assert await place.backend.floor() == 6
    assert (await place.put("k", 1)).version == 7
    assert (await place.put("kept", 2)).version == 2


@pytest.mark.proves("state.fair")
async def test_a_lock_goes_down_the_line(place: Place) -> None:
    with places_are_kept():
        held = await place.backend.ask("k", "one", HOLDER, 600)
        assert isinstance(held, Grant)
        for ticket in ("two", "three"):
            turn = await place.backend.ask("k", ticket, OTHER, 600)
            assert isinstance(turn, Turn)
            assert turn.holder == HOLDER
        await place.backend.renew("k", "one", 600)
        with pytest.raises(LockLost):
            await place.backend.renew("k", "two", 600)
        await place.backend.free("k", "one")
        await eventually(lambda: ("k", "two") in place.woken)
        assert await place.backend.ask("k", "three", OTHER, 600) == Turn(None, PATIENT / 2)
        assert isinstance(await place.backend.ask("k", "two", OTHER, 600), Grant)
        with pytest.raises(LockLost):
            await place.backend.free("k", "one")
        await place.backend.leave("k", "two")
        await eventually(lambda: ("k", "three") in place.woken)
        assert isinstance(await place.backend.ask("k", "three", OTHER, 600), Grant)


@pytest.mark.parametrize("restarted", [False, True])
async def test_a_lock_that_lapsed_leaves_nothing_in_the_database(tmp_path: Path, restarted: bool) -> None:
    clock, database = FakeClock(), Database.in_directory(tmp_path)
    await database.start()

    async def opened() -> DatabaseBackend:
        backend = DatabaseBackend(database, clock)
        await backend.start(lambda key: None, lambda key, ticket: None)
        return backend

    backend = await opened()
    await backend.ask("left", "one", HOLDER, 10)
    await backend.ask("held", "two", HOLDER, 20)
    clock.advance(10)
    backend = await opened() if restarted else backend
    assert isinstance(await backend.ask("held", "three", OTHER, 10), Turn)
    await backend.forget([])
    assert list(await database.read(all_leases)) == ["held"]
    await backend.close()
    await database.close()


async def test_a_change_under_a_lock_that_lapsed_is_refused(place: Place) -> None:
    await place.backend.ask("k", "one", HOLDER, 0.05)
    change: Any = notify("k", ADA)
    await place.put("k", 1)

    async def has_lapsed() -> bool:
        return isinstance(await place.backend.ask("k", "two", OTHER, 60), Grant)

    await eventually(has_lapsed)
    with pytest.raises(LockLost):
        await place.change("k", change, "one")
    assert (await place.change("k", change, "two")).notified == 2


async def test_contents_are_kept_with_the_value_that_names_them(place: Place) -> None:
    async def pieces() -> AsyncIterator[list[bytes]]:
        for number in range(5):
            yield [bytes([number]) * 300_000, b"x" * 300_000]

    async def send() -> Held:
        stored = await place.contents.write(pieces(), lambda size: None)
        return Held(id=stored.id, type="a/b", size=stored.size, digest=stored.digest)

    first, second = await send(), await send()
    assert first.size == 3_000_000
    assert first.digest == second.digest
    for held in (first, second):
        await place.change("k", hold("k", held, ADA, LIMITS))
    read = b"".join([piece async for piece in place.contents.read(second)])
    assert read == b"".join(bytes([number]) * 300_000 + b"x" * 300_000 for number in range(5))
    assert (await place.backend.get("k")).content == second


async def test_a_content_that_is_refused_while_it_comes_is_not_kept(place: Place, tmp_path: Path) -> None:
    async def pieces() -> AsyncIterator[list[bytes]]:
        yield [b"x"]
        yield [b"y"]

    def accept(size: int) -> None:
        if size > 1:
            raise Conflict("Enough.")

    with pytest.raises(Conflict):
        await place.contents.write(pieces(), accept)
    folder = tmp_path / "contents"
    assert not folder.exists() or list(folder.iterdir()) == []
