"""``GET live``: one WebSocket a page, or the same topics as a stream.

Nobody has a task of their own here: topics wake the readers of a socket, and one write at a time goes out. A client
that never reads holds what was written last, and nothing more.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from tornado import web
from tornado.iostream import StreamClosedError
from tornado.websocket import WebSocketHandler

from jupyter_crispdm.base.budget import TALLY, Shared, TokenBucket
from jupyter_crispdm.base.clock import Clock, SystemClock
from jupyter_crispdm.base.errors import BadRequest, CrispdmError
from jupyter_crispdm.base.http.flowing import RECHECK_SECONDS, UNBUFFERED
from jupyter_crispdm.base.http.gateway import GatewayHandler, error_body
from jupyter_crispdm.base.http.request import Request
from jupyter_crispdm.base.numbers import number
from jupyter_crispdm.base.readiness import Readiness
from jupyter_crispdm.base.sockets import Rates, SocketBudget, meter
from jupyter_crispdm.base.wire import encode

from .commands import MOST_PERIOD, MOST_TOPICS, Command, Seen, decode, seen
from .core.log import Place
from .core.message import Message, text_frame
from .families import Family
from .heartbeat import Heartbeat
from .hub import Hub
from .outlet import Outlet, Period
from .stream import Stream
from .topic import Placeholders

_RATES = Rates(frames=50, frames_at_once=1000, bytes=64 * 1024, bytes_at_once=2**20, largest=64 * 1024)
_SUBSCRIPTIONS_A_SECOND, _SUBSCRIPTIONS_AT_ONCE = 10, 400
_HEARTBEAT = text_frame(b'{"heartbeat":true}')


class LiveBudget:
    """What one caller may ask of live data, over all sockets and streams: each subscription costs a snapshot."""

    def __init__(self, clock: Clock | None = None) -> None:
        self.socket = SocketBudget(_RATES, clock)
        self.subscriptions = TokenBucket(_SUBSCRIPTIONS_A_SECOND, _SUBSCRIPTIONS_AT_ONCE, clock or SystemClock())


BUDGETS: Shared[LiveBudget] = Shared(LiveBudget)


class LiveHandler(GatewayHandler, WebSocketHandler):
    """A WebSocket when the client asks to upgrade, else Server-Sent Events or JSON lines."""

    def initialize(self, hub: Hub, readiness: Readiness) -> None:
        """Receive the hub, and what tells when it has facts."""
        self._hub, self._readiness = hub, readiness
        self._outlet: Outlet | None = None
        self._stream: Stream | None = None
        self._heartbeat: Heartbeat | None = None
        self._watch: asyncio.Task[None] | None = None
        self._budget: LiveBudget | None = None

    @web.authenticated
    async def get(self, *args: Any, **kwargs: Any) -> None:  # type: ignore[override]  # `authenticated` widens it
        """Serve the socket or the stream."""
        await self._let_in()
        if self.request.headers.get("Upgrade", "").lower() == "websocket":
            await WebSocketHandler.get(self, *args, **kwargs)
            return
        await self._serve_stream()

    @web.authenticated
    async def head(self, *args: Any, **kwargs: Any) -> None:
        """Answer as the stream would, with the headers alone."""
        await self._let_in()
        await self._serve_stream()

    # -- WebSocket

    def open(self, *_: str, **__: str) -> None:
        """Watch over the session for as long as the socket lives, and over what it sends."""
        assert self._budget is not None
        meter(self, self._budget.socket, _RATES.largest)
        self._outlet = Outlet(self._send, self._tell_error, asyncio.get_running_loop().call_later)
        self._watch = asyncio.create_task(self._watch_session())

    async def on_message(self, message: str | bytes) -> None:
        """Subscribe, unsubscribe, ask for heartbeats; a bad command is answered, the socket stays."""
        topic = ""
        try:
            command = decode(message)
            topic = command.subscribe or command.unsubscribe or ""
            if command.heartbeat is not None:
                self._beat(command.heartbeat)
            elif command.unsubscribe is not None:
                self._leave(command.unsubscribe)
            else:
                await self._join(command)
        except CrispdmError as error:
            self._tell_error(topic, error)

    def on_close(self) -> None:
        """Let go of every topic."""
        if self._outlet is not None:
            self._outlet.close()
        if self._heartbeat is not None:
            self._heartbeat.stop()
        if self._watch is not None:
            self._watch.cancel()

    async def _join(self, command: Command) -> None:
        topic, outlet = str(command.subscribe), self._outlet
        assert outlet is not None
        family, values, sees_all = await self._admit(topic)
        outlet.leave(topic)  # before its channel is looked for: one that nobody follows any more is over
        channel = await family.open(topic, values, sees_all)
        if len(outlet) >= MOST_TOPICS:
            raise BadRequest(f"One connection follows at most {MOST_TOPICS} topics.", field="subscribe")
        if self.ws_connection is not None:
            outlet.follow(topic, channel, command.place, command.period, packed=command.packed)

    def _leave(self, topic: str) -> None:
        """Mark the end of a topic: what follows belongs to whoever subscribes to it next."""
        if self._outlet is not None:
            self._outlet.leave(topic)
        self._write(text_frame(encode({"topic": topic, "left": True})))

    def _beat(self, seconds: float) -> None:
        if self._heartbeat is None:
            loop = asyncio.get_running_loop()
            self._heartbeat = Heartbeat(self._say_that_we_live, loop.time, loop.call_later)
        self._heartbeat.start(seconds)

    def _say_that_we_live(self) -> None:
        connection: Any = self.ws_connection
        if connection is not None and not connection.stream.writing():  # a client that does not read needs no more
            self._write(_HEARTBEAT)

    def _send(self, messages: Sequence[Message]) -> bool:
        return self._write(messages[0].frame if len(messages) == 1 else b"".join(one.frame for one in messages))

    def _write(self, frames: bytes) -> bool:
        """Send whole frames; whether the client takes more at once. If not, the outlet goes on when it does."""
        connection: Any = self.ws_connection
        if connection is None or connection.is_closing():
            return False
        if self._heartbeat is not None:
            self._heartbeat.spoke()
        try:
            written = connection.stream.write(frames)
        except StreamClosedError:
            return False
        if not connection.stream.writing():
            return True
        written.add_done_callback(self._taken)
        return False

    def _taken(self, written: asyncio.Future[None]) -> None:
        connection: Any = self.ws_connection
        is_gone = connection is None or written.cancelled() or written.exception() is not None
        if self._outlet is not None and not is_gone and not connection.stream.writing():
            self._outlet.resume()

    def _tell_error(self, topic: str, error: BaseException) -> None:
        self._write(text_frame(encode({"topic": topic, "error": error_body(500, error)})))

    # -- who may follow what

    async def _let_in(self) -> None:
        """Refuse who may not read; the others wait until there are facts. Raises Forbidden, NotReady."""
        await self.authorise("live", "read")
        await self._readiness.wait()
        self._budget = BUDGETS.of(self.current_user.username)

    async def _admit(self, topic: str) -> tuple[Family, Placeholders, bool]:
        """A topic that the caller may follow, now that their budget allows; the last says whether they see all of it.

        Raises NotFound, Forbidden.
        """
        family, values = self._hub.find(topic)
        resource = family.topic.resource
        await self.authorise(resource, family.topic.action)
        assert self._budget is not None
        wait = self._budget.subscriptions.take()
        if wait > 0:
            TALLY.add("subscriptions slowed")
            await asyncio.sleep(wait)
        sees_all = not family.has_shown or await self.may(resource, "all")
        reader = Request(self, self.current_user, self.base_url)
        return family, family.topic.of_reader(values, reader.owner, reader.role), sees_all

    async def _watch_session(self) -> None:
        """End the connection soon after its user logged out or lost the right to it."""
        user = self.current_user
        while True:
            await asyncio.sleep(RECHECK_SECONDS)
            if not await self.still_allowed(user):
                break
        if self._stream is not None:
            self._stream.end()
        else:
            self.close(4401, "The session ended. Log in again.")

    # -- SSE and NDJSON

    def on_connection_close(self) -> None:
        """The client is gone."""
        if self._stream is not None:
            self._stream.end()
        super().on_connection_close()

    async def _serve_stream(self) -> None:
        topics = [*dict.fromkeys(self.get_query_arguments("topic"))]
        if not topics:
            raise BadRequest("'topic' is missing: name at least one topic.", field="topic")
        if len(self.get_query_arguments("topic")) > MOST_TOPICS:
            raise BadRequest(f"One connection follows at most {MOST_TOPICS} topics.", field="topic")
        since = self.request.headers.get("Last-Event-ID") or self.get_query_argument("since", "")
        places, period = seen(topics, since, self.get_query_argument("epoch", "")), self._period()
        admitted = {topic: await self._admit(topic) for topic in topics}
        lines = "application/x-ndjson" in self.request.headers.get("Accept", "")
        self.set_header("Content-Type", "application/x-ndjson" if lines else "text/event-stream")
        for name, text in UNBUFFERED.items():
            self.set_header(name, text)
        if self.request.method == "HEAD":
            await self.flush()  # a stream has no length to tell
            return
        self._stream = stream = Stream(self, places, lines=lines)
        try:
            refused = await self._follow_all(stream.outlet, admitted, places, period)
            self._watch = asyncio.create_task(self._watch_session())
            stream.start()
            for topic, error in refused.items():
                stream.fail(topic, error)
            await stream.run()
        finally:
            stream.end()
            if self._watch is not None:
                self._watch.cancel()

    async def _follow_all(
        self, outlet: Outlet, admitted: Mapping[str, tuple[Family, Placeholders, bool]], places: Seen,
        period: Period,
    ) -> dict[str, CrispdmError]:  # fmt: skip
        """Follow each topic at once when it is open; those that cannot be, and why: the others go on."""
        refused: dict[str, CrispdmError] = {}
        for topic, (family, values, sees_all) in admitted.items():
            try:
                channel = await family.open(topic, values, sees_all)
            except CrispdmError as error:
                refused[topic] = error
                continue
            outlet.follow(topic, channel, places.get(topic, Place()), period)
        return refused

    def _period(self) -> Period:
        text = self.get_query_argument("period", "")
        if text == "epoch":
            return "epoch"
        return number(text, "period", low=0, high=MOST_PERIOD) if text else None
