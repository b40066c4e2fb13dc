"""Topics as events and as lines: what is written, in which order, and when a stream ends."""

from __future__ import annotations

import asyncio
import json
from typing import Any, cast

import pytest

from jupyter_crispdm.base.errors import NotFound
from jupyter_crispdm.base.live import stream as stream_module
from jupyter_crispdm.base.live.commands import seen
from jupyter_crispdm.base.live.core.log import Place
from jupyter_crispdm.base.live.stream import Stream
from tests.support import eventually
from tests.unit.base.live.test_outlet import Numbers


class Client:
    """The other side of a response: takes a write when a test lets it, and may go away."""

    def __init__(self) -> None:
        self.writes: list[bytes] = []
        self._flushes: list[asyncio.Future[None]] = []

    def write(self, data: bytes) -> None:
        self.writes.append(data)

    def flush(self) -> asyncio.Future[None]:
        self._flushes.append(asyncio.get_running_loop().create_future())
        return self._flushes[-1]

    async def take(self) -> bytes:
        """Take all that comes until nothing comes any more."""
        taken = b""
        while self._flushes:
            taken += b"".join(self.writes)
            self.writes = []
            self._flushes.pop(0).set_result(None)
            await asyncio.sleep(0)
            await asyncio.sleep(0)
        return taken

    async def go(self) -> None:
        """Break the connection in the middle of a write."""
        self._flushes.pop(0).set_exception(ConnectionError("gone"))
        await asyncio.sleep(0)
        await asyncio.sleep(0)


class Opened:
    """A stream to a client, with topics of numbers."""

    def __init__(self, *topics: str, lines: bool = False, places: dict[str, Place] | None = None) -> None:
        self.client = Client()
        self.stream = Stream(cast(Any, self.client), places or {}, lines=lines)
        self.stream.start()
        self.channels = [Numbers(topic) for topic in topics]
        for channel in self.channels:
            self.stream.outlet.follow(channel.topic, channel, (places or {}).get(channel.topic, Place()), None)


def events(data: bytes) -> list[tuple[str, Any]]:
    """Id and message of each event."""
    found = []
    for block in data.decode().split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line and not line.startswith(":"))
        if "data" in fields:
            found.append((fields.get("id", ""), json.loads(fields["data"])))
    return found


async def test_a_stream_of_events_begins_with_when_to_come_again() -> None:
    opened = Opened("a")
    assert await opened.client.take() == b"retry: 1000\n\n"


async def test_a_topic_that_breaks_while_others_are_opened_ends_no_stream() -> None:
    """Its error would have been all that was sent."""
    client = Client()
    stream = Stream(cast(Any, client), {}, lines=False)
    broken, good = Numbers("broken"), Numbers("good")
    stream.outlet.follow("broken", broken, Place(), None)
    broken.readers[0].fail(NotFound("It is gone."))
    assert client.writes == [], "what comes first is not sent yet"
    good.tell(1)
    stream.outlet.follow("good", good, Place(), None)
    stream.start()
    sent = await client.take()
    assert sent.startswith(b"retry: 1000\n\n")
    assert [(told["topic"], "error" in told) for _, told in events(sent)] == [("broken", True), ("good", False)]
    good.tell(2)
    assert [told["seq"] for _, told in events(await client.take())] == [2]


async def test_a_stream_of_lines_begins_with_nothing() -> None:
    opened = Opened("a", lines=True)
    assert await opened.client.take() == b""


async def test_each_event_bears_where_to_go_on() -> None:
    opened = Opened("a")
    opened.channels[0].tell(2)
    assert [(id, told["seq"]) for id, told in events(await opened.client.take())] == [("1", 1), ("2", 2)]


async def test_of_several_topics_an_event_says_where_each_is() -> None:
    opened = Opened("a", "b")
    opened.channels[0].tell(1)
    opened.channels[1].tell(1)
    (first, _), (second, _) = events(await opened.client.take())
    assert json.loads(second) == {"a": 1, "b": 1}
    assert seen(["a", "b"], second, "") == {"a": Place(1), "b": Place(1)}
    assert first != second


async def test_who_comes_again_with_the_last_id_gets_what_is_missing() -> None:
    first = Opened("a", "b")
    first.channels[0].tell(3)
    first.channels[1].tell(1)
    id = events(await first.client.take())[-1][0]
    again = Opened("a", "b", places=seen(["a", "b"], id, ""))
    again.channels[0].tell(4)
    again.channels[1].tell(1)
    assert [(told["topic"], told["seq"]) for _, told in events(await again.client.take())] == [("a", 4)]


async def test_lines_are_messages_one_a_line() -> None:
    opened = Opened("a", lines=True)
    opened.channels[0].tell(3)
    lines = (await opened.client.take()).decode().splitlines()
    assert [json.loads(line)["seq"] for line in lines] == [1, 2, 3]


async def test_only_one_write_is_on_its_way_and_nothing_is_fetched_meanwhile() -> None:
    opened = Opened("a")
    [channel] = opened.channels
    channel.tell(50)
    assert channel.taken == 0, "the head of the response has not been taken yet"
    assert opened.client.writes == [b"retry: 1000\n\n"]
    assert len(events(await opened.client.take())) == 50


async def test_what_breaks_one_topic_is_told_and_the_others_go_on() -> None:
    opened = Opened("a", "b")
    await opened.client.take()
    opened.channels[0].readers[0].fail(NotFound("There is no job 'a'.", field="id"))
    opened.channels[1].tell(1)
    broken, told = (message for _, message in events(await opened.client.take()))
    assert (broken["topic"], broken["error"]["code"]) == ("a", "not_found")
    assert (told["topic"], told["seq"]) == ("b", 1)


async def test_an_error_moves_no_cursor() -> None:
    opened = Opened("a", "b")
    opened.channels[0].tell(2)
    await opened.client.take()
    opened.channels[1].readers[0].fail(NotFound("gone"))
    assert events(await opened.client.take())[0][0] == ""
    opened.channels[0].tell(3)
    assert seen(["a"], events(await opened.client.take())[-1][0], "") == {"a": Place(3)}


async def ended(opened: Opened) -> None:
    """Run a stream to its end."""
    await asyncio.wait_for(opened.stream.run(), 60)


async def test_the_end_of_all_topics_is_the_end_of_the_response() -> None:
    opened = Opened("a")
    run = asyncio.ensure_future(ended(opened))
    opened.channels[0].tell(99)
    data = await opened.client.take()
    assert events(data)[-1][1]["seq"] == 99
    await run
    assert opened.channels[0].readers == []


async def test_a_client_that_is_gone_ends_the_stream_and_is_followed_no_more() -> None:
    opened = Opened("a", "b")
    run = asyncio.ensure_future(ended(opened))
    await opened.client.go()
    await run
    assert [channel.readers for channel in opened.channels] == [[], []]


async def test_a_stream_that_is_told_to_end_does() -> None:
    opened = Opened("a")
    run = asyncio.ensure_future(ended(opened))
    await asyncio.sleep(0)
    opened.stream.end()
    await run
    assert opened.channels[0].readers == []


@pytest.mark.parametrize(("lines", "said"), [(False, b": still here\n\n"), (True, b"\n")])
async def test_a_quiet_stream_says_that_it_is_there(lines: bool, said: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream_module, "HEARTBEAT_SECONDS", 0.001)
    opened = Opened("a", lines=lines)
    await opened.client.take()
    run = asyncio.ensure_future(ended(opened))
    await eventually(lambda: said in opened.client.writes)
    assert opened.client.writes == [said], "who does not read is told once"
    opened.stream.end()
    await run
