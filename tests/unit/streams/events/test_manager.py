from __future__ import annotations

import asyncio
from typing import Any

import msgspec
import pytest

from jupyter_crispdm.base.errors import BadRequest, NotFound
from jupyter_crispdm.streams.events.types import EventQuery, EventState, EventWord, NewLabel, StreamEvent
from tests.support import eventually, soon
from tests.unit.streams.playing import BEGAN, Line, alarm


class Heard:
    """What is told of alarms."""

    def __init__(self, line: Line) -> None:
        self.changes: list[tuple[str, EventState]] = []
        self.alarms: list[str] = []
        line.events.on_change(self._changed)
        line.events.on_alarm(lambda event: self.alarms.append(event.id))

    def _changed(self, event: StreamEvent) -> None:
        self.changes.append((event.id, event.state))


async def ids(line: Line, stream: str, **query: Any) -> list[str]:
    return [event.id for event in await line.events.find(stream, EventQuery(**query))]


def word(**fields: Any) -> EventWord:
    return msgspec.convert(fields, EventWord)


@pytest.mark.proves("streams.events")
async def test_alarms_are_taken_in_told_and_listed_newest_first(line: Line) -> None:
    stream = await line.make(id="line")
    heard = Heard(line)
    for number in range(1, 4):
        alarm(line.directory(stream), f"a{number}", time=BEGAN + number)
    alarm(line.directory(stream), "a2", "cleared", time=BEGAN + 9)
    await line.streams.look("line")
    assert await ids(line, "line") == ["a3", "a2", "a1"]
    assert await ids(line, "line", state="open") == ["a3", "a1"]
    assert await ids(line, "line", limit=1, before="a3") == ["a2"]
    assert [state for _, state in heard.changes] == [EventState.raised, EventState.cleared, EventState.raised]
    assert (line.streams.get("line").open_alarms, line.streams.get("line").last_alarm is not None) == (2, True)
    with pytest.raises(BadRequest):
        await ids(line, "line", before="nothing")


@pytest.mark.proves("streams.events")
async def test_what_was_done_survives_a_restart_and_nothing_is_told_twice(line: Line) -> None:
    stream = await line.make(id="line")
    alarm(line.directory(stream), "a1")
    await line.streams.look("line")
    await line.events.act("line", "a1", word(action="acknowledge", comment="mine"), "ada")
    other = await line.again()
    heard = Heard(other)
    await other.streams.look("line")
    (event,) = await other.events.find("line", EventQuery())
    assert (event.state, event.by, event.comment) == (EventState.acknowledged, "ada", "mine")
    assert (heard.changes, heard.alarms) == ([], [])
    assert other.streams.get("line").open_alarms == 1
    await other.close()


@pytest.mark.proves("streams.events")
async def test_a_look_that_is_under_way_leaves_nothing_of_a_stream_that_is_deleted(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = await line.make(id="line")
    alarm(line.directory(stream), "a1")
    looking, go_on, get = asyncio.Event(), asyncio.Event(), line.events._store.get

    async def slowly(*words: str) -> StreamEvent | None:
        looking.set()
        await go_on.wait()
        return await get(*words)

    monkeypatch.setattr(line.events._store, "get", slowly)
    look = asyncio.ensure_future(line.events.look("line"))
    await soon(looking.wait())
    forgetting = asyncio.ensure_future(line.events.forget("line"))
    await eventually(lambda: "line" not in line.events._known)
    go_on.set()
    await soon(asyncio.gather(look, forgetting))
    assert await ids(line, "line") == []


@pytest.mark.proves("streams.rebuilt")
async def test_alarms_come_back_from_the_file_when_the_database_is_lost(line: Line) -> None:
    stream = await line.make(id="line", name="Line 7")
    for id, kind in (("a1", "raised"), ("a1", "cleared"), ("a2", "raised")):
        alarm(line.directory(stream), id, kind)
    await line.streams.look("line")
    await line.close()
    for file in line.path.glob("crispdm.db*"):
        file.unlink()
    other = await Line(line.path, line.jobs).open()
    heard = Heard(other)
    await other.streams.look("line")
    assert other.streams.get("line").name == "Line 7"
    assert {event.id: event.state for event in await other.events.find("line", EventQuery())} == {
        "a1": EventState.cleared, "a2": EventState.raised,
    }  # fmt: skip
    assert heard.alarms == ["a2"]
    await other.close()


async def test_a_short_alarm_is_told_although_it_is_over_when_it_is_read(line: Line) -> None:
    stream = await line.make(id="line")
    await line.streams.look("line")
    heard = Heard(line)
    alarm(line.directory(stream), "a1")
    alarm(line.directory(stream), "a1", "cleared")
    await line.streams.look("line")
    assert heard.alarms == ["a1"]


@pytest.mark.proves("streams.events")
async def test_a_shelved_alarm_tells_nobody_until_its_time_is_over(line: Line) -> None:
    stream = await line.make(id="line")
    alarm(line.directory(stream), "a1")
    await line.streams.look("line")
    await line.events.act("line", "a1", word(action="shelve", seconds=60), "ada")
    heard = Heard(line)
    alarm(line.directory(stream), "a2")
    alarm(line.directory(stream), "a3", detector="zscore")
    await line.streams.look("line")
    assert heard.alarms == ["a3"]
    line.clock.advance(61)
    await line.streams.look("line")
    assert sorted(heard.alarms) == ["a1", "a2", "a3"]
    assert {event.state for event in await line.events.find("line", EventQuery())} == {EventState.raised}


async def test_who_acts_on_what_is_not_there_is_told(line: Line) -> None:
    await line.make(id="line")
    with pytest.raises(NotFound):
        await line.events.act("line", "a9", word(action="clear"), "ada")
    with pytest.raises(NotFound):
        await line.events.act("nobody", "a9", word(action="clear"), "ada")
    await line.events.look("nobody")


@pytest.mark.proves("streams.labels")
async def test_spans_are_named_and_named_alarms_are_spans_too(line: Line) -> None:
    stream = await line.make(id="line")
    label = await line.events.add_label("line", NewLabel(start=1.0, end=5.0, label="jam"), "ada")
    alarm(line.directory(stream), "a1", time=10.0)
    alarm(line.directory(stream), "a1", "cleared", time=12.0)
    await line.streams.look("line")
    await line.events.act("line", "a1", word(action="label", label="scratch"), "ada")
    assert await line.events.labelled("line") == [(1.0, 5.0, "jam"), (10.0, 12.0, "scratch")]
    with pytest.raises(NotFound):
        await line.events.remove_label("line", label.id, by="bob")
    await line.events.remove_label("line", label.id, by="ada")
    assert await line.events.labels("line") == []
    with pytest.raises(BadRequest):
        await line.events.add_label("line", NewLabel(start=5.0, end=1.0, label="jam"), "ada")


async def test_a_file_that_cannot_be_read_is_logged_once(line: Line, caplog: pytest.LogCaptureFixture) -> None:
    stream = await line.make(id="line")
    (line.directory(stream) / "alarms.jsonl").mkdir()
    await line.streams.look("line")
    await line.streams.look("line")
    assert len([message for message in caplog.messages if "cannot be read" in message]) == 1


async def test_what_is_deleted_leaves_nothing(line: Line) -> None:
    stream = await line.make(id="line", start=False)
    alarm(line.directory(stream), "a1")
    await line.streams.look("line")
    await line.events.add_label("line", NewLabel(start=1.0, end=5.0, label="jam"), "ada")
    await line.streams.remove("line")
    await line.make(id="line", start=False)
    assert await ids(line, "line") == []
    assert await line.events.labels("line") == []
