"""Streams as a program sees them: what is sent, and how the answer is read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from jupyter_crispdm.client.live import Live
from jupyter_crispdm.client.streams import Streams
from jupyter_crispdm.streams.types import MqttSource, SimulatedSource, StreamState
from tests.unit.client.fake_server import FakeServer, Pieces, error

STREAM: dict[str, Any] = {
    "id": "line", "name": "Line", "source": {"kind": "simulated", "rate": 5}, "state": "running",
    "created": "2026-11-21T12:00:00Z",
}  # fmt: skip
EVENT: dict[str, Any] = {"id": "a1", "stream": "line", "seq": 3, "time": 5.0, "state": "raised"}
LABEL: dict[str, Any] = {
    "id": 4, "from": 1.0, "to": 2.0, "label": "jam", "by": "ada", "created": "2026-11-21T12:00:00Z",
}  # fmt: skip
WINDOW = {"seq": 3, "columns": {"seq": [2, 3], "time": [1.0, 2.0], "value": [1.5, None]}}


def streams(*answers: Any, status: int = 200) -> tuple[Streams, FakeServer]:
    made = [one if isinstance(one, httpx.Response | Exception) else httpx.Response(status, json=one) for one in answers]
    server = FakeServer(*made)
    transport = server.transport()
    return Streams(transport, Live(transport, sleep=lambda seconds: None)), server


def asked(server: FakeServer, number: int = -1) -> tuple[str, str]:
    request = server.requests[number]
    return request.method, request.url.raw_path.decode().partition("/crispdm/api/")[2]


@pytest.mark.proves("client.streams")
def test_a_stream_is_made_of_a_mapping_or_a_type() -> None:
    noun, server = streams(STREAM, STREAM, status=201)
    made = noun.create("Line", {"kind": "simulated", "rate": 5}, alert={"over": 0.8})
    assert (made.source, made.state) == (SimulatedSource(rate=5), StreamState.running)
    assert server.body(0) == {"name": "Line", "source": {"kind": "simulated", "rate": 5}, "alert": {"over": 0.8}}
    noun.create("Line", MqttSource(host="broker", topic="line"), id="line")
    assert server.body(1)["source"]["kind"] == "mqtt"


@pytest.mark.proves("client.streams")
def test_each_word_goes_to_its_address() -> None:
    noun, server = streams(
        {"streams": [STREAM]}, STREAM, STREAM, STREAM, STREAM, httpx.Response(204),
        {"messages": ["{}"], "columns": [], "reason": ""}, WINDOW, WINDOW,
    )  # fmt: skip
    assert [one.id for one in noun.list()] == ["line"]
    noun.get("a/b")
    noun.change("line", window=5, alert=None)
    noun.start("line")
    noun.stop("line")
    noun.delete("line")
    assert noun.test({"kind": "simulated"}).messages == ["{}"]
    assert noun.window("line", since=1).columns["value"] == [1.5, None]
    noun.history("line", 1.0, 2.0, points=50)
    assert [asked(server, number) for number in range(9)] == [
        ("GET", "streams"), ("GET", "streams/a%2Fb"), ("PATCH", "streams/line"), ("POST", "streams/line/start"),
        ("POST", "streams/line/stop"), ("DELETE", "streams/line"), ("POST", "streams/test"),
        ("GET", "streams/line/window?since=1"), ("GET", "streams/line/history?from=1.0&to=2.0&points=50"),
    ]  # fmt: skip
    assert server.body(2) == {"window": 5, "alert": None}


@pytest.mark.proves("client.streams")
def test_alarms_and_labels_are_acted_upon() -> None:
    noun, server = streams({"events": [EVENT]}, EVENT, {"labels": [LABEL]}, LABEL, httpx.Response(204))
    (event,) = noun.events("line", "open", limit=5)
    noun.act("line", event.id, "shelve", seconds=60, comment="later")
    assert [one.start for one in noun.labels("line")] == [1.0]
    assert noun.label("line", 1.0, 2.0, "jam").id == 4
    noun.unlabel("line", 4)
    assert [asked(server, number) for number in range(5)] == [
        ("GET", "streams/line/events?state=open&limit=5"), ("POST", "streams/line/events/a1"),
        ("GET", "streams/line/labels"), ("POST", "streams/line/labels"), ("DELETE", "streams/line/labels/4"),
    ]  # fmt: skip
    assert server.body(1) == {"action": "shelve", "comment": "later", "seconds": 60, "label": None}


@pytest.mark.proves("client.streams")
def test_a_file_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    noun, server = streams(
        httpx.Response(200, stream=Pieces(b"seq,", b"time\r\n")),
        httpx.Response(200, stream=Pieces(b"seq", broken=True)),
        error(404, "not_found"),
    )  # fmt: skip
    target = noun.export("line", tmp_path / "line.csv", format="csv", start=1.0)
    assert target.read_bytes() == b"seq,time\r\n"
    assert asked(server) == ("GET", "streams/line/export?format=csv&from=1.0")
    for _ in range(2):
        with pytest.raises(Exception, match=r".+"):
            noun.export("line", tmp_path / "other.csv")
    assert [path.name for path in tmp_path.iterdir()] == ["line.csv"]


@pytest.mark.proves("client.streams")
def test_samples_are_followed_as_they_come() -> None:
    facts = [{"columns": {"seq": [1]}, "seq": 1}, {"columns": {"seq": [2, 3]}, "seq": 3}]
    lines = b"".join(
        json.dumps({"topic": "streams/line", "seq": fact["seq"], "data": fact}).encode() + b"\n" for fact in facts
    )
    noun, server = streams(httpx.Response(200, stream=Pieces(lines)))
    followed = noun.follow("line", 0)
    assert [next(followed).columns["seq"] for _ in range(2)] == [[1], [2, 3]]
    followed.close()  # type: ignore[attr-defined]
    assert "topic=streams%2Fline" in asked(server)[1]
