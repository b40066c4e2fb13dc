"""The verbs of files."""

from __future__ import annotations

from jupyter_crispdm.auth.types import Role
from jupyter_crispdm.base.files.disk import on_disk
from jupyter_crispdm.base.http.request import Request
from jupyter_crispdm.base.http.route import Routes, route

from .folders import Folders, Person
from .space import Space
from .types import FolderList


def caller(request: Request) -> Person:
    """Whose files a call is about."""
    return Person(request.owner, Role(request.role))


class FolderRoutes(Routes):
    """Which folders there are, and how much room they have."""

    def __init__(self, folders: Folders, space: Space) -> None:
        self._folders = folders
        self._space = space

    @route("GET", "files/folders", answer=FolderList, resource="files")
    async def folders(self, request: Request) -> FolderList:
        """List the folders that the caller reaches, and the room that is left for their files."""
        person = caller(request)
        found = await on_disk(self._folders.root, self._folders.of, person)
        left = await self._space.of(person)
        return FolderList(found, left.free, left.quota, left.used)
