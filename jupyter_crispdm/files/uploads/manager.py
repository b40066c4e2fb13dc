"""Uploads: from the wish to put a file somewhere to the file in its place.

One request at a time adds to an upload: who comes later takes it over, for the former's line is most likely dead. What
an offset tells is on the disk, and stays true whenever the server ends.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Protocol, TypeVar

from jupyter_crispdm.base.budget import TALLY, Shared
from jupyter_crispdm.base.clock import Clock
from jupyter_crispdm.base.errors import (
    Conflict,
    CrispdmError,
    NotFound,
    TooLarge,
    TooManyRequests,
    Unavailable,
)
from jupyter_crispdm.base.files.disk import Disk
from jupyter_crispdm.base.tasks import Loop

from ..folders import Folders, Person, Place
from ..space import Space
from ..types import FolderKind
from .errors import Gone
from .metadata import Wanted
from .placing import check_free, part_for, put
from .protocol import Append, Creation, Piece, Progress
from .record import SYNC_BYTES, Box, Record, Writer, boxes, writer

_log = logging.getLogger(__name__)
_T = TypeVar("_T")
_HOUR = 3600.0
_PAUSE = 600.0
#: A disk may take long for what it was given; it has threads of its own, so that nobody else waits.
_PATIENCE_SECONDS = 300.0


class Body(Protocol):
    """The bytes of a piece while they come."""

    def __aiter__(self) -> AsyncIterator[list[bytes]]:
        """All that has come, each time. Raises BodyCut at its end where that is not the whole."""

    def cut(self, why: str) -> None:
        """Take no more of it."""


@dataclass(frozen=True)
class Limits:
    """Files of one person on their way, hours that a cut one is kept, bytes of one file, and pieces of one person that
    are received at a time; others wait, unread."""

    most: int = 200
    hours: float = 48.0
    largest: int | None = None
    at_once: int = 6


@dataclass(eq=False)
class Upload:
    """An upload, as this server knows it."""

    record: Record
    progress: Progress
    touched: float
    expires: float
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    body: Body | None = None
    turn: int = 0
    is_gone: bool = False

    @property
    def is_placed(self) -> bool:
        """Whether the file is where it was to go."""
        return bool(self.record.placed)


class UploadManager:
    """All uploads of everybody."""

    def __init__(self, directory: Path, folders: Folders, space: Space, clock: Clock, limits: Limits) -> None:
        self._directory, self._folders, self._space, self._clock = directory, folders, space, clock
        self.limits = limits
        self._disk = Disk(patience=_PATIENCE_SECONDS)
        self._turns = Shared(lambda: asyncio.Semaphore(limits.at_once))
        self._uploads: dict[str, Upload] = {}
        self._loop = Loop("uploads", self._sweep_on)

    # The life of all of them

    async def start(self) -> None:
        """Find what a former server had, and give whole files their place."""
        for box in await self._ask(lambda: list(boxes(self._directory))):
            await self._find_again(box)
        self._loop.start()

    async def close(self) -> None:
        """Keep what has come, and take no more."""
        await self._loop.close()
        for upload in list(self._uploads.values()):
            async with self._taken_over(upload):
                pass

    async def sweep(self) -> None:
        """Delete those whose time is over."""
        for upload in list(self._uploads.values()):
            if upload.body is None and upload.expires <= self._clock.now():
                await self._forget(upload)

    # What people do

    def open_of(self, person: Person) -> list[Upload]:
        """Those of a person that go on, the newest first."""
        theirs = (one for one in self._uploads.values() if one.record.owner == person.name and not one.is_placed)
        return sorted(theirs, key=lambda one: (-one.record.created, one.record.id))

    async def create(self, person: Person, creation: Creation) -> Upload:
        """Begin one. Raises BadRequest, Forbidden, NotFound, Conflict, TooLarge, StorageFull, TooManyRequests."""
        theirs = self.open_of(person)
        if len(theirs) >= self.limits.most:
            TALLY.add("uploads refused")
            raise TooManyRequests(
                f"{len(theirs)} files of yours are on their way. Finish or cancel some.", retry_after=30)
        wanted = creation.wanted
        place = await self._ask(self._place_for, person, wanted)
        await self._require_room(person, place, creation.length)
        id = secrets.token_hex(16)
        part, below = await self._ask(part_for, place, Box(self._directory / id).part(), id)
        record = Record(id, person.name, person.role, wanted, creation.length, creation.metadata,
                        self._clock.now(), str(part), str(below))
        await self._ask(self._box(record).make, record)
        upload = self._know(record, Progress(creation.length), record.created)
        if upload.progress.is_whole:
            async with upload.lock:
                await self._place_if_whole(person, upload)
        return upload

    def look(self, person: Person, id: str) -> Upload:
        """How far one is, as far as it is known; nothing is broken off. Raises NotFound, Gone."""
        return self._of(person, id)

    async def find(self, person: Person, id: str) -> Upload:
        """How far one is; a piece on its way is broken off. Raises NotFound, Gone, and why a file has no place."""
        upload = self._of(person, id)
        async with self._taken_over(upload):
            if not upload.is_placed:
                await self._settle(upload)
                await self._place_if_whole(person, upload)
        return upload

    async def append(self, person: Person, id: str, append: Append, body: Body) -> Upload:
        """Add a piece while it comes. Raises Conflict, TooLarge, StorageFull, ChecksumMismatch, BodyCut, NotFound."""
        upload = self._of(person, id)
        async with self._turns.of(person.name), self._taken_over(upload) as is_last:
            piece = upload.progress.begin(append)
            if not is_last:
                raise Conflict("Another request goes on with this upload.", field="id")
            if not upload.is_placed:
                await self._receive(person, upload, piece, body)
                await self._place_if_whole(person, upload)
        return upload

    async def remove(self, person: Person, id: str) -> None:
        """Let one go; a file that is in its place stays. Raises NotFound."""
        await self._forget(self._of(person, id))

    # Inside

    def _of(self, person: Person, id: str) -> Upload:
        upload = self._uploads.get(id)
        if upload is None or upload.record.owner != person.name:
            raise NotFound("There is no such upload.", field="id")
        if upload.expires <= self._clock.now() and upload.body is None:
            raise Gone("The time of this upload is over. Begin anew.", field="id")
        return upload

    def _know(self, record: Record, progress: Progress, touched: float) -> Upload:
        upload = Upload(record, progress, touched, touched + self.limits.hours * _HOUR)
        self._uploads[record.id] = upload
        return upload

    def _box(self, record: Record) -> Box:
        return Box(self._directory / record.id)

    async def _ask(self, function: Callable[..., _T], *args: object) -> _T:
        return await self._run("uploads", function, *args)

    async def _on_bytes(self, upload: Upload, function: Callable[..., _T], *args: object) -> _T:
        return await self._run(upload.record.id, function, *args)

    async def _run(self, of: str, function: Callable[..., _T], *args: object) -> _T:
        """In a thread. Raises Unavailable where the disk fails: what it has by then is looked at anew."""
        try:
            return await self._disk.run(of, partial(function, *args))
        except OSError as error:
            _log.error("The disk fails an upload.", exc_info=error)
            raise Unavailable(f"The server's disk does not do it: {error.strerror}.", retry_after=5) from error

    async def _find_again(self, box: Box) -> None:
        record = await self._ask(box.load)
        try:
            if record is None or record.id != box.directory.name:
                raise NotFound("It says nothing.")
            upload = self._know(record, Progress(record.length), record.created)
            if record.placed:
                upload.progress.offset = record.length
                return
            async with upload.lock:
                await self._settle(upload)
                await self._place_if_whole(Person(record.owner, record.role), upload)
        except NotFound:
            self._uploads.pop(box.directory.name, None)
            await self._ask(box.remove, record)
        except CrispdmError as error:
            _log.warning("An upload waits: %s", error)

    async def _settle(self, upload: Upload, keep: int | None = None) -> None:
        stored = await self._on_bytes(upload, self._box(upload.record).settle, upload.record, keep)
        upload.progress.offset = min(stored.size, upload.record.length)
        upload.touched = max(upload.touched, stored.touched)
        upload.expires = upload.touched + self.limits.hours * _HOUR

    def _place_for(self, person: Person, wanted: Wanted) -> Place:
        """Where a file is to go, checked as things are now."""
        if not self._folders.fill(person, wanted.folder, "path").real.is_dir():
            raise NotFound(f"There is no folder '{wanted.folder}'.", field="path")
        place = self._folders.change(person, wanted.path, "filename")
        check_free(place, wanted.taken)
        return place

    async def _require_room(self, person: Person, place: Place, size: int) -> None:
        """What is on its way has been promised its room. Raises StorageFull, TooLarge."""
        going_on = [one for one in self._uploads.values() if not one.is_placed]
        to_come = sum(one.record.length - one.progress.offset for one in going_on)
        await self._space.require(person, place, size + to_come)
        left = await self._space.of(person)
        if left.quota is not None and place.folder.kind is FolderKind.HOME:
            promised = sum(one.record.length for one in going_on if one.record.owner == person.name)
            if left.used + promised + size > left.quota:
                raise TooLarge(
                    f"Your folder may hold {left.quota:,} bytes. {left.used:,} are taken, and {promised:,} on their "
                    "way. Delete what you do not need.", limit=left.quota, used=left.used + promised, bytes=size)

    async def _receive(self, person: Person, upload: Upload, piece: Piece, body: Body) -> None:
        upload.body, is_whole = body, False
        try:
            opened = await self._on_bytes(upload, writer, upload.record)
            try:
                if piece.checksum is not None:
                    await self._on_bytes(upload, self._box(upload.record).doubt, piece.at)
                await self._write(person, upload, opened, piece, body)
                is_whole = True
            finally:
                stored = await self._on_bytes(upload, opened.size)
                await self._on_bytes(upload, opened.close)
                await self._settle(upload, piece.kept(stored, is_whole))
        finally:
            upload.body = None
        piece.check()

    async def _write(self, person: Person, upload: Upload, opened: Writer, piece: Piece, body: Body) -> None:
        unchecked = SYNC_BYTES
        async for data in body:
            unchecked += sum(map(len, data))
            if unchecked >= SYNC_BYTES:
                await self._space.require(person, await self._place_of(person, upload), 0)
                unchecked = 0
            await self._on_bytes(upload, _add, opened, piece, data)

    async def _place_of(self, person: Person, upload: Upload) -> Place:
        return await self._ask(self._folders.change, person, upload.record.wanted.path, "path")

    async def _place_if_whole(self, person: Person, upload: Upload) -> None:
        if not upload.progress.is_whole or upload.is_placed:
            return
        place = await self._place_of(person, upload)
        path = await self._on_bytes(upload, put, upload.record, place)
        upload.record = await self._on_bytes(upload, self._box(upload.record).finish, upload.record, path)
        self._space.wrote(place, upload.record.length)

    async def _forget(self, upload: Upload) -> None:
        async with self._taken_over(upload):
            self._uploads.pop(upload.record.id, None)
            upload.is_gone = True
            await self._ask(self._box(upload.record).remove, upload.record)

    @asynccontextmanager
    async def _taken_over(self, upload: Upload) -> AsyncIterator[bool]:
        """Be the only one who does something with an upload; whether nobody has come since, who would take it over."""
        upload.turn += 1
        turn = upload.turn
        if upload.body is not None:
            upload.body.cut("Another request goes on with this upload.")
        async with upload.lock:
            if upload.is_gone:
                raise NotFound("There is no such upload.", field="id")
            yield turn == upload.turn

    async def _sweep_on(self) -> None:
        while True:
            await self.sweep()
            await asyncio.sleep(_PAUSE)


def _add(opened: Writer, piece: Piece, data: list[bytes]) -> None:
    opened.write(piece.take(data), data)
