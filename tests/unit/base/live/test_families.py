"""What a room offers under one pattern: which channel one gets, who is let in, and what is kept of it."""

from __future__ import annotations

import asyncio
import gc
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest

from jupyter_crispdm.base.errors import Forbidden, NotFound
from jupyter_crispdm.base.live.core.log import LogEntry, Place
from jupyter_crispdm.base.live.families import Family, Logs, OpenLog, Rows, Shown, Values
from jupyter_crispdm.base.live.outlet import Channel
from jupyter_crispdm.base.live.topic import Kind, Topic
from jupyter_crispdm.base.wire import Wire as Fact
from jupyter_crispdm.base.wire import encode
from jupyter_crispdm.tracking import LogSource
from tests.support import eventually
from tests.unit.base.live.test_channel import facts, settle, told
from tests.unit.base.live.test_outlet import Wire
from tests.unit.tracking.conftest import FakeWatcher

VALUE = Topic("v", Kind.value, Fact, "jobs", "A value.")
VALUES = Topic("v/{id:int}", Kind.value, Fact, "jobs", "Values.")
ROWS = Topic("rows", Kind.table, Fact, "jobs", "Rows.")
LOGS = Topic("logs/{id}", Kind.log, LogEntry, "jobs", "Logs.")


def first() -> int:
    return 100


def values(truth: dict[str, Any], topic: Topic = VALUES, **options: Any) -> Values:
    """A family that reads a dictionary, where nothing is found at once."""

    async def load(**placeholders: Any) -> Any:
        await asyncio.sleep(0)
        return truth["/".join(map(str, placeholders.values()))]

    return Values(topic, first, encode, load, **options)


async def follow(family: Family, wire: Wire, name: str, sees_all: bool = True, **placeholders: Any) -> Channel:
    channel = await family.open(name, placeholders, sees_all)
    wire.outlet.follow(name, channel, Place(), None)
    return channel


async def test_all_who_follow_a_topic_share_its_channel_and_no_other() -> None:
    family = values({"1": "a", "2": "b"})
    wires = [Wire() for _ in range(3)]
    one, two = await follow(family, wires[0], "v/1", id=1), await follow(family, wires[1], "v/2", id=2)
    assert await follow(family, wires[2], "v/1", id=1) is one
    assert one is not two
    assert [await told(wire) for wire in wires] == [["a"], ["b"], ["a"]]


async def test_a_channel_that_was_opened_in_vain_is_not_kept() -> None:
    """Each stayed for the server's life: who may follow 200 topics could ask for a million."""
    family = values({})
    for id in range(100):
        await family.open(f"v/{id}", {"id": id}, True)
    gc.collect()
    assert len(family._channels) == 0


async def test_a_channel_that_the_last_reader_left_is_not_kept() -> None:
    family, wire = values({"1": "a"}), Wire()
    await follow(family, wire, "v/1", id=1)
    await settle()
    wire.outlet.close()
    assert len(family._channels) == 0


async def test_a_topic_without_placeholders_goes_on_counting_while_nobody_follows() -> None:
    truth, wire = {"": "a"}, Wire()
    family = values(truth, VALUE)
    await follow(family, wire, "v")
    await settle()
    wire.outlet.close()
    gc.collect()
    truth[""] = "b"
    family.changed()
    late = Wire()
    channel = await family.open("v", {}, True)
    late.outlet.follow("v", channel, Place(100), None)
    assert await told(late) == ["b"], "its number says that something has changed since"


async def test_a_change_of_a_topic_that_nobody_follows_is_nothing() -> None:
    family = values({})
    family.changed(id=3)
    family.changed(nonsense="x")
    assert len(family._channels) == 0


async def test_a_change_reaches_those_who_see_all_and_those_who_see_less() -> None:
    truth = {"1": {"name": "a", "secret": "s"}}
    family = values(truth, shown=Shown(lambda fact: {"name": fact["name"]}))
    admin, viewer = Wire(), Wire()
    await follow(family, admin, "v/1", id=1)
    await follow(family, viewer, "v/1", sees_all=False, id=1)
    assert (await told(admin), await told(viewer)) == ([truth["1"]], [{"name": "a"}])
    truth["1"] = {"name": "b", "secret": "t"}
    family.changed(id=1)
    assert (await told(admin), await told(viewer)) == ([truth["1"]], [{"name": "b"}])


async def test_who_may_see_nothing_of_a_value_is_told_nothing_until_they_may() -> None:
    truth = {"1": {"shared": False, "n": 1}}
    family = values(truth, shown=Shown(lambda fact: fact if fact["shared"] else None))
    viewer = Wire()
    await follow(family, viewer, "v/1", sees_all=False, id=1)
    assert await told(viewer) == []
    truth["1"] = {"shared": True, "n": 2}
    family.changed(id=1)
    assert await told(viewer) == [{"shared": True, "n": 2}]


