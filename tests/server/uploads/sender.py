"""What a client of the tus protocol sends, spelled out."""

from __future__ import annotations

import asyncio
import json
from base64 import b64encode
from collections.abc import Awaitable
from typing import Any, Protocol

from tornado.httpclient import HTTPResponse

UPLOADS = "crispdm/api/files/uploads"
MEDIA = "application/offset+octet-stream"
TUS = {"Tus-Resumable": "1.0.0"}


class Caller(Protocol):
    """Somebody who asks the server: a browser, or a program."""

    base_url: str

    def fetch(
        self, path: str, method: str = "GET", body: Any = None, headers: dict[str, str] | None = None
    ) -> Awaitable[HTTPResponse]:
        """Ask, and take whatever is answered."""


class Sender:
    """A program with a token."""

    def __init__(self, client: Any, base_url: str, port: int, headers: dict[str, str]) -> None:
        self._client, self.base_url, self.port, self.headers = client, base_url, port, headers

    async def fetch(
        self, path: str, method: str = "GET", body: Any = None, headers: dict[str, str] | None = None
    ) -> HTTPResponse:
        """Ask, and take whatever is answered."""
        sent = {**self.headers, **(headers or {})}
        answer: HTTPResponse = await self._client.fetch(
            self.base_url + path, method=method, body=body, headers=sent, raise_error=False,
            allow_nonstandard_methods=True)  # fmt: skip
        assert answer.code != 599, (method, path)
        return answer


class Line:
    """A connection on which a PATCH is sent by hand; it is cut where nobody needs it any more."""

    def __init__(self, sender: Sender, url: str) -> None:
        self._sender, self._url = sender, url

    async def __aenter__(self) -> Line:
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._sender.port)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._writer.transport.abort()

    def open(self, at: int, length: int | None, **headers: str) -> None:
        """Send the headers; a body whose length is None comes in chunks."""
        size = {"Transfer-Encoding": "chunked"} if length is None else {"Content-Length": str(length)}
        said = {
            "Host": f"127.0.0.1:{self._sender.port}", **self._sender.headers, **TUS, "Content-Type": MEDIA,
            "Upload-Offset": str(at), **size, **headers,
        }  # fmt: skip
        first = f"PATCH {self._sender.base_url}{self._url} HTTP/1.1"
        self.send("\r\n".join([first, *(f"{name}: {text}" for name, text in said.items()), "", ""]).encode())

    def send(self, data: bytes) -> None:
        """Send some of the body."""
        self._writer.write(data)

    async def answer(self) -> bytes:
        """The headers of what is answered."""
        return await asyncio.wait_for(self._reader.readuntil(b"\r\n\r\n"), 60)


def metadata(**said: str) -> str:
    """The header for these pairs."""
    return ",".join(f"{key} {b64encode(value.encode()).decode()}" for key, value in said.items())


async def create(caller: Caller, length: int, body: bytes = b"", **said: str) -> HTTPResponse:
    """Begin an upload, and say what was answered."""
    headers = {**TUS, "Upload-Length": str(length), "Upload-Metadata": metadata(**said)}
    if body:
        headers["Content-Type"] = MEDIA
    return await caller.fetch(UPLOADS, "POST", body, headers)


async def begin(caller: Caller, length: int, **said: str) -> str:
    """The address of a new upload."""
    answer = await create(caller, length, b"", **{"filename": "a.bin", "path": "box", **said})
    assert answer.code == 201, answer.body
    return str(answer.headers["Location"]).removeprefix(caller.base_url)


async def patch(caller: Caller, url: str, at: int, body: bytes, **headers: str) -> HTTPResponse:
    """Send a piece, and say what was answered."""
    sent = {**TUS, "Content-Type": MEDIA, "Upload-Offset": str(at), **headers}
    return await caller.fetch(url, "PATCH", body, sent)


async def offset(caller: Caller, url: str) -> int:
    """Where an upload is."""
    answer = await caller.fetch(url, "HEAD", headers=TUS)
    assert answer.code == 200, answer.code
    assert answer.headers["Cache-Control"] == "no-store"
    return int(answer.headers["Upload-Offset"])


def reason(answer: HTTPResponse) -> tuple[int, str]:
    """The status of a refusal, and the field that it names."""
    return answer.code, json.loads(answer.body)["details"].get("field", "")
