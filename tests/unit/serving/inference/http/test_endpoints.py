from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.types import Message, Send

from jupyter_crispdm.base.http.route import Reply, Routes, route
from jupyter_crispdm.base.wire import Body, Wire
from jupyter_crispdm.serving.inference.http.app import _HANDLERS
from jupyter_crispdm.serving.inference.http.call import Call
from jupyter_crispdm.serving.inference.http.endpoints import endpoints
from jupyter_crispdm.serving.inference.protocols.forms import Form
from jupyter_crispdm.serving.inference.settings import RequestLimits
from jupyter_crispdm.serving.inference.types import Encoded, encoded


class Page(Body, frozen=True):
    limit: int = 10
    tags: list[str] = []


class Question(Body, frozen=True):
    text: str


class Answer(Wire, frozen=True):
    told: str


class Things(Routes):
    prefix = ""

    @route("GET", "things", query=Page, answer=Answer, resource="serving")
    async def listed(self, call: Call, query: Page) -> Answer:
        """List them."""
        return Answer(f"{query.limit} {query.tags}")

    @route("POST", "things", body=Question, answer=Answer, status=201, resource="serving")
    async def make(self, call: Call, body: Question) -> Answer:
        """Make one."""
        return Answer(body.text)

    @route("GET", "things/{number}", answer=Answer, resource="serving")
    async def show(self, call: Call, number: int) -> Encoded[Answer]:
        """Show one."""
        return encoded(Answer(repr(number)))

    @route("GET", "things/newest", answer=bytes, resource="serving")
    async def newest(self, call: Call) -> Reply:
        """Show the newest."""
        return Reply(b"newest", headers={"Content-Type": "text/plain", "X-Of": call.address})

    @route("PUT", "things/{number}", body=Question, raw=True, resource="serving")
    async def keep(self, call: Call, number: int, body: bytes) -> None:
        """Keep one."""
        assert body == b"{"

    @route("POST", "form", body=Question, media=("multipart/form-data",), answer=Answer, resource="serving")
    async def form(self, call: Call, body: Form) -> Answer:
        """Read a form."""
        return Answer(body.text("text") or "")


@pytest.fixture
def asked() -> httpx.AsyncClient:
    routes = endpoints([Things()], RequestLimits())
    app = Starlette(routes=routes, exception_handlers=_HANDLERS)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://there")


@pytest.mark.parametrize(
    ("method", "path", "sent", "status", "text"),
    [
        ("GET", "/things?limit=3&tags=a&tags=b", {}, 200, "3 ['a', 'b']"),
        ("GET", "/things?limit=x", {}, 400, "'limit'"),
        ("GET", "/things?limits=3", {}, 200, "10 []"),
        ("POST", "/things", {"json": {"text": "a"}}, 201, '{"told":"a"}'),
        ("POST", "/things", {"json": {"text": "a" * 100_000}}, 201, "aaa"),
        ("POST", "/things", {"json": {"text": 1}}, 400, "'text'"),
        ("POST", "/things", {"json": {"text": "a", "more": 1}}, 400, "'more'"),
        ("POST", "/things", {"content": b"[" * 1000}, 400, "nested"),
        ("GET", "/things/12", {}, 200, '{"told":"12"}'),
        ("GET", "/things/twelve", {}, 404, "There is no such number"),
        ("GET", "/things/%00", {}, 404, "There is no such number"),
        ("GET", "/things/newest", {}, 200, "newest"),
        ("PUT", "/things/1", {"content": b"{"}, 204, ""),
        ("POST", "/form", {"data": {"text": "b"}}, 200, '{"told":"b"}'),
        ("PATCH", "/things/1", {}, 405, "Method Not Allowed."),
        ("GET", "/nothing", {}, 404, "There is nothing at this address."),
    ],
)
async def test_a_call_is_decoded_answered_or_refused(
    asked: httpx.AsyncClient, method: str, path: str, sent: dict[str, Any], status: int, text: str
) -> None:
    answer = await asked.request(method, path, **sent)
    assert answer.status_code == status
    assert text in answer.text
    if answer.is_error:
        assert set(answer.json()) == {"message", "reason", "code", "details"}


async def test_an_answer_has_its_headers_and_type(asked: httpx.AsyncClient) -> None:
    newest = await asked.get("/things/newest")
    assert (newest.headers["content-type"], newest.headers["x-of"]) == ("text/plain", "http://there")
    assert (await asked.get("/things/12")).headers["content-type"] == "application/json"


@pytest.mark.parametrize(("path", "allowed"), [("/things", "GET, HEAD, POST"), ("/things/1", "GET, HEAD, PUT")])
async def test_what_is_allowed_is_told_whole(asked: httpx.AsyncClient, path: str, allowed: str) -> None:
    assert (await asked.delete(path)).headers["allow"] == allowed
    assert (await asked.head(path)).status_code == 200


class Making:
    """Pieces of an answer, and whether somebody still wants them."""

    def __init__(self, *pieces: bytes, error: Exception | None = None) -> None:
        self._pieces, self._error = pieces, error
        self.closed = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self._pieces:
            yield piece
        if self._error is not None:
            raise self._error

    async def aclose(self) -> None:
        self.closed = True


class Streaming(Routes):
    prefix = ""

    def __init__(self, made: Making) -> None:
        self._made = made

    @route("GET", "events", answer=Answer, answer_as=("text/event-stream",), resource="serving")
    async def events(self, call: Call) -> Reply:
        """Answer piece by piece, after an event."""
        return Reply(self._made, headers={"Content-Type": "text/event-stream", "X-After": call.last_event_id})


def streaming(made: Making) -> Starlette:
    return Starlette(routes=endpoints([Streaming(made)], RequestLimits()))


async def asked_piecewise(made: Making, send: Send) -> None:
    """Ask as a server does that hands each piece on."""

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    scope = {
        "type": "http", "method": "GET", "path": "/events", "root_path": "", "query_string": b"",
        "headers": [(b"last-event-id", b"x-7")],
    }  # fmt: skip
    await streaming(made)(scope, receive, send)


@pytest.mark.proves("text.generate-stream")
async def test_an_answer_that_is_made_piece_by_piece_is_sent_so() -> None:
    made, sent = Making(b"a", b"b"), list[Message]()

    async def send(message: Message) -> None:
        sent.append(message)

    await asked_piecewise(made, send)
    headers = dict(sent[0]["headers"])
    assert headers[b"content-type"] == b"text/event-stream"
    assert headers[b"x-after"] == b"x-7"
    assert b"content-length" not in headers
    assert [(part["body"], part.get("more_body", False)) for part in sent[1:]] == [
        (b"a", True), (b"b", True), (b"", False),
    ]  # fmt: skip
    assert made.closed


@pytest.mark.proves("text.left")
async def test_what_makes_an_answer_is_closed_when_it_cannot_be_sent() -> None:
    made = Making(b"a", b"b")

    async def send(message: Message) -> None:
        if message["type"] == "http.response.body":
            raise ConnectionError

    with pytest.raises(ConnectionError):
        await asked_piecewise(made, send)
    assert made.closed


async def test_an_answer_that_breaks_is_not_ended_as_if_it_were_whole() -> None:
    made, sent = Making(b"a", error=RuntimeError("broken")), list[Message]()

    async def send(message: Message) -> None:
        sent.append(message)

    with pytest.raises(RuntimeError):
        await asked_piecewise(made, send)
    assert sent[-1] == {"type": "http.response.body", "body": b"a", "more_body": True}
    assert made.closed
