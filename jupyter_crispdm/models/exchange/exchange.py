"""Versions that leave and come."""

from __future__ import annotations

import asyncio
import shutil
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import msgspec

from jupyter_crispdm.base.errors import Forbidden, TooLarge, TooManyRequests
from jupyter_crispdm.base.files.atomic import storage_errors

from ..registering.offers import Registrar
from ..shelf import Shelf
from ..types import MODEL_NAME, ModelFormat, ModelVersion
from .packing import packed
from .unpacking import Package, unpacked

MOST_BYTES = 32 * 2**30
_AT_ONCE, _OF_ONE = 4, 1


class Exchange:
    """Takes versions in and hands them out."""

    def __init__(self, shelf: Shelf, most: int = MOST_BYTES) -> None:
        self._shelf, self._most = shelf, most
        self._coming = Counter[str]()

    async def export(self, name: str, number: int) -> AsyncGenerator[bytes, None]:
        """A version as a zip that another server takes in, piece by piece. Raises NotFound."""
        version = await self._shelf.get(name, number)
        spans = await self._shelf.spans(name)
        home = self._shelf.files.path(version).parent
        return packed(home, version, spans)

    async def take(
        self, body: AsyncIterable[list[bytes]], by: Registrar, *, name: str | None, announced: int | None
    ) -> ModelVersion:
        """Take in a zip as the next version of the model that it names, or of another one.

        Its aliases and what an admin decided elsewhere do not come with it.
        Raises BadRequest, Forbidden, TooLarge, TooManyRequests, Unprocessable, StorageFull.
        """
        if name is not None:
            MODEL_NAME.check(name, "name")
        self._check_size(announced or 0)
        with self._turn(by.name):
            staging = await asyncio.to_thread(self._shelf.files.staging)
            try:
                await self._receive(body, staging / "archive.zip")
                package = await asyncio.to_thread(_unpacked, staging)
                version = self._ours(package.version, by, name)
                return await self._shelf.add_next(version, package.parts)
            finally:
                await asyncio.to_thread(shutil.rmtree, staging, ignore_errors=True)

    def _ours(self, version: ModelVersion, by: Registrar, name: str | None) -> ModelVersion:
        """What is known of a version from elsewhere, as far as it is true here. Raises Forbidden."""
        if version.format is ModelFormat.pickle and not by.admin:
            raise Forbidden("A pickle runs code when it is loaded: only an admin may import one.", field="format")
        return msgspec.structs.replace(
            version,
            name=version.name if name is None else name,
            version=0,
            job=None,
            environment=None,
            created=self._shelf.now(),
            owner=by.name,
            aliases=[],
            types=[],
            trust=None,
        )

    async def _receive(self, body: AsyncIterable[list[bytes]], path: Path) -> None:
        size = 0
        file = await asyncio.to_thread(path.open, "xb")
        try:
            async for pieces in body:
                size += sum(map(len, pieces))
                self._check_size(size)
                await asyncio.to_thread(_write, file, pieces)
        finally:
            await asyncio.to_thread(file.close)

    def _check_size(self, size: int) -> None:
        if size > self._most:
            raise TooLarge(f"An archive may have {self._most:,} bytes.", field="body", limit=self._most)

    @contextmanager
    def _turn(self, caller: str) -> Iterator[None]:
        if self._coming[caller] >= _OF_ONE or self._coming.total() >= _AT_ONCE:
            raise TooManyRequests("Other archives are being taken in. Try again in a moment.", retry_after=2)
        self._coming[caller] += 1
        try:
            yield
        finally:
            self._coming[caller] -= 1
            self._coming += Counter()


def _write(file: IO[bytes], pieces: list[bytes]) -> None:
    with storage_errors(Path(file.name)):
        file.writelines(pieces)


def _unpacked(staging: Path) -> Package:
    archive, parts = staging / "archive.zip", staging / "parts"
    with storage_errors(archive):
        parts.mkdir()
        package = unpacked(archive, parts)
        archive.unlink()
    return package
