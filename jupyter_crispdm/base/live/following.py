"""Following a topic within the process, without any connection."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Sequence

from .core.log import Place
from .core.message import Message
from .outlet import Channel, Outlet, Period


async def following(
    topic: str, channel: Channel, place: Place, period: Period = None
) -> AsyncGenerator[Message, None]:
    """Messages from a place on, at most one every `period` seconds. Raises what breaks the topic."""
    taken = _Taken()
    outlet = Outlet(taken.take, taken.fail, asyncio.get_running_loop().call_later)
    try:
        outlet.follow(topic, channel, place, period)
        while (message := await taken.next()) is not None:
            yield message
            taken.give_back(outlet)
    finally:
        outlet.close()


class _Taken:
    """The messages that a connection within the process holds, until they are asked for."""

    def __init__(self) -> None:
        self._messages: deque[Message] = deque()
        self._came = asyncio.Event()
        self._error: BaseException | None = None
        self._is_over = False

    def take(self, messages: Sequence[Message]) -> bool:
        self._messages.extend(messages)
        self._came.set()
        return False

    def fail(self, topic: str, error: BaseException) -> None:
        self._error = error
        self._came.set()

    async def next(self) -> Message | None:
        """The next message; None after the last. Raises what broke the topic."""
        while not self._messages and not self._is_over:
            await self._came.wait()
            self._came.clear()
            if self._error is not None:
                raise self._error
        if not self._messages:
            return None
        message = self._messages.popleft()
        self._is_over = message.is_last
        return message

    def give_back(self, outlet: Outlet) -> None:
        """Take more once all is used up."""
        if not self._messages:
            outlet.resume()
