"""The verbs of files."""

from __future__ import annotations

from mimetypes import guess_type
from typing import Annotated

from jupyter_crispdm.auth.types import Role
from jupyter_crispdm.base.files.disk import on_disk
from jupyter_crispdm.base.http.request import Request
from jupyter_crispdm.base.http.route import File, Made, Routes, route
from jupyter_crispdm.base.parsing.names import NameRule

from .folders import Person
from .manager import FileManager
from .moving.trash import Trash
from .types import (
    ArchiveQuery,
    ContentQuery,
    Done,
    DoneList,
    FilePreview,
    FolderList,
    Listing,
    ListQuery,
    LookQuery,
    Restore,
    ToTrash,
    Transfer,
    TrashList,
    WriteQuery,
    Written,
)

LARGEST_WRITE = 8 * 1024 * 1024
TrashId = Annotated[str, NameRule("[0-9a-f]{16}", "16 hexadecimal digits").meta]


def caller(request: Request) -> Person:
    """Whose files a call is about."""
    return Person(request.owner, Role(request.role))


class FolderRoutes(Routes):
    """Which folders there are, how much room they have, and what is in them."""

    def __init__(self, files: FileManager) -> None:
        self._files = files

    @route("GET", "files/folders", answer=FolderList, resource="files")
    async def folders(self, request: Request) -> FolderList:
        """List the folders that the caller reaches, and the room that is left for their files."""
        person, folders = caller(request), self._files.folders
        found = await on_disk(folders.root, folders.of, person)
        left = await self._files.space.of(person)
        return FolderList(found, left.free, left.quota, left.used)

    @route("GET", "files/list", query=ListQuery, answer=Listing, resource="files")
    async def listed(self, request: Request, query: ListQuery) -> Listing:
        """List what is in a folder, folders first; hidden files, links and pipes are left out."""
        return await self._files.listing(caller(request), query.path, query.sort, query.order)


class FileRoutes(Routes):
    """What is done with several files at once."""

    def __init__(self, files: FileManager) -> None:
        self._files = files

    @route("GET", "files/content", query=ContentQuery, answer=bytes, resource="files")
    async def content(self, request: Request, query: ContentQuery) -> File:
        """Send a file whole, or a piece of it (Range); with `download` under its name, to be kept."""
        place = await self._files.readable(caller(request), query.path)
        kind = guess_type(place.real.name)[0] or "application/octet-stream"
        return File(place.real, place.below, kind, place.real.name if query.download else None)

    @route("PUT", "files/content", query=WriteQuery, body=bytes, answer=Written, limit=LARGEST_WRITE,
           media=("application/octet-stream",), raw=True, resource="files", action="write")  # fmt: skip
    async def write(self, request: Request, query: WriteQuery, body: bytes) -> Written:
        """Write a small file, whole or not at all; larger ones are uploaded in pieces."""
        return await self._files.write(caller(request), query.path, body, replace=query.replace)

    @route("GET", "files/preview", query=LookQuery, answer=FilePreview, resource="files")
    async def preview(self, request: Request, query: LookQuery) -> FilePreview:
        """Show the first rows of a table, the cells of a notebook, the head of a text, the size of a picture."""
        return await self._files.preview(caller(request), query.path, query.rows)

    @route("GET", "files/archive", query=ArchiveQuery, answer=bytes, resource="files")
    async def archive(self, request: Request, query: ArchiveQuery) -> Made:
        """Send files and folders as one zip, which is made while it is sent."""
        name, pieces = await self._files.archive(caller(request), query.path)
        return Made(pieces, "application/zip", name)

    @route("POST", "files/copy", body=Transfer, answer=DoneList, resource="files", action="write")
    async def copy(self, request: Request, body: Transfer) -> DoneList:
        """Copy files and folders into a folder, and say of each what became of it."""
        return DoneList(await self._files.mover.copy(caller(request), body))

    @route("POST", "files/move", body=Transfer, answer=DoneList, resource="files", action="write")
    async def move(self, request: Request, body: Transfer) -> DoneList:
        """Move files and folders into a folder, and say of each what became of it."""
        return DoneList(await self._files.mover.move(caller(request), body))


class TrashRoutes(Routes):
    """What people throw away and bring back."""

    def __init__(self, trash: Trash) -> None:
        self._trash = trash

    @route("POST", "files/trash", body=ToTrash, answer=DoneList, resource="files", action="write")
    async def throw_away(self, request: Request, body: ToTrash) -> DoneList:
        """Put files and folders into the caller's trash; `to` of each is its id there."""
        return DoneList(await self._trash.put(caller(request), body.paths, forever=body.forever))

    @route("GET", "files/trash", answer=TrashList, resource="files")
    async def trash(self, request: Request) -> TrashList:
        """List what the caller threw away, the newest first."""
        return await self._trash.contents(caller(request))

    @route("POST", "files/trash/{id}/restore", body=Restore, answer=Done, resource="files", action="write")
    async def restore(self, request: Request, id: TrashId, body: Restore) -> Done:
        """Bring something back to where it was, or to another folder."""
        return await self._trash.restore(caller(request), id, body)

    @route("DELETE", "files/trash/{id}", resource="files", action="write")
    async def purge(self, request: Request, id: TrashId) -> None:
        """Delete something of the trash for good."""
        await self._trash.purge(caller(request), id)

    @route("DELETE", "files/trash", resource="files", action="write")
    async def empty(self, request: Request) -> None:
        """Delete all of the caller's trash for good."""
        await self._trash.purge(caller(request))
