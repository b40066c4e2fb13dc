"""Bodies go through the way behind the login as they come, in both directions, and end with who asked."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route
from uvicorn import Config, Server

from jupyter_crispdm.app import CrispdmApp
from jupyter_crispdm.serving.passing import _PASSED_BACK, _PASSED_ON
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


Ask = Callable[..., Awaitable[Line]]


@pytest.fixture
def ask(
    http_server_client: Any, jp_http_port: int, jp_auth_header: dict[str, str], jp_base_url: str, jp_asyncio_loop: Any
) -> Any:
    lines: list[Line] = []

    async def ask(method: str, path: str, headers: dict[str, Any], body: bytes = b"") -> Line:
        line = Line(*await asyncio.open_connection("127.0.0.1", jp_http_port))
        lines.append(line)
        told = {"Host": "localhost", "Content-Type": "application/json", **jp_auth_header, **headers}
        head = "".join(f"{name}: {value}\r\n" for name, value in told.items())
        line.writer.write(f"{method} {jp_base_url}crispdm/serving/{path} HTTP/1.1\r\n{head}\r\n".encode() + body)
        return line

    yield ask
    for line in lines:
        jp_asyncio_loop.run_until_complete(line.go())


@pytest.mark.proves("serving.passes-uploads")
async def test_an_upload_goes_on_before_it_is_whole(crispdm: CrispdmApp, data_dir: Path, ask: Ask) -> None:
    async with service(data_dir) as standing:
        line = await ask("POST", "v2/models/lamp/infer", {"Content-Length": 3 * MIB}, b"x" * 2 * MIB)
        await eventually(lambda: standing.arrived >= MIB)
        line.writer.write(b"x" * MIB)
        status, headers = await line.head()
        assert (status, json.loads(await line.reader.readexactly(int(headers["content-length"])))) == (
            200,
            {"arrived": 3 * MIB},
        )
        assert standing.headers[0]["content-length"] == str(3 * MIB)


async def test_an_upload_without_a_length_goes_on_too(crispdm: CrispdmApp, data_dir: Path, ask: Ask) -> None:
    async with service(data_dir) as standing:
        line = await ask("POST", "v2/models/lamp/infer", {"Transfer-Encoding": "chunked"}, b"3\r\nabc\r\n")
        await eventually(lambda: standing.arrived == 3)
        line.writer.write(b"2\r\nde\r\n0\r\n\r\n")
        status, _ = await line.head()
        assert (status, standing.arrived) == (200, 5)


async def test_an_upload_over_the_limit_is_refused_by_its_headers(
    crispdm: CrispdmApp, data_dir: Path, ask: Ask
) -> None:
    async with service(data_dir) as standing:
        line = await ask("POST", "models", {"Content-Length": 2**40})
        status, _ = await line.head()
        assert (status, standing.headers) == (413, [])


async def test_an_upload_that_grows_over_the_limit_is_broken_off(
    crispdm: CrispdmApp, data_dir: Path, ask: Ask
) -> None:
    async with service(data_dir) as standing:
        line = await ask("POST", "models", {"Transfer-Encoding": "chunked"})
        line.writer.write((f"{MIB:x}\r\n".encode() + b"x" * MIB + b"\r\n") * 40)
        status, _ = await line.head()
        assert status == 413
        await eventually(lambda: standing.was_cut)


async def test_an_upload_that_is_broken_off_is_broken_off_behind(
    crispdm: CrispdmApp, data_dir: Path, ask: Ask
) -> None:
    async with service(data_dir) as standing:
        line = await ask("POST", "v2/models/lamp/infer", {"Content-Length": 3 * MIB}, b"x" * 2 * MIB)
        await eventually(lambda: standing.arrived)
        await line.go()
        await eventually(lambda: standing.was_cut)


@pytest.mark.proves("serving.passes-streams", "streaming.unbuffered")
async def test_each_piece_of_an_answer_arrives_before_the_next_is_made(
    crispdm: CrispdmApp, data_dir: Path, ask: Ask
) -> None:
    async with service(data_dir) as standing:
        line = await ask("GET", "openapi.json", {"Accept": "text/event-stream"})
        for number in range(20):
            standing.tokens.put_nowait(b"data: %d\n\n" % number)
            if number == 0:
                status, headers = await line.head()
                assert (status, headers["content-type"]) == (200, "text/event-stream; charset=utf-8")
                assert (headers["x-accel-buffering"], headers["cache-control"]) == ("no", "no-cache, no-transform")
                assert "x-secret" not in headers
            assert await line.piece() == b"data: %d\n\n" % number
            assert standing.made == number + 1
        standing.tokens.put_nowait(None)
        assert await line.piece() == b""


@pytest.mark.proves("serving.leaving-ends")
async def test_who_leaves_ends_the_work_behind_at_once(crispdm: CrispdmApp, data_dir: Path, ask: Ask) -> None:
    async with service(data_dir) as standing:
        standing.beat = 0.01
        late = []
        for round in range(1, 12):
            line = await ask("GET", "openapi.json", {})
            await line.head()
            await line.piece()
            await line.go()
            made = standing.made
            await eventually(lambda: standing.closed == round)  # noqa: B023 - it is waited for here
            late.append(standing.made - made)
        assert median(late) <= 5, f"tokens of 10 ms that were made for nobody: {late}"


async def test_a_large_answer_comes_whole(crispdm: CrispdmApp, data_dir: Path, jp_fetch: Any) -> None:
    async with service(data_dir):
        answer = await jp_fetch("crispdm", "serving", "v2")
        assert len(json.loads(answer.body)["x"]) == MIB


@pytest.mark.proves("serving.headers")
async def test_headers_go_through_by_name(crispdm: CrispdmApp, data_dir: Path, jp_fetch: Any) -> None:
    async with service(data_dir) as standing:
        sent = {name: "1" for name in _PASSED_ON if name != "content-encoding"}
        others = {"Cookie": "a=b", "X-Forwarded-For": "1.2.3.4", "Connection": "keep-alive", "X-Other": "1"}
        path = ("crispdm", "serving", "v2", "models", "lamp@champion", "infer")
        answer = await jp_fetch(*path, method="POST", body=b"{}", headers={**sent, **others})
        (arrived,) = standing.headers
        assert sent.items() <= arrived.items()
        ours = {"x-crispdm-key", "x-crispdm-user", "x-crispdm-prefix", "host", "connection", "content-length"}
        assert set(arrived) - set(sent) - ours <= {"accept-encoding", "user-agent"}
        assert arrived["accept-encoding"] == "identity"
        assert answer.headers["Inference-Header-Content-Length"] == "1"
        assert answer.headers["Idempotency-Replayed"] == "1"
