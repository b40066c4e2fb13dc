"""A socket held to a budget, without a socket."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from jupyter_crispdm.base.sockets import Rates, SocketBudget, meter
from tests.support import FakeClock


class Connection:
    """What tornado's protocol class looks like to the meter."""

    def __init__(self, size: int) -> None:
        self.params = SimpleNamespace(max_message_size=10_000_000)
        self._wire_bytes_in = 0
        self._size = size

    async def _receive_frame(self) -> None:
        self._wire_bytes_in += self._size


async def flood(connections: list[Connection], budget: SocketBudget, clock: FakeClock, frames: int) -> float:
    """Read frames of several sockets in turn; the seconds that were waited."""
    waited = 0.0

    async def sleep(seconds: float) -> None:
        nonlocal waited
        waited += seconds
        clock.advance(seconds)

    for connection in connections:
        handler: Any = SimpleNamespace(ws_connection=connection)
        meter(handler, budget, 1000, sleep)
        assert connection.params.max_message_size == 1000
    for number in range(frames):
        await connections[number % len(connections)]._receive_frame()
    return waited


@pytest.mark.proves("floods.frames")
@pytest.mark.parametrize("sockets", [1, 4])
async def test_frames_beyond_the_budget_are_read_at_its_rate(sockets: int) -> None:
    clock = FakeClock()
    budget = SocketBudget(Rates(frames=10, frames_at_once=100, bytes=1e9, bytes_at_once=1e9), clock)
    connections = [Connection(8) for _ in range(sockets)]
    assert await flood(connections, budget, clock, 300) == pytest.approx(20)


async def test_so_are_bytes() -> None:
    clock = FakeClock()
    budget = SocketBudget(Rates(frames=1e9, frames_at_once=1e9, bytes=1000, bytes_at_once=5000), clock)
    assert await flood([Connection(500)], budget, clock, 30) == pytest.approx(10)
