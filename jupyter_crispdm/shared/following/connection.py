"""One connection for all that a session follows, on one thread of its own; made again whenever it is lost."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import dataclass
from typing import Any, Protocol

import msgspec

from jupyter_crispdm.base.errors import ErrorBody
from jupyter_crispdm.client.discovery import Address
from jupyter_crispdm.client.errors import ClientError
from jupyter_crispdm.client.live import FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS, LiveMessage

_log = logging.getLogger("jupyter_crispdm.server_state")

PERIOD = 0.05
"""Twenty changes a second at most: the newest always comes."""
HEARTBEAT_SECONDS, SILENCE_SECONDS = 5.0, 15.0
_SAID_AFTER_SECONDS = 5.0
_AGAIN_SECONDS, _REFUSED_AGAIN_SECONDS = 2.0, 30.0
_PASSING = ("unavailable", "not_ready", "too_many_requests")


class Socket(Protocol):
    """A connection that is open."""

    async def send(self, message: str) -> None:
        """Send a text. Raises OSError."""

    async def recv(self) -> str | bytes:
        """The next message. Raises OSError."""


Dial = Callable[[Address], AbstractAsyncContextManager[Socket]]
Locate = Callable[[], Address]


@dataclass(eq=False)
class Follower:
    """Whoever follows a topic: called on the connection's thread, which it must not hold up."""

    topic: str
    told: Callable[[LiveMessage], None]
    refused: Callable[[ErrorBody], None] = lambda error: None
    since: int | None = None
    epoch: str | None = None
    goes_on: bool = False
    """Whether it is of a log: a new connection goes on after the last message."""


class Connection:
    """Follows topics. Every method may be called on any thread."""

    def __init__(self, locate: Locate, dial: Dial, pause: float = FIRST_PAUSE_SECONDS) -> None:
        self._locate, self._dial, self._first_pause = locate, dial, pause
        self._followers: dict[str, Follower] = {}
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._changed = asyncio.Event()
        self._closing = False
        self._said: dict[str, Follower] = {}  # what the server was told to tell, and for whom
        self._later: dict[str, float] = {}  # topics that were refused, and when to ask again
        self._heard = 0.0
        self._lost: float | None = None
        self._is_told = False

    def follow(self, follower: Follower) -> None:
        """Follow a topic; one at a time may."""
        with self._lock:
            if follower.topic in self._followers:
                raise ValueError(f"'{follower.topic}' is followed already.")
            self._followers[follower.topic] = follower
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="crispdm: shared values", daemon=True)
                self._thread.start()
        self._wake()

    def leave(self, follower: Follower) -> None:
        """Follow a topic no more."""
        with self._lock:
            if self._followers.get(follower.topic) is follower:
                del self._followers[follower.topic]
        self._wake()

    def close(self) -> None:
        """End the connection and its thread."""
        with self._lock:
            self._closing, thread = True, self._thread
        self._wake()
        if thread is not None and thread is not threading.current_thread():
            thread.join(10)

    def _wake(self) -> None:
        loop = self._loop
        if loop is not None:
            with suppress(RuntimeError):  # it is over
                loop.call_soon_threadsafe(self._changed.set)

    def _run(self) -> None:
        try:
            asyncio.run(self._stay())
        except RuntimeError as error:
            if "shutdown" not in str(error):  # a program that ends starts no threads any more, and tells nobody sooner
                raise

    async def _stay(self) -> None:
        """Keep a connection until the end."""
        self._changed = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        pause = self._first_pause
        while not self._closing:
            try:
                async with self._dial(await asyncio.to_thread(self._locate)) as socket:
                    pause = self._first_pause
                    await self._talk(socket)
            except (OSError, TimeoutError, asyncio.TimeoutError, ClientError, EOFError) as error:
                self._note_loss(error)
                await self._rest(pause)
                pause = min(2 * pause, LONGEST_PAUSE_SECONDS)

    async def _talk(self, socket: Socket) -> None:
        self._said, self._later, self._heard = {}, {}, time.monotonic()
        await socket.send(_command(heartbeat=HEARTBEAT_SECONDS))
        saying, hearing = (asyncio.ensure_future(work(socket)) for work in (self._say, self._hear))
        try:
            await asyncio.wait((saying, hearing), return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in (saying, hearing):
                one.cancel()
            ended = await asyncio.gather(saying, hearing, return_exceptions=True)
        for error in ended:
            if isinstance(error, Exception):
                raise error

    async def _say(self, socket: Socket) -> None:
        """Have the server know what is followed, until the end."""
        while not self._closing:
            self._changed.clear()
            now = time.monotonic()
            if now - self._heard > SILENCE_SECONDS:
                raise ConnectionError("nothing has come for a while")
            for command in self._news(now):
                await socket.send(command)
            await self._until_changed(_AGAIN_SECONDS)

    def _news(self, now: float) -> Iterable[str]:
        with self._lock:
            wanted = dict(self._followers)
        for topic, told in list(self._said.items()):
            if wanted.get(topic) is not told:  # another one has to hear what is there now: it may have been told before
                del self._said[topic]
                yield _command(unsubscribe=topic)
        for topic in wanted.keys() - self._said.keys():
            if self._later.get(topic, now) <= now:
                one = wanted[topic]
                place = {"since": one.since, "epoch": one.epoch} if one.goes_on and one.since is not None else {}
                self._said[topic] = one
                self._later.pop(topic, None)
                yield _command(subscribe=topic, period=PERIOD, **place)

    async def _hear(self, socket: Socket) -> None:
        while True:
            text = await socket.recv()
            self._heard, self._lost, self._is_told = time.monotonic(), None, False
            try:
                message = msgspec.json.decode(text, type=_Said)
            except (msgspec.MsgspecError, UnicodeDecodeError):
                continue
            self._take(message)

    def _take(self, message: _Said) -> None:
        with self._lock:
            follower = self._followers.get(message.topic)
        if follower is None or message.left or message.topic not in self._said:
            return
        if message.error is not None:
            passing = message.error.code in _PASSING
            del self._said[message.topic]
            self._later[message.topic] = time.monotonic() + (_AGAIN_SECONDS if passing else _REFUSED_AGAIN_SECONDS)
            self._changed.set()
            follower.refused(message.error)
            return
        follower.since, follower.epoch = message.seq, message.epoch
        follower.told(LiveMessage(message.topic, message.seq, message.data, message.epoch))

    def _note_loss(self, error: Exception) -> None:
        now = time.monotonic()
        self._lost = now if self._lost is None else self._lost
        if now - self._lost > _SAID_AFTER_SECONDS and not self._is_told:
            self._is_told = True
            why = str(error) or type(error).__name__
            _log.warning("Shared values cannot be followed; trying again until they can: %s", why)

    async def _rest(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while not self._closing and (left := deadline - time.monotonic()) > 0:
            self._changed.clear()
            await self._until_changed(left)

    async def _until_changed(self, seconds: float) -> None:
        """Wait for a change, or so long. (`asyncio.wait_for` can miss that it is cancelled, before Python 3.12.)"""
        late = asyncio.get_running_loop().call_later(seconds, self._changed.set)
        try:
            await self._changed.wait()
        finally:
            late.cancel()


class _Said(msgspec.Struct, frozen=True):
    """Whatever the server says."""

    topic: str = ""
    seq: int | None = None
    data: Any = None
    epoch: str | None = None
    left: bool = False
    error: ErrorBody | None = None


def _command(**fields: Any) -> str:
    return msgspec.json.encode(fields).decode()
