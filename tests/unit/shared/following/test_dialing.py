"""Opening the socket of live facts: where, as whom, and what is said where it does not open."""

from __future__ import annotations

import asyncio
import http
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection, serve

from jupyter_crispdm.client.discovery import Address
from jupyter_crispdm.client.errors import NotSignedIn, ServerUnreachable
from jupyter_crispdm.shared.following.dialing import _options, dial


@asynccontextmanager
async def listening(refuse: int = 0) -> AsyncIterator[tuple[str, list[Any]]]:
    """A server that echoes, or refuses; its address, and what it was asked."""
    asked: list[Any] = []

    async def echo(socket: ServerConnection) -> None:
        async for message in socket:
            await socket.send(message)
            if message == "end":
                break

    def admit(socket: ServerConnection, request: Any) -> Any:
        asked.append((request.path, request.headers.get("Authorization")))
        return socket.respond(http.HTTPStatus(refuse), "no") if refuse else None

    async with serve(echo, "127.0.0.1", 0, process_request=admit) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        yield f"http://127.0.0.1:{port}/base/", asked


@pytest.mark.proves("state.client-reconnect")
async def test_it_opens_with_the_token_and_tells_its_end_as_one_of_a_connection() -> None:
    async with listening() as (url, asked):
        async with dial(Address(url, "secret")) as socket:
            await socket.send(json.dumps(1))
            assert await socket.recv() == "1"
            await socket.send("end")
            assert await socket.recv() == "end"
            with pytest.raises(ConnectionError):
                await socket.recv()
            with pytest.raises(ConnectionError):
                await socket.send("more")
        assert asked == [("/base/crispdm/api/live", "token secret")]


@pytest.mark.parametrize(("status", "error"), [(403, NotSignedIn), (401, NotSignedIn), (503, ServerUnreachable)])
async def test_a_refusal_is_the_error_that_it_is_elsewhere(status: int, error: type[Exception]) -> None:
    async with listening(status) as (url, _):
        with pytest.raises(error):
            async with dial(Address(url)):
                raise AssertionError


@pytest.mark.parametrize("url", ["nonsense/", "http://[::1/", "ftp://x/"])
async def test_what_is_no_address_is_said(url: str) -> None:
    with pytest.raises((ServerUnreachable, OSError)):
        async with dial(Address(url)):
            raise AssertionError


async def test_nobody_there_is_an_error_of_the_system() -> None:
    async with listening() as (url, _):
        pass
    with pytest.raises(OSError):
        await asyncio.wait_for(dial(Address(url)).__aenter__(), 60)


def test_no_proxy_is_asked_about_this_machine_and_certificates_are_those_of_all_calls() -> None:
    assert _options(Address("http://localhost:1/", "t"))["proxy"] is None
    far = _options(Address("https://far/", "t"))
    assert "proxy" not in far
    assert far["ssl"] is not None
    assert "additional_headers" not in _options(Address("https://far/"))
