"""Jupyter's contents manager, which knows who asks: the one that every handler of files uses.

For people with Lab, and for the server itself, it is Jupyter's own. Others find only their folders in it: each path is
decided on at the one place where it becomes a path of the disk, and what is written, moved and thrown away goes by
our own ways, which follow no link and check that there is room.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from jupyter_server.base.handlers import AuthenticatedFileHandler
from jupyter_server.services.contents.filecheckpoints import AsyncFileCheckpoints
from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager
from tornado import web
from traitlets import default

from jupyter_crispdm.base.clock import utc
from jupyter_crispdm.base.errors import CrispdmError

from ..folders import Act, Folders, Person, Place
from ..types import Access, FileKind, Listing, Order, SortBy
from .person import visitor

LARGEST_READ = 32 * 1024 * 1024


class Ways(Protocol):
    """What the manager needs of the room of files."""

    folders: Folders

    async def require_room(self, person: Person, place: Place, size: int) -> None:
        """Refuse to write so many bytes more."""

    async def rename(self, person: Person, path: str, to: str) -> None:
        """Move to a path where nothing is."""

    async def copy_as(self, person: Person, path: str, to: str) -> str:
        """Copy, and answer where to."""

    async def throw_away(self, person: Person, path: str) -> None:
        """Put into the trash of the person."""

    async def listing(self, person: Person, path: str, sort: SortBy, order: Order) -> Listing:
        """What is in a folder, or on the way to one."""


@contextmanager
def told() -> Iterator[None]:
    """Our errors as Jupyter's handlers tell them."""
    try:
        yield
    except CrispdmError as error:
        raise web.HTTPError(error.status, error.message) from error


class _Guarded:
    """What manager and checkpoints share: whether whoever asks may see a path."""

    def guard(self, path: str, act: Act = Act.LOOK) -> tuple[Person, Ways] | None:
        """Who asks, where it is somebody without Lab. Raises HTTPError for what they may not."""
        person = visitor()
        if person is None:
            return None
        ways = self.ways_of_files()
        with told():
            if ways is None:
                raise web.HTTPError(403, "Files are closed on this server.")
            if not (act is Act.LOOK and ways.folders.leads(person, path)):
                ways.folders.place(person, path, act)
        return person, ways

    def ways_of_files(self) -> Ways | None:
        """The room of files; None while there is none."""
        raise NotImplementedError


class CrispdmCheckpoints(_Guarded, AsyncFileCheckpoints):
    """Checkpoints beside the files, for whoever may see the files."""

    def ways_of_files(self) -> Ways | None:
        """Those of the manager."""
        return self.parent.ways if isinstance(self.parent, CrispdmContentsManager) else None

    def _get_os_path(self, path: str) -> str:
        found: str = super()._get_os_path(path)
        self.guard(path)
        return found

    def checkpoint_path(self, checkpoint_id: str, path: str) -> str:
        """Where a checkpoint is. Raises HTTPError where a link stands in its place."""
        if visitor() and not os.path.isdir(self._get_os_path(path.strip("/").rpartition("/")[0])):
            raise web.HTTPError(404, "There is no such folder.")  # Jupyter would make it
        found: str = super().checkpoint_path(checkpoint_id, path)
        if visitor() and (os.path.islink(found) or os.path.islink(os.path.dirname(found))):
            raise web.HTTPError(404, "The checkpoint is a link, which is not followed.")
        return found


class FileDownloadHandler(AuthenticatedFileHandler):
    """Files as they are, in pieces where asked for (Range); of people without Lab only what they reach."""

    def validate_absolute_path(self, root: str, absolute_path: str) -> str:
        """Where the file is on the disk. Raises HTTPError."""
        manager = self.contents_manager
        asks = manager.guard(self.path) if isinstance(manager, CrispdmContentsManager) else None
        if asks is not None:
            person, ways = asks
            with told():
                place = ways.folders.look(person, self.path)
            root, absolute_path = str(place.below), str(place.real)
        found: str = super().validate_absolute_path(root, absolute_path)
        return found


