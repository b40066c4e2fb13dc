"""Copying and moving several files and folders at once, each for itself.

Room is looked for before, what is copied appears under its name when it is whole, and nothing is ever replaced.
"""

from __future__ import annotations

import asyncio
import errno
import os
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

from jupyter_crispdm.base.errors import BadRequest, Conflict, CrispdmError, StorageFull
from jupyter_crispdm.base.files.removal import remove

from ..folders import Folders, Person, Place
from ..space import Space
from ..turns import Turns
from ..types import Done, OnConflict, Transfer
from .tree import copied, settle, size_of, state_of

MOST_PATHS = 1000
_FULL = {errno.ENOSPC, errno.EDQUOT}
_Work = Callable[[str], Awaitable[Done]]


class Mover:
    """Copies and moves for everybody, a few at a time."""

    def __init__(self, folders: Folders, space: Space) -> None:
        self._folders = folders
        self._space = space
        self._turns = Turns("copies and moves", together=4, each=2, waiting=30)

    async def copy(self, person: Person, asked: Transfer) -> list[Done]:
        """Copy into a folder. Raises what concerns all of them: a bad target, or a name taken that must be free."""
        target = await self._target(person, asked, self._folders.look)

        async def one(path: str) -> Done:
            source = await asyncio.to_thread(self._folders.look, person, path)
            return await self._copy_one(person, source, target, source.real.name, asked.conflict)

        return await each(asked.paths, one)

    async def move(self, person: Person, asked: Transfer) -> list[Done]:
        """Move into a folder. Raises what concerns all of them: a bad target, or a name taken that must be free."""
        target = await self._target(person, asked, self._folders.change)

        async def one(path: str) -> Done:
            source = await asyncio.to_thread(self._folders.change, person, path)
            return await self._move_one(person, source, target, source.real.name, asked.conflict)

        return await each(asked.paths, one)

    async def copy_as(self, person: Person, path: str, to: str) -> str:
        """Copy to a path of its own, and answer it; a name that is taken gets a number. Raises CrispdmError."""
        folder, _, name = to.rpartition("/")
        source = await asyncio.to_thread(self._folders.look, person, path)
        await asyncio.to_thread(self._folders.change, person, to)
        target = await asyncio.to_thread(self._folders.fill, person, folder)
        done = await self._copy_one(person, source, target, name, OnConflict.RENAME)
        return done.to or to

    async def rename(self, person: Person, path: str, to: str) -> None:
        """Move to a path of its own. Raises CrispdmError; Conflict where something is there."""
        folder, _, name = to.rpartition("/")
        source = await asyncio.to_thread(self._folders.change, person, path)
        await asyncio.to_thread(self._folders.change, person, to)
        target = await asyncio.to_thread(self._folders.fill, person, folder)
        await self._move_one(person, source, target, name, OnConflict.REFUSE)

    async def _target(
        self, person: Person, asked: Transfer, source: Callable[[Person, str], Place]
    ) -> Place:
        require_some(asked.paths)
        target = await asyncio.to_thread(self._folders.fill, person, asked.to, "to")
        await asyncio.to_thread(_require_folder, target)
        if asked.conflict is OnConflict.REFUSE:
            taken = await asyncio.to_thread(_taken, asked.paths, target)
            if taken:
                raise Conflict(f"'{taken[0]}' is there already.", names=taken)
        return target

    async def _copy_one(
        self, person: Person, source: Place, target: Place, name: str, conflict: OnConflict
    ) -> Done:
        _require_apart(source, target)
        async with self._turns.of(person):
            size = await asyncio.to_thread(size_of, source)
            put = partial(_copy_into, source, target, name, rename=conflict is OnConflict.RENAME)
            async with self._space.taken(person, target, size):
                found = await on_its_disk(put)
        return Done(source.path, _joined(target, found.name), 201)

    async def _move_one(
        self, person: Person, source: Place, target: Place, name: str, conflict: OnConflict
    ) -> Done:
        _require_apart(source, target)
        if source.real == target.real / name:
            raise Conflict(f"'{name}' is there already.", name=name)
        async with self._turns.of(person):
            # within a folder nothing grows
            size = 0 if source.below == target.below else await asyncio.to_thread(size_of, source)
            put = partial(_move_into, source, target, name, rename=conflict is OnConflict.RENAME)
            async with self._space.taken(person, target, size):
                found = await on_its_disk(put)
        self._space.wrote(source, -size)
        return Done(source.path, _joined(target, found.name), 200)


async def each(paths: list[str], work: _Work) -> list[Done]:
    """Do it for each path, and say of each what became of it."""
    done = []
    for path in paths:
        try:
            done.append(await work(path))
        except CrispdmError as error:
            done.append(Done(path, None, error.status, error.message))
    return done


def require_some(paths: list[str], field: str = "paths") -> None:
    """Refuse none, too many, and one that is named twice. Raises BadRequest."""
    if not 0 < len(paths) <= MOST_PATHS or len(set(paths)) < len(paths):
        raise BadRequest(f"'{field}' must be 1 to {MOST_PATHS} different paths.", field=field)


async def on_its_disk(work: Callable[[], Path]) -> Path:
    """What a call in a thread answers; what the disk refuses, as an error of ours."""
    try:
        return await asyncio.to_thread(work)
    except OSError as error:
        if error.errno in _FULL:
            raise StorageFull("The disk is full: nothing was written.") from error
        raise Conflict(f"The disk refused it: {error.strerror or 'it is not there any more'}.") from error


def _copy_into(source: Place, target: Place, name: str, *, rename: bool) -> Path:
    with copied(source, target.below) as copy:
        try:
            return settle(copy, target.real, name, rename=rename)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
    with copied(source, target.real) as copy:  # another disk begins within the folder
        return settle(copy, target.real, name, rename=rename)


def _move_into(source: Place, target: Place, name: str, *, rename: bool) -> Path:
    state_of(source)
    try:
        return settle(source.real, target.real, name, rename=rename)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
    found = _copy_into(source, target, name, rename=rename)
    remove(source.real)
    return found


def _require_folder(place: Place) -> None:
    if not place.real.is_dir():
        raise BadRequest(f"'to' names no folder: '{place.path}'.", field="to")


def _require_apart(source: Place, target: Place) -> None:
    if source.real == target.real or source.real in target.real.parents:
        raise BadRequest(f"'{source.path}' cannot be put into itself.", field="to")


def _taken(paths: list[str], target: Place) -> list[str]:
    names = [path.rstrip("/").rpartition("/")[2] for path in paths]
    return [name for name in names if name and os.path.lexists(target.real / name)]


def _joined(target: Place, name: str) -> str:
    return f"{target.path}/{name}" if target.path else name
