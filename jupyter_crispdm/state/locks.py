"""The lock of each key: a lease, given in the order in which it was asked for."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections import Counter
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from jupyter_crispdm.base.budget import TALLY
from jupyter_crispdm.base.clock import utc
from jupyter_crispdm.base.errors import Conflict, CrispdmError, TooManyRequests

from .backends.port import Backend, Grant, Turn
from .leases import Holder
from .manager import Caller, StateManager, told
from .types import LockLease, LockRenewal, NewLock

MOST_WAITING = 200
Gone = Callable[[], Coroutine[Any, Any, None]]
_log = logging.getLogger(__name__)


@dataclass(eq=False)
class Waiter:
    """Somebody who waits for a lock; `gone` is done once they do so no more."""

    key: str
    holder: Holder
    wanted: NewLock
    gone: asyncio.Future[Any]
    ticket: str = field(default_factory=lambda: secrets.token_hex(16))
    woken: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def is_gone(self) -> bool:
        """Whether nobody waits any more."""
        return self.gone.done()

    async def sleep(self, seconds: float) -> None:
        """Wait until woken, until nobody waits any more, or for so long."""
        woken = asyncio.ensure_future(self.woken.wait())
        try:
            await asyncio.wait({woken, self.gone}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            woken.cancel()


class LockManager:
    """The locks that all sessions share."""

    def __init__(self, backend: Backend, states: StateManager) -> None:
        self._backend, self._states = backend, states
        self._waiting: dict[str, Waiter] = {}
        self._waits = Counter[str]()

    async def acquire(self, key: str, body: NewLock, caller: Caller, gone: Gone) -> LockLease:
        """Wait for a lock, for as long as somebody waits (until `gone`).

        Raises Conflict with the holder when it took too long, and TooManyRequests.
        """
        await self._states.check(key, caller.role, "write")
        if self._waits[caller.name] >= MOST_WAITING:
            TALLY.add("state locks refused")
            raise TooManyRequests(f"You wait for {MOST_WAITING} locks already.", retry_after=1)
        self._waits[caller.name] += 1
        try:
            grant = await self._wait(key, body, caller, gone)
            return await self._lease(key, grant, caller)
        finally:
            self._waits[caller.name] -= 1
            self._waits += Counter()

    async def renew(self, key: str, id: str, body: LockRenewal, caller: Caller) -> LockLease:
        """Hold a lock for longer. Raises Conflict when it is held no longer."""
        await self._states.check(key, caller.role, "write")
        return await self._lease(key, await self._backend.renew(key, id, body.seconds), caller)

    async def free(self, key: str, id: str, caller: Caller) -> None:
        """Give a lock back. Raises Conflict when it is held no longer."""
        await self._states.check(key, caller.role, "write")
        await self._backend.free(key, id)

    def woken(self, key: str, ticket: str) -> None:
        """It may be this ticket's turn now."""
        waiter = self._waiting.get(ticket)
        if waiter is not None:
            waiter.woken.set()

    async def _wait(self, key: str, body: NewLock, caller: Caller, gone: Gone) -> Grant:
        waiter = Waiter(key, Holder(caller.name, body.session), body, asyncio.ensure_future(gone()))
        self._waiting[waiter.ticket] = waiter
        has_it = False
        try:
            grant = await self._queue(waiter)
            has_it = not waiter.is_gone
            return grant
        finally:
            del self._waiting[waiter.ticket]
            waiter.gone.cancel()
            if not has_it:
                await self._leave(key, waiter.ticket)

    async def _queue(self, waiter: Waiter) -> Grant:
        """Ask again whenever it may be the waiter's turn. Raises Conflict."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + waiter.wanted.wait
        while True:
            waiter.woken.clear()
            answer = await self._backend.ask(waiter.key, waiter.ticket, waiter.holder, waiter.wanted.seconds)
            if isinstance(answer, Grant):
                return answer
            left = deadline - loop.time()
            if left <= 0 or waiter.is_gone:
                raise _taken(waiter.key, answer)
            await waiter.sleep(min(answer.again, left))

    async def _leave(self, key: str, ticket: str) -> None:
        """Give up the place in line, or the lock that nobody is there to take."""
        try:
            await asyncio.shield(self._backend.leave(key, ticket))
        except CrispdmError as error:
            _log.warning("A place in line for the lock of '%s' ends by itself: %s", key, error)

    async def _lease(self, key: str, grant: Grant, caller: Caller) -> LockLease:
        value = None
        with suppress(CrispdmError):
            value = told(await self._states.entry(key, caller.role))
        return LockLease(lock=grant.id, key=key, holder=grant.holder.by, until=utc(grant.until), value=value)


def _taken(key: str, turn: Turn) -> Conflict:
    holder = turn.holder
    who = f"is held by {holder.by}" if holder else "is another's turn"
    return Conflict(f"The lock of '{key}' {who}.", field="wait", holder=holder.by if holder else None,
                    session=holder.session if holder else "")
