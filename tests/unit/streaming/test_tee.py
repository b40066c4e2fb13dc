"""One stream, several readers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from random import Random

import pytest

from jupyter_crispdm.streaming import Stream, TooFarBehind
from tests.support import eventually, soon


class Numbers:
    """Counts up, and how far it was asked."""

    def __init__(self, end: int) -> None:
        self.end, self.asked, self.ended = end, 0, False

    async def items(self) -> AsyncIterator[int]:
        try:
            for number in range(self.end):
                self.asked = number + 1
                await asyncio.sleep(0)
                yield number
        finally:
            self.ended = True


async def read(stream: Stream[int], random: Random | None = None) -> list[int]:
    numbers = []
    async for number in stream:
        numbers.append(number)
        for _ in range(random.randrange(4) if random else 0):
            await asyncio.sleep(0)
    return numbers


@pytest.mark.proves("streaming.tee")
async def test_each_side_gets_all_and_the_source_is_read_once() -> None:
    source, random = Numbers(500), Random(3)
    sides = Stream(source.items()).tee(3, ahead=4)
    got = await soon(asyncio.gather(*(read(side, random) for side in sides)))
    assert got == [[*range(500)]] * 3
    assert source.ended


async def test_a_slow_side_holds_the_others() -> None:
    source = Numbers(100)
    slow, fast = Stream(source.items()).tee(2, ahead=5)
    reading = asyncio.ensure_future(read(fast))
    reader = aiter(slow)
    assert await anext(reader) == 0
    await eventually(lambda: source.asked == 6)
    for _ in range(50):
        await asyncio.sleep(0)
    assert source.asked == 6
    rest = [number async for number in reader]
    assert (rest, await soon(reading)) == ([*range(1, 100)], [*range(100)])


async def test_a_side_that_goes_frees_the_others() -> None:
    source = Numbers(100)
    slow, fast = Stream(source.items()).tee(2, ahead=5)
    reading = asyncio.ensure_future(read(fast))
    await eventually(lambda: source.asked == 5)
    await slow.aclose()
    assert await soon(reading) == [*range(100)]


async def test_the_source_goes_with_the_last_side() -> None:
    source = Numbers(100)
    first, second = Stream(source.items()).tee()
    assert await anext(aiter(first)) == 0
    await first.aclose()
    assert not source.ended
    await second.aclose()
    assert source.ended


async def test_a_reader_that_leaves_while_it_asks_loses_nothing_for_the_others() -> None:
    gate = asyncio.Event()

    async def one() -> AsyncIterator[int]:
        await gate.wait()
        yield 7

    first, second = Stream(one()).tee()
    asking = asyncio.ensure_future(read(first))
    waiting = asyncio.ensure_future(read(second))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    gate.set()
    assert await soon(waiting) == [7]


async def test_what_breaks_the_source_is_told_to_all() -> None:
    async def broken() -> AsyncIterator[int]:
        yield 1
        raise OSError("gone")

    for side in Stream(broken()).tee():
        reader = aiter(side)
        assert await anext(reader) == 1
        with pytest.raises(OSError, match="gone"):
            await anext(reader)


def test_in_a_plain_loop_who_is_too_far_ahead_is_told() -> None:
    one, other = Stream(range(10)).tee(2, ahead=3)
    assert list(zip(one, other, strict=True)) == [(number, number) for number in range(10)]
    one, other = Stream(range(10)).tee(2, ahead=3)
    reader = iter(one)
    assert [next(reader) for _ in range(3)] == [0, 1, 2]
    with pytest.raises(TooFarBehind, match="tee: another side has not read the last 3 items"):
        next(reader)
    assert list(other) == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]


def test_sides_have_stages_of_their_own_and_lines_stay_lines() -> None:
    one, other = Stream([b"1\n2\n"]).lines().tee(ahead=9)
    assert list(one.json()) == [1, 2]
    assert list(other.map(lambda line: line * 2)) == ["11", "22"]


@pytest.mark.parametrize(("sides", "ahead"), [(0, 1), (1, 0)])
def test_there_is_at_least_one_of_each(sides: int, ahead: int) -> None:
    with pytest.raises(ValueError, match="at least one"):
        Stream([1]).tee(sides, ahead=ahead)
