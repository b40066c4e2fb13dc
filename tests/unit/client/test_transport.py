"""The one place that speaks HTTP: what it sends, whom it waits for, and how it says what went wrong."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from jupyter_crispdm.base.errors import Conflict, CrispdmError, Forbidden, NotReady, Unavailable
from jupyter_crispdm.base.http.types import Health
from jupyter_crispdm.client.client import Client, connect
from jupyter_crispdm.client.discovery import Address
from jupyter_crispdm.client.errors import ClientError, NotSignedIn, ServerUnreachable, UnexpectedAnswer, revive
from jupyter_crispdm.client.transport import Transport, present, quoted
from tests.unit.client.fake_server import FakeServer, Pieces, error

Answers = dict[str, int]
OK = httpx.Response(200, json={"a": 1})


def to(url: str, token: str = "secret", handle: Any = lambda request: OK) -> Transport:
    """A transport to an address, behind which something answers."""
    return Transport(lambda: Address(url, token), httpx.Client(transport=httpx.MockTransport(handle)))


def test_a_request_carries_the_token_and_says_what_its_body_is() -> None:
    server = FakeServer(OK, OK)
    transport = server.transport()
    transport.request("POST", "jobs", body={"name": "für"}, headers={"X-More": "yes"})
    transport.request("GET", "jobs", query={"limit": 3, "state": None})
    sent, asked = server.requests
    assert sent.headers["Authorization"] == "token secret"
    assert (sent.headers["Content-Type"], sent.headers["X-More"]) == ("application/json", "yes")
    assert sent.content == '{"name":"für"}'.encode()
    assert "Content-Type" not in asked.headers
    assert str(asked.url) == "http://here:1/base/crispdm/api/jobs?limit=3"


def test_without_a_token_none_is_sent() -> None:
    seen: list[httpx.Request] = []

    def keep(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return OK

    to("http://here/", "", keep).request("GET", "health")
    assert "Authorization" not in seen[0].headers


@pytest.mark.parametrize("token", ["tökén", "abc…", "two\nlines", "\udcff", "a\x00b"])
def test_a_token_that_no_header_can_carry_is_said_before_anything_is_sent_and_not_shown(token: str) -> None:
    """It was a traceback of the HTTP library's, with the token in it."""
    asked: list[httpx.Request] = []
    with pytest.raises(NotSignedIn, match="CRISPDM_TOKEN") as raised:
        to("http://here/", token, asked.append).request("GET", "jobs")
    assert token not in str(raised.value)
    assert asked == []


@pytest.mark.parametrize("url", ["http://[::1/", "http://é..x/", "http://xn--/", "http://a\x00/"])
def test_an_address_that_is_none_is_one_error_of_ours(url: str) -> None:
    """It was a traceback of the HTTP library's."""
    with pytest.raises(ServerUnreachable, match="cannot be asked"):
        to(url).request("GET", "jobs")
    with pytest.raises(ServerUnreachable, match="cannot be asked"), to(url).stream("live"):
        pass


@pytest.mark.parametrize(
    "failure",
    [
        httpx.ConnectError("refused"), httpx.ReadTimeout("late"), httpx.RemoteProtocolError("cut"),
        httpx.DecodingError("no gzip"),
    ],
)  # fmt: skip
def test_whatever_breaks_on_the_way_is_one_error_and_the_server_is_looked_up_anew(failure: Exception) -> None:
    server = FakeServer(failure, OK)
    transport = server.transport()
    transport.connect()
    with pytest.raises(ServerUnreachable, match=r"http://here:1/base/ does not answer: \w+"):
        transport.request("GET", "jobs")
    transport.request("GET", "jobs")
    assert server.located == 2


def test_an_error_without_words_is_told_by_its_kind() -> None:
    with pytest.raises(ServerUnreachable, match="does not answer: ReadTimeout"):
        FakeServer(httpx.ReadTimeout("")).transport().request("GET", "jobs")


def starting(**details: Any) -> httpx.Response:
    return error(503, NotReady("").code, "It is starting.", **details)


@pytest.mark.parametrize(
    ("says", "waited"), [(2, 2.0), (0.5, 0.5), (3600, 5.0), (-1, 0.0), ("soon", 1.0), (None, 1.0), ([], 1.0)]
)
def test_a_server_that_is_starting_is_asked_again_when_it_says_and_within_five_seconds(
    says: object, waited: float
) -> None:
    server = FakeServer(starting(retry_after=says), OK)
    assert server.transport().ask("jobs", Answers) == {"a": 1}
    assert server.time.pauses == [waited]


def test_a_server_that_never_has_started_is_given_up_after_half_a_minute() -> None:
    server = FakeServer(*[starting()] * 31)
    with pytest.raises(NotReady):
        server.transport().request("POST", "jobs", body={})
    assert (len(server.requests), sum(server.time.pauses)) == (31, 30.0)


def test_what_is_busy_for_another_reason_is_not_asked_again() -> None:
    server = FakeServer(error(503, Unavailable("").code, "The disk does not answer."))
    with pytest.raises(Unavailable, match="disk"):
        server.transport().request("GET", "jobs")
    assert server.time.pauses == []


