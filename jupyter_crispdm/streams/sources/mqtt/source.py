"""Messages of a broker, acknowledged once they are on the disk."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Sequence
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho

from jupyter_crispdm.base.clock import Clock, SystemClock
from jupyter_crispdm.base.errors import StorageFull
from jupyter_crispdm.base.tasks import Loop, spawn

from ..backoff import Backoff
from ..port import Message
from .line import CONNECT_SECONDS, SILENT_AFTER, Line, Lost
from .place import MqttPlace
from .session import Session, read_session, write_session

MOST_WAITING, MOST_WAITING_BYTES = 10_000, 32 << 20
AT_ONCE = 1000
_LOOK_SECONDS = 1.0

Mark = tuple[Line, int, int]


class MqttSource:
    """Follows a topic. With QoS 1 or 2 the broker keeps a message until it is stored, also while nobody collects."""

    def __init__(
        self, place: MqttPlace, directory: Path, *, clock: Clock | None = None, backoff: Backoff | None = None
    ) -> None:
        self._place, self._directory = place, directory
        self._clock = clock or SystemClock()
        self._backoff = backoff or Backoff()
        self._line: Line | None = None
        self._waiting: deque[Message] = deque()
        self._bytes = 0
        self._news = asyncio.Event()
        self._trouble = ""
        self._opening: float | None = None
        self._keeping = Loop(f"connection to {place.address}", self._keep, clock=self._clock)

    @property
    def trouble(self) -> str:
        """Why nothing comes; empty while the broker answers."""
        opening = self._opening is not None and self._clock.monotonic() - self._opening > SILENT_AFTER
        if opening or (self._line is not None and self._line.silent):
            return f"The broker at {self._place.address} does not answer."
        return self._trouble

    async def read(self) -> AsyncGenerator[Sequence[Message], None]:
        """Messages in the order in which they came."""
        self._keeping.start()
        while True:
            await self._news.wait()
            yield self._take()

    async def stored(self, messages: Sequence[Message]) -> None:
        """Acknowledge them, where they came by the connection that stands. The others come again."""
        for message in messages:
            if isinstance(message.mark, tuple):
                line: Line
                line, mid, qos = message.mark
                if line is self._line:
                    line.acknowledge(mid, qos)

    async def close(self) -> None:
        """Leave; the broker keeps what comes until its session ends."""
        await self._keeping.close()

    def _take(self) -> list[Message]:
        taken = [self._waiting.popleft() for _ in range(min(len(self._waiting), AT_ONCE))]
        self._bytes -= sum(len(message.payload) for message in taken)
        if not self._waiting:
            self._news.clear()
        if self._line is not None and not self._full(0.5):
            self._line.go_on()
        return taken

    def _deliver(self, line: Line, message: paho.MQTTMessage) -> None:
        mark: Mark | None = (line, message.mid, message.qos) if message.qos else None
        self._waiting.append(Message(bytes(message.payload), self._clock.now(), mark, message.topic))
        self._bytes += len(message.payload)
        self._news.set()
        if self._full():
            line.hold()

    def _full(self, part: float = 1.0) -> bool:
        return len(self._waiting) >= MOST_WAITING * part or self._bytes >= MOST_WAITING_BYTES * part

    async def _keep(self) -> None:
        """Connect, again and again."""
        while True:
            try:
                session = await asyncio.to_thread(read_session, self._directory)
                self._trouble = await self._follow(session)
            except (Lost, OSError, StorageFull) as lost:
                self._trouble = str(lost)
            await self._backoff.pause()

    async def _follow(self, session: Session) -> str:
        """Be connected for as long as it lasts; the reason why it is over. Raises Lost."""
        self._opening = self._clock.monotonic()
        old = session.topic if session.broker == self._place.address else ""
        line = Line(self._place, session.client, old, lambda message: self._deliver(line, message), self._clock)
        try:
            await line.open()
            self._line = line
            await self._wait_until_subscribed(line)
            await self._remember(session)
            return await self._watch(line)
        finally:
            self._opening = self._line = None
            line.close()

    async def _wait_until_subscribed(self, line: Line) -> None:
        subscribed = spawn("subscription", line.subscribed.wait())
        either: list[asyncio.Future[Any]] = [subscribed, line.lost]
        await asyncio.wait(either, timeout=2 * CONNECT_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        subscribed.cancel()
        if line.lost.done():
            raise Lost(line.lost.result())
        if not line.subscribed.is_set():
            raise Lost(f"The broker at {self._place.address} does not answer.")
        self._trouble, self._opening = "", None
        self._backoff.reset()

    async def _watch(self, line: Line) -> str:
        while not line.lost.done():
            await asyncio.wait({line.lost}, timeout=_LOOK_SECONDS)
            line.look()
        return line.lost.result()

    async def _remember(self, session: Session) -> None:
        now = Session(session.client, self._place.address, self._place.topic)
        if now != session:
            await asyncio.to_thread(write_session, self._directory, now)
