"""The live socket and its streams on a real server."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest
import websockets
from tornado.httpclient import HTTPClientError
from tornado.websocket import WebSocketClosedError

from jupyter_crispdm.app import CrispdmApp
from jupyter_crispdm.base import sockets
from jupyter_crispdm.base.budget import Shared
from jupyter_crispdm.base.live import socket as live
from jupyter_crispdm.base.live.families import Rows
from jupyter_crispdm.base.live.topic import Kind, Topic
from jupyter_crispdm.base.wire import Wire
from tests.support import TOO_BIG, FakeClock, soon

_LIVE = ("crispdm", "api", "live")


@pytest.fixture
def feed(crispdm: CrispdmApp) -> Rows:
    async def snapshot() -> dict[str, Any]:
        return {"all": True}

    return crispdm.context.hub.table(Topic("test", Kind.table, Wire, "jobs", "A test's."), snapshot)


async def _next(socket: Any) -> Any:
    message = await asyncio.wait_for(socket.read_message(), 60)
    return json.loads(message)


@pytest.mark.proves("live.socket")
async def test_a_socket_follows_several_topics_and_leaves_them(feed: Rows, jp_ws_fetch: Any) -> None:
    socket = await jp_ws_fetch(*_LIVE)
    await socket.write_message(json.dumps({"subscribe": "test"}))
    first = await _next(socket)
    feed.tell(1, {"n": 1})
    assert (await _next(socket))["data"] == {"n": 1}
    await socket.write_message(json.dumps({"unsubscribe": "test"}))
    assert (await _next(socket)) == {"topic": "test", "left": True}
    await socket.write_message(json.dumps({"subscribe": "nothing"}))
    assert (await _next(socket))["error"]["code"] == "not_found"
    feed.tell(2, {"n": 2})
    await socket.write_message(json.dumps({"subscribe": "test", "since": first["seq"] + 1}))
    assert (await _next(socket)) == {"topic": "test", "seq": first["seq"] + 2, "data": {"n": 2}}
    socket.close()


@pytest.mark.proves("live.socket")
@pytest.mark.parametrize("command", [
    "{", "[]", "{}", '{"subscribe": 1}', '{"subscribe": "test", "unsubscribe": "test"}',
    '{"subscribe": "test", "period": -1}', '{"subscribe": "test", "nonsense": 1}', "[" * 50_000,
])
async def test_a_bad_command_is_answered_and_the_socket_stays(
    command: str, feed: Rows, jp_ws_fetch: Any
) -> None:
    socket = await jp_ws_fetch(*_LIVE)
    await socket.write_message(command)
    assert (await _next(socket))["error"]["code"] == "bad_request"
    await socket.write_message(json.dumps({"subscribe": "test"}))
    assert (await _next(socket))["data"] == {"all": True}
    socket.close()


async def test_no_login_no_socket(feed: Rows, jp_ws_fetch: Any) -> None:
    with pytest.raises(HTTPClientError) as caught:
        await jp_ws_fetch(*_LIVE, headers={"Authorization": ""})
    assert caught.value.code == 403


class _Stream:
    """Reads a stream of lines from the server as they come."""

    def __init__(self, response: httpx.Response) -> None:
        self._response = response
        self._lines = response.aiter_lines()

    async def line(self) -> str:
        while True:
            line = await asyncio.wait_for(anext(self._lines), 60)
            if line:
                return line

    async def close(self) -> None:
        await self._response.aclose()


@pytest.fixture
def stream(
    jp_serverapp: Any, jp_fetch: Any, jp_http_port: int, jp_auth_header: Any, jp_asyncio_loop: Any
) -> Iterator[Any]:
    client = httpx.AsyncClient(base_url=f"http://127.0.0.1:{jp_http_port}{jp_serverapp.base_url}", timeout=60)

    async def open_stream(query: str, **headers: str) -> _Stream:
        request = client.build_request("GET", f"crispdm/api/live?{query}", headers={**jp_auth_header, **headers})
        return _Stream(await client.send(request, stream=True))

    yield open_stream
    jp_asyncio_loop.run_until_complete(client.aclose())


@pytest.mark.proves("streaming.sse", "live.sse", "machine.sigterm-hint")
async def test_server_sent_events_resume_after_the_last_id(feed: Rows, stream: Any) -> None:
    events = await stream("topic=test", Accept="text/event-stream")
    assert await events.line() == "retry: 1000"
    first = int((await events.line()).removeprefix("id: "))
    assert json.loads((await events.line()).removeprefix("data: "))["data"] == {"all": True}
    await events.close()
    feed.tell(1, {"n": 1})
    again = await stream("topic=test", **{"Accept": "text/event-stream", "Last-Event-ID": str(first)})
    await again.line()
    assert await again.line() == f"id: {first + 1}"
    assert json.loads((await again.line()).removeprefix("data: "))["data"] == {"n": 1}
    await again.close()


@pytest.mark.proves("streaming.ndjson", "live.ndjson")
async def test_json_lines_carry_the_same_messages(feed: Rows, stream: Any) -> None:
    lines = await stream("topic=test&topic=jobs", Accept="application/x-ndjson")
    first = {json.loads(await lines.line())["topic"] for _ in range(2)}
    assert first == {"test", "jobs"}
    feed.tell(1, {"n": 1})
    assert json.loads(await lines.line())["data"] == {"n": 1}
    await lines.close()


@pytest.mark.parametrize("accept", ["application/x-ndjson", "text/event-stream"])
async def test_a_topic_that_fails_says_why_and_the_others_of_the_stream_go_on(
    accept: str, feed: Rows, stream: Any
) -> None:
    told = await stream("topic=jobs/nothing/log&topic=test", Accept=accept)
    found: dict[str, Any] = {}
    while len(found) < 2:
        line = (await told.line()).removeprefix("data: ")
        if line.startswith("{"):
            found[json.loads(line)["topic"]] = json.loads(line)
    assert found["jobs/nothing/log"]["error"]["message"] == "There is no job 'nothing'."
    assert found["test"]["data"] == {"all": True}
    await told.close()


class _Gated:
    """Values of a family; the second is only admitted when its gate opens."""

    def __init__(self, crispdm: CrispdmApp) -> None:
        self.truth, self.gate, self.asked = {1: "old", 2: "slow"}, asyncio.Event(), asyncio.Event()
        topic = Topic("gated/{id:int}", Kind.value, Wire, "jobs", "A test's.")
        self.values = crispdm.context.hub.value(topic, self._load, admit=self._admit)

    async def _load(self, id: int) -> dict[str, str]:
        return {"is": self.truth[id]}

    async def _admit(self, sees_all: bool, id: int) -> None:
        if id == 2:
            self.asked.set()
            await self.gate.wait()

    def become(self, newest: str) -> None:
        self.truth[1] = newest
        self.values.changed(id=1)


async def test_a_topic_that_others_leave_while_a_stream_opens_its_next_one_goes_on(
    crispdm: CrispdmApp, jp_ws_fetch: Any, stream: Any
) -> None:
    """The stream was told its first value, and no change ever after."""
    gated, socket = _Gated(crispdm), await jp_ws_fetch(*_LIVE)
    await socket.write_message(json.dumps({"subscribe": "gated/1"}))
    await _next(socket)
    opening = asyncio.ensure_future(stream("topic=gated/1&topic=gated/2", Accept="application/x-ndjson"))
    await soon(gated.asked.wait())
    await socket.write_message(json.dumps({"unsubscribe": "gated/1"}))
    assert (await _next(socket))["left"]
    gated.gate.set()
    lines = await opening
    assert {json.loads(await lines.line())["data"]["is"] for _ in range(2)} == {"old", "slow"}
    gated.become("new")
    assert json.loads(await lines.line())["data"] == {"is": "new"}
    await lines.close()
    socket.close()


async def test_a_topic_that_is_subscribed_to_again_goes_on(crispdm: CrispdmApp, jp_ws_fetch: Any) -> None:
    """The second subscription took the place of the only one of a channel, which ended with that."""
    gated, socket = _Gated(crispdm), await jp_ws_fetch(*_LIVE)
    for _ in range(2):
        await socket.write_message(json.dumps({"subscribe": "gated/1"}))
        assert (await _next(socket))["data"] == {"is": "old"}
    gated.become("new")
    assert (await _next(socket))["data"] == {"is": "new"}
    socket.close()


async def test_a_stream_that_cannot_be_opened_whole_follows_nothing(crispdm: CrispdmApp, jp_fetch: Any) -> None:
    gated = _Gated(crispdm)
    gated.gate.wait = None  # type: ignore[assignment, method-assign]  # what nobody foresaw
    with pytest.raises(HTTPClientError) as refused:
        await jp_fetch(*_LIVE, params=[("topic", "gated/1"), ("topic", "gated/2")])
    assert refused.value.code == 500
    assert [*gated.values._channels] == []


@pytest.mark.proves("live.sse")
@pytest.mark.parametrize(("query", "code"), [
    ("", 400), ("topic=nothing", 404), ("topic=test&period=x", 400), ("topic=test&since=x", 400)])
async def test_a_bad_stream_request_is_refused(
    query: str, code: int, feed: Rows, jp_fetch: Any
) -> None:
    with pytest.raises(HTTPClientError) as caught:
        await jp_fetch(*_LIVE, params=dict(pair.split("=") for pair in query.split("&") if pair))
    assert caught.value.code == code


@pytest.mark.proves("floods.frames", "limits.frames")
async def test_a_flood_of_frames_is_slowed_and_a_large_one_ends_the_socket(
    crispdm: Any, jp_ws_fetch: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    monkeypatch.setattr(sockets.meter, "__defaults__", (None, sleep))
    monkeypatch.setattr(live, "BUDGETS", Shared(lambda: live.LiveBudget(FakeClock())))
    socket = await jp_ws_fetch("crispdm", "api", "live")
    for _ in range(1200):
        await socket.write_message('{"unsubscribe": "jobs"}')
    for _ in range(1200):
        await socket.read_message()
    assert len(waits) >= 199, "1,000 at once, and no time passes"
    with suppress(WebSocketClosedError):  # it may be closed before all is sent
        await socket.write_message("x" * 100_000)
    assert await socket.read_message() is None
    assert socket.close_code in TOO_BIG
    socket.close()


@pytest.mark.proves("floods.subscriptions")
async def test_a_stream_follows_so_many_topics(crispdm: Any, jp_fetch: Any) -> None:
    with pytest.raises(HTTPClientError) as refused:
        await jp_fetch(*_LIVE, params=[("topic", "jobs")] * 201)
    assert refused.value.code == 400


@pytest.mark.proves("floods.subscriptions")
async def test_topics_beyond_the_limit_are_refused_and_nothing_of_them_is_kept(
    crispdm: CrispdmApp, jp_ws_fetch: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each left a channel behind for the server's life."""
    monkeypatch.setattr(live, "MOST_TOPICS", 1)
    gated, socket = _Gated(crispdm), await jp_ws_fetch(*_LIVE)
    gated.gate.set()
    for id in (1, 2):
        await socket.write_message(json.dumps({"subscribe": f"gated/{id}"}))
    told = [await _next(socket) for _ in range(2)]
    assert [message["error"]["details"] for message in told if "error" in message] == [{"field": "subscribe"}]
    assert len(gated.values._channels) == 1
    await socket.write_message(json.dumps({"subscribe": "gated/1"}))
    assert (await _next(socket))["data"] == {"is": "old"}, "what is followed may be followed anew"
    socket.close()


