"""How much each caller may send."""

from __future__ import annotations

import asyncio
import json
import re
import socket
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest

from jupyter_crispdm.auth.jupyter import bodies
from jupyter_crispdm.auth.jupyter.bodies import BodyLimits
from jupyter_crispdm.auth.types import NewToken, Scope
from jupyter_crispdm.base.clock import AttentiveClock
from jupyter_crispdm.serving.manager import DeploymentManager
from tests.server.auth.visitors import SERVER_TOKEN, Browser, OpenAs, OpenBrowser
from tests.support import FakeClock, eventually, soon


async def announce(browser: Browser, *headers: str, patience: float = 60) -> bytes:
    """Send headers that announce a body which never comes; what the server says within `patience` seconds."""
    reader, writer = await asyncio.open_connection("127.0.0.1", browser.port)
    lines = [f"PUT {browser.base_url}api/contents/x.txt HTTP/1.1", f"Host: 127.0.0.1:{browser.port}", *headers]
    writer.write("\r\n".join([*lines, "", ""]).encode())
    try:
        return await asyncio.wait_for(reader.read(), patience)
    except asyncio.TimeoutError:
        return b"waits for the body"
    finally:
        writer.close()


@pytest.mark.proves("door.bodies", "limits.before-body")
async def test_large_and_endless_bodies_of_strangers_are_refused_on_the_headers(browser: OpenBrowser) -> None:
    visitor = browser()
    for headers in (
        ["Content-Length: 2000000"],
        ["Content-Length: 500000000"],
        ["Transfer-Encoding: chunked"],
        ["Content-Length: 2000000", "Authorization: token wrong"],
        ["Content-Length: 2000000", "Cookie: username-127-0-0-1=2|1:0|10:1|4:name|4:abcd|beef"],
    ):
        assert (await announce(visitor, *headers)).startswith(b"HTTP/1.1 403"), headers


async def test_those_who_are_known_may_send_them(as_user: OpenAs) -> None:
    analyst = await as_user("analyst")
    for credential in (f"Cookie: {analyst.cookie_header}", f"Authorization: token {SERVER_TOKEN}"):
        assert await announce(analyst, "Content-Length: 2000000", credential, patience=1) == b"waits for the body"
    content = {"type": "file", "format": "text", "content": "x" * 2_000_000}
    assert (await analyst.fetch("api/contents/big.txt", "PUT", content)).code == 201


async def trickle(browser: Browser, path: str, headers: list[str], pieces: list[bytes]) -> bytes:
    """Send headers and pieces of a body; what the server says, to its end."""
    reader, writer = await asyncio.open_connection("127.0.0.1", browser.port)
    place = f"Host: 127.0.0.1:{browser.port}"
    lines = [f"POST {browser.base_url}{path} HTTP/1.1", place, "Connection: close", *headers]
    said = asyncio.ensure_future(all_of(reader))
    writer.write("\r\n".join([*lines, "", ""]).encode())
    try:
        with suppress(ConnectionError):  # it is refused, and hung up before all is sent
            for piece in pieces:
                writer.write(piece)
                await writer.drain()
        return await soon(said)
    finally:
        said.cancel()
        writer.close()


async def all_of(reader: asyncio.StreamReader) -> bytes:
    """What comes, up to the end or to where the line is cut."""
    said = b""
    with suppress(ConnectionError):
        while piece := await reader.read(65536):
            said += piece
    return said


