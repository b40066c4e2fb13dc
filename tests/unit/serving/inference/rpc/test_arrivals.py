"""Messages that are on their way at the same time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from jupyter_crispdm.base.errors import Unavailable
from jupyter_crispdm.serving.inference.errors import TooSlow
from jupyter_crispdm.serving.inference.rpc.arrivals import Arrivals
from jupyter_crispdm.serving.inference.settings import ConnectionLimits, RequestLimits
from tests.support import eventually

LIMITS = replace(RequestLimits(), body=10, in_flight_each=20, in_flight=30)


class Sender:
    """Somebody whose message comes when the test lets it."""

    def __init__(self) -> None:
        self.begun, self.sent = False, asyncio.Event()

    async def messages(self) -> AsyncIterator[bytes]:
        self.begun = True
        await self.sent.wait()
        yield b"message"


def sending(arrivals: Arrivals, caller: str, count: int) -> tuple[list[Sender], list[asyncio.Task[bytes]]]:
    senders = [Sender() for _ in range(count)]
    return senders, [asyncio.create_task(arrivals.take(caller, one.messages())) for one in senders]


@pytest.mark.proves("serving.grpc")
async def test_each_caller_and_all_together_have_room_for_so_many() -> None:
    arrivals = Arrivals(LIMITS, ConnectionLimits())
    mine, my_tasks = sending(arrivals, "a", 3)
    yours, your_tasks = sending(arrivals, "b", 2)
    await eventually(lambda: sum(one.begun for one in [*mine, *yours]) == 3)
    assert [one.begun for one in mine] == [True, True, False]
    assert [one.begun for one in yours] == [True, False]
    my_tasks[0].cancel()
    await eventually(lambda: sum(one.begun for one in [*mine, *yours]) == 4)
    for one in [*mine, *yours]:
        one.sent.set()
    found = await asyncio.gather(*my_tasks, *your_tasks, return_exceptions=True)
    assert [one for one in found if isinstance(one, bytes)] == [b"message"] * 4
    assert not arrivals._own


@pytest.mark.proves("serving.grpc")
async def test_nobody_waits_for_ever() -> None:
    arrivals = Arrivals(replace(LIMITS, in_flight=10), replace(ConnectionLimits(), answer=0.05))
    (_, [slow]), (_, [waiting]) = sending(arrivals, "a", 1), sending(arrivals, "b", 1)
    with pytest.raises(TooSlow, match="must be here within"):
        await slow
    with pytest.raises((Unavailable, TooSlow)):
        await waiting
