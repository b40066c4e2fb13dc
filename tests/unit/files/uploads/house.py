"""A server that looks after uploads, without HTTP, and what is sent to it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from jupyter_crispdm.auth.types import Role
from jupyter_crispdm.base.http.incoming import Incoming
from jupyter_crispdm.files.folders import Folders, Person
from jupyter_crispdm.files.space import Space
from jupyter_crispdm.files.uploads.manager import Limits, Upload, UploadManager
from jupyter_crispdm.files.uploads.metadata import Taken, Wanted
from jupyter_crispdm.files.uploads.protocol import Append, Creation
from tests.support import FakeClock

ANNA, BEN = Person("anna", Role.VIEWER), Person("ben", Role.ANALYST)

CONTENT = bytes(range(100))


class House:
    """A directory, and the server that looks after it; it can end at any moment and another one begin."""

    def __init__(
        self, path: Path, limits: Limits | None = None, quota: int | None = None, root: Path | None = None
    ) -> None:
        self.path, self.limits, self.quota = path, limits or Limits(), quota
        self.clock = FakeClock()
        self._managers: list[UploadManager] = []
        self.root = root or path / "root"
        (self.root / "people" / "anna").mkdir(parents=True, exist_ok=True)

    async def open(self) -> UploadManager:
        folders = Folders(self.root, "people/{user}", {})
        self.space = Space(folders, self.clock, self.quota, 0)
        manager = UploadManager(self.path / "data" / "uploads", folders, self.space, self.clock, self.limits)
        await manager.start()
        self._managers.append(manager)
        return manager

    async def forget(self) -> None:
        """Of servers that ended as by a kill nothing goes on."""
        for manager in self._managers:
            await manager._loop.close()

    @property
    def home(self) -> Path:
        return self.root / "people" / "anna"

    def files(self) -> dict[str, bytes]:
        return {str(path.relative_to(self.home)): path.read_bytes() for path in self.home.rglob("*") if path.is_file()}

    def left(self) -> list[str]:
        """What is kept of uploads."""
        return sorted(os.listdir(self.path / "data" / "uploads"))


OpenHouse = Callable[..., House]


def creation(length: int = len(CONTENT), name: str = "a.bin", taken: Taken = Taken.REFUSE) -> Creation:
    return Creation(length, Wanted("people/anna", (), name, taken), "")


def body(data: bytes, is_whole: bool = True) -> Incoming:
    """A body that has come, to its end or to a cut."""
    made = Incoming(None)
    for at in range(0, len(data), 7):
        made.feed(data[at : at + 7])
    if is_whole:
        made.end()
    else:
        made.cut("The sender has gone.")
    return made


async def send(uploads: UploadManager, upload: Upload, data: bytes, at: int | None = None, **more: Any) -> Upload:
    where = upload.progress.offset if at is None else at
    return await uploads.append(ANNA, upload.record.id, Append(where, None, **more), body(data))
