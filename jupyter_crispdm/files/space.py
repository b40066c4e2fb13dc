"""Room for files: what is free on the disk, and what a home folder may still take.

Whoever is about to write asks first. What they then write is counted at once, and measured again a little later.
"""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from jupyter_crispdm.base.clock import Clock
from jupyter_crispdm.base.errors import StorageFull, TooLarge
from jupyter_crispdm.base.files.disk import on_disk
from jupyter_crispdm.base.files.removal import size_on_disk

from .folders import Folders, Person, Place
from .types import FolderKind

_FRESH_SECONDS = 10.0


@dataclass(frozen=True)
class Left:
    """Bytes that are free on the disk, that a person's home may take (None: no limit), and that it takes."""

    free: int
    quota: int | None
    used: int


@dataclass
class _Measured:
    bytes: int
    at: float


class Space:
    """How much may still be written where. `quota` is that of a home folder, `keep_free` stays free on the disk."""

    def __init__(self, folders: Folders, clock: Clock, quota: int | None, keep_free: int) -> None:
        self._folders, self._clock, self._quota, self._keep_free = folders, clock, quota, keep_free
        self._homes: dict[Path, _Measured] = {}

    async def of(self, person: Person) -> Left:
        """What somebody has left; of people with Lab no home is measured where there is no limit."""
        free = await on_disk(self._folders.root, _free, self._folders.root)
        quota = None if person.has_lab else self._quota
        path = self._folders.home_of(person)
        used = await self._used(self._folders.root / path) if path and not person.has_lab else 0
        return Left(max(0, free - self._keep_free), quota, used)

    async def require(self, person: Person, place: Place, size: int) -> None:
        """Refuse to write so many bytes more. Raises StorageFull for the disk, TooLarge for the home's quota."""
        free = await on_disk(place.below, _free, place.below)
        if size > free - self._keep_free:
            raise StorageFull("There is not enough room on the server's disk.", bytes=size, free=free)
        if self._quota is None or person.has_lab or place.folder.kind is not FolderKind.HOME:
            return
        used = await self._used(place.below)
        if used + size > self._quota:
            raise TooLarge(
                f"Your folder may hold {self._quota:,} bytes, and {used:,} are taken. Delete what you do not need.",
                limit=self._quota, used=used, bytes=size,
            )  # fmt: skip

    @asynccontextmanager
    async def taken(self, person: Person, place: Place, size: int) -> AsyncIterator[None]:
        """Room for what is written meanwhile: it counts from now on, and no more where the writing fails.

        Raises StorageFull, TooLarge.
        """
        await self.require(person, place, size)
        self.wrote(place, size)
        try:
            yield
        except BaseException:
            self.wrote(place, -size)
            raise

    def wrote(self, place: Place, size: int) -> None:
        """Count what was written until it is measured again."""
        if (known := self._homes.get(place.below)) is not None:
            known.bytes += size

    async def _used(self, home: Path) -> int:
        known = self._homes.get(home)
        if known is None or self._clock.monotonic() - known.at > _FRESH_SECONDS:
            size = await on_disk(home, size_on_disk, home)
            known = self._homes[home] = _Measured(size, self._clock.monotonic())
        return known.bytes


def _free(folder: Path) -> int:
    """Free bytes on the disk of a folder, or of the nearest one above that is there."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return shutil.disk_usage(folder).free
