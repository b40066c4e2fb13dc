"""Asks an address, or listens to it, and connects again when it must."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import msgspec

from jupyter_crispdm.base.clock import Clock, SystemClock
from jupyter_crispdm.streaming.errors import TooLong

from ..backoff import Backoff
from ..memory import Memory
from ..port import Message
from ..silence import Silence
from . import websocket
from .parsing import LARGEST, EventParser, LineParser, Parser
from .place import HttpPlace

_CONNECT_SECONDS = 4.0
_FILE = "http.json"
_ACCEPT = {
    "auto": "text/event-stream, application/x-ndjson, application/json;q=0.9, */*;q=0.5",
    "poll": "application/json, */*;q=0.5",
    "sse": "text/event-stream",
    "ndjson": "application/x-ndjson, */*;q=0.5",
}
_LINES = ("application/x-ndjson", "application/jsonl", "application/x-jsonlines", "application/json-seq")
_MODES = {"text/event-stream": "sse", **dict.fromkeys(_LINES, "ndjson")}


class Refused(Exception):
    """The address does not give what is asked for; the text says why."""


class Place(msgspec.Struct, frozen=True):
    """The last event of an address that was stored."""

    url: str
    event: str


class HttpSource:
    """One message an answer, an event, a line or a frame. A stream of events goes on after the last that was stored."""

    def __init__(
        self, place: HttpPlace, directory: Path, *, clock: Clock | None = None, backoff: Backoff | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:  # fmt: skip
        self._place, self._clock, self._sleep = place, clock or SystemClock(), sleep
        self._backoff = backoff or Backoff()
        self._memory = Memory(directory / _FILE, self._clock)
        self._silence = Silence(self._clock)
        self._reason = ""
        self._event = ""
        self._tag = ""
        self._client: httpx.AsyncClient | None = None

    @property
    def trouble(self) -> str:
        """Why nothing comes."""
        return self._reason or self._silence.told

    async def read(self) -> AsyncGenerator[Sequence[Message], None]:
        """Messages as they come."""
        remembered = await asyncio.to_thread(self._memory.read, Place)
        self._event = remembered.event if remembered is not None and remembered.url == self._place.url else ""
        while True:
            try:
                async with aclosing(self._messages()) as messages:
                    async for some in messages:
                        self._heard()
                        if some:
                            yield some
                self._reason = f"{self._place.address} has ended its stream."
            except (httpx.HTTPError, httpx.InvalidURL, Refused, websocket.Closed, OSError) as error:
                self._reason = f"{self._place.address}: {_why(error)}."
            except TooLong:
                self._reason = f"{self._place.address} sends a message over {LARGEST >> 20} MiB."
            finally:
                self._silence.end()
            await self._backoff.pause()

    async def stored(self, messages: Sequence[Message]) -> None:
        """Remember the event from which to go on."""
        event = next((message.mark for message in reversed(messages) if isinstance(message.mark, str)), "")
        if event:
            await self._memory.keep(Place(self._place.url, event))

    async def close(self) -> None:
        """Let go of the connection."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()
        await self._memory.close()

    def _heard(self) -> None:
        self._silence.heard()
        self._reason = ""
        self._backoff.reset()

    async def _messages(self) -> AsyncGenerator[list[Message], None]:
        """What comes by one connection; an empty list says that the other side answers."""
        self._silence.begin()
        if self._place.is_socket:
            async with aclosing(websocket.frames(self._place.url, self._place.headers)) as frames:
                async for frame in frames:
                    yield [] if frame is None else [self._message(frame)]
            return
        async with self._answer() as answer:
            mode = self._mode(answer)
            if mode != "poll":
                yield []
                async for some in self._streamed(answer, EventParser() if mode == "sse" else LineParser()):
                    yield some
                return
            yield await self._whole(answer)
        while True:
            await self._sleep(self._place.interval)
            self._silence.begin()
            async with self._answer() as answer:
                yield await self._whole(answer)

    @asynccontextmanager
    async def _answer(self) -> AsyncIterator[httpx.Response]:
        """Ask once. Raises Refused for any answer but a good one."""
        if self._client is None:
            timeout = httpx.Timeout(_CONNECT_SECONDS, read=None)
            self._client = httpx.AsyncClient(headers=self._place.headers, timeout=timeout, follow_redirects=True)
        headers = {"Accept": _ACCEPT[self._place.mode]}
        if self._event:
            headers["Last-Event-ID"] = self._event
        if self._tag:
            headers["If-None-Match"] = self._tag
        async with self._client.stream("GET", self._place.url, headers=headers) as answer:
            if answer.status_code not in (200, 304):
                raise Refused(f"the answer is {answer.status_code} {answer.reason_phrase}")
            yield answer

    def _mode(self, answer: httpx.Response) -> str:
        if self._place.mode != "auto":
            return self._place.mode
        return _MODES.get(answer.headers.get("content-type", "").partition(";")[0].strip().lower(), "poll")

    async def _streamed(self, answer: httpx.Response, parser: Parser) -> AsyncIterator[list[Message]]:
        async for data in answer.aiter_bytes():
            messages = []
            for payload, event in parser.feed(data):
                self._event = event or self._event
                messages.append(self._message(payload, event or None))
            yield messages

    async def _whole(self, answer: httpx.Response) -> list[Message]:
        """The body of an answer; nothing where it is as it was."""
        if answer.status_code == 304:
            return []
        body = bytearray()
        async for data in answer.aiter_bytes():
            body += data
            if len(body) > LARGEST:
                raise TooLong("answer", f"over {LARGEST:,} bytes")
        self._tag = answer.headers.get("etag", "")
        return [self._message(bytes(body))]

    def _message(self, payload: bytes, mark: Any = None) -> Message:
        return Message(payload, self._clock.now(), mark)


def _why(error: Exception) -> str:
    if isinstance(error, httpx.TimeoutException):
        return "no answer"
    if isinstance(error, httpx.RemoteProtocolError):
        return "the connection broke off"
    return str(error).rstrip(".") or type(error).__name__
