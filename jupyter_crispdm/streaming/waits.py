"""The two ways to drive a chain: a plain loop, and an event loop.

Stages are written once, as async generators. Over a plain source with plain functions none of them ever suspends: so a
`for` loop drives them by hand, without an event loop and without a thread.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Generator
from contextlib import suppress
from typing import Any, Generic, Protocol, TypeVar

_T = TypeVar("_T")
_T_co = TypeVar("_T_co", covariant=True)


class NeedsEventLoop(TypeError):
    """Something in the chain has to be awaited, and a plain `for` cannot wait."""

    def __init__(self) -> None:
        super().__init__("Something in this stream waits, its source or a function: read it with `async for`.")


class NotYet(Exception):
    """Nothing came in the time that was given; it is still being waited for."""


class Pull(Protocol[_T_co]):
    """Asks for the next item, and goes on waiting for it where it does not come in time."""

    async def within(self, seconds: float | None) -> _T_co:
        """The next item. Raises NotYet, StopAsyncIteration."""
        ...

    async def aclose(self) -> None:
        """Wait no more."""
        ...


class Waits(Protocol):
    """How a chain waits."""

    blocks: bool
    """Whether waiting blocks: then nobody else can do anything meanwhile."""

    def monotonic(self) -> float:
        """Seconds that never go backwards."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Pause."""
        ...

    async def breathe(self) -> None:
        """Let others go on: a source that never waits would keep an event loop for itself."""
        ...

    def pull(self, items: AsyncGenerator[_T, None]) -> Pull[_T]:
        """Ask for items with some patience."""
        ...


class PlainWaits:
    """In a plain loop: whoever waits blocks, and what is asked for is waited for however long it takes."""

    blocks = True

    def monotonic(self) -> float:
        """Seconds that never go backwards."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Pause the thread."""
        time.sleep(seconds)  # noqa: ASYNC251 - there is no event loop

    async def breathe(self) -> None:
        """There is nobody else."""

    def pull(self, items: AsyncGenerator[_T, None]) -> Pull[_T]:
        """Ask for items."""
        return PlainPull(items)


class PlainPull(Generic[_T]):
    """A pull that cannot give up."""

    def __init__(self, items: AsyncGenerator[_T, None]) -> None:
        self._items = items

    async def within(self, seconds: float | None) -> _T:
        """The next item."""
        return await self._items.__anext__()

    async def aclose(self) -> None:
        """Nothing is under way."""


class LoopWaits:
    """In an event loop."""

    blocks = False

    def monotonic(self) -> float:
        """The loop's time."""
        return asyncio.get_running_loop().time()

    async def sleep(self, seconds: float) -> None:
        """Pause this task."""
        await asyncio.sleep(seconds)

    async def breathe(self) -> None:
        """Give the loop a turn."""
        await asyncio.sleep(0)

    def pull(self, items: AsyncGenerator[_T, None]) -> Pull[_T]:
        """Ask for items."""
        return PatientPull(items)


class PatientPull(Generic[_T]):
    """A pull that is kept where it takes longer."""

    def __init__(self, items: AsyncGenerator[_T, None]) -> None:
        self._items = items
        self._asked: asyncio.Future[_T] | None = None

    async def within(self, seconds: float | None) -> _T:
        """The next item. Raises NotYet, StopAsyncIteration."""
        if self._asked is None:
            self._asked = asyncio.ensure_future(self._items.__anext__())
        asked = self._asked
        done, _ = await asyncio.wait({asked}, timeout=seconds)
        if not done:
            raise NotYet
        if self._asked is asked:  # two may have waited for the same
            self._asked = None
        return asked.result()

    async def aclose(self) -> None:
        """Wait no more for what was asked for."""
        asked, self._asked = self._asked, None
        if asked is None:
            return
        asked.cancel()
        await asyncio.wait({asked})
        with suppress(asyncio.CancelledError):
            asked.exception()


def at_once(awaited: Awaitable[_T]) -> _T:
    """What an awaitable gives without waiting. Raises NeedsEventLoop where it would wait."""
    steps: Generator[Any, None, _T] = awaited.__await__()
    try:
        steps.send(None)
    except StopIteration as done:
        return done.value  # type: ignore[no-any-return]
    with suppress(StopIteration):
        steps.throw(NeedsEventLoop())
    raise NeedsEventLoop
