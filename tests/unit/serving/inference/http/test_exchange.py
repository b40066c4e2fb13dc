"""A body within bounds of time, by a clock that a test moves."""

from __future__ import annotations

import asyncio

import pytest
from starlette.types import Message

from jupyter_crispdm.base.clock import AttentiveClock
from jupyter_crispdm.serving.inference.errors import TooSlow
from jupyter_crispdm.serving.inference.http.connections import Pace
from jupyter_crispdm.serving.inference.http.exchange import BoundedBody
from jupyter_crispdm.serving.inference.settings import ConnectionLimits
from tests.support import FakeClock


class Sender:
    """A client whose piece is there at the second time that it is waited for."""

    def __init__(self) -> None:
        self.waits = 0

    async def receive(self) -> Message:
        self.waits += 1
        if self.waits == 1:
            await asyncio.Event().wait()
        return {"type": "http.request", "body": b"late", "more_body": False}


def bounded(sender: Sender, clock: AttentiveClock | FakeClock) -> BoundedBody:
    pace = Pace(ConnectionLimits(body=0.01), clock)
    return BoundedBody({"type": "http"}, sender.receive, 1000, pace)


async def test_a_service_that_stood_still_itself_gives_nobody_up() -> None:
    """A wait that was too long by the machine's clock, and not by that of the service: what came is read after all."""
    sender = Sender()
    assert (await bounded(sender, FakeClock()).receive())["body"] == b"late"
    assert sender.waits == 2


async def test_a_body_that_does_not_come_is_given_up() -> None:
    clock, sender = FakeClock(), Sender()
    body = bounded(sender, clock)
    reading = asyncio.ensure_future(body.receive())
    await asyncio.sleep(0)
    clock.advance(1)
    with pytest.raises(TooSlow):
        await reading