@pytest.mark.proves("numbers.odd")
@pytest.mark.parametrize(
    ("query", "headers"),
    [
        ("period=nan", {}), ("period=inf", {}), ("period=-1", {}), (f"period={'9' * 5000}", {}),
        ("since=%C2%B2", {}), (f"since={'9' * 5000}", {}), ("since=%5B%5B", {}),
        ("", {"Last-Event-ID": "²".encode().decode("latin-1")}), ("", {"Last-Event-ID": "[" * 5000}),
    ],
)  # fmt: skip
async def test_odd_numbers_are_refused_by_name(
    crispdm: Any, jp_fetch: Any, query: str, headers: dict[str, str]
) -> None:
    with pytest.raises(HTTPClientError) as refused:
        await jp_fetch(*_LIVE, params=[("topic", "jobs"), *parse_qsl(query)], headers=headers)
    assert refused.value.code == 400
    assert refused.value.response is not None
    answer = json.loads(refused.value.response.body)
    assert answer["details"]["field"] in ("period", "since", "Last-Event-ID")


@pytest.mark.proves("live.heartbeat")
async def test_a_quiet_socket_says_that_it_lives_when_it_is_asked_to(feed: Rows, jp_ws_fetch: Any) -> None:
    socket = await jp_ws_fetch(*_LIVE)
    await socket.write_message(json.dumps({"heartbeat": 0.01}))
    assert (await _next(socket))["error"]["details"]["field"] == "heartbeat"
    await socket.write_message(json.dumps({"heartbeat": 0.5}))
    for _ in range(2):
        assert await _next(socket) == {"heartbeat": True}
    socket.close()


