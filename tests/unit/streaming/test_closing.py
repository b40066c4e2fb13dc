"""When the reader goes, the source goes: after a break, an error, a cancelled task, and when nobody has begun."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import aclosing
from typing import Any

import pytest

from jupyter_crispdm.streaming import Stream, StreamError
from tests.support import eventually

Chain = Callable[[Stream[Any]], Stream[Any]]
CHAINS: dict[str, Chain] = {
    "nothing": lambda stream: stream,
    "map": lambda stream: stream.map(str),
    "filter": lambda stream: stream.filter(lambda item: True),
    "batch": lambda stream: stream.batch(1, seconds=60),
    "timeout": lambda stream: stream.timeout(60),
    "throttle": lambda stream: stream.throttle(0.0001),
    "take": lambda stream: stream.take(99),
    "tee": lambda stream: stream.tee(1)[0],
    "sse": lambda stream: stream.sse(ids=True, heartbeat=60),
    "ndjson": lambda stream: stream.map(str).ndjson(heartbeat=60),
    "all": lambda stream: stream.text().lines().batch(1, seconds=60).timeout(60).sse(heartbeat=60),
}
each_chain = pytest.mark.parametrize("chain", CHAINS.values(), ids=CHAINS.keys())


class Tap:
    """A source that knows whether it is open."""

    def __init__(self) -> None:
        self.begun, self.ended = 0, 0
        self.gate: asyncio.Event | None = None

    async def items(self) -> AsyncIterator[bytes]:
        self.begun += 1
        try:
            while True:
                if self.gate is not None:
                    await self.gate.wait()
                await asyncio.sleep(0)
                yield b"x\n"
        finally:
            await asyncio.sleep(0)  # letting go may take a while
            self.ended += 1

    def plain(self) -> Iterator[bytes]:
        self.begun += 1
        try:
            while True:
                yield b"x\n"
        finally:
            self.ended += 1


@pytest.mark.proves("streaming.closes")
@each_chain
async def test_a_reader_that_closes_closes_the_source(chain: Chain) -> None:
    tap = Tap()
    async with aclosing(chain(Stream(tap.items()))) as stream:
        async for _ in stream:
            break
    assert (tap.begun, tap.ended) == (1, 1)


@each_chain
async def test_a_task_that_is_cancelled_while_it_waits_closes_the_source(chain: Chain) -> None:
    tap = Tap()
    tap.gate = asyncio.Event()

    async def read() -> None:
        async for _ in chain(Stream(tap.items())):
            pass

    task = asyncio.ensure_future(read())
    await eventually(lambda: tap.begun)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert task.cancelled()
    assert (tap.begun, tap.ended) == (1, 1)


@each_chain
async def test_a_chain_that_never_began_closes_its_source(chain: Chain) -> None:
    closed = []

    class Response:
        """Something that is open already before anybody reads it."""

        async def __aiter__(self) -> AsyncIterator[bytes]:
            yield b"x\n"

        async def aclose(self) -> None:
            closed.append("response")

    await chain(Stream(Response(), close=lambda: closed.append("connection"))).aclose()
    assert closed == ["response", "connection"]


@each_chain
def test_a_break_in_a_plain_loop_closes_the_source(chain: Chain) -> None:
    tap = Tap()
    for _ in chain(Stream(tap.plain())):
        break
    gc.collect()
    assert (tap.begun, tap.ended) == (1, 1)


@each_chain
async def test_a_reader_that_is_forgotten_closes_the_source(chain: Chain) -> None:
    tap = Tap()
    async for _ in chain(Stream(tap.items())):
        break
    gc.collect()
    await eventually(lambda: tap.ended)


@each_chain
async def test_the_end_closes_what_was_to_be_closed(chain: Chain) -> None:
    closed = []

    async def close() -> None:
        closed.append(1)

    async for _ in chain(Stream([b"x\n"], close=close)):
        assert closed == []
    assert closed == [1]


async def test_an_error_in_a_stage_closes_the_source() -> None:
    tap = Tap()

    def broken(piece: bytes) -> None:
        raise ValueError(piece)

    with pytest.raises(StreamError):
        async for _ in Stream(tap.items()).map(broken).batch(2).sse(heartbeat=60):
            pass
    assert (tap.begun, tap.ended) == (1, 1)


async def test_an_error_while_it_is_closed_is_told_and_the_rest_is_closed() -> None:
    closed = []

    async def source() -> AsyncIterator[int]:
        try:
            yield 1
        finally:
            raise OSError("it does not let go")

    stream = Stream(source(), close=lambda: closed.append(1))
    await anext(aiter(stream))
    with pytest.raises(OSError, match="does not let go"):
        await stream.aclose()


async def test_closing_twice_is_closing_once() -> None:
    tap = Tap()
    stream = Stream(tap.items()).map(str)
    await anext(aiter(stream))
    await stream.aclose()
    await stream.aclose()
    assert (tap.begun, tap.ended) == (1, 1)
