"""Shared values: who may see and change which, and who is told."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import msgspec

from jupyter_crispdm.auth.types import Role, UserRole
from jupyter_crispdm.base.clock import Clock, utc
from jupyter_crispdm.base.errors import Conflict, NotFound, Unavailable
from jupyter_crispdm.base.tasks import Listeners, Loop, spawn

from . import entries
from .backends.port import Backend, Woken
from .entries import Change, Entry, Guard, Held, Limits, Stale, Writer
from .once import Once
from .types import (
    KEY,
    Append,
    Content,
    ContentQuery,
    Increment,
    NewValue,
    Removal,
    StateInfo,
    StateValue,
    Update,
    Writing,
)

Ended = Callable[[str], Awaitable[object]]
_SWEEP_SECONDS = 1.0
_AGAIN_SECONDS = 0.5


@dataclass(frozen=True)
class Caller:
    """Who asks, with which role, and for which change `once`, so that it is made once."""

    name: str
    role: Role
    once: Once | None = None


class StateManager:
    """The values that all sessions share."""

    def __init__(self, backend: Backend, limits: Limits, clock: Clock, tell: Callable[[str | None], object]) -> None:
        self._backend, self.limits, self._clock, self._tell = backend, limits, clock, tell
        self._replaced = Listeners[Held]("contents that were replaced")
        self._ended: list[Ended] = []
        self._loop = Loop("shared values whose time is over", self._sweep, clock=clock)

    async def start(self, woken: Woken) -> None:
        """Take up the work; `woken` is told whose turn it is at a lock."""
        await self._backend.start(self._tell, woken)
        self._loop.start()

    async def close(self) -> None:
        """Finish what was begun."""
        await self._loop.close()
        await self._backend.close()

    def on_ended(self, listener: Ended) -> None:
        """Have somebody told of each key whose value is there no more, and once again before that is forgotten."""
        self._ended.append(listener)

    def on_replaced(self, listener: Callable[[Held], object]) -> None:
        """Have somebody told of each content that no value has any more."""
        self._replaced.add(listener)

    async def all(self, caller: Caller) -> list[StateInfo]:
        """The values that somebody may see, in the order of their keys."""
        now = self._clock.now()
        found = [entry for entry in await self._backend.all() if entry.is_there(now) and _sees(caller.role, entry)]
        return [StateInfo(**_about(entry)) for entry in sorted(found, key=lambda entry: entry.key)]

    async def get(self, key: str, caller: Caller) -> StateValue:
        """A value. Raises NotFound, Forbidden."""
        return told(await self.entry(key, caller.role))

    async def entry(self, key: str, role: Role) -> Entry:
        """A value as it is kept. Raises NotFound, Forbidden."""
        entry = await self._present(key)
        if entry is None:
            raise entries.absent(key)
        entries.check(key, entry, role, "read")
        return entry

    async def check(self, key: str, role: Role, action: str) -> None:
        """Refuse who may not read a value, or not write it (`action`). Raises Forbidden, and NotFound for no key."""
        entries.check(key, await self._present(key), role, action)

    async def guard(self, key: str) -> Guard:
        """Who may read and write what belongs to a key, whether there is a value or not. Raises NotFound for no key."""
        while (entry := await self._backend.get(_key(key))) is not None:
            if not entry.is_over(self._clock.now()):
                return Guard(entry.read, entry.write, entry.ended)
            await self._expire(key)
        return Guard()

    async def fact(self, key: str, role: str) -> StateValue:
        """What the topic of a key tells those of a role, once it can be read.

        Raises NotFound for what is no key, and Forbidden.
        """
        while True:
            with suppress(Unavailable):
                entry = await self._backend.get(_key(key))
                if entry is not None and entry.is_there(self._clock.now()):
                    entries.check(key, entry, Role(role), "read")
                    return told(entry)
                return nothing(key, entry.notified if entry else await self._backend.floor())
            await asyncio.sleep(_AGAIN_SECONDS)

    async def put(self, key: str, body: NewValue, caller: Caller) -> StateValue:
        """Write a value whole."""
        return await self._change(key, entries.put(key, body, _writer(body, caller), self.limits), caller, body.lock)

    async def increment(self, key: str, body: Increment, caller: Caller) -> StateValue:
        """Add to a number."""
        change = entries.increment(key, body, _writer(body, caller), self.limits)
        return await self._change(key, change, caller, body.lock)

    async def append(self, key: str, body: Append, caller: Caller) -> StateValue:
        """Add to the end of a list."""
        return await self._change(key, entries.append(key, body, _writer(body, caller), self.limits), caller, body.lock)

    async def update(self, key: str, body: Update, caller: Caller) -> StateValue:
        """Set fields of an object."""
        return await self._change(key, entries.update(key, body, _writer(body, caller), self.limits), caller, body.lock)

    async def hold(self, key: str, content: Held, query: ContentQuery, caller: Caller) -> StateValue:
        """Write a value whose bytes are kept already."""
        writer = _writer(query, caller)
        change = entries.hold(key, content, writer, self.limits, if_version=query.if_version, seconds=query.seconds)
        return await self._change(key, change, caller, query.lock)

    async def remove(self, key: str, body: Removal, caller: Caller) -> None:
        """Delete a value."""
        await self._change(key, entries.drop(key, _writer(body, caller), body.if_version), caller, body.lock)

    async def notify(self, key: str, caller: Caller) -> None:
        """Have observers told of a value that has not changed."""
        await self._change(key, entries.notify(key, Writer(caller.name, caller.role)), caller)

    async def contents(self) -> set[str]:
        """The names of all contents that values have."""
        return {entry.content.id for entry in await self._backend.all() if entry.content is not None}

    async def _present(self, key: str) -> Entry | None:
        entry = await self._backend.get(_key(key))
        return entry if entry is not None and entry.is_there(self._clock.now()) else None

    async def _change(
        self, key: str, change: Change, caller: Caller, lock: str | None = None
    ) -> StateValue:
        try:
            before, after = await self._backend.change(key, change, lock, caller.once)
        except Stale as stale:
            current = nothing(key, 0) if stale.current is None else told(stale.current)
            raise Conflict(stale.message, **stale.details, current=current) from None
        self._settle(before, after)
        return told(after)

    def _settle(self, before: Entry | None, after: Entry) -> None:
        if before is not None and before.content is not None and before.content != after.content:
            self._replaced.tell(before.content)
        if before is not None and before.ended != after.ended:
            spawn("what belonged to a value that is there no more", self._end(after.key))

    async def _end(self, key: str) -> None:
        for listener in self._ended:
            await listener(key)

    async def _expire(self, key: str) -> None:
        """Delete a value whose time is over."""
        with suppress(NotFound):  # it was written anew meanwhile, or somebody else was faster
            self._settle(*await self._backend.change(key, entries.expire(key)))

    async def _sweep(self) -> None:
        while True:
            with suppress(Unavailable):  # later, then
                await self._tidy()
            await asyncio.sleep(_SWEEP_SECONDS)

    async def _tidy(self) -> None:
        """Delete values whose time is over, and forget what was deleted long ago."""
        for key in await self._backend.due():
            await self._expire(key)
        old = await self._backend.old()
        for key in old:
            await self._end(key)
        await self._backend.forget(old)


def told(entry: Entry) -> StateValue:
    """A value as it travels."""
    return StateValue(**_about(entry), value=msgspec.Raw(entry.value or b"null"))


def nothing(key: str, notified: int) -> StateValue:
    """What is told of a key without a value."""
    return StateValue(key=key, value=None, version=0, updated=None, by="", session="", notified=notified,
                      expires=None, read=UserRole.VIEWER, write=UserRole.VIEWER, content=None)


def _about(entry: Entry) -> dict[str, Any]:
    held = entry.content
    content = held and Content(type=held.type, size=held.size, digest=held.digest, meta=held.meta)
    return {
        "key": entry.key, "version": entry.version, "updated": utc(entry.updated), "by": entry.by,
        "session": entry.session, "notified": entry.notified, "read": entry.read, "write": entry.write,
        "expires": None if entry.expires is None else utc(entry.expires), "content": content,
    }  # fmt: skip


def _sees(role: Role, entry: Entry) -> bool:
    return role.includes(Role(entry.read.value))


def _writer(body: Writing, caller: Caller) -> Writer:
    return Writer(caller.name, caller.role, body.session, body.notify)


def _key(key: str) -> str:
    """A key, as a reader of a topic spells it. Raises NotFound for what is none."""
    if not KEY.fits(key):
        raise NotFound(f"There is no shared value '{key}'.", field="key")
    return key