class CrispdmContentsManager(_Guarded, AsyncLargeFileManager):  # type: ignore[misc]
    """Jupyter's manager of files, with folders for people without Lab."""

    ways: Ways | None = None

    def ways_of_files(self) -> Ways | None:
        """What the room of files has set."""
        return self.ways

    @default("checkpoints_class")
    def _checkpoints_class_default(self) -> type:
        return CrispdmCheckpoints

    @default("files_handler_class")
    def _files_handler_class_default(self) -> type:
        return FileDownloadHandler

    def _get_os_path(self, path: str) -> str:
        found: str = super()._get_os_path(path)
        self.guard(path)
        return found

    def is_writable(self, path: str) -> bool:
        """Whether whoever asks may change it."""
        asks = self.guard(path)
        may_fill = asks is None or asks[1].folders.may(asks[0], path, Act.FILL)
        return may_fill and bool(super().is_writable(path))

    async def get(
        self, path: str, content: bool = True, type: str | None = None, format: str | None = None,
        require_hash: bool = False,
    ) -> dict[str, Any]:
        """The model of a file or folder; what is too large to be held in memory is downloaded instead."""
        if (content or require_hash) and self.guard(path) is not None:
            _require_small(self._get_os_path(path))
        found: dict[str, Any] = await super().get(path, content, type, format, require_hash)
        return found

    async def _dir_model(self, path: str, content: bool = True) -> dict[str, Any]:
        asks = self.guard(path)
        if asks is None:
            whole: dict[str, Any] = await super()._dir_model(path, content)
            return whole
        person, ways = asks
        model: dict[str, Any] = await super()._dir_model(path, False)
        if content:
            with told():
                listing = await ways.listing(person, path, SortBy.NAME, Order.ASCENDING)
            model.update(format="json", content=[_entry(model, path, listed) for listed in listing.entries])
        return model

    async def save(self, model: dict[str, Any], path: str = "") -> dict[str, Any]:
        """Save, where whoever asks may, and where there is room."""
        asks = self.guard(path, Act.CHANGE)
        if asks is not None:
            person, ways = asks
            with told():
                place = ways.folders.change(person, path)
                if not place.real.parent.is_dir():
                    raise web.HTTPError(404, "There is no such folder.")
                await ways.require_room(person, place, _size(model))
        saved: dict[str, Any] = await super().save(model, path)
        return saved

    async def delete_file(self, path: str) -> None:
        """Delete: of people without Lab into their own trash."""
        asks = self.guard(path, Act.CHANGE)
        await self._by_our_way(asks, lambda person, ways: ways.throw_away(person, path), super().delete_file, path)

    async def rename_file(self, old_path: str, new_path: str) -> None:
        """Rename, where whoever asks may change both."""
        self.guard(old_path, Act.CHANGE)
        asks = self.guard(new_path, Act.CHANGE)
        old, new = old_path.strip("/"), new_path.strip("/")
        await self._by_our_way(
            asks, lambda person, ways: ways.rename(person, old, new), super().rename_file, old_path, new_path)

    async def copy(self, from_path: str, to_path: str | None = None) -> dict[str, Any]:
        """Copy a file or a folder; of people without Lab no link in it is followed."""
        asks = self.guard(from_path)
        if asks is None:
            copied: dict[str, Any] = await super().copy(from_path, to_path)
            return copied
        person, ways = asks
        source = from_path.strip("/")
        folder = source.rpartition("/")[0] if to_path is None else to_path.strip("/")
        self.guard(folder, Act.FILL)
        with told():
            to = await ways.copy_as(person, source, f"{folder}/{source.rpartition('/')[2]}")
        return await self.get(to, content=False)

    async def list_checkpoints(self, path: str) -> list[Any]:
        """The checkpoints of a file; none where whoever asks may only read, for Jupyter would make their folder."""
        asks = self.guard(path)
        if asks is not None and not asks[1].folders.may(asks[0], path, Act.CHANGE):
            return []
        found: list[Any] = await super().list_checkpoints(path)
        return found

    async def create_checkpoint(self, path: str) -> Any:
        """Keep the file as it is, where whoever asks may change it."""
        self.guard(path, Act.CHANGE)
        return await super().create_checkpoint(path)

    async def restore_checkpoint(self, checkpoint_id: str, path: str) -> None:
        """Bring a checkpoint back, where whoever asks may change the file."""
        self.guard(path, Act.CHANGE)
        await super().restore_checkpoint(checkpoint_id, path)

    async def delete_checkpoint(self, checkpoint_id: str, path: str) -> Any:
        """Delete a checkpoint, where whoever asks may change the file."""
        self.guard(path, Act.CHANGE)
        return await super().delete_checkpoint(checkpoint_id, path)

    async def _by_our_way(
        self, asks: tuple[Person, Ways] | None, ours: Callable[[Person, Ways], Awaitable[None]],
        stock: Callable[..., Awaitable[None]], *paths: str,
    ) -> None:
        if asks is None:
            await stock(*paths)
            return
        with told():
            await ours(*asks)


def _require_small(os_path: str) -> None:
    try:
        found = os.lstat(os_path)
    except OSError:
        return
    if stat.S_ISREG(found.st_mode) and found.st_size > LARGEST_READ:
        raise web.HTTPError(413, f"The file is over {LARGEST_READ:,} bytes: download it from files/ instead.")


def _size(model: dict[str, Any]) -> int:
    """About the bytes that a model takes on the disk: a body is bounded, and so are they."""
    content = model.get("content")
    return len(content) if isinstance(content, str) else 0 if content is None else len(str(content))


def _entry(folder: dict[str, Any], path: str, listed: Any) -> dict[str, Any]:
    """A row of a listing as Jupyter's models are."""
    is_folder, is_notebook = listed.kind is FileKind.FOLDER, listed.kind is FileKind.NOTEBOOK
    changed = folder["last_modified"] if listed.modified is None else utc(listed.modified)
    return {
        **folder, "name": listed.name, "path": f"{path.strip('/')}/{listed.name}".lstrip("/"),
        "type": "directory" if is_folder else "notebook" if is_notebook else "file",
        "size": listed.size, "last_modified": changed, "created": changed, "content": None, "format": None,
        "writable": listed.access is Access.WRITE,
    }
