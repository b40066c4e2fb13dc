"""What other servers change, as Redis tells of it."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from redis.exceptions import RedisError

from jupyter_crispdm.base.tasks import within

from ..port import Told, Woken
from .line import Line

_QUIET = 5.0
_PAUSE = 0.5
_log = logging.getLogger(__name__)


class News:
    """Follows the channel on which all servers tell of changes and of locks that are free."""

    def __init__(self, line: Line, channel: str, told: Told, woken: Woken) -> None:
        self._line, self._channel, self._told, self._woken = line, channel, told, woken
        self._is_cut = False

    async def follow(self) -> None:
        """Follow it for ever. After a cut everybody looks at everything again: nobody knows what was missed."""
        while True:
            try:
                await self._listen()
            except (RedisError, OSError, asyncio.TimeoutError) as error:
                if not self._is_cut:
                    _log.warning("The shared Redis does not tell of changes; it is asked again: %s", error)
                self._is_cut = True
            await asyncio.sleep(_PAUSE)

    async def _listen(self) -> None:
        async with self._line.redis.pubsub() as pubsub:
            await within(pubsub.subscribe(self._channel), self._line.budget)
            asked = False
            while True:
                message = await pubsub.get_message(timeout=self._line.budget if asked else _QUIET)
                if message is None and asked:
                    raise asyncio.TimeoutError("it is silent")
                asked = message is None
                if message is None:
                    await within(pubsub.ping(), self._line.budget)
                else:
                    self._hear(message)

    def _hear(self, message: dict[str, Any]) -> None:
        if message["type"] == "subscribe":
            if self._is_cut:
                _log.info("The shared Redis tells of changes again.")
            self._is_cut = False
            self._told(None)
        elif message["type"] == "message":
            kind, _, rest = message["data"].decode().partition(" ")
            if kind == "value":
                self._told(rest)
            else:
                self._woken(*rest.split(" ", 1))
