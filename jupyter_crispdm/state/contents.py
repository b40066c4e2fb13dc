"""Contents: shared values whose bytes travel by themselves, such as arrays, tables, pictures and small files."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from jupyter_crispdm.base.budget import TALLY
from jupyter_crispdm.base.clock import Clock
from jupyter_crispdm.base.errors import NotFound, TooLarge, TooManyRequests
from jupyter_crispdm.base.tasks import Loop

from .backends.port import Contents
from .entries import Held
from .limits import Budgets
from .manager import Caller, StateManager
from .types import ContentQuery, StateValue

MOST_AT_ONCE = 8
_GRACE_SECONDS = 30.0
_SWEEP_SECONDS = 5.0


class ContentManager:
    """Takes and gives the bytes of values. A content that no value has any more goes after a while, for its readers."""

    def __init__(self, contents: Contents, states: StateManager, budgets: Budgets, clock: Clock) -> None:
        self._contents, self._states, self._budgets, self._clock = contents, states, budgets, clock
        self._doomed: deque[tuple[float, str]] = deque()
        self._coming = Counter[str]()
        self._loop = Loop("contents of shared values", self._sweep, clock=clock)
        states.on_replaced(lambda held: self._doomed.append((clock.monotonic(), held.id)))

    async def start(self) -> None:
        """Remove what a server that was killed left behind, and from now on what no value has any more."""
        await self._contents.tidy(await self._states.contents())
        self._loop.start()

    async def close(self) -> None:
        """Remove nothing more."""
        await self._loop.close()

    async def find(self, key: str, caller: Caller) -> Held:
        """The content of a value. Raises NotFound, Forbidden."""
        entry = await self._states.entry(key, caller.role)
        if entry.content is None:
            raise NotFound(f"The shared value '{key}' has no content.", field="key")
        return entry.content

    def path(self, held: Held) -> Path | None:
        """Where the bytes are on this machine; None where they must be read."""
        return self._contents.path(held)

    def read(self, held: Held) -> AsyncGenerator[bytes, None]:
        """The bytes, piece by piece."""
        return self._contents.read(held)

    async def write(
        self, key: str, type: str, meta: dict[str, Any], query: ContentQuery, caller: Caller,
        body: AsyncIterable[list[bytes]], announced: int | None,
    ) -> StateValue:  # fmt: skip
        """Write bytes as a value; it is the old one until all of them are here.

        Raises TooLarge, TooManyRequests, Forbidden, Conflict and StorageFull, and what the body raises.
        """
        await self._states.check(key, caller.role, "write")
        self._accept(announced or 0)
        with self._turn(caller):
            stored = await self._contents.write(self._paid(body, caller), self._accept)
        held = Held(id=stored.id, type=type, size=stored.size, digest=stored.digest, meta=meta)
        try:
            return await asyncio.shield(self._states.hold(key, held, query, caller))
        except Exception:
            await self._contents.remove(stored.id)
            raise

    def _accept(self, size: int) -> None:
        most = self._states.limits.content
        if most is not None and size > most:
            raise TooLarge(f"The content has over {most:,} bytes, the most that one may have.", field="body",
                           limit=most)

    async def _paid(self, body: AsyncIterable[list[bytes]], caller: Caller) -> AsyncIterator[list[bytes]]:
        async for pieces in body:
            await self._budgets.spend(caller.name, sum(map(len, pieces)))
            yield pieces

    @contextmanager
    def _turn(self, caller: Caller) -> Iterator[None]:
        if self._coming[caller.name] >= MOST_AT_ONCE:
            TALLY.add("state contents refused")
            raise TooManyRequests(f"You send {MOST_AT_ONCE} contents already.", retry_after=1)
        self._coming[caller.name] += 1
        try:
            yield
        finally:
            self._coming[caller.name] -= 1
            self._coming += Counter()

    async def _sweep(self) -> None:
        while True:
            while self._doomed and self._doomed[0][0] + _GRACE_SECONDS <= self._clock.monotonic():
                await self._contents.remove(self._doomed.popleft()[1])
            await asyncio.sleep(_SWEEP_SECONDS)
