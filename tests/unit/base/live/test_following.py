"""A topic as the process itself follows it: in order, one at a time, to its end or to what breaks it."""

from __future__ import annotations

import asyncio
from contextlib import aclosing

import pytest

from jupyter_crispdm.base.live.core.log import Place
from jupyter_crispdm.base.live.following import following
from tests.support import soon
from tests.unit.base.live.test_outlet import Numbers


async def test_what_is_there_comes_in_order_and_what_is_told_later_after_it() -> None:
    numbers = Numbers("n")
    numbers.tell(3)
    async with aclosing(following("n", numbers, Place())) as messages:
        assert [(await soon(anext(messages))).seq for _ in range(3)] == [1, 2, 3]
        waiting = asyncio.ensure_future(anext(messages))
        await asyncio.sleep(0)
        assert not waiting.done()
        numbers.tell(4)
        assert (await soon(waiting)).seq == 4


async def test_who_does_not_ask_is_not_served() -> None:
    numbers = Numbers("n")
    async with aclosing(following("n", numbers, Place())) as messages:
        numbers.tell(1)
        await soon(anext(messages))
        before = numbers.taken
        for last in range(2, 50):
            numbers.tell(last)
        await asyncio.sleep(0)
        assert numbers.taken == before, "the first of them waits, and nothing more is taken"


async def test_it_goes_on_from_a_place() -> None:
    numbers = Numbers("n")
    numbers.tell(9)
    async with aclosing(following("n", numbers, Place(7))) as messages:
        assert [(await soon(anext(messages))).seq for _ in range(2)] == [8, 9]


async def test_it_ends_with_the_topics_last_message_and_leaves() -> None:
    numbers = Numbers("n")
    numbers.tell(99)
    assert [message.seq async for message in following("n", numbers, Place(96))] == [97, 98, 99]
    assert numbers.readers == []


async def test_whoever_stops_asking_leaves_the_topic() -> None:
    numbers = Numbers("n")
    messages = following("n", numbers, Place())
    numbers.tell(1)
    await soon(anext(messages))
    assert len(numbers.readers) == 1
    await messages.aclose()
    assert numbers.readers == []


async def test_whoever_is_cancelled_while_waiting_leaves_the_topic() -> None:
    numbers = Numbers("n")
    waiting = asyncio.ensure_future(anext(following("n", numbers, Place())))
    await asyncio.sleep(0)
    assert len(numbers.readers) == 1
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert numbers.readers == []


async def test_what_breaks_the_topic_is_raised_after_what_had_come() -> None:
    numbers = Numbers("n")
    numbers.tell(2)
    messages = following("n", numbers, Place())
    assert (await soon(anext(messages))).seq == 1
    numbers.readers[0].fail(ZeroDivisionError("broken"))
    assert (await soon(anext(messages))).seq == 2
    with pytest.raises(ZeroDivisionError, match="broken"):
        await soon(anext(messages))
    assert numbers.readers == []
