"""One timer for many deadlines; nothing sleeps."""

from __future__ import annotations

import asyncio
import math

import pytest

from jupyter_crispdm.serving.inference.workers.alarm import Alarm


async def test_only_a_nearer_deadline_makes_a_timer() -> None:
    alarm = Alarm(lambda now: math.inf)
    now = asyncio.get_running_loop().time()
    alarm.mind(now + 50)
    timer = alarm._timer
    alarm.mind(now + 60)
    assert alarm._timer is timer
    alarm.mind(now + 40)
    assert alarm.due == now + 40
    assert timer is not None
    assert timer.cancelled()
    alarm.cancel()
    assert alarm.due == math.inf


@pytest.mark.proves("engine.deadline")
async def test_it_rings_when_the_time_is_there_and_again_when_it_was_told_to() -> None:
    rang: list[float] = []
    both: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def ring(now: float) -> float:
        rang.append(now)
        if len(rang) == 2:
            both.set_result(None)
        return now if len(rang) < 2 else math.inf

    alarm = Alarm(ring)
    start = asyncio.get_running_loop().time()
    alarm.mind(start)
    await asyncio.wait_for(both, 60)
    assert rang[0] >= start
    assert alarm.due == math.inf


async def test_who_rings_it_by_hand_takes_the_place_of_its_timer() -> None:
    alarm = Alarm(lambda now: now + 100)
    alarm.mind(asyncio.get_running_loop().time() + 1)
    first = alarm._timer
    alarm.ring()
    assert first is not None
    assert first.cancelled()
    assert alarm.due > asyncio.get_running_loop().time() + 50
    alarm.cancel()
