"""Shared values over HTTP, as a program asks for them."""

from __future__ import annotations

import json
from base64 import b64decode
from typing import Any

import httpx
import msgspec
import pytest

from jupyter_crispdm.base.errors import Conflict, NotFound, Unavailable
from jupyter_crispdm.client.errors import UnexpectedAnswer
from jupyter_crispdm.client.state import State
from jupyter_crispdm.state.types import Content, StateInfo, StateList
from tests.unit.client.fake_server import FakeServer
from tests.unit.shared.fakes import NOW, value_of

CONTENT = Content(type="image/png", size=3, digest="d1", meta={"kind": "picture"})


def answered(value: object, status: int = 200) -> httpx.Response:
    return httpx.Response(status, content=msgspec.json.encode(value))


def refused(status: int, code: str, **details: Any) -> httpx.Response:
    return answered({"message": "no", "reason": "no", "code": code, "details": details}, status)


def content(data: bytes, digest: str = "d1") -> httpx.Response:
    return httpx.Response(200, content=data, headers={"ETag": f'"{digest}"'})


def asked(server: FakeServer, number: int = 0) -> tuple[str, str]:
    request = server.requests[number]
    return request.method, request.url.raw_path.decode().partition("crispdm/api/")[2]


@pytest.mark.proves("client.state")
def test_values_are_listed_and_read() -> None:
    info = StateInfo(**{name: getattr(value_of(version=3), name) for name in StateInfo.__struct_fields__})
    value = value_of(value=[1], version=3)
    server = FakeServer(answered(StateList([info])), answered(value), refused(404, "not_found"))
    state = State(server.transport())
    assert [one.key for one in state.list()] == ["k"]
    assert state.get("a:b").value == [1]
    with pytest.raises(NotFound):
        state.get("k")
    assert asked(server, 1) == ("GET", "state/a%3Ab")


@pytest.mark.proves("client.state")
def test_a_write_says_all_of_itself() -> None:
    server = FakeServer(answered(value_of(version=1)), refused(409, "conflict", field="if_version"))
    state = State(server.transport())
    roles = {"read": "analyst", "write": "admin"}
    state.put("k", {"a": 1}, if_version=0, notify=False, session="s", seconds=5, lock="l", **roles)
    assert server.body() == {
        "value": {"a": 1}, "if_version": 0, "notify": False, "session": "s", "seconds": 5, "read": "analyst",
        "write": "admin", "lock": "l"}  # fmt: skip
    with pytest.raises(Conflict):
        state.put("k", 1)


@pytest.mark.proves("client.state")
def test_each_verb_has_its_address() -> None:
    server = FakeServer(*(answered(value_of()) for _ in range(3)), httpx.Response(204), httpx.Response(204))
    state = State(server.transport())
    state.increment("k", by=2)
    state.append("k", iter([1, 2]), keep=5, once="a")
    state.update("k", {"a": 1}, once="b")
    state.notify("k", once="c")
    state.delete("k", session="s", if_version=3, once="d")
    assert [asked(server, number) for number in range(5)] == [
        ("POST", "state/k/increment"), ("POST", "state/k/append"), ("POST", "state/k/update"),
        ("POST", "state/k/notify"), ("DELETE", "state/k?if_version=3&notify=true&session=s"),
    ]  # fmt: skip
    assert (server.body(0)["by"], server.body(1)["values"], server.body(1)["keep"]) == (2, [1, 2], 5)
    assert [one.headers.get("Idempotency-Key") for one in server.requests] == [None, "a", "b", "c", "d"]


@pytest.mark.proves("client.state")
def test_bytes_are_sent_with_what_they_are() -> None:
    server = FakeServer(answered(value_of(content=CONTENT)))
    State(server.transport()).put_content("k", b"123", type="image/png", meta={"kind": "ü"}, session="s", notify=False)
    request = server.requests[0]
    assert asked(server) == ("PUT", "state/k/content?notify=false&session=s")
    assert (request.content, request.headers["Content-Type"], request.headers["Content-Length"]) == (
        b"123", "image/png", "3")  # fmt: skip
    assert json.loads(request.headers["X-Crispdm-Meta"]) == {"kind": "ü"}


@pytest.mark.proves("client.state")
def test_a_value_and_its_bytes_are_of_the_same_moment() -> None:
    newer = msgspec.structs.replace(CONTENT, digest="d2")
    server = FakeServer(
        answered(value_of(content=CONTENT)), content(b"999", "d2"), answered(value_of(version=2, content=newer)),
        content(b"999", "d2"),
    )  # fmt: skip
    value, data = State(server.transport()).content("k")
    assert (value.version, data) == (2, b"999")


def test_a_plain_value_has_no_bytes() -> None:
    server = FakeServer()
    assert State(server.transport()).content("k", value_of(value=1)) == (value_of(value=1), None)


def test_one_that_changes_all_the_time_is_said() -> None:
    value = answered(value_of(content=CONTENT))
    server = FakeServer(*([value, content(b"1", "other")] * 10), value)
    with pytest.raises(Unavailable, match="faster"):
        State(server.transport()).content("k")


@pytest.mark.proves("state.client-hostile")
def test_more_bytes_than_were_announced_are_not_taken() -> None:
    server = FakeServer(answered(value_of(content=CONTENT)), content(b"1234"))
    with pytest.raises(UnexpectedAnswer, match="announced"):
        State(server.transport()).content("k")


@pytest.mark.proves("client.state")
def test_a_lock_is_taken_renewed_and_freed() -> None:
    lease = {"lock": "l/1", "key": "k", "holder": "ada", "until": NOW, "value": None}
    server = FakeServer(answered(lease), answered(lease), httpx.Response(204), refused(409, "conflict", holder="grace"))
    state = State(server.transport())
    held = state.lock("k", seconds=3, wait=200, session="s")
    assert server.body() == {"seconds": 3, "wait": 200, "session": "s"}
    assert server.requests[0].extensions["timeout"]["read"] > 200
    state.renew("k", held.lock, 4)
    state.free("k", held.lock)
    assert [asked(server, number) for number in (1, 2)] == [
        ("PUT", "state/k/lock/l%2F1"), ("DELETE", "state/k/lock/l%2F1")]  # fmt: skip
    with pytest.raises(Conflict) as caught:
        state.lock("k", wait=0)
    assert caught.value.details["holder"] == "grace"


@pytest.mark.proves("client.state")
def test_text_is_read_and_written() -> None:
    server = FakeServer(
        answered({"key": "k", "text": "a", "update": "AAA=", "seq": 3, "epoch": "e"}),
        answered({"seq": 4, "state": "AA=="}),
    )  # fmt: skip
    state = State(server.transport())
    found = state.text("k")
    assert (found.text, found.update, found.seq, found.epoch) == ("a", "AAA=", 3, "e")
    assert state.write_text("k", b"\1\2", "s").state == "AA=="
    assert (b64decode(server.body(1)["update"]), server.body(1)["session"]) == (b"\1\2", "s")
