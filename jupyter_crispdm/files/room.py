"""Files as a room."""

from __future__ import annotations

from collections.abc import Sequence

from jupyter_crispdm.auth.types import Role
from jupyter_crispdm.base.http.route import Routes
from jupyter_crispdm.base.rooms.context import Context
from jupyter_crispdm.base.rooms.room import Room

from .folders import Folders
from .handlers import FolderRoutes
from .settings import FilesSettings
from .space import Space
from .uploads.handlers import UploadRoutes
from .uploads.manager import Limits, UploadManager


class FilesRoom(Room):
    """Who sees which folder, and what people do with files."""

    routes = (FolderRoutes, UploadRoutes)
    settings = FilesSettings
    roles = {("files", "read"): Role.VIEWER, ("files", "write"): Role.VIEWER}

    def __init__(self, context: Context) -> None:
        settings = context.settings(FilesSettings)
        self.folders = Folders(context.root_dir, settings.home_folders, settings.shared_folders)
        self.space = Space(self.folders, context.clock, settings.home_quota, settings.keep_disk_free)
        limits = Limits(settings.open_uploads, settings.upload_hours, settings.largest_upload)
        self.uploads = UploadManager(
            context.data_dir / "uploads", self.folders, self.space, context.clock, limits)

    def groups(self) -> Sequence[Routes]:
        """Verbs of folders and of what lies in them."""
        return [FolderRoutes(self.folders, self.space), UploadRoutes(self.uploads)]

    async def start(self) -> None:
        """Give what was whole when the last server ended its place."""
        await self.uploads.start()

    async def close(self) -> None:
        """Keep what has come of files on their way."""
        await self.uploads.close()
