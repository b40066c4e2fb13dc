"""What may come in over a WebSocket: frames and bytes by a budget; who sends more is read more slowly.

The budget is paid before the next frame is read, for pings and fragments too. So a flood waits in its sender's
own buffers, and everybody else's requests are answered meanwhile.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from tornado.websocket import WebSocketHandler

from .budget import TALLY, TokenBucket
from .clock import Clock, SystemClock

Sleep = Callable[[float], Awaitable[None]]


@dataclass(frozen=True)
class Rates:
    """How many frames and bytes a second a caller may send, how many at once, and how large a message may be."""

    frames: float
    frames_at_once: float
    bytes: float
    bytes_at_once: float
    largest: int | None = None


class SocketBudget:
    """What one caller may send over all sockets of a kind."""

    def __init__(self, rates: Rates, clock: Clock | None = None) -> None:
        clock = clock or SystemClock()
        self._frames = TokenBucket(rates.frames, rates.frames_at_once, clock)
        self._bytes = TokenBucket(rates.bytes, rates.bytes_at_once, clock)

    def take(self, size: int) -> float:
        """Count a frame, and say how many seconds to wait before the next is read."""
        return max(self._frames.take(), self._bytes.take(size))


def meter(
    handler: WebSocketHandler, budget: SocketBudget, largest: int | None = None, sleep: Sleep = asyncio.sleep
) -> None:
    """Hold an open socket to a budget. Call it before the socket is read, from `open`."""
    connection: Any = handler.ws_connection
    if largest is not None:
        connection.params.max_message_size = largest
    receive = connection._receive_frame

    async def metered() -> None:
        before = connection._wire_bytes_in
        await receive()
        wait = budget.take(connection._wire_bytes_in - before)
        if wait > 0:
            TALLY.add("frames slowed")
            await sleep(wait)

    connection._receive_frame = metered
