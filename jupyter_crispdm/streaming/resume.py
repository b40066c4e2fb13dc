"""A stream that a reader goes on with after it was cut, exactly where it was, however often.

What a `Replay` was told to send is kept, numbered, within bounds. The ids that readers see name the replay as well, so
that `Last-Event-ID` alone tells where to go on::

    replay = replays.begin(caller, lambda done: tokens(prompt, after=done))     # no Last-Event-ID
    replay, done = replays.find(caller, last_event_id)                          # there is one

    Reply(replay.after(done).sse(heartbeat=15, retry=1000), headers=EVENTS)

What is decided here: an empty `Last-Event-ID` is none, and no id that is sent is ever empty, so that nobody forgets the
place that they were at. Whoever asks for what is no longer kept, or for a stream that is forgotten, is told 410 before
anything is sent: they have to begin anew, and are never given a stream with a hole or with something twice. One reader
at a time: a new one ends the one before, whose connection is dead and does not know it yet. What has no reader holds
nothing but memory: its source is closed, at once or after `linger` seconds, and opened again after what was made.
"""

from __future__ import annotations

import asyncio
import re
import secrets
from collections import OrderedDict, deque
from collections.abc import AsyncGenerator, AsyncIterable, Callable
from contextlib import suppress
from dataclasses import dataclass

from jupyter_crispdm.base.errors import BadRequest, Gone, TooManyRequests
from jupyter_crispdm.base.tasks import spawn

from .events import Event
from .sources import Opening
from .stream import Stream
from .waits import LoopWaits, PatientPull

Open = Callable[[int], AsyncIterable[str]]
"""Makes what comes after the first so many pieces."""

_ID = re.compile(r"([0-9a-f]{16})-([0-9]{1,15})")


@dataclass(frozen=True)
class Bounds:
    """How much is kept: of one replay, pieces and characters; replays of one caller and of all; seconds.

    `linger` is how long a source without a reader stays open, `forget` how long its pieces are kept.
    """

    pieces: int = 50_000
    characters: int = 8 * 2**20
    each: int = 8
    all: int = 256
    linger: float = 0.0
    forget: float = 300.0


class Replay:
    """One source, its pieces numbered from 1, of which the newest are kept.

    `reopens` says whether `opens` can make what comes after some pieces; one that cannot lives for as long as it has a
    reader, or lingers.
    """

    def __init__(self, opens: Open, bounds: Bounds | None = None, *, reopens: bool = True) -> None:
        self.name = secrets.token_hex(8)
        self._opens, self._bounds, self._reopens = opens, bounds or Bounds(), reopens
        self._kept: deque[str] = deque()
        self._characters = 0
        self._first = 1  # the number of the oldest that is kept
        self._is_over = False
        self._error: Exception | None = None
        self._reader: object | None = None
        self._opening: Opening | None = None
        self._pull: PatientPull[str] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self.idle_since: float | None = None
        """When the last reader left, in the loop's time; None while there is one."""

    @property
    def made(self) -> int:
        """How many pieces the source has given."""
        return self._first + len(self._kept) - 1

    def after(self, number: int) -> Stream[Event]:
        """The pieces after so many. Raises Gone when they are no longer kept, BadRequest when they never were."""
        if number > self.made:
            raise BadRequest("'Last-Event-ID' is not one that this server sent.", field="Last-Event-ID")
        if number < self._first - 1:
            raise Gone("What comes after this event is no longer kept. Begin anew, without 'Last-Event-ID'.",
                       oldest=self._id(self._first), newest=self._id(self.made))  # fmt: skip
        if not self._reopens and self.made and self._pull is None and not self._is_over:
            raise Gone("This stream was broken off, and cannot go on. Begin anew, without 'Last-Event-ID'.")
        reader = object()
        return Stream(self._read(number, reader), close=lambda: self._leave(reader))

    async def aclose(self) -> None:
        """Close the source; nothing more is made."""
        if self._timer is not None:
            self._timer.cancel()
        await self._let_go()

    def _id(self, number: int) -> str:
        return f"{self.name}-{number}"

    async def _read(self, number: int, reader: object) -> AsyncGenerator[Event, None]:
        self._enter(reader)
        while self._reader is reader:
            if number < self.made:
                number += 1
                yield Event(self._kept[number - self._first], self._id(number))
            elif self._error is not None:
                raise self._error
            elif self._is_over:
                return
            else:
                await self._more()

    def _enter(self, reader: object) -> None:
        self._reader, self.idle_since = reader, None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    async def _leave(self, reader: object) -> None:
        if self._reader is not reader:
            return
        self._reader, loop = None, asyncio.get_running_loop()
        self.idle_since = loop.time()
        if self._bounds.linger and not self._is_over:
            self._timer = loop.call_later(self._bounds.linger, lambda: spawn("let a stream go", self._let_go()))
        else:
            await self._let_go()

    async def _let_go(self) -> None:
        pull, opening, self._pull, self._opening = self._pull, self._opening, None, None
        if pull is not None:
            await pull.aclose()
        if opening is not None:
            await opening.close()

    async def _more(self) -> None:
        """Ask the source for a piece, which is kept also where its reader leaves meanwhile."""
        if self._pull is None:
            self._opening = Opening(LoopWaits())
            self._pull = PatientPull(self._opening.keep(self._numbered(self._opens(self.made))))
        with suppress(StopAsyncIteration):
            await self._pull.within(None)

    async def _numbered(self, source: AsyncIterable[str]) -> AsyncGenerator[str, None]:
        stream = Stream(source)
        try:
            async for piece in stream:
                self._keep(piece)
                yield piece
            self._is_over = True
        except Exception as error:
            self._is_over, self._error = True, error
        finally:
            await stream.aclose()

    def _keep(self, piece: str) -> None:
        self._kept.append(piece)
        self._characters += len(piece)
        while len(self._kept) > self._bounds.pieces or self._characters > self._bounds.characters:
            self._characters -= len(self._kept.popleft())
            self._first += 1


