"""Opening the socket of live facts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

from jupyter_crispdm.client.client import trust
from jupyter_crispdm.client.discovery import Address
from jupyter_crispdm.client.errors import NotSignedIn, ServerUnreachable

from .connection import Socket

_LARGEST = 2**26
_HERE = ("localhost", "127.0.0.1", "::1")


@asynccontextmanager
async def dial(address: Address) -> AsyncIterator[Socket]:
    """The socket of a server. Raises NotSignedIn, ServerUnreachable, OSError; what breaks later is an OSError too."""
    from websockets.asyncio.client import connect
    from websockets.exceptions import InvalidStatus, WebSocketException

    try:
        async with connect(_url(address), **_options(address)) as socket:
            yield _Ours(socket)
    except InvalidStatus as error:
        if error.response.status_code in (302, 401, 403):
            raise NotSignedIn(f"{address.url} does not accept the token.") from error
        raise ServerUnreachable(f"{address.url} answered {error.response.status_code}.") from error
    except (WebSocketException, ValueError) as error:  # no address, or no WebSocket
        raise ServerUnreachable(f"{address.url} cannot be followed: {error}") from error


class _Ours:
    """The library's socket, with errors that every caller knows."""

    def __init__(self, socket: Any) -> None:
        self._socket = socket

    async def send(self, message: str) -> None:
        await self._safely(self._socket.send(message))

    async def recv(self) -> str | bytes:
        received: str | bytes = await self._safely(self._socket.recv())
        return received

    async def _safely(self, work: Any) -> Any:
        from websockets.exceptions import WebSocketException

        try:
            return await work
        except WebSocketException as error:
            raise ConnectionError(str(error)) from error


def _url(address: Address) -> str:
    return f"ws{address.url.removeprefix('http')}crispdm/api/live"


def _options(address: Address) -> dict[str, Any]:
    parts = urlsplit(address.url)
    options: dict[str, Any] = {"max_size": _LARGEST, "compression": None, "user_agent_header": None}
    if address.token:
        options["additional_headers"] = {"Authorization": f"token {address.token}"}
    if parts.scheme == "https":
        options["ssl"] = trust()
    return {**options, "proxy": None} if parts.hostname in _HERE else options