async def _told_log(socket: Any, topic: str, **place: Any) -> list[Any]:
    """What a socket is told of a log that is over, from a place on to its end."""
    await socket.write_message(json.dumps({"subscribe": topic, **place}))
    told = [await _next(socket)]
    while not told[-1]["data"].get("ended"):
        told.append(await _next(socket))
    return told


@pytest.mark.proves("live.logs")
async def test_a_log_goes_on_in_its_epoch_and_begins_anew_in_another(
    crispdm: CrispdmApp, jp_fetch: Any, jp_ws_fetch: Any, stream: Any
) -> None:
    submission = json.dumps({"command": ["echo", "hello"]})
    job = json.loads((await jp_fetch("crispdm", "api", "jobs", method="POST", body=submission)).body)["id"]
    topic, socket = f"jobs/{job}/log", await jp_ws_fetch(*_LIVE)
    told = await _told_log(socket, topic, since=0)
    assert "".join(message["data"]["text"] for message in told) == "hello\n"
    epoch, end = told[-1]["epoch"], told[-1]["seq"]
    again = await _told_log(socket, topic, since=2, epoch=epoch)
    assert [message["data"]["text"] for message in again] == ["llo\n", ""]
    anew = await _told_log(socket, topic, since=2, epoch="another")
    assert (anew[0]["data"]["text"], anew[0]["data"]["reset"], anew[0]["epoch"]) == ("hello\n", True, epoch)
    socket.close()
    for place in (f"{topic}&since=2&epoch={epoch}", f"{topic}&since=2%40{epoch}"):
        events = await stream(f"topic={place}", Accept="text/event-stream")
        await events.line()
        assert await events.line() == f"id: {end}@{epoch}"
        assert json.loads((await events.line()).removeprefix("data: "))["data"]["text"] == "llo\n"
        await events.close()


