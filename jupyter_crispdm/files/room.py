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


class FilesRoom(Room):
    """Who sees which folder, and what people do with files."""

    routes = (FolderRoutes,)
    settings = FilesSettings
    roles = {("files", "read"): Role.VIEWER, ("files", "write"): Role.VIEWER}

    def __init__(self, context: Context) -> None:
        settings = context.settings(FilesSettings)
        self.folders = Folders(context.root_dir, settings.home_folders, settings.shared_folders)
        self.space = Space(self.folders, context.clock, settings.home_quota, settings.keep_disk_free)

    def groups(self) -> Sequence[Routes]:
        """Verbs of folders and of what lies in them."""
        return [FolderRoutes(self.folders, self.space)]
