"""The live hub: nothing is missed, nothing is doubled, nothing queues, and a fact is encoded once for all."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing, contextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from jupyter_crispdm.base.errors import Forbidden, NotFound
from jupyter_crispdm.base.live.core.log import LogEntry
from jupyter_crispdm.base.live.core.message import Message
from jupyter_crispdm.base.live.families import OpenLog, Rows, Shown, Values
from jupyter_crispdm.base.live.hub import Hub
from jupyter_crispdm.base.live.topic import Kind, Topic
from jupyter_crispdm.base.wire import Wire, encode
from jupyter_crispdm.tracking import LogSource
from tests.support import FakeClock, eventually, soon
from tests.unit.tracking.conftest import FakeWatcher

TABLE = Topic("rows", Kind.table, Wire, "jobs", "Rows.")
VALUE = Topic("value", Kind.value, Wire, "jobs", "A value.")
VALUES = Topic("values/{id:int}", Kind.value, Wire, "jobs", "Values.")
LOG = Topic("logs/{id}/text", Kind.log, LogEntry, "jobs", "A log.")
TABLES = Topic("tables/{id}/rows", Kind.table, Wire, "jobs", "A table each.")
Messages = AsyncGenerator[Message, None]


class Counted:
    """A hub that counts what it encodes."""

    def __init__(self) -> None:
        self.encoded: list[Any] = []
        self.hub = Hub(FakeClock(), self._encode)

    def _encode(self, fact: Any) -> bytes:
        self.encoded.append(fact)
        return encode(fact)


async def nothing() -> dict[str, Any]:
    return {"all": True}


async def next_of(messages: Messages) -> tuple[int, Any]:
    message = await soon(anext(messages))
    return message.seq, msgspec.json.decode(message.data)


async def take(messages: Messages, count: int) -> list[Any]:
    return [(await next_of(messages))[1] for _ in range(count)]


def table(hub: Hub, keep: int = 1000) -> Rows:
    rows = hub.table(TABLE, nothing)
    rows._all.table._keep = keep
    return rows


async def test_a_new_follower_gets_the_whole_and_then_each_fact_once() -> None:
    hub = Hub(FakeClock())
    rows, follower = table(hub), hub.follow("rows")
    first, data = await next_of(follower)
    rows.tell("a", "one")
    rows.tell("b", "two")
    assert data == {"all": True}
    assert [await next_of(follower) for _ in range(2)] == [(first + 1, "one"), (first + 2, "two")]
    await follower.aclose()


@pytest.mark.proves("live.resume")
async def test_a_follower_who_was_away_goes_on_where_they_stopped() -> None:
    hub = Hub(FakeClock())
    rows = table(hub)
    async with aclosing(hub.follow("rows")) as follower:
        first, _ = await next_of(follower)
    rows.tell("a", "one")
    rows.tell("b", "two")
    async with aclosing(hub.follow("rows", first + 1)) as follower:
        assert await next_of(follower) == (first + 2, "two")


@pytest.mark.proves("live.gap")
@pytest.mark.parametrize("away", [100, -1])
async def test_who_cannot_be_served_gets_the_whole_and_is_told_of_the_gap(away: int) -> None:
    hub = Hub(FakeClock())
    table(hub)
    async with aclosing(hub.follow("rows")) as follower:
        first, _ = await next_of(follower)
    async with aclosing(hub.follow("rows", first + away)) as follower:
        assert await next_of(follower) == (first, {"all": True, "gap": True})


@pytest.mark.proves("live.gap", "machine.never-reads")
async def test_a_slow_follower_skips_what_was_superseded_and_nothing_is_kept_for_them() -> None:
    hub = Hub(FakeClock())
    rows, slow = table(hub, keep=10), hub.follow("rows")
    await next_of(slow)
    for number in range(1000):
        rows.tell(number % 7, number)
    assert await take(slow, 7) == [*range(993, 1000)]
    for number in range(1000):
        rows.tell(number, number)
    assert (await next_of(slow))[1] == {"all": True, "gap": True}
    await slow.aclose()


@pytest.mark.proves("live.newest-with-period", "live.period")
async def test_a_period_brings_the_newest_of_all_that_changed() -> None:
    """It brought the oldest: after six seconds the sixth of 116."""
    hub = Hub(FakeClock())
    rows, follower = table(hub), hub.follow("rows", period=0.05)
    await next_of(follower)
    for round in range(3):
        for number in range(100):
            rows.tell("a", (round, number))
            rows.tell("b", (round, -number))
        assert await take(follower, 2) == [[round, 99], [round, -99]]
    await follower.aclose()


@pytest.mark.proves("live.newest-with-period", "live.values")
async def test_a_period_brings_the_newest_value() -> None:
    hub, truth = Hub(FakeClock()), [0]

    async def load() -> int:
        return truth[0]

    values = hub.value(VALUE, load)
    follower = hub.follow("value", period=0.05)
    assert (await next_of(follower))[1] == 0
    for newest in (116, 200):
        for _ in range(newest):
            truth[0] += 1
            values.changed()
            await asyncio.sleep(0)
        assert (await next_of(follower))[1] == truth[0]
    await follower.aclose()


def values_of(counted: Counted, truth: dict[int, int]) -> Values:
    async def load(id: int) -> dict[str, int]:
        await asyncio.sleep(0)
        return {"n": truth[id]}

    async def admit(sees_all: bool, id: int) -> None:
        if id not in truth or not (sees_all or truth[id] < 100):
            raise NotFound("There is no such value.")

    return counted.hub.value(VALUES, load, shown=Shown(lambda fact: {"shown": fact["n"]}), admit=admit)


async def test_values_of_a_family_are_each_their_own() -> None:
    counted, truth = Counted(), {1: 10, 2: 20}
    values = values_of(counted, truth)
    one, two = counted.hub.follow("values/1"), counted.hub.follow("values/2")
    assert (await take(one, 1), await take(two, 1)) == ([{"n": 10}], [{"n": 20}])
    truth[2] = 21
    values.changed(id=1)
    values.changed(id=2)
    values.changed(id=3)
    assert (await take(one, 1), await take(two, 1)) == ([{"n": 10}], [{"n": 21}])
    for follower in (one, two):
        await follower.aclose()
    assert values._channels == {}, "nobody follows"


async def test_who_sees_less_is_told_less() -> None:
    counted = Counted()
    values_of(counted, {1: 10, 2: 200})
    async with aclosing(counted.hub.follow("values/1", all=False)) as follower:
        assert await take(follower, 1) == [{"shown": 10}]
    with pytest.raises(NotFound):
        await anext(counted.hub.follow("values/2", all=False))


@pytest.mark.proves("snapshots.live")
async def test_a_personal_topic_is_each_persons_own() -> None:
    hub = Hub(FakeClock())
    values = {"ada": 1, "ben": 2}

    async def load(person: str, page: str) -> dict[str, Any]:
        return {page: values[person]}

    topic = hub.value(Topic("desk/{page}", Kind.value, Wire, "desk", "A page.", personal=True), load)
    async with aclosing(hub.follow("desk/home", person="ada")) as ada, aclosing(
        hub.follow("desk/home", person="ben")) as ben:
        assert [await _data(ada), await _data(ben)] == [{"home": 1}, {"home": 2}]
        values["ada"], values["ben"] = 3, 4
        topic.changed(person="ben", page="home")
        assert await _data(ben) == {"home": 4}
        topic.changed(person="ada", page="home")
        assert await _data(ada) == {"home": 3}
    with pytest.raises(Forbidden):
        await soon(anext(hub.follow("desk/home")))


async def _data(messages: Messages) -> Any:
    return msgspec.json.decode((await soon(anext(messages))).data)


@pytest.mark.proves("live.encoded-once")
async def test_a_fact_is_encoded_once_for_all_who_follow() -> None:
    counted, truth = Counted(), {1: 10}
    values = values_of(counted, truth)
    rows = table(counted.hub)
    followers = [counted.hub.follow(topic) for topic in ("rows", "values/1") for _ in range(50)]
    await asyncio.gather(*(take(follower, 1) for follower in followers))
    assert len(counted.encoded) == 2
    for number in range(5):
        rows.tell("a", number)
        values.changed(id=1)
        await asyncio.gather(*(take(follower, 1) for follower in followers))
    assert len(counted.encoded) == 12
    for follower in followers:
        await follower.aclose()


async def test_nobody_who_follows_costs_nothing() -> None:
    counted, truth = Counted(), {1: 10}
    values, rows = values_of(counted, truth), table(counted.hub)
    for number in range(100):
        rows.tell("a", number)
        values.changed(id=1)
    assert counted.encoded == []


async def test_a_value_that_cannot_be_read_is_told_and_can_be_followed_again() -> None:
    hub, broken = Hub(FakeClock()), [True]

    async def load() -> str:
        if broken[0]:
            raise RuntimeError("broken")
        return "fine"

    hub.value(VALUE, load)
    with pytest.raises(RuntimeError):
        await anext(hub.follow("value"))
    broken[0] = False
    async with aclosing(hub.follow("value")) as follower:
        assert (await next_of(follower))[1] == "fine"


async def test_it_is_known_whether_somebody_follows() -> None:
    hub, following = Hub(FakeClock()), [0]

    @contextmanager
    def followed() -> Iterator[None]:
        following[0] += 1
        yield
        following[0] -= 1

    hub.table(TABLE, nothing, followed=followed)
    followers = [hub.follow("rows") for _ in range(3)]
    for follower in followers:
        await next_of(follower)
    assert following == [1]
    for follower in followers:
        await follower.aclose()
    assert following == [0]


async def test_topics_are_found_by_their_pattern() -> None:
    hub = Hub(FakeClock())
    values_of(counted := Counted(), {})
    hub._families.extend(counted.hub._families)
    assert hub.find("values/12")[1] == {"id": 12}
    for wrong in ("values", "values//", "values/a", "values/-1", "values/1/2", "values/²", ""):
        with pytest.raises(NotFound):
            hub.find(wrong)


def logs(hub: Hub, log: Path, over: list[bool]) -> FakeWatcher:
    watcher = FakeWatcher()

    async def find(id: str) -> OpenLog:
        if id != "a":
            raise NotFound("There is no such log.")
        return OpenLog(LogSource(log), log.parent, lambda: over[0])

    hub.log(LOG, find, watcher)
    return watcher


@pytest.mark.proves("live.encoded-once")
async def test_all_who_follow_a_log_share_one_reading(tmp_path: Path) -> None:
    counted, log, over = Counted(), tmp_path / "output.log", [False]
    log.write_text("one\n")
    watcher = logs(counted.hub, log, over)
    followers = [counted.hub.follow("logs/a/text") for _ in range(50)]
    told = await asyncio.gather(*(take(follower, 1) for follower in followers))
    assert {tuple(fact["text"] for fact in facts) for facts in told} == {("one\n",)}
    before = len(counted.encoded)
    assert before < 10, "some came while others were served"
    for line in ("two\n", "three\n"):
        with log.open("a") as file:
            file.write(line)
        assert {facts[0]["text"] for facts in await asyncio.gather(*(take(one, 1) for one in followers))} == {line}
    assert len(counted.encoded) == before + 2
    over[0] = True
    for follower in followers:
        assert [message.is_last async for message in follower] == [True]
    await eventually(lambda: watcher.open == 0)
    with pytest.raises(NotFound):
        await anext(counted.hub.follow("logs/b/text"))


async def test_who_comes_later_meets_the_others_at_the_end(tmp_path: Path) -> None:
    counted, log = Counted(), tmp_path / "output.log"
    log.write_text("x\n" * 200_000)
    logs(counted.hub, log, [False])
    early, late = counted.hub.follow("logs/a/text", 0), counted.hub.follow("logs/a/text", 200_000)
    for follower, start in ((early, 0), (late, 200_000)):
        end = start
        while end < 400_000:
            fact = (await take(follower, 1))[0]
            assert fact["start"] == end
            end = fact["end"]
        assert (await take(follower, 1))[0]["trouble"] == "", "who comes again may know of a trouble"
    before = len(counted.encoded)
    with log.open("a") as file:
        file.write("new\n")
    assert [(await take(follower, 1))[0]["text"] for follower in (early, late)] == ["new\n"] * 2
    assert len(counted.encoded) == before + 1
    for follower in (early, late):
        await follower.aclose()


async def test_tables_of_a_family_are_each_their_own() -> None:
    hub = Hub(FakeClock())

    async def load(id: str) -> dict[str, Any]:
        return {"all": id}

    tables = hub.tables(TABLES, load)
    tables.tell("row", {"n": 0}, id="a")  # nobody follows it
    async with aclosing(hub.follow("tables/a/rows")) as first, aclosing(hub.follow("tables/b/rows")) as second:
        assert await take(first, 1) == [{"all": "a"}]
        assert await take(second, 1) == [{"all": "b"}]
        tables.tell("row", {"n": 1}, id="a")
        tables.tell("row", {"n": 2}, id="b")
        assert await take(first, 1) == [{"n": 1}]
        assert await take(second, 1) == [{"n": 2}]
    assert not tables._channels


async def test_a_table_that_somebody_may_not_see_is_refused() -> None:
    hub = Hub(FakeClock())

    async def load(id: str) -> dict[str, Any]:
        return {}

    async def admit(sees_all: bool, id: str) -> None:
        if not sees_all:
            raise NotFound("There is no such table.")

    tables = hub.tables(TABLES, load, admit=admit)
    assert tables.has_shown
    with pytest.raises(NotFound):
        await anext(hub.follow("tables/a/rows", all=False))
    async with aclosing(hub.follow("tables/a/rows")) as messages:
        assert await take(messages, 1) == [{}]