class Replays:
    """The replays of a server, each of one caller. Those that nobody reads make room for others."""

    def __init__(self, bounds: Bounds | None = None) -> None:
        self._bounds = bounds or Bounds()
        self._known: OrderedDict[tuple[str, str], Replay] = OrderedDict()

    async def begin(self, caller: str, opens: Open, *, reopens: bool = True) -> Replay:
        """A new replay, as `Replay` takes it. Raises TooManyRequests when the caller reads as many as one may."""
        await self._make_room(caller)
        replay = Replay(opens, self._bounds, reopens=reopens)
        replay.idle_since = asyncio.get_running_loop().time()
        self._known[caller, replay.name] = replay
        return replay

    def find(self, caller: str, last_event_id: str) -> tuple[Replay, int]:
        """The replay that an id names, and the number in it.

        Raises BadRequest for what is no id of ours, Gone when it is forgotten, or somebody else's.
        """
        found = _ID.fullmatch(last_event_id)
        if found is None:
            raise BadRequest("'Last-Event-ID' is not one that this server sent.", field="Last-Event-ID")
        replay = self._known.get((caller, found[1]))
        if replay is None:
            raise Gone("This stream is no longer kept. Begin anew, without 'Last-Event-ID'.")
        return replay, int(found[2])

    async def aclose(self) -> None:
        """Close all sources."""
        known, self._known = self._known, OrderedDict()
        for replay in known.values():
            await replay.aclose()

    async def _make_room(self, caller: str) -> None:
        now = asyncio.get_running_loop().time()
        for key, replay in [*self._known.items()]:
            if replay.idle_since is not None and now - replay.idle_since > self._bounds.forget:
                await self._forget(key)
        while sum(key[0] == caller for key in self._known) >= self._bounds.each:
            await self._forget_idle(lambda key: key[0] == caller)
        while len(self._known) >= self._bounds.all:
            await self._forget_idle(lambda key: True)

    async def _forget_idle(self, may_go: Callable[[tuple[str, str]], bool]) -> None:
        idle = [key for key, replay in self._known.items() if may_go(key) and replay.idle_since is not None]
        if not idle:
            raise TooManyRequests("Too many streams are being read. Close one first.", retry_after=1)
        await self._forget(min(idle, key=lambda key: self._known[key].idle_since or 0.0))

    async def _forget(self, key: tuple[str, str]) -> None:
        await self._known.pop(key).aclose()
