"""A body while it comes: in order, at the pace of who reads, with its end or its cut."""

from __future__ import annotations

import asyncio

import pytest

from jupyter_crispdm.base.http import incoming
from jupyter_crispdm.base.http.incoming import BodyCut, Incoming
from tests.support import soon


async def rest_of(body: Incoming) -> bytes:
    return b"".join([b"".join(pieces) async for pieces in body])


@pytest.mark.proves("uploads.memory")
async def test_all_that_has_come_is_handed_over_at_once_and_in_order() -> None:
    body = Incoming(6)
    assert body.feed(b"ab") is None
    assert body.feed(b"cd") is None
    assert await body.__anext__() == [b"ab", b"cd"]
    body.feed(b"ef")
    body.end()
    assert await rest_of(body) == b"ef"
    assert body.is_over


async def test_who_reads_waits_for_what_comes() -> None:
    body = Incoming(None)
    reading = asyncio.ensure_future(rest_of(body))
    for piece in (b"a", b"b", b"c"):
        await asyncio.sleep(0)
        body.feed(piece)
    body.end()
    assert await soon(reading) == b"abc"


async def test_nothing_is_asked_for_before_somebody_reads() -> None:
    body = Incoming(0)
    assert not body.asked.is_set()
    body.end()
    assert await rest_of(body) == b""
    assert body.asked.is_set()


@pytest.mark.proves("uploads.memory")
async def test_who_sends_waits_for_who_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(incoming, "HELD", 10)
    body = Incoming(None)
    assert body.feed(b"12345") is None
    wait = body.feed(b"67890")
    assert wait is not None
    assert body.feed(b"more") is wait
    assert not wait.done()
    assert await body.__anext__() == [b"12345", b"67890", b"more"]
    await soon(wait)
    assert body.feed(b"x") is None


async def test_a_cut_comes_after_what_came() -> None:
    body = Incoming(100)
    body.feed(b"kept")
    body.cut("The sender has gone.")
    assert body.feed(b"dropped") is None
    assert await body.__anext__() == [b"kept"]
    for _ in range(2):
        with pytest.raises(BodyCut, match="has gone"):
            await body.__anext__()


async def test_a_cut_frees_who_sends_and_who_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(incoming, "HELD", 1)
    body = Incoming(None)
    wait = body.feed(b"12")
    assert wait is not None
    body.cut("over")
    await soon(wait)
    other = Incoming(None)
    reading = asyncio.ensure_future(rest_of(other))
    await asyncio.sleep(0)
    other.cut("over")
    with pytest.raises(BodyCut):
        await soon(reading)


async def test_the_first_end_counts() -> None:
    ended, cut = Incoming(None), Incoming(None)
    ended.end()
    ended.cut("late")
    assert await rest_of(ended) == b""
    cut.cut("first")
    cut.end()
    with pytest.raises(BodyCut, match="first"):
        await rest_of(cut)


@pytest.mark.proves("uploads.stall")
async def test_a_sender_that_stalls_is_given_up() -> None:
    body = Incoming(10, stall_seconds=0.01)
    body.feed(b"a")
    assert await body.__anext__() == [b"a"]
    with pytest.raises(BodyCut, match=r"0\.01 seconds") as caught:
        await soon(body.__anext__())
    assert caught.value.status == 408
    assert body.is_over


@pytest.mark.proves("uploads.stall")
async def test_a_server_that_stood_still_itself_gives_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """What had come meanwhile was not read yet when its sender was given up."""
    loop, body = asyncio.get_running_loop(), Incoming(10, stall_seconds=30)
    reading = asyncio.ensure_future(body.__anext__())
    await asyncio.sleep(0)
    time = loop.time
    monkeypatch.setattr(loop, "time", lambda: time() + 40)
    for _ in range(10):
        await asyncio.sleep(0)  # the loop sees how late it is
    body.feed(b"a")
    assert await soon(reading) == [b"a"]
