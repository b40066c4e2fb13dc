"""A real upstream that does as its address says, well or badly, and notes what it was asked and who left."""

from __future__ import annotations

import asyncio
import gzip
import json
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

CHUNKED = "Transfer-Encoding: chunked"


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


@dataclass
class Asked:
    line: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Upstream:
    """What is asked by paths such as `/sse`."""

    asked: list[Asked] = field(default_factory=list)
    left: int = 0
    sent: int = 0
    gate: asyncio.Queue[bytes | None] = field(default_factory=asyncio.Queue)
    address: str = ""
    elsewhere: str = "http://127.0.0.1:1/"

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            asked = await self._read(reader)
            self.asked.append(asked)
            path = asked.line.split()[1].partition("?")[0].strip("/").replace("-", "_")
            work = asyncio.ensure_future(getattr(self, path)(writer, asked))
            gone = asyncio.ensure_future(reader.read(1))
            await asyncio.wait({work, gone}, return_when=asyncio.FIRST_COMPLETED)
            self.left += not work.done()
            for task in (work, gone):
                task.cancel()
            await asyncio.gather(work, gone, return_exceptions=True)
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()

    async def _read(self, reader: asyncio.StreamReader) -> Asked:
        line, *rest = (await reader.readuntil(b"\r\n\r\n")).decode().rstrip().split("\r\n")
        headers = {name.lower(): value for name, _, value in (entry.partition(": ") for entry in rest)}
        return Asked(line, headers, await reader.readexactly(int(headers.get("content-length", 0))))

    async def _begin(self, writer: asyncio.StreamWriter, kind: str, *more: str, status: str = "200 OK") -> None:
        lines = [f"HTTP/1.1 {status}", f"Content-Type: {kind}", "Connection: close", *more]
        writer.write("\r\n".join([*lines, "", ""]).encode())
        await writer.drain()

    async def _pieces(self, writer: asyncio.StreamWriter, *pieces: bytes) -> None:
        for piece in pieces:
            writer.write(chunk(piece))
            await writer.drain()
        writer.write(chunk(b""))
        await writer.drain()

    async def sse(self, writer: asyncio.StreamWriter, asked: Asked) -> None:
        await self._begin(writer, "text/event-stream", CHUNKED, "Set-Cookie: spy=1")
        after = int(asked.headers.get("last-event-id", 0))
        await self._pieces(writer, *(b'id: %d\ndata: {"n":%d}\n\n' % (n, n) for n in range(after + 1, 4)))

    async def ndjson(self, writer: asyncio.StreamWriter, asked: Asked) -> None:
        await self._begin(writer, "application/x-ndjson", CHUNKED)
        await self._pieces(writer, b'{"n": 1}\n{"n"', b': "\xe2\x82', b'\xac"}\n[3]\n')

    async def array(self, writer: asyncio.StreamWriter, asked: Asked) -> None:
        await self._begin(writer, "application/json", CHUNKED)
        await self._pieces(writer, b'[{"n": 1}, {"n', b'": 2}', b", [3]]")

    async def text(self, writer: asyncio.StreamWriter, asked: Asked) -> None:
        await self._begin(writer, "text/plain; charset=utf-8", CHUNKED)
        await self._pieces(writer, b"one \xc3", b"\xa9", b" two")

    async def zipped(self, writer: asyncio.StreamWriter, asked: Asked) -> None:
        body = gzip.compress(b'{"n": 1}\n' * 1000)
        await self._begin(writer, "application/x-ndjson", f"Content-Length: {len(body)}", "Content-Encoding: gzip")
        writer.write(body)

    async def bomb(self, writer: asyncio.StreamWriter, asked: Asked) -> None:
        body = gzip.compress(b'"%b"\n' % (b"x" * 1000) * 20_000)
        await self._begin(writer, "application/x-ndjson", f"Content-Length: {len(body)}", "Content-Encoding: gzip")
        writer.write(body)

    async def badly_zipped(self, writer: asyncio.StreamWriter, asked: Asked) -> None:
        await self._begin(writer, "application/x-ndjson", "Content-Length: 3", "Content-Encoding: gzip")
        writer.write(b"abc")

    async def brotli(self, writer: asyncio.StreamWriter, asked: Asked) -> None:
        await self._begin(writer, "application/x-ndjson", "Content-Length: 3", "Content-Encoding: br")
        writer.write(b"abc")

    async def echo(self, writer: asyncio.StreamWriter, asked: Asked) -> None:
        body = json.dumps({"line": asked.line, "body": asked.body.decode(), "headers": asked.headers}).encode()
        await self._begin(writer, "application/json", f"Content-Length: {len(body)}")
        writer.write(body)

    async def gated(self, writer: asyncio.StreamWriter, asked: Asked) -> None:
        await self._begin(writer, "text/event-stream", CHUNKED)
        while (piece := await self.gate.get()) is not None:
            writer.write(chunk(piece))
            await writer.drain()
            self.sent += 1
        writer.write(chunk(b""))

    async def endless(self, writer: asyncio.StreamWriter, asked: Asked) -> None:
        await self._begin(writer, "application/x-ndjson", CHUNKED)
        while True:
            writer.write(chunk(b'"%b"\n' % (b"x" * 1000)))
            await writer.drain()
            self.sent += 1

    async def one_line(self, writer: asyncio.StreamWriter, asked: Asked) -> None:
        await self._begin(writer, "application/x-ndjson", CHUNKED)
        while True:
            writer.write(chunk(b"x" * 65536))
            await writer.drain()

    async def silent(self, writer: asyncio.StreamWriter, asked: Asked) -> None:
        await asyncio.Event().wait()

    async def lying(self, writer: asyncio.StreamWriter, asked: Asked) -> None:
        await self._begin(writer, "application/x-ndjson", "Content-Length: 1000")
        writer.write(b'{"n": 1}\n')

    async def rubbish(self, writer: asyncio.StreamWriter, asked: Asked) -> None:
        writer.write(b"\x00\x01 no HTTP at all\r\n\r\n")

    async def broken(self, writer: asyncio.StreamWriter, asked: Asked) -> None:
        body = b'{"detail": "no such model"}'
        await self._begin(writer, "application/json", f"Content-Length: {len(body)}", status="404 Not Found")
        writer.write(body)

    async def away(self, writer: asyncio.StreamWriter, asked: Asked) -> None:
        await self._begin(writer, "text/plain", f"Location: {self.elsewhere}", status="302 Found")

    async def back(self, writer: asyncio.StreamWriter, asked: Asked) -> None:
        await self._begin(writer, "text/plain", "Location: /echo?again", status="307 Temporary Redirect")

    async def round(self, writer: asyncio.StreamWriter, asked: Asked) -> None:
        await self._begin(writer, "text/plain", "Location: /round", status="302 Found")


@asynccontextmanager
async def upstream(tls: ssl.SSLContext | None = None) -> AsyncIterator[Upstream]:
    """One that listens."""
    standing = Upstream()
    server = await asyncio.start_server(standing.talk, "127.0.0.1", 0, ssl=tls)
    standing.address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield standing
    finally:
        server.close()
        await server.wait_closed()
