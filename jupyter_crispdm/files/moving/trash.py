"""The trash: what people throw away, until they want it back or it is too old or too much.

Each person has their own, in the data directory: a folder for each thing, in which it lies beside a note of where it
was. The note is written first and deleted last, so what lies there can always be put back.
"""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import secrets
import stat
from collections.abc import Iterable
from contextlib import suppress
from functools import partial
from pathlib import Path
from urllib.parse import quote

import msgspec

from jupyter_crispdm.base.clock import Clock, utc
from jupyter_crispdm.base.errors import CrispdmError, NotFound, TooLarge
from jupyter_crispdm.base.files.atomic import write_atomic
from jupyter_crispdm.base.files.modes import users_umask
from jupyter_crispdm.base.files.regular import read_regular
from jupyter_crispdm.base.files.removal import remove, size_on_disk
from jupyter_crispdm.base.tasks import Loop
from jupyter_crispdm.base.wire import encode

from ..folders import Folders, Person, Place
from ..space import Space
from ..types import Done, OnConflict, Restore, Trashed, TrashList
from .mover import each, on_its_disk, require_some
from .tree import copied, move_new, settle, state_of

_log = logging.getLogger(__name__)
_NOTE, _ITEM = "about.json", "item"
_HOUR, _DAY = 3600.0, 86_400.0
_NOTE_BYTES = 64 * 1024


class Trash:
    """Everybody's trash. `limit` (bytes) and `days` say when the oldest of a person is deleted; None: never."""

    def __init__(
        self, directory: Path, folders: Folders, space: Space, clock: Clock, *, limit: int | None, days: float | None
    ) -> None:
        self._directory, self._folders, self._space, self._clock = directory, folders, space, clock
        self._limit, self._days = limit, days
        self._loop = Loop("sweeping of the trash", self._run)

    def start(self) -> None:
        """Begin to delete what is too old, now and each hour."""
        self._loop.start()

    async def close(self) -> None:
        """Delete nothing more."""
        await self._loop.close()

    async def put(self, person: Person, paths: list[str], *, forever: bool = False) -> list[Done]:
        """Throw files and folders away; of each it is said what became of it. Raises BadRequest."""
        require_some(paths)

        async def one(path: str) -> Done:
            return await self.put_one(person, path, forever=forever)

        return await each(paths, one)

    async def put_one(self, person: Person, path: str, *, forever: bool = False) -> Done:
        """Throw one file or folder away. Raises CrispdmError where it stays."""
        place = await asyncio.to_thread(self._folders.change, person, path)
        id = await self._away(person, place, forever=forever)
        await asyncio.to_thread(self._keep_below_limit, self._of(person))
        return Done(path, id, 200)

    async def contents(self, person: Person) -> TrashList:
        """What somebody threw away, the newest first."""
        items = await asyncio.to_thread(_notes, self._of(person))
        return TrashList(items, sum(item.bytes for item in items), self._limit, self._days)

    async def restore(self, person: Person, id: str, asked: Restore) -> Done:
        """Bring something back. Raises NotFound, Conflict, Forbidden where it may not be written any more."""
        home = self._of(person) / id
        note = await asyncio.to_thread(_note, home)
        folder = note.path.rpartition("/")[0] if asked.to is None else asked.to.strip("/")
        to = f"{folder}/{note.name}" if folder else note.name
        target = await asyncio.to_thread(self._folders.change, person, to, "to")
        back = partial(_bring_back, home, target, rename=asked.conflict is OnConflict.RENAME)
        async with self._space.taken(person, target, note.bytes):
            found = await on_its_disk(back)
        return Done(note.path, f"{folder}/{found.name}" if folder else found.name, 200)

    async def purge(self, person: Person, id: str | None = None) -> None:
        """Delete something for good, or all of somebody's trash. Raises NotFound."""
        folder = self._of(person)
        if id is not None:
            await asyncio.to_thread(_note, folder / id)
            folder /= id
        await asyncio.to_thread(_delete, folder)

    def sweep(self) -> int:
        """Delete what is too old or too much, of everybody; the number of things."""
        with suppress(FileNotFoundError):
            return sum(self._swept(folder) for folder in sorted(self._directory.iterdir()))
        return 0

    # Inside

    def _of(self, person: Person) -> Path:
        name = quote(person.name, safe="")
        return self._directory / (f"%{name}" if set(name) <= {"."} else name)

    async def _away(self, person: Person, place: Place, *, forever: bool) -> str | None:
        found = await asyncio.to_thread(state_of, place)
        if forever:
            await asyncio.to_thread(remove, place.real)
            return None
        size = await asyncio.to_thread(_size, place, found)
        if self._limit is not None and size > self._limit:
            raise TooLarge(
                f"The trash holds {self._limit:,} bytes, and this takes {size:,}. Delete it for good instead.",
                limit=self._limit, bytes=size)
        id = secrets.token_hex(8)
        kind = "folder" if stat.S_ISDIR(found.st_mode) else "file"
        name = place.real.name
        note = Trashed(id, place.path, name, kind, size, utc(self._clock.now()))
        await on_its_disk(partial(_put_away, place, self._of(person) / id, note))
        self._space.wrote(place, -size)
        return id

    def _keep_below_limit(self, folder: Path) -> int:
        if self._limit is None:
            return 0
        return _deleted(folder, too_much(_notes(folder), self._limit))

    def _swept(self, folder: Path) -> int:
        count = self._keep_below_limit(folder)
        if self._days is not None:
            oldest = self._clock.now() - self._days * _DAY
            count += _deleted(folder, [note for note in _notes(folder) if note.trashed.timestamp() < oldest])
        return count

    async def _run(self) -> None:
        while True:
            try:
                count = await asyncio.to_thread(self.sweep)
            except (CrispdmError, OSError):
                _log.exception("The trash could not be swept; trying again in an hour.")
            else:
                if count:
                    _log.info("%d things were deleted from the trash, as trash_days and trash_bytes say.", count)
            await asyncio.sleep(_HOUR)


