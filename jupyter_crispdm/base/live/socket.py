"""The live hub over the wire: one WebSocket a page, and the same topics as SSE or NDJSON.

Each subscription is one task that pulls from the hub and waits until the client has taken the message. A client
that never reads holds one message of each of its topics, and nothing more.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterable
from contextlib import suppress
from typing import Any

import msgspec
from jupyter_core.utils import ensure_async
from tornado import web
from tornado.iostream import StreamClosedError
from tornado.websocket import WebSocketClosedError, WebSocketHandler

from jupyter_crispdm.base.budget import TALLY, Shared, TokenBucket
from jupyter_crispdm.base.clock import Clock, SystemClock
from jupyter_crispdm.base.errors import BadRequest, CrispdmError, ErrorBody
from jupyter_crispdm.base.http.gateway import GatewayHandler, error_body
from jupyter_crispdm.base.numbers import LARGEST, is_whole, number, whole
from jupyter_crispdm.base.sockets import Rates, SocketBudget, meter
from jupyter_crispdm.base.wire import Body, Wire, encode

from .hub import Hub, Message

_RECHECK_SECONDS = 3.0
_HEARTBEAT_SECONDS = 15.0
_MOST_TOPICS = 200
_MOST_PERIOD = 3600.0
_RATES = Rates(frames=50, frames_at_once=1000, bytes=64 * 1024, bytes_at_once=2**20, largest=64 * 1024)
_SUBSCRIPTIONS_A_SECOND, _SUBSCRIPTIONS_AT_ONCE = 10, 400


class Command(Body, frozen=True):
    """What a client sends on the socket: exactly one of the two topics."""

    subscribe: str | None = None
    unsubscribe: str | None = None
    since: int | None = None
    period: float | None = None


class Trouble(Wire, frozen=True):
    """Why a topic of a stream ended."""

    topic: str
    error: ErrorBody


class LiveBudget:
    """What one caller may ask of live data, over all sockets and streams: each subscription costs a snapshot."""

    def __init__(self, clock: Clock | None = None) -> None:
        self.socket = SocketBudget(_RATES, clock)
        self.subscriptions = TokenBucket(_SUBSCRIPTIONS_A_SECOND, _SUBSCRIPTIONS_AT_ONCE, clock or SystemClock())


BUDGETS: Shared[LiveBudget] = Shared(LiveBudget)


class LiveHandler(GatewayHandler, WebSocketHandler):
    """``GET live``: a WebSocket when the client asks to upgrade, else Server-Sent Events or JSON lines."""

    def initialize(self, hub: Hub) -> None:
        """Receive the hub."""
        self._hub = hub
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._watch: asyncio.Task[None] | None = None
        self._left = False
        self._budget: LiveBudget | None = None

    @web.authenticated
    async def get(self, *args: Any, **kwargs: Any) -> None:  # type: ignore[override]  # `authenticated` widens it
        """Serve the socket or the stream."""
        await self.authorise("live", "read")
        self._budget = BUDGETS.of(self.current_user.username)
        if self.request.headers.get("Upgrade", "").lower() == "websocket":
            await WebSocketHandler.get(self, *args, **kwargs)
            return
        await self._stream()

    # -- WebSocket

    def open(self, *_: str, **__: str) -> None:
        """Watch over the session for as long as the socket lives, and over what it sends."""
        assert self._budget is not None
        meter(self, self._budget.socket, _RATES.largest)
        self._watch = asyncio.create_task(self._watch_session())

    async def on_message(self, message: str | bytes) -> None:
        """Subscribe or unsubscribe; a bad command is answered, the socket stays."""
        topic = ""
        try:
            command = _decode(message)
            topic = command.subscribe or command.unsubscribe or ""
            if command.unsubscribe is not None:
                self._leave(command.unsubscribe)
                await self._tell_left(command.unsubscribe)
            else:
                await self._join(command)
        except CrispdmError as error:
            await self._tell_error(topic, error)

    def on_close(self) -> None:
        """Let go of every topic."""
        for topic in list(self._tasks):
            self._leave(topic)
        if self._watch:
            self._watch.cancel()

    async def _join(self, command: Command) -> None:
        topic = str(command.subscribe)
        sees_all = await self._admit(topic)
        self._leave(topic)
        if len(self._tasks) >= _MOST_TOPICS:
            raise BadRequest(f"One connection follows at most {_MOST_TOPICS} topics.", field="subscribe")
        self._tasks[topic] = asyncio.create_task(self._pump(topic, command.since, command.period, sees_all))

    async def _admit(self, topic: str) -> bool:
        """Whether the caller sees all of a topic, when the budget allows one more. Raises NotFound, Forbidden."""
        found, _ = self._hub.find(topic)
        await self.authorise(found.resource, found.action)
        assert self._budget is not None
        wait = self._budget.subscriptions.take()
        if wait > 0:
            TALLY.add("subscriptions slowed")
            await asyncio.sleep(wait)
        return found.shown is None or await self.may(found.resource, "all")

    def _leave(self, topic: str) -> None:
        task = self._tasks.pop(topic, None)
        if task:
            task.cancel()

    async def _pump(self, topic: str, since: int | None, period: float | None, sees_all: bool) -> None:
        try:
            async for message in self._hub.follow(topic, since, period, all=sees_all):
                await self.write_message(encode(message).decode())
        except (WebSocketClosedError, StreamClosedError):
            return
        except CrispdmError as error:
            await self._tell_error(topic, error)
        except Exception as error:  # a broken feed must not look like a quiet one
            self.log.exception("The topic %s broke", topic)
            await self._tell_error(topic, error)

    async def _tell_left(self, topic: str) -> None:
        """Mark the end of a topic: what follows belongs to whoever subscribes to it next."""
        with suppress(WebSocketClosedError):
            await self.write_message(encode({"topic": topic, "left": True}).decode())

    async def _tell_error(self, topic: str, error: BaseException) -> None:
        with suppress(WebSocketClosedError):
            reply = {"topic": topic, "error": error_body(500, error)}
            await self.write_message(encode(reply).decode())

    async def _watch_session(self) -> None:
        """Close the socket soon after its user logged out or lost the right to it."""
        user = self.current_user
        while self.ws_connection is not None:
            await asyncio.sleep(_RECHECK_SECONDS)
            if not await self._still_allowed(user):
                self.close(4401, "The session ended. Log in again.")
                return

    async def _still_allowed(self, before: Any) -> bool:
        try:
            now = await ensure_async(self.identity_provider.get_user(self))
        except web.HTTPError:
            return False
        same = now is not None and now.username == before.username
        return same and getattr(now, "role", None) == getattr(before, "role", None)

    # -- SSE and NDJSON

    def on_connection_close(self) -> None:
        """The client is gone."""
        self._left = True
        super().on_connection_close()

    async def _stream(self) -> None:
        topics = self.get_query_arguments("topic")
        if not topics:
            raise BadRequest("'topic' is missing: name at least one topic.", field="topic")
        if len(topics) > _MOST_TOPICS:
            raise BadRequest(f"One connection follows at most {_MOST_TOPICS} topics.", field="topic")
        seen, period = self._seen(topics), self._period()
        sees_all = {topic: await self._admit(topic) for topic in topics}
        lines = "application/x-ndjson" in self.request.headers.get("Accept", "")
        self.set_header("Content-Type", "application/x-ndjson" if lines else "text/event-stream")
        self.set_header("X-Accel-Buffering", "no")
        feeds = {
            topic: self._hub.follow(topic, seen.get(topic), period, all=sees_all[topic]) for topic in topics
        }
        await self._send_all(self._follow_all(feeds), seen, lines)

    async def _send_all(
        self, messages: AsyncIterator[Message | Trouble | None], seen: dict[str, int], lines: bool
    ) -> None:
        self.write(b"" if lines else b"retry: 1000\n\n")
        try:
            await self.flush()
            async for message in messages:
                if message is None:
                    self.write(b"\n" if lines else b": still here\n\n")
                elif isinstance(message, Trouble):
                    body = encode(message)
                    self.write(body + b"\n" if lines else b"data: " + body + b"\n\n")
                else:
                    seen[message.topic] = message.seq
                    self.write(_frame(message, seen, lines))
                await self.flush()
        except StreamClosedError:
            return

    async def _follow_all(
        self, feeds: dict[str, AsyncGenerator[Message, None]]
    ) -> AsyncIterator[Message | Trouble | None]:
        """Messages of all topics as they come; None now and then, which shows whether the client is still there."""
        waiting = {asyncio.ensure_future(anext(feed)): topic for topic, feed in feeds.items()}
        try:
            while waiting and not self._left:
                done, _ = await asyncio.wait(
                    waiting, timeout=_HEARTBEAT_SECONDS, return_when=asyncio.FIRST_COMPLETED
                )
                if not done:
                    yield None
                for task in done:
                    topic = waiting.pop(task)
                    message = self._taken(task, topic)
                    if isinstance(message, Message):
                        waiting[asyncio.ensure_future(anext(feeds[topic]))] = topic
                    if message is not None:
                        yield message
        finally:
            await _cancel(waiting)
            for feed in feeds.values():
                await feed.aclose()

    def _taken(self, task: asyncio.Future[Message], topic: str) -> Message | Trouble | None:
        """What a feed brought; why it broke, which ends this topic alone; None at its end."""
        try:
            return task.result()
        except StopAsyncIteration:
            return None
        except Exception as error:
            if not isinstance(error, CrispdmError):
                self.log.exception("The topic %s broke", topic)
            return Trouble(topic, error_body(500, error))

    def _seen(self, topics: list[str]) -> dict[str, int]:
        """The last number of each topic, from ``Last-Event-ID`` or ``?since=``."""
        given = self.request.headers.get("Last-Event-ID") or self.get_query_argument("since", "")
        if not given:
            return {}
        try:
            if len(topics) == 1 and is_whole(given):
                return {topics[0]: whole(given, "Last-Event-ID")}
            seen = msgspec.json.decode(given.encode(), type=dict[str, int])
        except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
            raise BadRequest("'Last-Event-ID' is not one that this server sent.", field="Last-Event-ID") from error
        for since in seen.values():
            _valid_since(since, "Last-Event-ID")
        return seen

    def _period(self) -> float | None:
        text = self.get_query_argument("period", "")
        if not text:
            return None
        return number(text, "period", low=0, high=_MOST_PERIOD)


async def _cancel(tasks: Iterable[asyncio.Future[Message]]) -> None:
    cancelled = [task for task in tasks if not task.done()]
    for task in cancelled:
        task.cancel()
    await asyncio.gather(*cancelled, return_exceptions=True)


def _frame(message: Message, seen: dict[str, int], lines: bool) -> bytes:
    body = encode(message)
    if lines:
        return body + b"\n"
    identity = str(message.seq).encode() if len(seen) == 1 else encode(seen)
    return b"id: " + identity + b"\ndata: " + body + b"\n\n"


def _decode(message: str | bytes) -> Command:
    try:
        command = msgspec.json.decode(message, type=Command)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadRequest(f"Not a command: {error}") from error
    if (command.subscribe is None) == (command.unsubscribe is None):
        raise BadRequest("Send either 'subscribe' or 'unsubscribe'.", field="subscribe")
    _valid_period(command.period)
    if command.since is not None:
        _valid_since(command.since, "since")
    return command


def _valid_since(since: int, field: str) -> None:
    if not 0 <= since <= LARGEST:
        raise BadRequest(f"'{field}' must be a number that this server sent.", field=field)


def _valid_period(period: float | None) -> float | None:
    if period is not None and not 0 <= period <= _MOST_PERIOD:
        raise BadRequest(f"'period' must be between 0 and {_MOST_PERIOD:.0f} seconds.", field="period")
    return period
