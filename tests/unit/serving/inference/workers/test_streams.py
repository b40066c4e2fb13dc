"""Pieces in their order, room for the next, and an end; no process is started."""

from __future__ import annotations

import asyncio

import pytest

from jupyter_crispdm.base.errors import Unavailable
from jupyter_crispdm.serving.inference.workers.streams import AHEAD, Stream


def stream(left: list[Stream] | None = None) -> Stream:
    return Stream({"prompt": "a"}, "ada", 1e9, (left if left is not None else []).append)


async def test_pieces_come_in_their_order_and_wake_whoever_waits() -> None:
    one = stream()
    waiting = asyncio.create_task(one.next())
    await asyncio.sleep(0)
    one.came({"n": 0})
    one.came({"n": 1})
    one.end()
    assert [await waiting, await one.next(), await one.next(), await one.next()] == [{"n": 0}, {"n": 1}, None, None]


async def test_what_was_made_is_read_before_it_is_said_why_there_is_no_more() -> None:
    one = stream()
    one.came({"n": 0})
    one.end(Unavailable("gone"))
    one.end()
    assert await one.next() == {"n": 0}
    for _ in range(2):
        with pytest.raises(Unavailable, match="gone"):
            await one.next()


@pytest.mark.proves("engine.streams-backpressure")
async def test_room_is_given_for_what_was_read_and_no_more() -> None:
    one, granted = stream(), list[int]()
    one.more = granted.append
    assert one.frame == {"do": "stream", "parameters": {"prompt": "a"}, "room": AHEAD}
    made = read = 0
    for _ in range(10):
        while one.room:
            one.came({"n": made})
            made += 1
        assert made - read <= AHEAD
        for _ in range(AHEAD // 2):
            assert await one.next() == {"n": read}
            read += 1
    assert granted == [AHEAD // 2] * 10


async def test_who_leaves_is_told_once_and_not_after_the_end() -> None:
    left: list[Stream] = []
    one = stream(left)
    one.leave()
    assert left == [one]
    other = stream(left)
    other.end()
    other.leave()
    assert left == [one]
