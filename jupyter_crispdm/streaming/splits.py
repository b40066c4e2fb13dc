"""One stream read by several: each item is asked for once, and kept until the slowest has it."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable
from typing import Generic, TypeVar

from .errors import TooFarBehind
from .sources import Opening
from .waits import Pull, Waits

_T = TypeVar("_T")


class Split(Generic[_T]):
    """The sides of a tee. Nobody gets more than `ahead` items ahead of the slowest side that is still there."""

    def __init__(self, opens: Callable[[Opening], AsyncGenerator[_T, None]], sides: int, ahead: int) -> None:
        self._opens, self._ahead = opens, ahead
        self._kept: dict[int, deque[_T]] = {side: deque() for side in range(sides)}
        self._opening: Opening | None = None
        self._pull: Pull[_T] | None = None
        self._is_pulling = self._is_over = False
        self._error: Exception | None = None
        self._bells: list[asyncio.Future[None]] = []

    @property
    def is_read(self) -> bool:
        """Whether any side is still there."""
        return bool(self._kept)

    async def items(self, side: int, waits: Waits) -> AsyncGenerator[_T, None]:
        """All items, for one of the sides. Raises TooFarBehind in a plain loop that reads the others too late."""
        try:
            while (kept := self._kept.get(side)) is not None:
                if kept:
                    item = kept.popleft()
                    self._ring()
                    yield item
                elif self._is_over:
                    if self._error is not None:
                        raise self._error
                    return
                else:
                    await self._more(waits)
        finally:
            await self.leave(side)

    async def leave(self, side: int) -> None:
        """A side reads no more; the last one closes what all read."""
        self._kept.pop(side, None)
        self._ring()
        if self._kept:
            return
        pull, opening, self._pull, self._opening, self._is_over = self._pull, self._opening, None, None, True
        if pull is not None:
            await pull.aclose()
        if opening is not None:
            await opening.close()

    async def _more(self, waits: Waits) -> None:
        """Ask for an item, or wait until somebody else has."""
        behind = max(map(len, self._kept.values()))
        if behind >= self._ahead and waits.blocks:
            raise TooFarBehind("tee", f"another side has not read the last {behind} items")
        if behind >= self._ahead or self._is_pulling:
            await self._bell()
        else:
            await self._ask(waits)

    async def _ask(self, waits: Waits) -> None:
        if self._pull is None:
            self._opening = Opening(waits)
            self._pull = waits.pull(self._opens(self._opening))
        self._is_pulling = True
        try:
            item = await self._pull.within(None)
        except StopAsyncIteration:
            self._is_over = True
        except Exception as error:
            self._is_over, self._error = True, error
        else:
            for kept in self._kept.values():
                kept.append(item)
        finally:
            self._is_pulling = False
            self._ring()

    async def _bell(self) -> None:
        bell = asyncio.get_running_loop().create_future()
        self._bells.append(bell)
        await bell

    def _ring(self) -> None:
        bells, self._bells = self._bells, []
        for bell in bells:
            if not bell.done():
                bell.set_result(None)