async def test_who_is_not_admitted_gets_no_channel_and_costs_none() -> None:
    async def admit(sees_all: bool, id: int) -> None:
        if id > 1:
            raise NotFound("There is none.")
        if not sees_all:
            raise Forbidden("Not for you.")

    family = values({"1": "a"}, admit=admit)
    for id, sees_all, refused in ((2, True, NotFound), (1, False, Forbidden)):
        with pytest.raises(refused):
            await family.open(f"v/{id}", {"id": id}, sees_all)
    assert len(family._channels) == 0
    await family.open("v/1", {"id": 1}, True)


@pytest.mark.parametrize(("shown", "admits"), [(False, False), (False, True), (True, False), (True, True)])
def test_it_matters_who_reads_only_where_somebody_sees_less(shown: bool, admits: bool) -> None:
    """Else nobody's role is asked for: on a busy socket that is a query of the database for each topic."""

    async def admit(sees_all: bool) -> None: ...

    async def load() -> None: ...

    narrowed = Shown(lambda fact: fact) if shown else None
    family = values({}, VALUE, shown=narrowed, admit=admit if admits else None)
    assert family.has_shown is (shown or admits)
    assert Rows(ROWS, first, encode, load, shown=narrowed).has_shown is shown


def rows(truth: list[dict[str, Any]], **options: Any) -> Rows:
    async def load() -> list[dict[str, Any]]:
        return [*truth]

    return Rows(ROWS, first, encode, load, **options)


def shared(fact: Any) -> Any:
    """Of a list the rows that are shared; of a row itself, if it is."""
    if isinstance(fact, list):
        return [row for row in fact if row["shared"]]
    return fact if fact["shared"] else None


async def test_rows_that_are_not_shared_are_told_to_those_who_see_all_alone() -> None:
    truth = [{"id": 1, "shared": True}, {"id": 2, "shared": False}]
    family, admin, viewer = rows(truth, shown=Shown(shared)), Wire(), Wire()
    await follow(family, admin, "rows")
    await follow(family, viewer, "rows", sees_all=False)
    assert (await told(admin), await told(viewer)) == ([truth], [truth[:1]])
    for row in ({"id": 3, "shared": False}, {"id": 4, "shared": True}):
        family.tell(row["id"], row)
    assert [row["id"] for row in await told(admin)] == [3, 4]
    assert [row["id"] for row in await told(viewer)] == [4]


async def test_those_who_see_less_are_read_a_truth_of_their_own_where_there_is_one() -> None:
    async def fewer() -> list[dict[str, Any]]:
        return [{"id": 9, "shared": True}]

    family, viewer = rows([{"id": 1, "shared": True}], shown=Shown(shared, fewer)), Wire()
    await follow(family, viewer, "rows", sees_all=False)
    assert await told(viewer) == [[{"id": 9, "shared": True}]]


async def test_without_less_to_see_all_share_one_channel() -> None:
    family = rows([])
    assert await family.open("rows", {}, True) is await family.open("rows", {}, False)


class Log:
    """A log on the disk, offered under a name."""

    def __init__(self, folder: Path) -> None:
        self.path, self.watcher, self.found, self.over = folder / "a.log", FakeWatcher(), 0, False
        self.family = Logs(LOGS, first, encode, self._find, self.watcher)

    async def _find(self, id: str) -> OpenLog:
        self.found += 1
        if id != "a":
            raise NotFound("There is no such log.")
        return OpenLog(LogSource(self.path), self.path.parent, lambda: self.over)


async def test_a_log_that_is_opened_again_after_all_left_is_read_anew(tmp_path: Path) -> None:
    log = Log(tmp_path)
    for text in ("one\n", "two\n"):
        log.path.write_text(text)
        wire = Wire()
        await follow(log.family, wire, "logs/a", id="a")
        await eventually(partial(getattr, wire, "sent"))
        assert [fact["text"] for fact in facts(wire)] == [text]
        wire.outlet.close()
        assert len(log.family._channels) == 0
    await eventually(lambda: log.watcher.open == 0)


async def test_a_log_that_is_not_there_is_refused_each_time(tmp_path: Path) -> None:
    log = Log(tmp_path)
    for _ in range(2):
        with pytest.raises(NotFound):
            await log.family.open("logs/b", {"id": "b"}, True)
    assert (log.found, len(log.family._channels)) == (2, 0)


async def test_a_log_that_was_opened_in_vain_holds_nothing(tmp_path: Path) -> None:
    log = Log(tmp_path)
    await log.family.open("logs/a", {"id": "a"}, True)
    gc.collect()
    assert (len(log.family._channels), log.watcher.open) == (0, 0)


async def test_a_log_that_is_over_is_told_to_its_end_and_left(tmp_path: Path) -> None:
    log, wire = Log(tmp_path), Wire()
    log.path.write_text("all\n")
    log.over = True
    await follow(log.family, wire, "logs/a", id="a")
    await eventually(lambda: len(wire.outlet) == 0)
    entries = [msgspec.json.decode(message.data) for messages in wire.sent for message in messages]
    assert "".join(entry.get("text", "") for entry in entries) == "all\n"
    assert [entry.get("ended", False) for entry in entries] == [False] * (len(entries) - 1) + [True]
    assert len(log.family._channels) == 0
