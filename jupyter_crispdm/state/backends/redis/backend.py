"""Values and locks in Redis.

A change is applied to what was read, and written only if nobody has written meanwhile; else it is applied anew.
Changes of one key wait for each other within a server, so that only other servers can come between.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from typing import NamedTuple
from weakref import WeakValueDictionary

import msgspec

from jupyter_crispdm.base.clock import Clock
from jupyter_crispdm.base.errors import Conflict, Unavailable
from jupyter_crispdm.base.tasks import Loop

from ...entries import Change, Entry, Moment
from ...leases import PATIENCE, Holder
from ...once import KEPT_SECONDS, Answer, Once
from ..port import Changed, Grant, LockLost, Told, Turn, Woken
from . import scripts
from .contents import count_pieces, name_of_pieces
from .line import Line
from .news import News

_REMEMBERED = 86_400.0
_TRIES = 200
_LATEST = 0.75  # of the budget: a call that was given up changes nothing later
_LEAST = 0.005


class Seen(NamedTuple):
    """A value as it was read, how it is spelled, and what surrounds it: Redis' own time in milliseconds, too."""

    entry: Entry | None
    text: bytes
    moment: Moment
    time: int
    answer: Answer | None


class RedisBackend:
    """Keeps the values and locks of several servers."""

    def __init__(self, line: Line, clock: Clock) -> None:
        self._line, self._clock = line, clock
        self._entries, self._values, self._totals, self._due, self._gone = (
            line.key(name) for name in ("entries", "values", "totals", "due", "gone"))
        self._channel = line.key("news")
        self._look = line.script(scripts.READ)
        self._write, self._forget = line.script(scripts.WRITE), line.script(scripts.FORGET)
        self._ask, self._leave = line.script(scripts.ASK), line.script(scripts.LEAVE)
        self._renew, self._free = line.script(scripts.RENEW), line.script(scripts.FREE)
        self._turns = WeakValueDictionary[str, asyncio.Lock]()
        self._news: Loop | None = None

    async def start(self, told: Told, woken: Woken) -> None:
        """Listen to what other servers change."""
        self._news = Loop("news of shared values", News(self._line, self._channel, told, woken).follow)
        self._news.start()

    async def close(self) -> None:
        """Hang up."""
        if self._news is not None:
            await self._news.close()
        await self._line.close()

    # -- values

    async def get(self, key: str) -> Entry | None:
        """A value, also one that was deleted a while ago."""
        return (await self._read(key)).entry

    async def all(self) -> list[Entry]:
        """All values, without those that were deleted, and without their JSON."""
        found = await self._line.call(self._line.redis.hvals(self._entries))
        return [entry for entry in map(_decoded, found) if entry.value is not None]

    async def floor(self) -> int:
        """The greatest version that was forgotten."""
        return int(await self._line.call(self._line.redis.hget(self._totals, "floor")) or 0)

    async def change(
        self, key: str, change: Change, lock: str | None = None, once: Once | None = None
    ) -> Changed:
        """Apply a change to the newest value."""
        async with self._turn(key):
            for tried in range(_TRIES):
                seen = await self._read(key, once)
                if once is not None and seen.answer is not None:
                    known = seen.answer.again(once)
                    return Changed(known, known)
                after = change(seen.entry, seen.moment)
                said = await self._set(key, seen, after, lock, once)
                if said == b"ok":
                    return Changed(seen.entry, after)
                if said == b"lock":
                    raise LockLost(key)
                if said == b"lost":
                    raise Conflict(f"The content of '{key}' took too long to be named.", field="key")
                if said == b"late":
                    break
                await asyncio.sleep(random.random() * 0.002 * min(tried, 20))
        raise Unavailable(f"The shared Redis is too busy to change '{key}'; nothing was changed.", retry_after=1)

    @asynccontextmanager
    async def _turn(self, key: str) -> AsyncIterator[None]:
        turn = self._turns.get(key)
        if turn is None:
            turn = self._turns[key] = asyncio.Lock()
        await self._line.call(turn.acquire())
        try:
            yield
        finally:
            turn.release()

    async def due(self) -> list[str]:
        """The keys of values whose time is over."""
        found = await self._line.call(self._line.redis.zrangebyscore(self._due, 0, self._clock.now(), 0, 1000))
        return [key.decode() for key in found]

    async def old(self) -> list[str]:
        """The keys of values that were deleted more than a day ago."""
        latest = self._clock.now() - _REMEMBERED
        found = await self._line.call(self._line.redis.zrangebyscore(self._gone, 0, latest, 0, 1000))
        return [key.decode() for key in found]

    async def forget(self, keys: Collection[str]) -> None:
        """Forget those of them that were not made anew."""
        if not keys:
            return
        latest = self._clock.now() - _REMEMBERED
        texts = await self._line.call(self._line.redis.hmget(self._entries, list(keys)))
        seen = [(key, text, _decoded(text)) for key, text in zip(keys, texts, strict=True) if text is not None]
        old = {key: text for key, text, entry in seen if entry.value is None and entry.updated < latest}
        floor = max((max(entry.version, entry.notified) for key, _, entry in seen if key in old), default=0)
        pairs = [part for pair in old.items() for part in pair]
        await self._line.call(self._forget(keys=[self._entries, self._totals, self._gone], args=[floor, *pairs]))

    async def _read(self, key: str, once: Once | None = None) -> Seen:
        """A value and what surrounds it."""
        names = [self._entries, self._values, self._totals, self._answer(once)]
        text, value, *rest, time, answer = await self._line.call(self._look(keys=names, args=[key]))
        return Seen(
            None if text is None else _decoded(text, value), text or b"", Moment(self._clock.now(), *rest), time,
            None if answer is None else msgspec.json.decode(answer, type=Answer),
        )  # fmt: skip

    async def _set(self, key: str, seen: Seen, after: Entry, lock: str | None, once: Once | None) -> bytes:
        before, now = seen.entry, seen.moment.now
        is_told = before is None or before.notified != after.notified
        old = before.content if before and before.content != after.content else None
        new = after.content if before is None or before.content != after.content else None
        arguments = [
            key, seen.text, _encoded(after), after.value or b"", _counts(after) - _counts(before),
            _size(after) - _size(before), seen.moment.floor, "" if after.expires is None else after.expires,
            "" if after.value is not None else after.updated, lock or "",
            seen.time + int(self._line.budget * _LATEST * 1000), self._channel if is_told else "",
            *((name_of_pieces(self._line, old.id), count_pieces(old.size)) if old else ("", 0)),
            *((name_of_pieces(self._line, new.id), count_pieces(new.size)) if new else ("", 0)),
            "" if once is None else msgspec.json.encode(Answer.to(once, after, now)), int(KEPT_SECONDS * 1000),
        ]  # fmt: skip
        keys = [self._entries, self._values, self._totals, self._due, self._gone, self._line.key("lock", key),
                self._answer(once)]
        said: bytes = await self._line.call(self._write(keys=keys, args=arguments))
        return said

    def _answer(self, once: Once | None) -> str:
        return self._line.key("answer", once.name if once else "")

    # -- locks

    async def ask(self, key: str, ticket: str, holder: Holder, seconds: float) -> Grant | Turn:
        """The lock of a key, or a place in line."""
        arguments = [ticket, holder.by, holder.session, int(seconds * 1000), int(PATIENCE * 1000)]
        has_it, left, *who = await self._line.call(self._ask(keys=self._names(key), args=arguments))
        if has_it:
            return Grant(ticket, holder, self._clock.now() + left / 1000)
        if not who:
            return Turn(None, PATIENCE / 2)
        by, session = (text.decode() for text in who)
        return Turn(Holder(by, session), min(PATIENCE / 2, max(_LEAST, left / 1000)))

    async def leave(self, key: str, ticket: str) -> None:
        """Want the lock no more."""
        await self._line.call(self._leave(keys=self._names(key), args=[ticket, self._channel, key]))

    async def renew(self, key: str, id: str, seconds: float) -> Grant:
        """Hold a lock for longer."""
        has_it, *who = await self._line.call(self._renew(keys=self._names(key), args=[id, int(seconds * 1000)]))
        if not has_it:
            raise LockLost(key)
        by, session = (text.decode() for text in who)
        return Grant(id, Holder(by, session), self._clock.now() + seconds)

    async def free(self, key: str, id: str) -> None:
        """Give a lock back."""
        if not await self._line.call(self._free(keys=self._names(key), args=[id, self._channel, key])):
            raise LockLost(key)

    def _names(self, key: str) -> list[str]:
        return [*(self._line.key(name, key) for name in ("lock", "line", "seen")), self._line.key("turns")]


def _encoded(entry: Entry) -> bytes:
    """All of an entry but its value, which is kept beside it."""
    return msgspec.json.encode(msgspec.structs.replace(entry, value=None if entry.value is None else b""))


def _decoded(text: bytes, value: bytes | None = None) -> Entry:
    entry = msgspec.json.decode(text, type=Entry)
    return entry if entry.value is None or value is None else msgspec.structs.replace(entry, value=value)


def _counts(entry: Entry | None) -> int:
    return int(entry is not None and entry.value is not None)


def _size(entry: Entry | None) -> int:
    return 0 if entry is None else entry.size