class Service:
    """In the place of the prediction service: it reads bodies to their end, and says that nothing is deployed."""

    def __init__(self) -> None:
        self._server: asyncio.Server | None = None
        self.address = ""

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._answer, "127.0.0.1", 0)
        self.address = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def stop(self) -> None:
        assert self._server is not None
        self._server.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            length = re.search(rb"content-length: (\d+)", head)
            await (reader.readexactly(int(length[1])) if length else reader.read())
            writer.write(b"HTTP/1.1 503 Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            await writer.drain()
        writer.close()


@pytest.fixture
def service(
    jp_asyncio_loop: asyncio.AbstractEventLoop, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Service]:
    """A prediction service to which bodies are passed on."""
    started = Service()
    jp_asyncio_loop.run_until_complete(started.start())
    monkeypatch.setattr(DeploymentManager, "address", property(lambda _: started.address))
    monkeypatch.setattr(DeploymentManager, "key", property(lambda _: "k"))
    yield started
    jp_asyncio_loop.run_until_complete(started.stop())


async def token_of(people: Any, scope: Scope) -> str:
    return f"Authorization: token {(await people.create_token(NewToken(name=scope.value, scope=scope))).token}"


@pytest.mark.proves("floods.bodies", "limits.before-body")
@pytest.mark.parametrize("scope", [Scope.PREDICT, Scope.READ])
async def test_readers_may_send_little_and_only_where_a_route_takes_it(
    people: Any, browser: OpenBrowser, service: Service, scope: Scope
) -> None:
    """512 MB a request, whatever the role, was what the server held."""
    visitor, token = browser(), await token_of(people, scope)
    for path, size, status in (
        ("crispdm/api/jobs", 65 * 1024, 413),
        ("crispdm/serving/predict", 64 * 2**20 + 1, 413),
        ("crispdm/serving/models", 200_000, 413),
        ("crispdm/serving/configs", 200_000, 413),
        ("api/contents/x.txt", 65 * 1024, 413),
        ("crispdm/api/nothing", 65 * 1024, 413),
        ("login", 17 * 1024, 413),
    ):
        said = await trickle(visitor, path, [token, f"Content-Length: {size}"], [])
        assert said.startswith(b"HTTP/1.1 %d" % status), (path, said[:80])
    accepted = await trickle(visitor, "crispdm/serving/predict", [token, "Content-Length: 4"], [b"{}  "])
    assert accepted.startswith(b"HTTP/1.1 503"), "nothing is deployed"


@pytest.mark.proves("door.bodies")
async def test_chunked_bodies_are_counted_as_they_arrive(
    people: Any, browser: OpenBrowser, service: Service
) -> None:
    visitor, token = browser(), await token_of(people, Scope.READ)
    piece = b"10000\r\n" + b"x" * 65536 + b"\r\n"
    said = await trickle(
        visitor, "crispdm/serving/models", [token, "Transfer-Encoding: chunked"], [piece, piece, piece])
    assert said.startswith(b"HTTP/1.1 413")
    assert json.loads(said.partition(b"\r\n\r\n")[2])["details"] == {"limit": 131072}


def sends_all_the_same(browser: Browser, head: str, size: int) -> bytes:
    """What a client is told that goes on sending after the answer has come to its end."""
    with socket.create_connection(("127.0.0.1", browser.port), timeout=60) as client:
        client.sendall(head.encode())
        told = b"".join(iter(lambda: client.recv(65536), b""))
        client.sendall(bytes(size))
        return told


@pytest.mark.proves("door.bodies")
@pytest.mark.parametrize(
    ("who", "path", "size", "status"),
    [
        ("a stranger", "api/contents/x.txt", 2_000_000, b"403"),
        ("a stranger", "api/contents/x.txt", 2**40, b"403"),
        ("a page of another site", "crispdm/api/files/uploads", 2_000_000, b"403"),
        ("an analyst", "crispdm/serving/predict", 2_000_000, b"503"),
    ],
)
async def test_who_is_refused_while_they_send_can_read_why(
    as_user: OpenAs, browser: OpenBrowser, who: str, path: str, size: int, status: bytes
) -> None:
    """It hung up after half a second at the latest: those who still sent saw a reset in place of the answer."""
    visitor = browser() if who == "a stranger" else await as_user("analyst")
    lines = [f"POST {visitor.base_url}{path} HTTP/1.1", f"Host: 127.0.0.1:{visitor.port}", f"Content-Length: {size}"]
    if visitor.cookies:
        lines += [f"Cookie: {visitor.cookie_header}"]
    if who == "an analyst":
        lines += [f"X-XSRFToken: {visitor.cookies['_xsrf']}"]
    told = await asyncio.to_thread(sends_all_the_same, visitor, "\r\n".join([*lines, "", ""]), 2_000_000)
    assert told.startswith(b"HTTP/1.1 " + status), told[:300]
    assert json.loads(told.partition(b"\r\n\r\n")[2])["message"]


@pytest.mark.parametrize("length", ["²", "9" * 5000, "-1", "1_0", "0x10"])
async def test_odd_lengths_are_refused_by_name(people: Any, browser: OpenBrowser, length: str) -> None:
    visitor, token = browser(), await token_of(people, Scope.READ)
    said = await trickle(visitor, "crispdm/serving/models", [token, f"Content-Length: {length}"], [])
    assert said.startswith(b"HTTP/1.1 4"), said
    assert b"HTTP/1.1 413" in said or b"Content-Length" in said or said.startswith(b"HTTP/1.1 400 Bad Request\r\n\r\n")


@pytest.mark.proves("door.bodies", "limits.before-body")
async def test_slow_bodies_are_broken_off(
    people: Any, browser: OpenBrowser, service: Service, jp_serverapp: Any
) -> None:
    limits: BodyLimits = jp_serverapp.web_app.settings["crispdm_body_limits"]
    clock = FakeClock()
    limits.clock = AttentiveClock(clock, 2)
    visitor, token = browser(), await token_of(people, Scope.PREDICT)
    slow = asyncio.ensure_future(
        trickle(visitor, "crispdm/serving/predict", [token, "Content-Length: 60000000"], [b"x" * 16384]))
    await eventually(lambda: [body._arrived for body in limits._arriving] == [16384])
    clock.advance(60)  # in which this server stood still
    for _ in range(14):
        limits.sweep()
        clock.advance(1)
    assert not slow.done()
    for _ in range(4):
        limits.sweep()
        clock.advance(1)
    assert (await slow).startswith(b"HTTP/1.1 408")
    await eventually(lambda: not limits._held and not limits._arriving)


@pytest.mark.proves("floods.bodies")
async def test_one_caller_holds_so_much_and_others_are_not_refused(
    people: Any, browser: OpenBrowser, jp_serverapp: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bodies, "HELD_BY_A_READER", 50_000)
    limits: BodyLimits = jp_serverapp.web_app.settings["crispdm_body_limits"]
    limits.clock = AttentiveClock(FakeClock(), 2)  # nothing comes too slowly
    visitor, token = browser(), await token_of(people, Scope.PREDICT)
    path, headers = "crispdm/api/jobs", [token, "Content-Length: 60000"]
    held = asyncio.ensure_future(trickle(visitor, path, headers, [b"x" * 40_000]))
    await eventually(lambda: limits._held.total() == 40_000)
    assert (await trickle(visitor, path, headers, [b"x" * 20_000])).startswith(b"HTTP/1.1 429")
    other = await token_of(people, Scope.READ)
    small = await trickle(visitor, path, [other, "Content-Length: 20000"], [b"x" * 20_000])
    assert small.startswith(b"HTTP/1.1 403"), "readers start no jobs"
    held.cancel()
    await asyncio.gather(held, return_exceptions=True)
    await eventually(lambda: not limits._held)
