"""Contents of shared values as files in a directory of this server."""

from __future__ import annotations

import asyncio
import hashlib
import os
import secrets
from collections.abc import AsyncGenerator, AsyncIterable, Callable, Collection
from contextlib import suppress
from pathlib import Path
from typing import IO

from jupyter_crispdm.base.files.atomic import storage_errors, sync_directory

from ..entries import Held
from .port import Stored

_UNFINISHED = ".part"
_PIECE = 256 * 1024


class ContentFiles:
    """A file for each content. It has its name only once all of it is on the disk."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def path(self, held: Held) -> Path:
        """Where the bytes are."""
        return self._directory / held.id

    async def write(self, pieces: AsyncIterable[list[bytes]], accept: Callable[[int], object]) -> Stored:
        """Keep bytes as they come. `accept` is asked how many there may be, and raises what speaks against it.

        Raises StorageFull, and what the pieces raise. Then nothing is kept.
        """
        id = secrets.token_hex(16)
        unfinished = self._directory / f"{id}{_UNFINISHED}"
        file = await asyncio.to_thread(self._open, unfinished)
        try:
            stored = await self._copy(id, file, pieces, accept)
            await asyncio.to_thread(self._finish, file, unfinished, self._directory / id)
            return stored
        finally:
            await asyncio.to_thread(_close, file, unfinished)

    async def _copy(
        self, id: str, file: IO[bytes], pieces: AsyncIterable[list[bytes]], accept: Callable[[int], object]
    ) -> Stored:
        digest, size = hashlib.sha256(), 0
        async for some in pieces:
            data = b"".join(some)
            size += len(data)
            accept(size)
            await asyncio.to_thread(_add, file, digest.update, data)
        return Stored(id, size, digest.hexdigest())

    async def read(self, held: Held) -> AsyncGenerator[bytes, None]:
        """The bytes, piece by piece."""
        with await asyncio.to_thread(open, self.path(held), "rb") as file:
            while piece := await asyncio.to_thread(file.read, _PIECE):
                yield piece

    async def remove(self, id: str) -> None:
        """Remove bytes that no value has."""
        await asyncio.to_thread((self._directory / id).unlink, missing_ok=True)

    async def tidy(self, used: Collection[str]) -> None:
        """Remove what a server that was killed left behind. Nobody writes meanwhile."""
        await asyncio.to_thread(self._tidy, frozenset(used))

    def _open(self, path: Path) -> IO[bytes]:
        with storage_errors(path):
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb")

    def _finish(self, file: IO[bytes], unfinished: Path, path: Path) -> None:
        with storage_errors(path):
            file.flush()
            os.fsync(file.fileno())
            os.rename(unfinished, path)
            sync_directory(self._directory)

    def _tidy(self, used: frozenset[str]) -> None:
        with suppress(FileNotFoundError):
            for path in self._directory.iterdir():
                if path.name not in used:
                    path.unlink(missing_ok=True)


def _add(file: IO[bytes], count: Callable[[bytes], object], data: bytes) -> None:
    count(data)
    with storage_errors(Path(file.name) if isinstance(file.name, str) else Path("content")):
        file.write(data)


def _close(file: IO[bytes], unfinished: Path) -> None:
    with suppress(OSError):  # what could not be written is dropped with its file
        file.close()
    unfinished.unlink(missing_ok=True)
