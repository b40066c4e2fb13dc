"""Asking a cluster once for everybody."""

from __future__ import annotations

import asyncio
import time

import pytest

from jupyter_crispdm.jobs.executors.listing import Listing, ListingCache, Standing, Unreachable


class Asked:
    """A cluster that counts how often it is asked."""

    def __init__(self) -> None:
        self.times = 0
        self.away = False
        self.begun = asyncio.Event()
        self.go = asyncio.Event()
        self.go.set()

    async def __call__(self) -> Listing:
        self.times += 1
        self.begun.set()
        await self.go.wait()
        if self.away:
            raise Unreachable("no route")
        return {"a": Standing(str(self.times))}


@pytest.fixture
def asked(jp_asyncio_loop: asyncio.AbstractEventLoop) -> Asked:
    return Asked()


async def test_a_thousand_who_ask_are_answered_at_once(asked: Asked) -> None:
    listing_cache = ListingCache(asked, 60)
    answers = await asyncio.gather(*(listing_cache.get() for _ in range(1000)))
    assert {answer["a"].id for answer in answers} == {"1"}
    assert asked.times == 1


async def test_who_needs_a_newer_answer_gets_one(asked: Asked) -> None:
    listing_cache = ListingCache(asked, 60)
    await listing_cache.get()
    assert (await listing_cache.get(after=time.monotonic()))["a"].id == "2"
    assert (await listing_cache.get())["a"].id == "2"
    listing_cache.expire()
    assert (await listing_cache.get())["a"].id == "3"


async def test_a_job_is_found_with_the_time_of_the_list(asked: Asked) -> None:
    listing_cache = ListingCache(asked, 60)
    before = time.monotonic()
    standing, listed = await listing_cache.find("a")
    assert standing == Standing("1")
    assert before <= listed <= time.monotonic()
    assert await listing_cache.find("b") == (None, listed)


async def test_a_silence_is_remembered_too(asked: Asked) -> None:
    listing_cache = ListingCache(asked, 60)
    asked.away = True
    for _ in range(3):
        with pytest.raises(Unreachable, match="no route"):
            await listing_cache.get()
    assert asked.times == 1
    asked.away = False
    listing_cache.expire()
    assert (await listing_cache.get())["a"].id == "2"


async def test_who_gives_up_waiting_leaves_no_old_answer_behind(asked: Asked) -> None:
    listing_cache = ListingCache(asked, 60)
    asked.go.clear()
    waiting = asyncio.ensure_future(listing_cache.get())
    await asked.begun.wait()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    asked.go.set()
    assert (await listing_cache.get())["a"].id == "2"
