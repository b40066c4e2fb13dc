"""Answers that are written while they are made, to a tornado server of their own and clients that are only sockets."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from types import SimpleNamespace
from typing import Any, ClassVar

import pytest
from tornado import web
from tornado.httpserver import HTTPServer
from tornado.testing import bind_unused_port

from jupyter_crispdm.base.errors import Conflict
from jupyter_crispdm.base.http import flowing
from jupyter_crispdm.base.http.flowing import UNBUFFERED, flow
from tests.support import at_rest, eventually, soon


class Made:
    """Pieces that come when a test says so; it knows when it is closed."""

    def __init__(self) -> None:
        self.pieces: asyncio.Queue[bytes | Exception | None] = asyncio.Queue()
        self.taken, self.closed = 0, 0

    def put(self, *pieces: bytes | Exception | None) -> None:
        for piece in pieces:
            self.pieces.put_nowait(piece)

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self._all()

    async def _all(self) -> AsyncIterator[bytes]:
        while (piece := await self.pieces.get()) is not None:
            if isinstance(piece, Exception):
                raise piece
            self.taken += 1
            yield piece

    async def aclose(self) -> None:
        self.closed += 1


class Handler(web.RequestHandler):
    """As much of the gateway's as is needed."""

    made: ClassVar[Made]
    is_allowed: ClassVar[bool]
    outcome: ClassVar[Any]

    def initialize(self) -> None:
        self.gone = asyncio.Event()

    def on_connection_close(self) -> None:
        self.gone.set()

    def get_current_user(self) -> Any:
        return SimpleNamespace(username="ada")

    async def still_allowed(self, before: Any) -> bool:
        return before.username == "ada" and type(self).is_allowed

    async def get(self) -> None:
        try:
            Handler.outcome = await flow(self, type(self).made)
        except Exception as error:
            Handler.outcome = error
            raise web.HTTPError(409) from None
        if Handler.outcome:
            await self.finish()


class Client:
    """A connection that asked for it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, version: bytes) -> None:
        self._reader, self._writer = reader, writer
        self._writer.write(b"GET / HTTP/%b\r\nHost: here\r\n\r\n" % version)

    async def head(self) -> bytes:
        return await soon(self._reader.readuntil(b"\r\n\r\n"))

    async def piece(self) -> bytes:
        size = int(await soon(self._reader.readuntil(b"\r\n")), 16)
        return (await soon(self._reader.readexactly(size + 2)))[:-2]

    async def rest(self) -> bytes:
        return await soon(self._reader.read())

    async def go(self) -> None:
        self._writer.close()
        with suppress(ConnectionError):
            await self._writer.wait_closed()


class House:
    """A server with one handler."""

    def __init__(self) -> None:
        Handler.made, Handler.is_allowed, Handler.outcome = Made(), True, None
        self.made = Handler.made
        socket, self.port = bind_unused_port()
        self._server = HTTPServer(web.Application([("/", Handler)], log_function=lambda handler: None))
        self._server.add_sockets([socket])
        self._clients: list[Client] = []

    async def client(self, version: bytes = b"1.1") -> Client:
        self._clients.append(Client(*await asyncio.open_connection("127.0.0.1", self.port), version))
        return self._clients[-1]

    async def close(self) -> None:
        for client in self._clients:
            await client.go()
        self._server.stop()
        await self._server.close_all_connections()


@pytest.fixture
def house(jp_asyncio_loop: asyncio.AbstractEventLoop) -> Any:
    async def made() -> House:
        return House()

    house = jp_asyncio_loop.run_until_complete(made())
    yield house
    jp_asyncio_loop.run_until_complete(house.close())


@pytest.mark.proves("streaming.unbuffered")
async def test_each_piece_arrives_before_the_next_is_made(house: House) -> None:
    client = await house.client()
    assert b" 200 OK\r\n" in await client.head()
    for number in range(20):
        house.made.put(b"%d" % number)
        assert await client.piece() == b"%d" % number
        assert house.made.pieces.empty()
    house.made.put(None)
    assert await client.piece() == b""
    assert (Handler.outcome, house.made.closed) == (True, 1)


async def test_a_client_that_does_not_read_holds_what_makes_it(house: House) -> None:
    client = await house.client()
    large = b"x" * 2**20
    house.made.put(*[large] * 50)
    await client.head()
    await eventually(lambda: house.made.taken)
    assert await at_rest(lambda: house.made.taken) < 50
    for _ in range(50):
        assert len(await client.piece()) == len(large)


@pytest.mark.proves("streaming.closes")
@pytest.mark.parametrize("pieces", [[], [b"one"], [b"x" * 2**22] * 9])
async def test_a_client_that_leaves_ends_what_makes_it(house: House, pieces: list[bytes]) -> None:
    client = await house.client()
    house.made.put(*pieces)
    await client.head()
    await client.go()
    await eventually(lambda: house.made.closed)
    assert Handler.outcome in (None, False)
    await eventually(lambda: Handler.outcome is False)


async def test_what_goes_wrong_before_the_first_piece_is_told(house: House) -> None:
    house.made.put(Conflict("not now"))
    client = await house.client()
    assert b" 409 " in await client.head()
    assert isinstance(Handler.outcome, Conflict)
    assert house.made.closed == 1


@pytest.mark.proves("streaming.cut")
async def test_what_goes_wrong_later_does_not_look_whole(house: House, caplog: pytest.LogCaptureFixture) -> None:
    client = await house.client()
    house.made.put(b"one", Conflict("not now"))
    await client.head()
    assert await client.piece() == b"one"
    assert await client.rest() == b""
    assert (Handler.outcome, house.made.closed) == (False, 1)
    assert "could not be made to its end" in caplog.text


async def test_what_goes_wrong_later_is_a_reset_for_those_to_whom_the_end_of_the_line_is_the_end(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    """HTTP/1.0, as many proxies speak it to a server: half a file looked whole, and was kept."""
    client = await house.client(b"1.0")
    house.made.put(b"one")
    assert b" 200 OK\r\n" in await client.head()
    house.made.put(OSError("the disk is gone"))
    with pytest.raises(ConnectionResetError):
        await client.rest()
    assert "could not be made to its end" in caplog.text


async def test_an_answer_ends_with_the_session_it_belongs_to(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flowing, "RECHECK_SECONDS", 0.001)
    client = await house.client()
    house.made.put(b"one")
    await client.head()
    assert await client.piece() == b"one"
    Handler.is_allowed = False
    assert await client.rest() == b""
    assert (Handler.outcome, house.made.closed) == (False, 1)


async def test_nothing_is_an_answer_too(house: House) -> None:
    house.made.put(None)
    client = await house.client()
    assert b" 200 OK\r\n" in await client.head()
    await eventually(lambda: Handler.outcome is True)


def test_what_stands_between_is_told_to_hold_nothing_back() -> None:
    assert UNBUFFERED == {"X-Accel-Buffering": "no", "Cache-Control": "no-cache, no-transform"}
