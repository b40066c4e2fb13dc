"""What is told live of streams."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import Any

import msgspec
import pytest

from jupyter_crispdm.base.errors import NotFound
from tests.server.streams.conftest import Streams
from tests.support import soon


class Follower:
    """Follows one topic."""

    def __init__(self, messages: Any) -> None:
        self._messages = messages
        self.seq, self.epoch = 0, None

    async def next(self) -> Any:
        message = await soon(anext(self._messages))
        self.seq, self.epoch = message.seq, message.epoch
        return msgspec.json.decode(message.data)

    async def until(self, wanted: Any) -> Any:
        while not (found := wanted(await self.next())):
            continue
        return found


@asynccontextmanager
async def following(streams: Streams, topic: str, *since: Any, **options: Any) -> AsyncIterator[Follower]:
    async with aclosing(streams.app.context.hub.follow(topic, *since, **options)) as messages:
        yield Follower(messages)


@pytest.mark.proves("live.topic-streams", "streams.missed")
async def test_a_late_viewer_gets_the_window_then_live_and_after_a_cut_what_they_missed(streams: Streams) -> None:
    await streams.make(window=20)
    await streams.has(30)
    seen: list[int] = []
    async with following(streams, "streams/line") as viewer:
        first = await viewer.next()
        assert len(first["columns"]["seq"]) == 20
        seen += first["columns"]["seq"]
        while len(seen) < 40:
            seen += (await viewer.next())["columns"]["seq"]
        place = (viewer.seq, viewer.epoch)
    await streams.has(seen[-1] + 30)
    async with following(streams, "streams/line", place[0], epoch=place[1]) as viewer:
        while len(seen) < 90:  # word that nothing troubles the stream brings no samples
            seen += (await viewer.next())["columns"].get("seq", [])
    assert seen == list(range(seen[0], seen[0] + len(seen)))


@pytest.mark.proves("streams.table")
async def test_the_table_tells_how_each_stream_is(streams: Streams) -> None:
    async with following(streams, "streams") as viewer:
        assert await viewer.next() == {"streams": []}
        await streams.make()
        running = await viewer.until(lambda fact: fact.get("stream", {}).get("state") == "running" and fact["stream"])
        assert (running["rate"], running["reason"]) == (50.0, "")
        await streams.call("POST", "line", "stop", body={})
        await viewer.until(lambda fact: fact["stream"]["state"] == "stopped")
        await streams.call("DELETE", "line")
        assert await viewer.until(lambda fact: fact.get("deleted")) == "line"


@pytest.mark.proves("streams.events-live")
async def test_alarms_are_told_as_they_come_and_what_is_done_about_them(streams: Streams) -> None:
    await streams.make(start=False, seed=5)
    async with following(streams, "streams/line/events") as viewer:
        assert await viewer.next() == {"events": []}
        await streams.call("POST", "line", "start", body={})
        event = await viewer.until(lambda fact: fact.get("event"))
        assert (event["id"], event["stream"]) == ("a1", "line")
        await streams.call("POST", "line", "events", "a1", body={"action": "label", "label": "jam"})
        assert (await viewer.until(lambda fact: fact["event"]["label"] and fact["event"]))["label"] == "jam"


@pytest.mark.proves("streams.viewers")
async def test_viewers_follow_shared_streams_only(streams: Streams) -> None:
    await streams.make("hidden", shared=False, start=False)
    await streams.make("line", start=False)
    async with following(streams, "streams", all=False) as viewer:
        (shown,) = (await viewer.next())["streams"]
        assert (shown["id"], shown["source"], shown["directory"], shown["job"]) == ("line", None, "", None)
    for topic in ("streams/hidden", "streams/hidden/events", "streams/nobody"):
        with pytest.raises(NotFound):
            async with following(streams, topic, all=False) as viewer:
                await viewer.next()
    async with following(streams, "streams/line", all=False) as viewer:
        assert (await viewer.next())["seq"] == 0


async def test_who_follows_a_stream_that_is_deleted_is_told_that_it_is_over(streams: Streams) -> None:
    await streams.make()
    await streams.has(3)
    async with following(streams, "streams/line") as viewer:
        await viewer.next()
        await streams.call("DELETE", "line")
        assert await viewer.until(lambda fact: fact.get("ended"))
