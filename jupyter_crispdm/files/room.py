"""Files as a room."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from jupyter_crispdm.auth.jupyter.safety import has_our_users
from jupyter_crispdm.auth.types import Role
from jupyter_crispdm.base.http.route import Routes
from jupyter_crispdm.base.rooms.context import Context
from jupyter_crispdm.base.rooms.room import Room

from .folders import Folders
from .handlers import FileRoutes, FolderRoutes, TrashRoutes
from .jupyter.contents import CrispdmContentsManager
from .jupyter.gate import FileGate
from .manager import FileManager
from .moving.mover import Mover
from .moving.trash import Trash
from .moving.tree import clear_stages
from .settings import FilesSettings
from .space import Space
from .uploads.handlers import UploadRoutes
from .uploads.manager import Limits, UploadManager


class FilesRoom(Room):
    """Who sees which folder, and what people do with files."""

    routes = (FolderRoutes, FileRoutes, TrashRoutes, UploadRoutes)
    settings = FilesSettings
    roles = {("files", "read"): Role.VIEWER, ("files", "write"): Role.VIEWER}

    def __init__(self, context: Context) -> None:
        settings = context.settings(FilesSettings)
        # a plain Lab has one person, whose own all of it is
        home = settings.home_folders if has_our_users(context.server) else ""
        self.folders = Folders(context.root_dir, home, settings.shared_folders)
        self.space = Space(self.folders, context.clock, settings.home_quota, settings.keep_disk_free)
        limits = Limits(settings.open_uploads, settings.upload_hours, settings.largest_upload)
        self.uploads = UploadManager(
            context.data_dir / "uploads", self.folders, self.space, context.clock, limits)
        self._trash = Trash(
            context.data_dir / "trash", self.folders, self.space, context.clock,
            limit=settings.trash_bytes, days=settings.trash_days)
        self._files = FileManager(self.folders, self.space, Mover(self.folders, self.space), self._trash)
        self._open(context.server)

    def groups(self) -> Sequence[Routes]:
        """Verbs of folders and of what lies in them."""
        return [
            FolderRoutes(self._files), FileRoutes(self._files), TrashRoutes(self._trash), UploadRoutes(self.uploads),
        ]  # fmt: skip

    async def prepare(self) -> None:
        """Remove copies that were not finished when the last server was killed."""
        await asyncio.to_thread(clear_stages, await asyncio.to_thread(self.folders.everything))

    async def start(self) -> None:
        """Give what was whole when the last server ended its place."""
        await self.uploads.start()

    async def tidy(self) -> None:
        """Begin to delete what is in the trash for too long."""
        self._trash.start()

    async def close(self) -> None:
        """Keep what has come of files on their way, and delete nothing more."""
        await self._trash.close()
        await self.uploads.close()

    def _open(self, server: Any) -> None:
        """Open Jupyter's own routes to people without Lab; behind another contents manager they stay closed."""
        if has_our_users(server) and isinstance(server.contents_manager, CrispdmContentsManager):
            server.contents_manager.ways = self._files
            server.identity_provider.reach = FileGate(self.folders)