def test_a_token_that_is_not_known_any_more_is_looked_up_anew() -> None:
    server = FakeServer(error(401, "unauthorized"), OK)
    transport = server.transport()
    with pytest.raises(NotSignedIn):
        transport.request("GET", "jobs")
    transport.request("GET", "jobs")
    assert server.located == 2


def test_a_role_that_is_not_enough_is_no_wrong_token() -> None:
    refused = error(403, Forbidden("").code, "Your role is 'viewer'.", resource="jobs")
    server = FakeServer(refused)
    with pytest.raises(Forbidden, match="viewer") as raised:
        server.transport().request("POST", "jobs", body={})
    assert raised.value.details == {"resource": "jobs"}


@pytest.mark.parametrize("page", [b"", b"<html>", b"[1]", b'{"a": "b"}', b"\xff\xfe", b"null", b"[" * 5000])
def test_an_answer_of_something_else_is_said_to_be_one(page: bytes) -> None:
    with pytest.raises(UnexpectedAnswer, match="http://here:1/base/ does not answer as expected"):
        FakeServer(httpx.Response(200, content=page)).transport().ask("jobs", Answers)


@pytest.mark.parametrize("page", [b"", b"<html>Bad gateway</html>", b"[]", b'{"message": 3}'])
def test_a_refusal_that_is_not_ours_tells_its_status(page: bytes) -> None:
    with pytest.raises(UnexpectedAnswer, match="answered 502 without saying why"):
        FakeServer(httpx.Response(502, content=page)).transport().request("GET", "jobs")


def test_a_refused_stream_tells_why() -> None:
    refused = error(409, Conflict("").code, "It runs.")
    server = FakeServer(httpx.Response(409, stream=Pieces(refused.content)))
    with pytest.raises(Conflict, match="It runs"), server.transport().stream("jobs/j1/log"):
        pass


def test_a_stream_that_breaks_off_is_an_error_and_no_end() -> None:
    server = FakeServer(httpx.Response(200, stream=Pieces(b"one", broken=True)))
    came: list[bytes] = []
    with pytest.raises(ServerUnreachable, match="connection reset"), server.transport().stream("x") as reply:
        came.extend(reply.iter_raw())
    assert came == [b"one"]


@pytest.mark.parametrize("name", ["../users", "a/b", "a b", "ü", "?x=1#y", "%2e%2e", "..", ""])
def test_a_name_is_one_piece_of_a_path_whatever_is_in_it(name: str) -> None:
    server = FakeServer(OK)
    server.transport().request("GET", f"jobs/{quoted(name)}x/log")
    path = server.requests[0].url.raw_path.decode()
    assert path.startswith("/base/crispdm/api/jobs/")
    assert path.endswith("x/log")
    assert path.count("/") == 6


def test_what_is_false_or_empty_is_given_all_the_same() -> None:
    assert present({"a": None, "b": 0, "c": "", "d": False, "e": []}) == {"b": 0, "c": "", "d": False, "e": []}


def test_each_error_of_the_server_comes_back_as_what_it_was() -> None:
    """So `except Conflict` means the same on both sides."""
    kinds: list[type[CrispdmError]] = [CrispdmError]
    for kind in kinds:
        kinds.extend(kind.__subclasses__())
    assert len(kinds) > 8
    by_code = {kind("").code: kind for kind in reversed(kinds) if kind.__module__ == CrispdmError.__module__}
    for code, kind in by_code.items():
        raised = revive(kind("why").body())
        assert (type(raised), raised.message) == (kind, "why"), code


def test_errors_of_single_rooms_come_back_by_their_status_whatever_they_are_made_of() -> None:
    """Where a room was imported whose error is made otherwise, each refusal was a TypeError: in every notebook that
    had imported one, and in the server itself."""

    class MadeOtherwise(CrispdmError):
        status = 409

        def __init__(self, *, first: int, second: int) -> None:
            super().__init__(f"{first} {second}")

    told = revive(MadeOtherwise(first=1, second=2).body(), 409)
    assert (type(told), told.message) == (Conflict, "1 2")


def test_a_newer_servers_error_is_told_apart_by_its_status() -> None:
    body = CrispdmError("why").body()
    newer = type(body)(message="why", reason="", code="never_heard_of", details={"field": "name"})
    raised = revive(newer, 409)
    assert (raised.status, raised.details) == (409, {"field": "name"})
    assert type(revive(newer, 599)) is CrispdmError


def test_a_client_is_closed_by_with_and_shows_no_token() -> None:
    server = FakeServer(httpx.Response(200, json={"status": "ready", "version": "1"}))
    transport = server.transport()
    with Client(transport) as client:
        assert isinstance(client.health(), Health)
        assert repr(client) == "Client('http://here:1/base/')"
        assert client.root is None
    with pytest.raises((RuntimeError, ClientError)):
        transport.request("GET", "jobs")


def test_a_wrong_address_is_told_where_it_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    """Connecting looks the server up at once; asking comes later."""
    monkeypatch.delenv("CRISPDM_URL", raising=False)
    monkeypatch.setattr("jupyter_crispdm.client.discovery.running_servers", list)
    with pytest.raises(ClientError, match="No running server"):
        connect()