def too_much(notes: Iterable[Trashed], limit: int) -> list[Trashed]:
    """The oldest that must go for the rest to stay below a limit.

    Examples
    --------
    >>> too_much([], 10)
    []
    """
    left, gone = limit, []
    for note in sorted(notes, key=lambda note: (note.trashed, note.id), reverse=True):
        left -= note.bytes
        if left < 0:
            gone.append(note)
    return gone


def _size(place: Place, found: os.stat_result) -> int:
    return size_on_disk(place.real) if stat.S_ISDIR(found.st_mode) else found.st_size


def _put_away(place: Place, home: Path, note: Trashed) -> Path:
    home.mkdir(mode=0o700, parents=True)
    try:
        write_atomic(home / _NOTE, encode(note), 0o600)
        return _moved(place, home)
    except BaseException:
        _delete(home)
        raise


def _moved(place: Place, home: Path) -> Path:
    try:
        move_new(place.real, home / _ITEM)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        with copied(place, home) as copy:
            move_new(copy, home / _ITEM)
        remove(place.real)
    return home / _ITEM


def _bring_back(home: Path, target: Place, *, rename: bool) -> Path:
    folder = target.real.parent
    for missing in [place for place in reversed(folder.parents) if target.below in place.parents] + [folder]:
        if not missing.exists():
            missing.mkdir()
            missing.chmod(0o777 & ~users_umask())
    try:
        found = settle(home / _ITEM, folder, target.real.name, rename=rename)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        item = Place(_ITEM, home / _ITEM, home, target.folder, target.access)
        with copied(item, folder) as copy:
            found = settle(copy, folder, target.real.name, rename=rename)
    _delete(home)
    return found


def _note(home: Path) -> Trashed:
    try:
        note = msgspec.json.decode(read_regular(home / _NOTE, _NOTE_BYTES), type=Trashed)
        os.lstat(home / _ITEM)
    except (OSError, msgspec.DecodeError) as error:
        raise NotFound("There is no such thing in your trash.", id=home.name) from error
    return msgspec.structs.replace(note, id=home.name)


def _notes(folder: Path) -> list[Trashed]:
    """What lies in a trash, the newest first; what is broken is left out."""
    found = []
    with suppress(FileNotFoundError):
        for home in folder.iterdir():
            with suppress(NotFound):
                found.append(_note(home))
    return sorted(found, key=lambda note: (note.trashed, note.id), reverse=True)


def _deleted(folder: Path, notes: list[Trashed]) -> int:
    for note in notes:
        _delete(folder / note.id)
    return len(notes)


def _delete(home: Path) -> None:
    """The thing first and its note last: what is left of a deletion that broke off is deleted with the next."""
    remove(home / _ITEM)
    remove(home)
