"""Loops that outlive their mistakes, without a second of waiting."""

from __future__ import annotations

import asyncio
import logging

import pytest

from jupyter_crispdm.base.tasks import LONGEST_PAUSE, Listeners, Loop, Setback, comes, spawn, states, within
from tests.support import FakeClock, eventually, soon


class Times:
    """A clock and a sleep that only note."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.slept: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.clock.advance(seconds)
        await asyncio.sleep(0)


@pytest.mark.proves("tasks.background")
async def test_a_loop_that_fails_is_logged_and_begins_anew_later_each_time(caplog: pytest.LogCaptureFixture) -> None:
    times, tries, over = Times(), [0], asyncio.Event()

    async def work() -> None:
        tries[0] += 1
        if tries[0] > 9:
            over.set()
            await asyncio.Event().wait()
        raise ValueError("a mistake nobody thought of")

    loop = Loop("counting", work, clock=times.clock, sleep=times.sleep)
    loop.start()
    await over.wait()
    assert times.slept == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert caplog.text.count("The background task 'counting' failed") == 9
    assert (loop.state.state, loop.state.failures) == ("running", 9)
    assert loop.state.error == "ValueError: a mistake nobody thought of"
    assert loop.state in states()
    await loop.close()
    assert loop.state.state == "ended"
    assert loop.state not in states()


async def test_what_held_for_long_begins_anew_soon() -> None:
    times, tries, over = Times(), [0], asyncio.Event()

    async def work() -> None:
        tries[0] += 1
        if tries[0] == 5:
            over.set()
            await asyncio.Event().wait()
        if tries[0] == 4:
            times.clock.advance(LONGEST_PAUSE + 1)
        raise OSError("now and then")

    loop = Loop("rarely", work, clock=times.clock, sleep=times.sleep)
    loop.start()
    await over.wait()
    assert times.slept == [1, 2, 4, 1]
    await loop.close()


async def test_a_loop_is_told_to_pause_while_it_does() -> None:
    pausing, go = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        raise OSError("at once")

    async def sleep(_: float) -> None:
        pausing.set()
        await go.wait()

    loop = Loop("pausing", work, sleep=sleep)
    loop.start()
    loop.start()  # a second time changes nothing
    await pausing.wait()
    assert (loop.state.state, loop.state.failures) == ("pausing", 1)
    assert loop.state.failed is not None
    await loop.close()


async def test_work_that_returns_is_over_and_closing_waits_for_its_last_words() -> None:
    said: list[str] = []

    async def short() -> None:
        said.append("done")

    async def long() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            said.append("closed")

    first, second = Loop("short", short), Loop("long", long)
    first.start()
    second.start()
    await eventually(lambda: first.state.state == "ended")
    assert first.state.state == "ended"
    await second.close()
    assert said == ["done", "closed"]


@pytest.mark.proves("tasks.background")
@pytest.mark.parametrize("turns", range(5))
async def test_a_loop_that_is_closed_as_its_news_comes_ends(turns: int) -> None:
    news, waits = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        while True:
            news.clear()
            waits.set()
            await comes(news, 60)

    loop = Loop("waiting", work)
    loop.start()
    await waits.wait()
    await asyncio.sleep(0)
    news.set()
    for _ in range(turns):
        await asyncio.sleep(0)
    await soon(loop.close())


async def test_what_comes_in_time_is_had_and_what_does_not_is_ended() -> None:
    ended = []

    async def never() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("never")

    async def wrong() -> None:
        raise KeyError("in passing")

    async def leaves() -> None:
        raise asyncio.CancelledError

    assert await within(asyncio.sleep(0, "here"), 60) == "here"
    with pytest.raises(asyncio.TimeoutError):
        await within(never(), 0.001)
    with pytest.raises(KeyError):
        await within(wrong(), 60)
    with pytest.raises(asyncio.CancelledError):
        await within(leaves(), 60)
    waiting = asyncio.ensure_future(within(never(), 60))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.wait({waiting})
    assert waiting.cancelled()
    assert ended == ["never", "never"]


async def test_an_answer_that_came_while_the_loop_stood_still_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    loop, stood = asyncio.get_running_loop(), 0.0
    time = loop.time
    monkeypatch.setattr(loop, "time", lambda: time() + stood)

    async def answered() -> str:
        nonlocal stood
        stood = 60.0
        for _ in range(5):
            await asyncio.sleep(0)
        return "here"

    assert await within(answered(), 10) == "here"


async def test_a_small_task_logs_what_went_wrong(caplog: pytest.LogCaptureFixture) -> None:
    async def wrong() -> None:
        raise ValueError("in passing")

    async def right() -> int:
        return 1

    assert await spawn("right", right()) == 1
    task = spawn("wrong", wrong())
    await asyncio.wait({task})
    await asyncio.sleep(0)
    assert "The background task 'wrong' failed" in caplog.text
    assert "in passing" in caplog.text


@pytest.mark.proves("tasks.listeners")
def test_a_listener_that_makes_a_mistake_spoils_nothing(caplog: pytest.LogCaptureFixture) -> None:
    heard: list[int] = []
    listeners: Listeners[[int]] = Listeners("numbers")
    listeners.add(heard.append)
    listeners.add(lambda _: 1 / 0)
    listeners.add(heard.append)
    with caplog.at_level(logging.ERROR):
        listeners.tell(7)
    assert heard == [7, 7]
    assert "A listener to numbers made a mistake" in caplog.text


async def test_an_outage_elsewhere_is_said_in_a_line_and_once(caplog: pytest.LogCaptureFixture) -> None:
    times, tries, over = Times(), [0], asyncio.Event()

    async def work() -> None:
        tries[0] += 1
        if tries[0] > 9:
            over.set()
            await asyncio.Event().wait()
        raise Setback("it is away" if tries[0] < 8 else "it refuses us")

    loop = Loop("asking", work, clock=times.clock, sleep=times.sleep)
    loop.start()
    await over.wait()
    assert times.slept == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert (loop.state.failures, loop.state.error) == (9, "it refuses us")
    assert (caplog.text.count("it is away"), caplog.text.count("it refuses us")) == (1, 1)
    assert "Traceback" not in caplog.text
    await loop.close()
