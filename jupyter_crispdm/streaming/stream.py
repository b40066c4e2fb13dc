"""Stream: a chain from a source to a reader, which asks for an item only when it is asked for one.

::

    async for loss in Stream(response.aiter_bytes()).json().map(lambda row: row["loss"]).filter(math.isfinite):
        ...

    for line in Stream(open("train.log", "rb")).lines():
        ...

    Reply(Stream(tokens()).sse(ids=True, heartbeat=15), headers=...)

A chain is the same over plain sources and functions, read by `for`, and over async ones, read by `async for`. Nothing
runs ahead of its reader and nothing waits in a queue, so a slow reader slows the source. When the reader goes, so does
the source: `break` in a `for`, an error and a cancelled task close it; `aclose()` closes it also when nobody has begun.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Generic, TypeVar, overload
from weakref import WeakSet

from . import stages, writing
from .events import Event, EventParser, comment
from .jsonvalues import Form, JsonItems, JsonParser
from .lines import LineParser
from .retrying import Plan, retried
from .sources import Opener, Opening, Source, items_from, items_of, let_go
from .splits import Split
from .splitting import LARGEST
from .waits import LoopWaits, PlainWaits, Waits, at_once

T_co = TypeVar("T_co", covariant=True)
_U = TypeVar("_U")
_Items = AsyncGenerator[Any, None]
DEEPEST = 64


@dataclass(frozen=True)
class _Link:
    """What a stream is made of: how a run of it is opened, and how its source is let go without one."""

    opens: Callable[[Opening], _Items]
    close: Callable[[], Awaitable[None]]
    reopens: bool = False  # whether its source can be opened again after a failure
    whole: bool = False  # whether each item is a text of its own: a line, an event

    def then(self, make: Callable[[_Items, Waits], _Items]) -> _Link:
        """With one more stage."""
        return replace(self, opens=lambda opening: opening.keep(make(self.opens(opening), opening.waits)))


class Stream(Generic[T_co]):
    """A chain of stages over a source: an iterable, an async iterable, a file, another stream.

    `close` is called, and awaited where it must be, once the source is let go: for what the source itself does not
    close, a response for example.
    """

    def __init__(self, source: Source[T_co], *, close: Callable[[], Any] | None = None) -> None:
        async def let_source_go() -> None:
            await let_go(source)
            if close is not None:
                await let_go(_Closing(close))

        def opens(opening: Opening) -> _Items:
            if close is not None:
                opening.opened.append(_Closing(close))
            return opening.keep(items_of(source, opening.waits))

        self._begin(_Link(opens, let_source_go))

    @classmethod
    def opening(cls, opener: Opener[_U], *, after: str | None = None) -> Stream[_U]:
        """A stream whose source is opened when somebody reads it, and again where `retry` says so.

        `opener` is told the id to go on after, at first `after`; it returns the source, or an awaitable of it.
        """

        def opens(opening: Opening) -> _Items:
            opening.last_id = opening.last_id or after
            return opening.keep(items_from(opener, opening))

        return _made(_Link(opens, _nothing, reopens=True))

    def _begin(self, link: _Link) -> None:
        self._link = link
        self._runs: WeakSet[AsyncGenerator[Any, None]] = WeakSet()

    # Reading what comes ------------------------------------------------------------------------------------------

    def lines(self: Stream[bytes | str], *, largest: int = LARGEST, errors: str = "strict") -> Stream[str]:
        """The lines of what may be cut anywhere, without their ends (\\n, \\r\\n, \\r). Raises Malformed, TooLong."""
        link = self._link.then(lambda items, waits: stages.parsed(items, LineParser(largest, errors)))
        return _made(replace(link, whole=True))

    def events(self: Stream[bytes], *, largest: int = LARGEST) -> Stream[Event]:
        """The events of a `text/event-stream`. Raises TooLong."""
        link = self._link.then(lambda items, waits: stages.parsed(items, EventParser("events", largest)))
        return _made(replace(link, whole=True))

    @overload
    def json(
        self: Stream[bytes | str | Event], *, form: Form = ..., deepest: int = ..., largest: int = ...
    ) -> Stream[Any]: ...

    @overload
    def json(
        self: Stream[bytes | str | Event], kind: type[_U], *, form: Form = ..., deepest: int = ..., largest: int = ...
    ) -> Stream[_U]: ...

    def json(
        self: Stream[bytes | str | Event],
        kind: Any = Any,
        *,
        form: Form = "auto",
        deepest: int = DEEPEST,
        largest: int = LARGEST,
    ) -> Stream[Any]:
        """The JSON values of what may be cut anywhere, each as `kind`. Raises Malformed, TooLong.

        `form` "values" takes values one after the other, with or without white space between; of an array at the top,
        its items as they come. "events" takes the data of events, up to `[DONE]`. "auto" looks which of them it is.
        After `lines()` and `events()` each item holds whole values, and an array stays one.
        """
        core: Callable[[], Any] = partial(JsonItems if self._link.whole else JsonParser, form, kind, deepest, largest)
        return _made(replace(self._link.then(lambda items, waits: stages.parsed(items, core())), whole=False))

    # Changing it -------------------------------------------------------------------------------------------------

    @overload
    def map(self, function: Callable[[T_co], Awaitable[_U]]) -> Stream[_U]: ...

    @overload
    def map(self, function: Callable[[T_co], _U]) -> Stream[_U]: ...

    def map(self, function: Callable[[T_co], Any]) -> Stream[Any]:
        """What a function, plain or async, makes of each item. Raises StageFailed."""
        return _made(self._link.then(lambda items, waits: stages.mapped(items, function)))

    def filter(self, keep: Callable[[T_co], object]) -> Stream[T_co]:
        """The items that a function, plain or async, says true of. Raises StageFailed."""
        return _made(self._link.then(lambda items, waits: stages.filtered(items, keep)))

    def batch(self, size: int, *, seconds: float | None = None) -> Stream[list[T_co]]:
        """Lists of `size` items; shorter at the end, and where the first of a list has waited for `seconds`."""
        _require(size >= 1, "A batch has at least one item.")
        link = self._link.then(lambda items, waits: stages.batched(items, waits, size, seconds))
        return _made(replace(link, whole=False))

    def take(self, number: int) -> Stream[T_co]:
        """The first `number` items."""
        return _made(self._link.then(lambda items, waits: stages.limited(items, number)))

    def throttle(self, seconds: float) -> Stream[T_co]:
        """At most one item in so many seconds. Nothing is left out: the source waits."""
        return _made(self._link.then(lambda items, waits: stages.throttled(items, waits, seconds)))

    def timeout(self, seconds: float) -> Stream[T_co]:
        """The same, as long as each item comes within so many seconds. Raises TimedOut.

        A source that blocks cannot be broken off: that it took too long is found when it is over.
        """
        return _made(self._link.then(lambda items, waits: stages.within(items, waits, seconds)))

    def retry(
        self,
        attempts: int = 3,
        *,
        pause: float = 0.5,
        errors: tuple[type[Exception], ...] = (OSError,),
        resume: Callable[[T_co], str] | None = None,
    ) -> Stream[T_co]:
        """Open the source again where it broke: for a stream made by `Stream.opening`.

        `attempts` are those in a row without an item, the first one included; the `pause` doubles. `resume` tells of
        an item its id: the opener is given that of the last one. Without an id nothing can go on that has begun, and
        NothingToResume is raised: nothing comes twice.
        """
        _require(self._link.reopens, "Only a stream made by Stream.opening(…) can be opened again.")
        plan, opens = Plan(attempts, pause, errors, resume), self._link.opens
        return _made(replace(self._link, opens=lambda opening: opening.keep(retried(opens, opening, plan))))

    def tee(self, sides: int = 2, *, ahead: int = 100) -> tuple[Stream[T_co], ...]:
        """The same items for several readers; the source is read once.

        Who is `ahead` items ahead of the slowest waits for it; a plain `for` cannot, and raises TooFarBehind. A side
        that is not read is closed, `aclose()`, or it holds the others.
        """
        _require(sides >= 1 and ahead >= 1, "There are at least one side, and one item ahead.")
        split = Split[Any](self._link.opens, sides, ahead)

        def side(number: int) -> Stream[T_co]:
            async def close() -> None:
                await split.leave(number)
                if not split.is_read:
                    await self._link.close()

            link = _Link(lambda opening: opening.keep(split.items(number, opening.waits)), close)
            return _made(replace(link, whole=self._link.whole))

        return tuple(map(side, range(sides)))

    # Sending it on -----------------------------------------------------------------------------------------------

    def sse(
        self,
        *,
        ids: bool | Callable[[T_co], str] = False,
        heartbeat: float | None = None,
        retry: int | None = None,
    ) -> Stream[bytes]:
        """Server-Sent Events: an `Event` as it is, text as it is, all else as JSON.

        `ids` numbers the events from 1, or tells the id of an item. After `heartbeat` seconds without one comes a
        comment. `retry` tells the client how many milliseconds to wait before it connects again.
        """
        link = self._link.then(lambda items, waits: writing.events(items, ids, retry))
        return _made(replace(_kept_alive(link, heartbeat, comment("still here")), whole=False))

    def ndjson(self, *, heartbeat: float | None = None) -> Stream[bytes]:
        """A line of JSON for each item; an empty one after `heartbeat` seconds without."""
        link = self._link.then(lambda items, waits: writing.lines(items))
        return _made(replace(_kept_alive(link, heartbeat, b"\n"), whole=False))

    def text(self) -> Stream[bytes]:
        """Each item as text in UTF-8, one behind the other; bytes as they are."""
        return _made(replace(self._link.then(lambda items, waits: writing.text(items)), whole=False))

    # Being read --------------------------------------------------------------------------------------------------

    def __iter__(self) -> Iterator[T_co]:
        """Read in a plain loop. Raises NeedsEventLoop where something has to be awaited."""
        opening = Opening(PlainWaits())
        items = self._link.opens(opening)
        try:
            while True:
                try:
                    item = at_once(items.__anext__())
                except StopAsyncIteration:
                    return
                yield item
        finally:
            at_once(opening.close())

    def __aiter__(self) -> AsyncIterator[T_co]:
        """Read in an event loop."""
        run = self._run()
        self._runs.add(run)
        return run

    async def _run(self) -> AsyncGenerator[T_co, None]:
        opening = Opening(LoopWaits())
        items = self._link.opens(opening)
        try:
            async for item in items:
                yield item
        finally:
            await opening.close()

    async def aclose(self) -> None:
        """Let go of the source and of whatever reads it; also when nobody has begun."""
        for run in [*self._runs]:
            await run.aclose()
        await self._link.close()


class _Closing:
    """A function that closes, as something that is closed."""

    def __init__(self, close: Callable[[], Any]) -> None:
        self.close = close


def _made(link: _Link) -> Stream[Any]:
    stream: Stream[Any] = Stream.__new__(Stream)
    stream._begin(link)
    return stream


def _kept_alive(link: _Link, seconds: float | None, sign: bytes) -> _Link:
    if seconds is None:
        return link
    return link.then(lambda items, waits: stages.alive(items, waits, seconds, sign))


def _require(fact: bool, otherwise: str) -> None:
    if not fact:
        raise ValueError(otherwise)


async def _nothing() -> None:
    return None
