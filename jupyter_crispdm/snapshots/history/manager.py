"""Kept versions of files. Knows no HTTP."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from typing import Protocol

import sqlalchemy as sa

from jupyter_crispdm.base.clock import Clock, utc
from jupyter_crispdm.base.database import Database
from jupyter_crispdm.base.errors import Conflict, CrispdmError, NotFound
from jupyter_crispdm.base.files.disk import on_disk
from jupyter_crispdm.base.files.regular import read_regular, regular_file
from jupyter_crispdm.base.tasks import Loop

from ..contentfiles import ContentFiles, digest_of
from . import store
from .ring import superseded
from .store import VersionRow
from .types import Version

_log = logging.getLogger(__name__)
_AT_ONCE = 100
_HOUR = 3600.0


class Contents(Protocol):
    """Where files are saved, by the rules of whoever serves them."""

    async def save(self, path: str, content: bytes) -> None:
        """Replace a file. Raises CrispdmError."""


class HistoryManager:
    """Keeps what files were when they were saved: the last twenty, then one an hour, then one a day.

    `most` is how many bytes one file may have to be kept, `limit` how many all versions together; above it the oldest
    go, but for the newest of each file. None means no limit.
    """

    def __init__(
        self, database: Database, files: ContentFiles, root: Path, clock: Clock, contents: Contents, *,
        most: int | None, limit: int | None,
    ) -> None:  # fmt: skip
        self._database, self._files, self._root, self._clock = database, files, root, clock
        self._contents, self._most, self._limit = contents, most, limit
        self._loop = Loop("kept versions of files", self._run)

    @property
    def directory(self) -> Path:
        """Where the versions' contents are."""
        return self._files.directory

    def start(self) -> None:
        """Remove, now and each hour, files that no version names."""
        self._loop.start()

    async def close(self) -> None:
        """Remove nothing more."""
        await self._loop.close()

    async def versions(self, path: str) -> list[Version]:
        """The kept versions of a file, newest first; of one that is not there any more too."""
        return [_version(row) for row in await self._database.read(lambda c: store.versions_of(c, _plain(path)))]

    async def content(self, id: int) -> tuple[Version, Path]:
        """A version and the file with its content. Raises NotFound."""
        row = await self._row(id)
        return _version(row), self._files.path(row.digest)

    async def restore(self, id: int, by: str) -> Version:
        """Save a version as its file again; what the file is now is kept first.

        Raises NotFound, Conflict where what the file is now cannot be kept, and as saving does.
        """
        row = await self._row(id)
        content = await asyncio.to_thread(self._files.read, row.digest)
        if content is None:
            raise NotFound("The content of this version cannot be read.", field="id")
        await self._keep_present(row.path, by)
        await self._contents.save(row.path, content)
        await self.note(row.path, by)
        return (await self.versions(row.path))[0]

    async def note(self, path: str, by: str, *, only_first: bool = False) -> None:
        """Keep a file as it is now, unless that is its newest version already. Nothing of it is anybody's trouble.

        `only_first`: only where nothing of the file is kept.
        """
        path = _plain(path)
        if _is_hidden(path) or self._limit == 0:
            return
        try:
            if not only_first or not await self._database.read(lambda c: store.versions_of(c, path)):
                await asyncio.shield(self._note(path, by))
        except (CrispdmError, OSError, sa.exc.SQLAlchemyError) as error:
            _log.debug("No version of a file was kept: %s", error)

    async def moved(self, path: str, to: str) -> None:
        """A file, or a folder, is called otherwise from now on."""
        await self._database.write(lambda c: store.move(c, _plain(path), _plain(to)))

    def sweep(self) -> None:
        """Remove files that no version names. It blocks."""
        self._files.sweep(self._in_use)

    async def _keep_present(self, path: str, by: str) -> None:
        """Keep what is about to be replaced, or refuse: whoever restores may want it back."""
        with suppress(FileNotFoundError):
            try:
                await asyncio.shield(self._note(path, by))
            except FileNotFoundError:
                raise
            except OSError as error:
                reason = getattr(error, "reason", error.strerror)
                raise Conflict(f"What '{path}' is now cannot be kept: {reason}.", field="path") from error

    async def _note(self, path: str, by: str) -> None:
        file = self._root / path
        content = await on_disk(file.parent, self._read, file)
        row = VersionRow(path, self._clock.now(), len(content), by, await asyncio.to_thread(digest_of, content))
        dropped: set[str] = {row.digest}
        await asyncio.to_thread(self._files.pin, [row.digest])
        try:
            await asyncio.to_thread(self._files.write, row.digest, content)
            dropped |= await self._database.write(lambda connection: self._keep(connection, row))
        finally:
            self._files.release([row.digest])
            await asyncio.to_thread(self._files.collect, dropped, self._in_use)

    def _read(self, file: Path) -> bytes:
        if self._most is None:
            with regular_file(file, below=self._root) as opened:
                return opened.read()
        return read_regular(file, self._most, below=self._root)

    def _keep(self, connection: sa.Connection, row: VersionRow) -> set[str]:
        """Add a version, and drop what it supersedes; the digests of what was dropped."""
        before = store.versions_of(connection, row.path)
        if before and before[0].digest == row.digest:
            return set()
        store.add(connection, row)
        gone = superseded([row.saved, *(one.saved for one in before)], row.saved)
        dropped = [one for one in before if one.saved in gone]
        store.drop(connection, [one.id for one in dropped])
        return {one.digest for one in dropped} | self._make_room(connection)

    def _make_room(self, connection: sa.Connection) -> set[str]:
        if self._limit is None:
            return set()
        total, dropped = store.total_size(connection), set[str]()
        while total > self._limit and (rows := store.oldest(connection, _AT_ONCE)):
            gone = []
            for row in rows:
                if total > self._limit:
                    gone.append(row)
                    total -= row.size
            store.drop(connection, [row.id for row in gone])
            dropped |= {row.digest for row in gone}
        return dropped

    def _in_use(self, digests: Collection[str]) -> set[str]:
        return self._database.read_sync(lambda connection: store.in_use(connection, digests))

    async def _row(self, id: int) -> VersionRow:
        row = await self._database.read(lambda connection: store.find(connection, id))
        if row is None:
            raise NotFound(f"There is no version {id}.", field="id")
        return row

    async def _run(self) -> None:
        while True:
            await asyncio.to_thread(self.sweep)
            await asyncio.sleep(_HOUR)


def _plain(path: str) -> str:
    return path.strip("/")


def _is_hidden(path: str) -> bool:
    """Checkpoints and the like are nobody's files, and `..` leads out."""
    return not path or any(part.startswith(".") or not part for part in path.split("/"))


def _version(row: VersionRow) -> Version:
    return Version(id=row.id, path=row.path, saved=utc(row.saved), size=row.size, by=row.by)
