"""Where items come from: anything that can be iterated over, and how it is let go."""

from __future__ import annotations

import inspect
from collections.abc import AsyncGenerator, AsyncIterable, Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from .waits import NeedsEventLoop, Waits

_T = TypeVar("_T")

Source = Iterable[_T] | AsyncIterable[_T]
Opener = Callable[[str | None], Source[_T] | Awaitable[Source[_T]]]
_BREATH = 64
"""Items of a source that never waits, between two turns of the event loop."""


@dataclass
class Opening:
    """One run through a chain: how it waits, where its source goes on, and what was opened for it, source first."""

    waits: Waits
    last_id: str | None = None
    opened: list[Any] = field(default_factory=list)

    def keep(self, items: AsyncGenerator[_T, None]) -> AsyncGenerator[_T, None]:
        """Close this when the run is over."""
        self.opened.append(items)
        return items

    async def close(self) -> None:
        """Let go of all, the last stage first. What goes wrong at one keeps none of the others open."""
        trouble: Exception | None = None
        while self.opened:
            try:
                await let_go(self.opened.pop())
            except Exception as error:
                trouble = trouble or error
        if trouble is not None:
            raise trouble


async def let_go(opened: Any) -> None:
    """Close something that has `aclose` or `close`, which may have to be awaited; others need nothing."""
    close = getattr(opened, "aclose", None) or getattr(opened, "close", None)
    if close is None:
        return
    closed = close()
    if inspect.isawaitable(closed):
        await closed


async def items_of(source: Source[_T], waits: Waits) -> AsyncGenerator[_T, None]:
    """The items of a source, which is let go at the end. Raises NeedsEventLoop where a plain loop cannot read it."""
    if isinstance(source, AsyncIterable) and not (waits.blocks and isinstance(source, Iterable)):
        if waits.blocks:
            raise NeedsEventLoop
        iterator: Any = aiter(source)
    else:
        iterator = _breathing(source, waits)
    try:
        async for item in iterator:
            yield item
    finally:
        await let_go(iterator)
        await let_go(source)


async def _breathing(source: Iterable[_T], waits: Waits) -> AsyncGenerator[_T, None]:
    iterator = iter(source)
    try:
        for number, item in enumerate(iterator, 1):
            yield item
            if number % _BREATH == 0:
                await waits.breathe()
    finally:
        await let_go(iterator)


async def items_from(opener: Opener[_T], opening: Opening) -> AsyncGenerator[_T, None]:
    """The items of a source that is opened now, and let go at the end."""
    opened = opener(opening.last_id)
    source: Source[_T] = await opened if inspect.isawaitable(opened) else opened
    items = items_of(source, opening.waits)
    try:
        async for item in items:
            yield item
    finally:
        await items.aclose()
