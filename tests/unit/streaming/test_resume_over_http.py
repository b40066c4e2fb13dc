"""A stream of 10,000 tokens over real HTTP, cut fifty times at random places: each token arrives once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from random import Random
from typing import Any, ClassVar

import pytest
from tornado import web
from tornado.httpserver import HTTPServer
from tornado.testing import bind_unused_port

from jupyter_crispdm.base.errors import CrispdmError
from jupyter_crispdm.base.http.flowing import flow
from jupyter_crispdm.streaming.events import Event, EventParser
from jupyter_crispdm.streaming.resume import Bounds, Replays
from tests.support import soon

TOKENS, CUTS = 10_000, 50


class Tokens(web.RequestHandler):
    """Streams tokens, and goes on after the last id that a client had."""

    replays: ClassVar[Replays]
    openings: ClassVar[list[int]]

    def initialize(self) -> None:
        self.gone = asyncio.Event()

    def on_connection_close(self) -> None:
        self.gone.set()

    async def still_allowed(self, before: Any) -> bool:
        return True

    async def made(self, done: int) -> AsyncIterator[str]:
        type(self).openings.append(done)
        for number in range(done, TOKENS):
            yield f"token {number}"

    async def get(self) -> None:
        last, done = self.request.headers.get("Last-Event-ID", ""), 0
        try:
            if last:
                replay, done = self.replays.find("ada", last)
            else:
                replay = await self.replays.begin("ada", self.made)
            pieces = replay.after(done).sse(retry=10)
        except CrispdmError as error:
            self.set_status(error.status)
            await self.finish(error.message)
            return
        self.set_header("Content-Type", "text/event-stream")
        if await flow(self, pieces):
            await self.finish()


class Reader:
    """A client that keeps the id of the last whole event, and reads a connection until it is cut."""

    def __init__(self, port: int) -> None:
        self.port, self.last_id, self.status = port, "", 0
        self.events: list[Event] = []

    async def read(self, most: int | None) -> bool:
        """Whether the stream came to its end; `most` are the bytes after which the connection is cut."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        last = f"Last-Event-ID: {self.last_id}\r\n"  # also where it is empty
        writer.write(f"GET / HTTP/1.0\r\nHost: here\r\n{last}\r\n".encode())
        parser, left = EventParser(), most
        head = await soon(reader.readuntil(b"\r\n\r\n"))
        self.status = int(head.split()[1])
        try:
            while left is None or left > 0:
                piece = await soon(reader.read(4096 if left is None else min(left, 4096)))
                if not piece:
                    return True
                left = None if left is None else left - len(piece)
                self.events += parser.feed(piece)
                self.last_id = parser.last_id or self.last_id
            return False
        finally:
            writer.transport.abort() if most is not None else writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()


@pytest.fixture
def port(jp_asyncio_loop: asyncio.AbstractEventLoop) -> Any:
    async def opened() -> tuple[HTTPServer, int]:
        socket, number = bind_unused_port()
        server = HTTPServer(web.Application([("/", Tokens)], log_function=lambda handler: None))
        server.add_sockets([socket])
        return server, number

    async def close() -> None:
        server.stop()
        await server.close_all_connections()
        await Tokens.replays.aclose()

    Tokens.replays, Tokens.openings = Replays(), []
    server, number = jp_asyncio_loop.run_until_complete(opened())
    yield number
    jp_asyncio_loop.run_until_complete(close())


@pytest.mark.proves("streaming.resume", "streaming.ten-thousand")
async def test_ten_thousand_tokens_cut_fifty_times_arrive_exactly_once(port: int) -> None:
    random, reader = Random(11), Reader(port)
    for _ in range(CUTS):
        assert not await reader.read(random.randrange(1, 8_000))
    assert await reader.read(None)
    assert [event.data for event in reader.events] == [f"token {number}" for number in range(TOKENS)]
    assert len({event.id for event in reader.events}) == TOKENS
    assert len(Tokens.openings) > 1


async def test_a_client_too_far_behind_is_told_so_and_not_given_a_stream_with_a_hole(port: int) -> None:
    Tokens.replays = Replays(Bounds(pieces=2_000))  # fewer than are read, more than are on their way
    reader = Reader(port)
    await reader.read(600)
    assert not await reader.read(200_000)
    at = reader.last_id
    reader.last_id = f"{at.partition('-')[0]}-1"
    await reader.read(None)
    assert reader.status == 410
