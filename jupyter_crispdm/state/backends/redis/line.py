"""The line to Redis: each call is answered within a budget, or by 503."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import OutOfMemoryError, RedisError

from jupyter_crispdm.base.errors import SetupError, StorageFull, Unavailable
from jupyter_crispdm.base.tasks import within

_T = TypeVar("_T")
BUDGET = 2.0
"""Seconds within which Redis must answer."""
_CONNECTIONS = 16
_FULL = "OOM command not allowed"  # as a script says it


class Line:
    """Redis, as one server calls it. All keys begin with `prefix`."""

    def __init__(self, url: str, prefix: str = "crispdm:state:", budget: float = BUDGET) -> None:
        self.prefix, self.budget = prefix, budget
        try:
            pool = BlockingConnectionPool.from_url(
                url, max_connections=_CONNECTIONS, timeout=budget, socket_connect_timeout=budget,
                socket_timeout=None,  # the budget holds for a call as a whole
                retry=Retry(NoBackoff(), 0),  # what was sent may have been done
            )  # fmt: skip
        except ValueError as error:
            raise SetupError(f"c.CrispdmApp.state_url is no address of a Redis: {error}") from error
        self.redis: Any = Redis(connection_pool=pool)

    def key(self, *parts: str) -> str:
        """The name of something in Redis."""
        return self.prefix + ":".join(parts)

    def script(self, text: str) -> Callable[..., Awaitable[Any]]:
        """A script that Redis runs as one step."""
        run: Callable[..., Awaitable[Any]] = self.redis.register_script(text)
        return run

    async def call(self, work: Awaitable[_T]) -> _T:
        """What Redis answers. Raises Unavailable when it does not, and StorageFull when its memory is used up."""
        try:
            return await within(work, self.budget)
        except (asyncio.TimeoutError, TimeoutError) as error:
            raise _silent() from error
        except (RedisError, OSError) as error:
            if isinstance(error, OutOfMemoryError) or _FULL in str(error):
                raise StorageFull("The memory of the shared Redis is used up: nothing was written.") from error
            await self.redis.connection_pool.disconnect(inuse_connections=False)  # the others are cut too
            raise _silent() from error

    async def close(self) -> None:
        """Hang up."""
        await self.redis.aclose(close_connection_pool=True)


def _silent() -> Unavailable:
    return Unavailable("The shared Redis with these values does not answer. Try again in a moment.", retry_after=2)
