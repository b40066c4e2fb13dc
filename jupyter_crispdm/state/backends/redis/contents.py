"""Contents of shared values in Redis, in pieces.

Pieces go by themselves after a while. The change that names a content keeps them, and lets go of those of the content
that was there before.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import AsyncGenerator, AsyncIterable, Callable, Collection
from pathlib import Path

from jupyter_crispdm.base.errors import NotFound

from ...entries import Held
from ..port import Stored
from .line import Line

PIECE = 1024 * 1024
MOST = 64 * PIECE
"""Bytes that one content may have here: Redis keeps them in its memory."""
_UNNAMED_SECONDS = 600


def name_of_pieces(line: Line, id: str) -> str:
    """How the names of a content's pieces begin."""
    return line.key("content", id, "")


def count_pieces(size: int) -> int:
    """How many pieces a content has."""
    return -(-size // PIECE)


class RedisContents:
    """Keeps contents for several servers."""

    def __init__(self, line: Line) -> None:
        self._line = line

    def path(self, held: Held) -> Path | None:
        """Nowhere on this machine."""
        return None

    async def write(self, pieces: AsyncIterable[list[bytes]], accept: Callable[[int], object]) -> Stored:
        """Keep bytes as they come, for a while."""
        id, digest, size, count, left = secrets.token_hex(16), hashlib.sha256(), 0, 0, b""
        async for some in pieces:
            data = b"".join(some)
            size += len(data)
            accept(size)
            digest.update(data)
            left += data
            while len(left) >= PIECE:
                await self._put(id, count, left[:PIECE])
                count, left = count + 1, left[PIECE:]
        if left:
            await self._put(id, count, left)
        return Stored(id, size, digest.hexdigest())

    async def read(self, held: Held) -> AsyncGenerator[bytes, None]:
        """The bytes, piece by piece."""
        name = name_of_pieces(self._line, held.id)
        for number in range(count_pieces(held.size)):
            piece = await self._line.call(self._line.redis.get(f"{name}{number}"))
            if piece is None:
                raise NotFound("The content is another one by now.", field="key")
            yield piece

    async def remove(self, id: str) -> None:
        """Pieces that no value names go by themselves."""

    async def tidy(self, used: Collection[str]) -> None:
        """Pieces that no value names go by themselves."""

    async def _put(self, id: str, number: int, data: bytes) -> None:
        name = f"{name_of_pieces(self._line, id)}{number}"
        await self._line.call(self._line.redis.set(name, data, ex=_UNNAMED_SECONDS))
