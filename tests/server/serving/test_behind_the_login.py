"""What the server passes on to the prediction service: who asks, and that they left."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from jupyter_crispdm.app import CrispdmApp
from jupyter_crispdm.base.errors import TooManyRequests
from jupyter_crispdm.serving.passing import _AT_ONCE, ServingRoutes
from tests.support import eventually

ANSWER = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-Crispdm-Skipped: 1: a.txt is no image\r\n"
    b"Content-Length: 2\r\nConnection: close\r\n\r\n[]"
)


@dataclass
class Service:
    """Stands in for the prediction service: notes what it is asked, and answers when it is told to."""

    asked: list[dict[str, str]] = field(default_factory=list)
    left: int = 0
    answer: asyncio.Event = field(default_factory=asyncio.Event)

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await self._head(reader):
            self.asked.append(head)
            await reader.readexactly(int(head.get("content-length", 0)))
            gone, told = asyncio.create_task(reader.read(1)), asyncio.create_task(self.answer.wait())
            await asyncio.wait({gone, told}, return_when=asyncio.FIRST_COMPLETED)
            told.cancel()
            if gone.done():
                self.left += 1
                break
            gone.cancel()
            await asyncio.gather(gone, return_exceptions=True)
            writer.write(ANSWER)
            break
        writer.close()

    async def _head(self, reader: asyncio.StreamReader) -> dict[str, str]:
        try:
            lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        except asyncio.IncompleteReadError:
            return {}
        named = (line.partition(": ") for line in lines[1:] if line)
        return {"line": lines[0], **{name.lower(): value for name, _, value in named}}


@asynccontextmanager
async def service(data_dir: Path) -> AsyncIterator[Service]:
    """A service that the server finds, as one that was started before it."""
    standing = Service()
    server = await asyncio.start_server(standing.talk, "127.0.0.1", 0)
    told = {"pid": 0, "address": f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", "key": "k" * 32}
    (data_dir / "serving" / "front.json").write_text(json.dumps(told))
    try:
        yield standing
    finally:
        (data_dir / "serving" / "front.json").unlink()
        server.close()
        await server.wait_closed()


@pytest.mark.proves("serving.behind-login")
async def test_the_service_is_told_who_asks_and_by_whom_it_knows(
    crispdm: CrispdmApp, data_dir: Path, jp_fetch: Any
) -> None:
    async with service(data_dir) as standing:
        standing.answer.set()
        forged = {
            "x-crispdm-key": "mine",
            "x-crispdm-user": "somebody",
            "Content-Type": "application/json; charset=utf-8",
        }
        answer = await jp_fetch("crispdm", "serving", "predict", method="POST", body="{}", headers=forged)
        (head,) = standing.asked
        assert (head["x-crispdm-key"], head["content-type"]) == ("k" * 32, "application/json; charset=utf-8")
        assert head["x-crispdm-user"] != "somebody"
        assert head["x-crispdm-prefix"].endswith("/crispdm/serving")
        assert answer.headers["X-Crispdm-Skipped"] == "1: a.txt is no image"


@pytest.mark.proves("clients.left")
async def test_issue_7_who_leaves_the_server_leaves_the_service(
    crispdm: CrispdmApp,
    data_dir: Path,
    http_server_client: Any,
    jp_http_port: int,
    jp_auth_header: dict[str, str],
    jp_base_url: str,
) -> None:
    async with service(data_dir) as standing:
        _, writer = await asyncio.open_connection("127.0.0.1", jp_http_port)
        head = (
            f"POST {jp_base_url}crispdm/serving/predict HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n"
            f"Authorization: {jp_auth_header['Authorization']}\r\nContent-Type: application/json\r\n\r\n{{}}"
        )
        writer.write(head.encode())
        await eventually(lambda: standing.asked)
        assert standing.left == 0
        writer.close()
        await eventually(lambda: standing.left == 1)


def test_one_person_has_only_so_much_under_way() -> None:
    nobody: Any = None
    routes = ServingRoutes(nobody, nobody)
    with ExitStack() as stack:
        for _ in range(_AT_ONCE):
            stack.enter_context(routes._turn_of("ada"))
        with pytest.raises(TooManyRequests, match=f"{_AT_ONCE} requests under way"):
            stack.enter_context(routes._turn_of("ada"))
        stack.enter_context(routes._turn_of("bob"))
    assert routes._under_way == {}