@pytest.mark.proves("live.tables", "machine.never-reads")
async def test_a_client_that_stalls_holds_little_and_then_gets_the_newest(
    feed: Rows, jp_serverapp: Any, jp_fetch: Any, jp_http_port: int, jp_auth_header: dict[str, str]
) -> None:
    url = f"ws://127.0.0.1:{jp_http_port}{jp_serverapp.base_url}crispdm/api/live"
    async with websockets.connect(url, additional_headers=jp_auth_header, max_queue=1) as socket:
        await socket.send(json.dumps({"subscribe": "test"}))
        await soon(socket.recv())
        (reader,) = feed._all._readers
        told = 0
        while reader.outlet._is_free or told % 5:
            feed.tell(told % 5, {"n": told, "text": "x" * 100_000})
            told += 1
            await asyncio.sleep(0)
        for _ in range(1000):
            feed.tell(told % 5, {"n": told, "text": "x" * 100_000})
            told += 1
        assert feed._all.table.size < 30 * 100_000, "the newest of five rows, and few that were superseded"
        received: list[int] = []
        while not received or received[-1] != told - 1:
            received.append(json.loads(await soon(socket.recv()))["data"]["n"])
        assert received[-5:] == [*range(told - 5, told)]
        assert len(received) < told - 900, "what was superseded did not come"
