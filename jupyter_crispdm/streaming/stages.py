"""What stands between a source and its reader: async generators that ask for an item only when they are asked."""

from __future__ import annotations

import inspect
from collections.abc import AsyncGenerator, Callable, Iterator
from typing import Any, Protocol, TypeVar, cast

from .errors import StageFailed, StreamError, TimedOut
from .waits import NeedsEventLoop, NotYet, Waits

_T = TypeVar("_T")
_U = TypeVar("_U")
_In = TypeVar("_In", contravariant=True)
_Out = TypeVar("_Out", covariant=True)
Items = AsyncGenerator[_T, None]


class Core(Protocol[_In, _Out]):
    """A parser without sockets: it is fed, and gives what is whole by then."""

    def feed(self, piece: _In) -> Iterator[_Out]:
        """What is whole with this piece."""
        ...

    def finish(self) -> Iterator[_Out]:
        """What is whole because nothing more comes."""
        ...


async def parsed(items: Items[_T], core: Core[_T, _U]) -> Items[_U]:
    """What a core makes of the items; one at a time, as it is asked for."""
    async for piece in items:
        for found in core.feed(piece):
            yield found
    for found in core.finish():
        yield found


def named(kind: str, function: Callable[..., Any]) -> str:
    """What a stage with a function is called."""
    return f"{kind}({getattr(function, '__name__', type(function).__name__)})"


async def called(stage: str, function: Callable[[_T], Any], item: _T) -> Any:
    """What a function, plain or async, makes of an item. Raises StageFailed."""
    try:
        made = function(item)
        return await made if inspect.isawaitable(made) else made
    except (StreamError, NeedsEventLoop):
        raise
    except Exception as error:
        raise StageFailed(stage, error) from error


async def mapped(items: Items[_T], function: Callable[[_T], Any]) -> Items[Any]:
    """What a function makes of each item."""
    stage = named("map", function)
    async for item in items:
        yield await called(stage, function, item)


async def filtered(items: Items[_T], keep: Callable[[_T], Any]) -> Items[_T]:
    """The items that a function keeps."""
    stage = named("filter", keep)
    async for item in items:
        if await called(stage, keep, item):
            yield item


async def batched(items: Items[_T], waits: Waits, size: int, seconds: float | None) -> Items[list[_T]]:
    """Lists of so many items; fewer, where the first of them has waited for so long."""
    pull, batch, until = waits.pull(items), cast("list[_T]", []), 0.0
    try:
        while True:
            patience = max(0.0, until - waits.monotonic()) if batch and seconds is not None else None
            try:
                batch.append(await pull.within(patience))
                if len(batch) == 1 and seconds is not None:
                    until = waits.monotonic() + seconds
                is_due = len(batch) >= size
            except NotYet:
                is_due = True
            except StopAsyncIteration:
                break
            if is_due:
                yield batch
                batch = []
        if batch:
            yield batch
    finally:
        await pull.aclose()


async def throttled(items: Items[_T], waits: Waits, seconds: float) -> Items[_T]:
    """At most one item in so many seconds; the source waits meanwhile, and nothing is left out."""
    earliest = float("-inf")
    async for item in items:
        pause = earliest - waits.monotonic()
        if pause > 0:
            await waits.sleep(pause)
        earliest = waits.monotonic() + seconds
        yield item


async def within(items: Items[_T], waits: Waits, seconds: float) -> Items[_T]:
    """The items, as long as each comes in time. Raises TimedOut.

    What blocks instead of waiting cannot be broken off: it is found out when it is over.
    """
    pull = waits.pull(items)
    try:
        while True:
            began = waits.monotonic()
            try:
                item = await pull.within(seconds)
            except StopAsyncIteration:
                return
            except NotYet:
                raise TimedOut("timeout", f"nothing came for {seconds:g} s") from None
            if waits.monotonic() - began > seconds:
                raise TimedOut("timeout", f"an item took longer than {seconds:g} s")
            yield item
    finally:
        await pull.aclose()


async def alive(items: Items[bytes], waits: Waits, seconds: float, sign: bytes) -> Items[bytes]:
    """The pieces, and a sign of life wherever none comes for so long."""
    pull = waits.pull(items)
    try:
        while True:
            try:
                piece = await pull.within(seconds)
            except NotYet:
                piece = sign
            except StopAsyncIteration:
                return
            yield piece
    finally:
        await pull.aclose()


async def limited(items: Items[_T], number: int) -> Items[_T]:
    """The first so many items; the one after them is never asked for."""
    if number <= 0:
        return
    async for item in items:
        yield item
        number -= 1
        if number <= 0:
            return
