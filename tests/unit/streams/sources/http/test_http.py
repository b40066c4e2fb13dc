"""Samples from an address, with a real server behind it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection, serve

from jupyter_crispdm.base.errors import SetupError
from jupyter_crispdm.streams.sources.backoff import Backoff
from jupyter_crispdm.streams.sources.http import HttpPlace, HttpSource
from jupyter_crispdm.streams.sources.http.parsing import LARGEST
from tests.support import FakeClock, at_rest, nap
from tests.unit.streams.sources.reading import Reading

pytestmark = pytest.mark.usefixtures("jp_asyncio_loop")

Answer = Callable[[dict[str, str], Callable[[bytes], Awaitable[None]]], Awaitable[None]]


class Web:
    """Answers each request by the next of its answers, the last one for ever. Remembers what it was asked."""

    def __init__(self, *answers: Answer) -> None:
        self._answers = list(answers)
        self.asked: list[dict[str, str]] = []
        self.url = ""

    async def meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            raw = await reader.readuntil(b"\r\n\r\n")
            lines = raw.decode().split("\r\n")[1:]
            headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
            self.asked.append(headers)
            answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]

            async def send(data: bytes) -> None:
                writer.write(data)
                await writer.drain()

            await answer(headers, send)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def web(*answers: Answer) -> AsyncIterator[Web]:
    site = Web(*answers)
    meeting: set[asyncio.Task[None]] = set()
    lines: list[asyncio.StreamWriter] = []

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        lines.append(writer)
        task = asyncio.ensure_future(site.meet(reader, writer))
        meeting.add(task)
        await asyncio.gather(task, return_exceptions=True)

    server = await asyncio.start_server(meet, "127.0.0.1", 0)
    site.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/samples"
    try:
        yield site
    finally:
        server.close()
        for task in meeting:
            task.cancel()
        await asyncio.gather(*meeting, return_exceptions=True)
        for line in lines:
            line.transport.abort()  # also what nobody has read
        await asyncio.gather(*(line.wait_closed() for line in lines), return_exceptions=True)
        await server.wait_closed()


def whole(body: bytes, status: str = "200 OK", kind: str = "application/json", more: str = "") -> Answer:
    async def answer(headers: dict[str, str], send: Callable[[bytes], Awaitable[None]]) -> None:
        head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
        await send(f"{head}Connection: close\r\n{more}\r\n".encode() + body)

    return answer


def stream(kind: str, *parts: bytes, stays: bool = False) -> Answer:
    async def answer(headers: dict[str, str], send: Callable[[bytes], Awaitable[None]]) -> None:
        await send(f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nConnection: close\r\n\r\n".encode())
        for part in parts:
            await send(part)
        if stays:
            await asyncio.Event().wait()

    return answer


def source(url: str, directory: Path, mode: str = "auto", clock: Any = None, **more: Any) -> HttpSource:
    return HttpSource(HttpPlace(url, mode, **more), directory, clock=clock, backoff=Backoff(nap), sleep=nap)


@pytest.mark.proves("streams.http-source")
async def test_an_address_is_asked_again_and_again(tmp_path: Path) -> None:
    async with web(whole(b"1"), whole(b"2"), whole(b"3")) as site, Reading(source(site.url, tmp_path)) as reading:
        assert (await reading.payloads(3))[:3] == [b"1", b"2", b"3"]
        assert reading.source.trouble == ""


async def test_an_answer_that_is_as_it_was_is_no_sample(tmp_path: Path) -> None:
    tagged = whole(b"1", more='ETag: "a"\r\n')
    async with web(tagged, whole(b"", "304 Not Modified"), whole(b"2")) as site:
        async with Reading(source(site.url, tmp_path, "poll")) as reading:
            assert (await reading.payloads(2))[:2] == [b"1", b"2"]
        assert site.asked[1]["if-none-match"] == '"a"'


@pytest.mark.parametrize("mode", ["auto", "sse"])
@pytest.mark.proves("streams.http-source")
async def test_events_go_on_after_the_last_that_was_stored(tmp_path: Path, mode: str) -> None:
    kind = "text/event-stream; charset=utf-8"
    first = stream(kind, b"id: 7\nda", b"ta: 1\n\nid: 8\ndata: 2\n\n")
    async with web(first, stream(kind, b"id: 9\ndata: 3\n\n", stays=True)) as site:
        async with Reading(source(site.url, tmp_path, mode)) as reading:
            assert await reading.payloads(3) == [b"1", b"2", b"3"]
        assert site.asked[1]["last-event-id"] == "8"
        async with Reading(source(site.url, tmp_path, mode)) as reading:
            await reading.payloads(1)
        assert site.asked[2]["last-event-id"] == "9"


@pytest.mark.proves("streams.http-source")
async def test_events_that_were_not_stored_come_again(tmp_path: Path) -> None:
    kind = "text/event-stream"
    async with web(stream(kind, b"id: 7\ndata: 1\n\n", stays=True)) as site:
        async with Reading(source(site.url, tmp_path), store=False) as reading:
            await reading.payloads(1)
        async with Reading(source(site.url, tmp_path)) as reading:
            await reading.payloads(1)
        assert "last-event-id" not in site.asked[1]


@pytest.mark.parametrize("kind", ["application/x-ndjson", "application/jsonl", "application/json-seq"])
@pytest.mark.proves("streams.http-source")
async def test_lines_come_as_they_are_written(tmp_path: Path, kind: str) -> None:
    lines = stream(kind, b'{"v": 1}\n{"v"', b": 2}\n", stays=True)
    async with web(lines) as site, Reading(source(site.url, tmp_path)) as reading:
        assert await reading.payloads(2) == [b'{"v": 1}', b'{"v": 2}']


@pytest.mark.proves("streams.http-door")
async def test_it_shows_who_it_is(tmp_path: Path) -> None:
    async with web(whole(b"1")) as site:
        async with Reading(source(site.url, tmp_path, password="secret")) as reading:
            await reading.payloads(1)
        assert site.asked[0]["authorization"] == "Bearer secret"
        async with Reading(source(site.url, tmp_path, username="line", password="secret")) as reading:
            await reading.payloads(1)
        assert site.asked[-1]["authorization"] == "Basic bGluZTpzZWNyZXQ="


@pytest.mark.parametrize("status", ["401 Unauthorized", "404 Not Found", "503 Service Unavailable"])
@pytest.mark.proves("streams.http-faults")
async def test_a_refusal_is_said_and_asked_again(tmp_path: Path, status: str) -> None:
    async with web(whole(b"", status), whole(b"", status), whole(b"1")) as site:
        follower = source(site.url, tmp_path)
        said: list[str] = []
        follower._backoff = Backoff(lambda _: note(follower, said))
        async with Reading(follower) as reading:
            await reading.payloads(1)
            assert said[0] == f"{site.url}: the answer is {status}."
            assert reading.source.trouble == ""


async def note(follower: HttpSource, said: list[str]) -> None:
    said.append(follower.trouble)


@pytest.mark.proves("streams.http-faults")
async def test_a_server_that_dies_in_a_message_is_asked_again(tmp_path: Path) -> None:
    async def dies(headers: dict[str, str], send: Callable[[bytes], Awaitable[None]]) -> None:
        await send(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{")

    async def lies(headers: dict[str, str], send: Callable[[bytes], Awaitable[None]]) -> None:
        await send(b"rubbish\r\n\r\n")

    cut = stream("application/x-ndjson", b'1\n{"cut')
    async with web(dies, lies, cut, whole(b"2")) as site, Reading(source(site.url, tmp_path)) as reading:
        assert (await reading.payloads(2))[:2] == [b"1", b"2"]


@pytest.mark.parametrize("kind", ["application/json", "application/x-ndjson", "text/event-stream"])
@pytest.mark.proves("streams.http-faults")
async def test_a_message_without_an_end_is_said(tmp_path: Path, kind: str) -> None:
    endless = stream(kind, *[b"x" * (1 << 20)] * (LARGEST // (1 << 20) + 2), stays=True)
    async with web(endless) as site, Reading(source(site.url, tmp_path)) as reading:
        await reading.until(lambda: "sends a message over 4 MiB" in reading.source.trouble)
        assert reading.got == []


@pytest.mark.parametrize("mode", ["poll", "sse"])
@pytest.mark.proves("streams.http-faults")
async def test_a_server_that_says_nothing_is_said(tmp_path: Path, mode: str) -> None:
    async def silent(headers: dict[str, str], send: Callable[[bytes], Awaitable[None]]) -> None:
        await asyncio.Event().wait()

    clock = FakeClock()
    async with web(silent) as site, Reading(source(site.url, tmp_path, mode, clock)) as reading:
        await reading.until(lambda: site.asked)
        clock.advance(4.9)
        assert reading.source.trouble == "Nothing has come for 5 s."


@pytest.mark.proves("streams.http-faults")
async def test_a_server_that_is_not_there_is_said(tmp_path: Path) -> None:
    async with web(whole(b"1")) as site:
        url = site.url
    async with Reading(source(url, tmp_path)) as reading:
        await reading.until(lambda: reading.source.trouble)


@pytest.mark.parametrize("url", ["ftp://x/y", "samples", "http://", "ws://h/x"])
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(SetupError, match="begins with http"):
        HttpPlace(url, "poll")


def test_secrets_in_an_address_are_not_told() -> None:
    assert HttpPlace("https://me:secret@host:8/path?token=secret").address == "https://host:8/path"


@asynccontextmanager
async def socket(talk: Callable[[ServerConnection], Awaitable[None]]) -> AsyncIterator[str]:
    async with serve(talk, "127.0.0.1", 0) as server:
        yield f"ws://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}/x"


@pytest.mark.proves("streams.http-source")
async def test_frames_of_a_websocket_are_messages(tmp_path: Path) -> None:
    headers: list[str | None] = []

    async def talk(line: ServerConnection) -> None:
        assert line.request is not None
        headers.append(line.request.headers.get("Authorization"))
        await line.send('{"v": 1}')
        await line.send(b'{"v": 2}')

    async with socket(talk) as url, Reading(source(url, tmp_path, password="secret")) as reading:
        assert (await reading.payloads(4))[:2] == [b'{"v": 1}', b'{"v": 2}']  # it hangs up, and is called again
    assert headers[0] == "Bearer secret"


@pytest.mark.proves("streams.http-faults")
async def test_a_frame_over_the_bound_is_said(tmp_path: Path) -> None:
    async def talk(line: ServerConnection) -> None:
        await line.send("x" * (LARGEST + 1))

    async with socket(talk) as url, Reading(source(url, tmp_path)) as reading:
        await reading.until(lambda: "sends a message over 4 MiB" in reading.source.trouble)


@pytest.mark.proves("streams.http-faults")
async def test_what_is_no_websocket_is_said(tmp_path: Path) -> None:
    async with web(whole(b"1")) as site, Reading(source(site.url.replace("http", "ws"), tmp_path)) as reading:
        await reading.until(lambda: "HTTP 200" in reading.source.trouble)


@pytest.mark.proves("streams.flood")
async def test_a_flood_waits_where_it_comes_from(tmp_path: Path) -> None:
    sent = 0

    async def flood(headers: dict[str, str], send: Callable[[bytes], Awaitable[None]]) -> None:
        nonlocal sent
        await send(b"HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\n\r\n")
        while True:
            await send(b"x" * 99_999 + b"\n")
            sent += 100_000

    async with web(flood) as site, Reading(source(site.url, tmp_path)) as reading:
        reading.hold()
        before = await at_rest(lambda: sent)
        assert before < 30_000_000
        reading.go_on()
        await reading.until(lambda: sent > before)
