"""A stand-in for the prediction service that sends pieces when it is told to, and connections spoken by hand."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route
from uvicorn import Config, Server

from jupyter_crispdm.serving.passing import _PASSED_BACK
from tests.support import eventually, soon

MIB = 2**20


class Service:
    """Stands in for the prediction service: takes bodies piece by piece, and sends pieces when it is told to."""

    def __init__(self) -> None:
        self.headers: list[dict[str, str]] = []
        self.arrived = 0
        self.was_cut = 0
        self.tokens: asyncio.Queue[bytes | None] = asyncio.Queue()
        self.made = self.closed = 0
        self.beat = 0.0

    async def answer(self, request: Request) -> Response:
        self.headers.append(dict(request.headers))
        self.arrived = 0
        try:
            async for piece in request.stream():
                self.arrived += len(piece)
        except ClientDisconnect:
            self.was_cut += 1
            raise
        if request.url.path.endswith(("/generate_stream", "/openapi.json")):
            return StreamingResponse(self._pieces(), media_type="text/event-stream", headers={"x-secret": "s"})
        large = {"x": "y" * MIB} if request.url.path == "/v2" else {"arrived": self.arrived}
        return JSONResponse(large, headers={name: "1" for name in _PASSED_BACK if name.startswith(("i", "t"))})

    async def _pieces(self) -> AsyncIterator[bytes]:
        try:
            while True:
                if self.beat:
                    await asyncio.sleep(self.beat)
                    piece: bytes | None = b"data: token\n\n"
                else:
                    piece = await self.tokens.get()
                if piece is None:
                    return
                self.made += 1
                yield piece
        finally:
            self.closed += 1


@asynccontextmanager
async def service(data_dir: Path) -> AsyncIterator[Service]:
    """A service that the server finds, as one that was started before it."""
    standing = Service()
    routes = [Route("/{path:path}", standing.answer, methods=["GET", "POST"])]
    config = Config(Starlette(routes=routes), port=0, log_level="critical", lifespan="off")
    server = Server(config)
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
    serving = asyncio.ensure_future(server.serve())
    await eventually(lambda: server.started)
    port = server.servers[0].sockets[0].getsockname()[1]
    told = data_dir / "serving" / "front.json"
    told.write_text(json.dumps({"pid": 0, "address": f"http://127.0.0.1:{port}", "key": "k" * 32}))
    try:
        yield standing
    finally:
        told.unlink()
        server.should_exit = server.force_exit = True
        await serving


@dataclass
class Line:
    """A connection to the server, spoken by hand."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def head(self) -> tuple[int, dict[str, str]]:
        lines = (await soon(self.reader.readuntil(b"\r\n\r\n"))).decode().split("\r\n")
        named = (line.partition(": ") for line in lines[1:] if line)
        return int(lines[0].split()[1]), {name.lower(): value for name, _, value in named}

    async def piece(self) -> bytes:
        size = int(await soon(self.reader.readuntil(b"\r\n")), 16)
        return (await soon(self.reader.readexactly(size + 2)))[:-2]

    async def go(self) -> None:
        self.writer.close()
        with suppress(ConnectionError):
            await self.writer.wait_closed()


@asynccontextmanager
async def asking(
    port: int, path: str, headers: dict[str, object], body: bytes = b"", method: str = "GET"
) -> AsyncIterator[Line]:
    """A connection that has asked, closed at the end whatever happens."""
    line = Line(*await asyncio.open_connection("127.0.0.1", port))
    head = "".join(f"{name}: {value}\r\n" for name, value in {"Host": "localhost", **headers}.items())
    line.writer.write(f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + body)
    try:
        yield line
    finally:
        await line.go()
