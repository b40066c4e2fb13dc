"""The room of snapshots without a server: a database, files, a clock that stands still."""

from __future__ import annotations

import shutil
from pathlib import Path

import jupyter_crispdm.app
from jupyter_crispdm.base.database import Database
from jupyter_crispdm.snapshots import store
from jupyter_crispdm.snapshots.keeping import Keeper
from jupyter_crispdm.snapshots.limits import Limits
from jupyter_crispdm.snapshots.manager import SnapshotManager
from jupyter_crispdm.snapshots.values import ValueFiles
from jupyter_crispdm.snapshots.works import WorkManager
from tests.support import FakeClock

_FILE = "crispdm.db"
INLINE = 16
"""Bytes from which on a value lies in a file, so that short ones do."""
BIG = "a value that lies in a file"


class Told:
    """Who was told that a page changed."""

    def __init__(self) -> None:
        self.pages: list[tuple[str, str]] = []

    def changed(self, **values: str) -> None:
        self.pages.append((values["person"], values["page"]))


class Desks:
    """Everybody's pages and saved work, in a directory; `like` is one with an empty database."""

    def __init__(self, directory: Path, limits: Limits | None = None, *, like: Path | None = None) -> None:
        assert jupyter_crispdm.app.ROUTES, "importing the app declares every table"
        if like is not None:
            shutil.copy2(like / _FILE, directory / _FILE)
        self.database = Database.in_directory(directory)
        if like is None:
            self.database.start_sync()
        self.folder = directory / "values"
        self.files = ValueFiles(self.folder, INLINE)
        self.clock, self.told, self.limits = FakeClock(), Told(), limits or Limits()
        self.keeper = Keeper(self.database, self.files, self.limits.accept)
        self.pages = SnapshotManager(self.keeper, self.limits, self.clock, self.told)
        self.works = WorkManager(self.keeper, self.limits, self.clock)

    def close(self) -> None:
        """Close the database."""
        self.database.close_sync()

    @property
    def on_disk(self) -> set[str]:
        """The names of all files of values."""
        return {path.name for path in self.folder.rglob("*") if path.is_file()}

    def named(self) -> set[str]:
        """Those of them that a row names."""
        return self.database.read_sync(lambda connection: store.digests_in_use(connection, self.on_disk))

    async def values(self, owner: str, page: str) -> object:
        """What a page holds."""
        return (await self.pages.get(owner, page)).values
