"""The live hub: nothing is missed, nothing is doubled, nothing queues."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

import pytest

from jupyter_crispdm.base.errors import NotFound
from jupyter_crispdm.base.live.hub import EventFeed, Hub
from tests.support import FakeClock, soon


async def _snapshot() -> dict[str, Any]:
    return {"all": True}


def _feed(keep: int = 1000) -> EventFeed:
    return EventFeed(_snapshot, clock=FakeClock(), keep=keep)


async def _take(feed: AsyncGenerator[Any, None], count: int) -> list[Any]:
    return [await soon(anext(feed)) for _ in range(count)]


async def test_a_new_follower_gets_a_snapshot_and_then_each_fact_once() -> None:
    feed = _feed()
    follower = feed.follow()
    (seq, data), = await _take(follower, 1)
    feed.publish("one")
    feed.publish("two")
    assert data == {"all": True}
    assert await _take(follower, 2) == [(seq + 1, "one"), (seq + 2, "two")]


@pytest.mark.proves("live.resume")
async def test_a_follower_who_was_away_goes_on_where_he_stopped() -> None:
    feed = _feed()
    (seq, _), = await _take(feed.follow(), 1)
    feed.publish("one")
    feed.publish("two")
    assert await _take(feed.follow(seq + 1), 1) == [(seq + 2, "two")]


async def test_a_follower_who_was_away_too_long_is_told_of_the_gap() -> None:
    feed = _feed(keep=2)
    (seq, _), = await _take(feed.follow(), 1)
    for number in range(5):
        feed.publish(number)
    assert await _take(feed.follow(seq), 1) == [(seq + 5, {"all": True, "gap": True})]


async def test_a_number_from_another_life_of_the_server_gives_a_snapshot() -> None:
    feed = _feed()
    (seq, _), = await _take(feed.follow(), 1)
    assert await _take(feed.follow(seq + 100), 1) == [(seq, {"all": True, "gap": True})]
    assert await _take(feed.follow(1), 1) == [(seq, {"all": True, "gap": True})]


@pytest.mark.proves("live.gap", "machine.never-reads")
async def test_a_slow_follower_is_thinned_and_nothing_is_kept_for_him() -> None:
    feed = _feed(keep=10)
    slow = feed.follow()
    (seq, _), = await _take(slow, 1)
    for number in range(1000):
        feed.publish(number)
    assert await _take(slow, 1) == [(seq + 1000, {"all": True, "gap": True})]
    assert len(feed._kept) == 10


@pytest.mark.proves("live.gap")
async def test_falling_behind_in_the_middle_of_a_batch_is_noticed() -> None:
    feed = _feed(keep=3)
    follower = feed.follow()
    (seq, _), = await _take(follower, 1)
    for number in range(3):
        feed.publish(number)
    assert await _take(follower, 1) == [(seq + 1, 0)]
    for number in range(3, 9):
        feed.publish(number)
    assert await _take(follower, 1) == [(seq + 9, {"all": True, "gap": True})]


async def test_topics_are_found_by_their_pattern() -> None:
    hub = Hub(FakeClock())

    async def log(since: int | None, id: str) -> AsyncGenerator[Any, None]:
        yield 1, {"id": id, "since": since}

    hub.topic("jobs/{id}/log", log, resource="jobs")
    messages = [message async for message in hub.follow("jobs/a-1/log", since=7)]
    assert [(m.topic, m.seq, m.data) for m in messages] == [("jobs/a-1/log", 1, {"id": "a-1", "since": 7})]
    for wrong in ("jobs", "jobs//log", "jobs/a/b/log", "jobs/a/logs", ""):
        with pytest.raises(NotFound):
            hub.find(wrong)


async def test_leaving_closes_the_feed() -> None:
    hub = Hub(FakeClock())
    closed = asyncio.Event()

    async def endless(since: int | None) -> AsyncGenerator[Any, None]:
        try:
            while True:
                yield 1, None
        finally:
            closed.set()

    hub.topic("endless", endless, resource="live")
    follower = hub.follow("endless")
    await anext(follower)
    await follower.aclose()
    assert closed.is_set()
