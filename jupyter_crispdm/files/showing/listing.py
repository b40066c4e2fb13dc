"""What is in a folder, of ten thousand files as quickly as of ten."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable
from typing import Any

from jupyter_crispdm.base.errors import NotFound
from jupyter_crispdm.base.files.regular import Unreadable, open_folder

from ..folders import Folders, Person, Place
from ..spelling import is_plain
from ..types import Access, FileKind, Listed, Listing, Order, SortBy

MOST = 50_000
_NUMBER = re.compile(r"(\d+)")
_PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp", ".svg", ".avif", ".ico")
_TABLES = (".csv", ".tsv", ".parquet", ".pq")


def listing(folders: Folders, person: Person, path: str, sort: SortBy, order: Order) -> Listing:
    """What a person finds in a folder, also in one that only leads to theirs. Raises NotFound, BadRequest."""
    way = folders.way(person, path)
    if way is not None:
        steps = [Listed(name, FileKind.FOLDER, None, None, Access.READ) for name in way]
        return Listing(path.strip("/"), Access.READ, steps, 0)
    place = folders.look(person, path)
    found, left_out = _entries(place)
    found.sort(key=_KEYS[sort], reverse=order is Order.DESCENDING)
    found.sort(key=lambda entry: entry.kind is not FileKind.FOLDER)
    return Listing(place.path, place.access, found[:MOST], left_out + max(0, len(found) - MOST))


def kind_of(name: str) -> FileKind:
    """What a file is by its name."""
    ending = os.path.splitext(name)[1].lower()
    if ending == ".ipynb":
        return FileKind.NOTEBOOK
    if ending in _PICTURES:
        return FileKind.PICTURE
    return FileKind.TABLE if ending in _TABLES else FileKind.FILE


def natural(name: str) -> tuple[tuple[int, int, str], ...]:
    """A key by which names stand as people count: 2 before 10, capitals beside small letters."""
    parts = _NUMBER.split(name.casefold())
    return tuple((1, int(part), "") if number % 2 else (0, 0, part) for number, part in enumerate(parts))


def _entries(place: Place) -> tuple[list[Listed], int]:
    """What is in a folder, and how much is left out: links, pipes, names that cannot travel. Not the hidden ones."""
    found, left_out = [], 0
    try:
        with open_folder(place.real, below=place.below) as folder, os.scandir(folder) as entries:
            for entry in entries:
                if entry.name.startswith("."):
                    continue
                listed = _listed(entry, place.access)
                if listed is None:
                    left_out += 1
                else:
                    found.append(listed)
    except (Unreadable, FileNotFoundError, NotADirectoryError, PermissionError) as error:
        raise NotFound(f"There is no folder '{place.path}' that can be read.", path=place.path) from error
    return found, left_out


def _listed(entry: os.DirEntry[str], access: Access) -> Listed | None:
    try:
        state = entry.stat(follow_symlinks=False)
    except OSError:
        return None
    if not is_plain(entry.name):
        return None
    if stat.S_ISDIR(state.st_mode):
        return Listed(entry.name, FileKind.FOLDER, None, state.st_mtime, access)
    if not stat.S_ISREG(state.st_mode):
        return None
    return Listed(entry.name, kind_of(entry.name), state.st_size, state.st_mtime, access)


_KEYS: dict[SortBy, Callable[[Listed], Any]] = {
    SortBy.NAME: lambda entry: natural(entry.name),
    SortBy.SIZE: lambda entry: (entry.size or 0, natural(entry.name)),
    SortBy.MODIFIED: lambda entry: (entry.modified or 0.0, natural(entry.name)),
    SortBy.KIND: lambda entry: (entry.kind.value, natural(entry.name)),
}
