"""Driving a chain by hand, and asking with some patience."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from jupyter_crispdm.streaming.sources import items_of
from jupyter_crispdm.streaming.waits import LoopWaits, NeedsEventLoop, NotYet, PatientPull, PlainWaits, at_once
from tests.support import eventually, soon


async def plain(value: int) -> int:
    return value + 1


class Gate:
    """Numbers, each when it is let through; it notes how it ends."""

    def __init__(self) -> None:
        self.let = asyncio.Semaphore(0)
        self.ended = ""

    async def numbers(self) -> Any:
        try:
            for number in range(3):
                await self.let.acquire()
                yield number
            self.ended = "at its end"
        except BaseException as error:
            self.ended = type(error).__name__
            raise


def test_what_never_waits_is_had_at_once() -> None:
    assert at_once(plain(1)) == 2


def test_what_fails_at_once_fails() -> None:
    async def broken() -> None:
        raise KeyError("a")

    with pytest.raises(KeyError):
        at_once(broken())


async def test_what_waits_is_refused_and_ended() -> None:
    ended = []

    async def waits() -> None:
        try:
            await asyncio.sleep(0)
        finally:
            ended.append(1)

    with pytest.raises(NeedsEventLoop):
        at_once(waits())
    assert ended == [1]


async def test_what_swallows_the_refusal_is_refused_all_the_same() -> None:
    async def stubborn() -> int:
        try:
            await asyncio.sleep(0)
        except NeedsEventLoop:
            return 7
        return 8

    with pytest.raises(NeedsEventLoop):
        at_once(stubborn())


def test_an_async_source_is_no_source_of_a_plain_loop() -> None:
    async def source() -> AsyncIterator[int]:
        yield 1

    with pytest.raises(NeedsEventLoop):
        at_once(items_of(source(), PlainWaits()).__anext__())


async def test_an_item_that_was_late_is_the_next_one() -> None:
    gate = Gate()
    pull = PatientPull(gate.numbers())
    for _ in range(3):
        with pytest.raises(NotYet):
            await pull.within(0.001)
    gate.let.release()
    assert await soon(pull.within(None)) == 0
    for _ in range(2):
        gate.let.release()
    assert [await pull.within(None), await pull.within(60)] == [1, 2]
    with pytest.raises(StopAsyncIteration):
        await pull.within(None)
    assert gate.ended == "at its end"


async def test_two_who_wait_for_the_same_item_both_hear_of_it() -> None:
    gate = Gate()
    pull = PatientPull(gate.numbers())
    both = [asyncio.ensure_future(pull.within(None)) for _ in range(2)]
    await asyncio.sleep(0)
    gate.let.release()
    assert await soon(asyncio.gather(*both)) == [0, 0]
    await pull.aclose()


async def test_who_is_cancelled_leaves_the_item_to_the_next() -> None:
    gate = Gate()
    pull = PatientPull(gate.numbers())
    waiting = asyncio.ensure_future(pull.within(None))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    gate.let.release()
    assert await soon(pull.within(None)) == 0
    await pull.aclose()


async def test_closing_ends_what_is_waited_for() -> None:
    gate = Gate()
    pull = PatientPull(gate.numbers())
    with pytest.raises(NotYet):
        await pull.within(0.001)
    await pull.aclose()
    await eventually(lambda: gate.ended == "CancelledError")
    await pull.aclose()


async def test_time_goes_on_either_way() -> None:
    for waits in (PlainWaits(), LoopWaits()):
        before = waits.monotonic()
        await waits.sleep(0)
        await waits.breathe()
        assert waits.monotonic() >= before
