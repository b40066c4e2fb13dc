"""The updates of texts in Redis, shared by several servers."""

from __future__ import annotations

from collections.abc import Sequence

from jupyter_crispdm.base.tasks import Loop

from ...text.keeping import Found, Told
from ...text.limits import Limits
from ...text.store import Head
from .line import Line
from .news import News

_FIND = """
-- KEYS: epochs, updates; ARGV: key, epoch, start
local epoch = redis.call('HGET', KEYS[1], ARGV[1])
if not epoch then return false end
local start = epoch == ARGV[2] and tonumber(ARGV[3]) or 0
return {epoch, start, redis.call('LRANGE', KEYS[2], start, -1)}
"""
_ADD = """
-- KEYS: epochs, updates; ARGV: key, epoch, count, update, channel, most
local epoch = redis.call('HGET', KEYS[1], ARGV[1])
if (epoch and epoch ~= ARGV[2]) or redis.call('LLEN', KEYS[2]) ~= tonumber(ARGV[3]) then return 'again' end
if not epoch then
  local texts = redis.call('HLEN', KEYS[1])
  if tonumber(ARGV[6]) > 0 and texts >= tonumber(ARGV[6]) then return 'many' end
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
end
redis.call('RPUSH', KEYS[2], ARGV[4])
redis.call('PUBLISH', ARGV[5], 'value ' .. ARGV[1])
return 'ok'
"""
_REPLACE = """
-- KEYS: epochs, updates; ARGV: key, epoch, count, new epoch, update, channel
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] or redis.call('LLEN', KEYS[2]) ~= tonumber(ARGV[3]) then
  return 'again'
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[4])
redis.call('DEL', KEYS[2])
redis.call('RPUSH', KEYS[2], ARGV[5])
redis.call('PUBLISH', ARGV[6], 'value ' .. ARGV[1])
return 'ok'
"""


class RedisTexts:
    """Keeps texts in Redis."""

    def __init__(self, line: Line, limits: Limits) -> None:
        self._line, self._limits = line, limits
        self._epochs, self._channel = line.key("texts"), line.key("texts", "news")
        self._find, self._add, self._replace = line.script(_FIND), line.script(_ADD), line.script(_REPLACE)
        self._news: Loop | None = None

    async def start(self, told: Told) -> None:
        """Listen to what other servers write."""
        self._news = Loop("news of shared texts", News(self._line, self._channel, told, _nobody).follow)
        self._news.start()

    async def close(self) -> None:
        """Listen no more."""
        if self._news is not None:
            await self._news.close()

    async def find(self, key: str, epoch: str = "", start: int = 0) -> Found | None:
        """What came after the first `start` updates."""
        found = await self._line.call(self._find(keys=self._keys(key), args=[key, epoch, start]))
        return None if found is None else Found(found[0].decode(), int(found[1]), list(found[2]))

    async def add(self, head: Head, count: int, news: bytes) -> bool:
        """Keep an update."""
        most = self._limits.texts or 0
        arguments = [head.key, head.epoch, count, news, self._channel, most]
        said = await self._line.call(self._add(keys=self._keys(head.key), args=arguments))
        if said == b"many":
            self._limits.check_texts(most + 1)
        return bool(said == b"ok")

    async def replace(self, head: Head, epoch: str, count: int, whole: bytes) -> bool:
        """Keep one in the place of all."""
        arguments = [head.key, epoch, count, head.epoch, whole, self._channel]
        return bool(await self._line.call(self._replace(keys=self._keys(head.key), args=arguments)) == b"ok")

    def _keys(self, key: str) -> Sequence[str]:
        return [self._epochs, self._line.key("text", key)]


def _nobody(key: str, ticket: str) -> None:
    """Texts have no locks."""
