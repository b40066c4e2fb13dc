"""What the room of files does for whoever comes by Jupyter's own routes: one object that knows all of its parts."""

from __future__ import annotations

from collections.abc import AsyncGenerator

from jupyter_crispdm.base.files.disk import on_disk

from .folders import Folders, Person, Place
from .moving import writing
from .moving.mover import Mover, require_some
from .moving.trash import Trash
from .moving.tree import state_of
from .moving.writing import grown_by
from .showing.archive import archived, name_of
from .showing.listing import listing
from .showing.looking import Looker
from .showing.preview import Previewer
from .space import Space
from .types import FilePreview, Listing, Order, SortBy, Written


class FileManager:
    """Lists, copies, moves and throws away, of each person within their folders."""

    def __init__(self, folders: Folders, space: Space, mover: Mover, trash: Trash) -> None:
        self.folders = folders
        self.space = space
        self.mover = mover
        self.trash = trash
        self._previewer = Previewer(Looker())

    async def listing(
        self, person: Person, path: str, sort: SortBy = SortBy.NAME, order: Order = Order.ASCENDING
    ) -> Listing:
        """What is in a folder, or on the way to one. Raises NotFound, BadRequest."""
        return await on_disk(self.folders.root, listing, self.folders, person, path, sort, order)

    async def readable(self, person: Person, path: str) -> Place:
        """A place to read a file from. Raises NotFound, BadRequest."""
        return await on_disk(self.folders.root, self.folders.look, person, path)

    async def write(self, person: Person, path: str, data: bytes, *, replace: bool) -> Written:
        """Write a small file. Raises NotFound, Forbidden, Conflict, TooLarge, StorageFull."""
        place = await on_disk(self.folders.root, self.folders.change, person, path)
        grown = await on_disk(place.below, grown_by, place, len(data), replace=replace)
        async with self.space.taken(person, place, grown):
            await on_disk(place.below, writing.write, place, data)
        return Written(place.path, len(data))

    async def preview(self, person: Person, path: str, rows: int) -> FilePreview:
        """A first look at a file. Raises NotFound, BadRequest, TooManyRequests."""
        return await self._previewer.preview(person, await self.readable(person, path), rows)

    async def archive(self, person: Person, paths: list[str]) -> tuple[str, AsyncGenerator[bytes, None]]:
        """A zip of files and folders: its name, and its bytes while they are made. Raises NotFound, BadRequest."""
        require_some(paths, "path")
        places = await on_disk(self.folders.root, self._places, person, paths)
        return name_of(places), archived(person, places)

    def _places(self, person: Person, paths: list[str]) -> list[Place]:
        places = [self.folders.look(person, path) for path in paths]
        for place in places:
            state_of(place)
        return places

    async def require_room(self, person: Person, place: Place, size: int) -> None:
        """Refuse to write so many bytes more, and count them. Raises StorageFull, TooLarge."""
        await self.space.require(person, place, size)
        self.space.wrote(place, size)

    async def rename(self, person: Person, path: str, to: str) -> None:
        """Move to a path where nothing is. Raises CrispdmError."""
        await self.mover.rename(person, path, to)

    async def copy_as(self, person: Person, path: str, to: str) -> str:
        """Copy, and answer where to: a name that is taken gets a number. Raises CrispdmError."""
        return await self.mover.copy_as(person, path, to)

    async def throw_away(self, person: Person, path: str) -> None:
        """Put something into the trash of the person. Raises CrispdmError."""
        await self.trash.put_one(person, path)
