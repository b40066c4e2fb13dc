"""What is kept of an upload while it goes on, in a directory of its own: what it is, its bytes, and what is unproven.

All of it blocks: the manager calls it in threads. Whatever moment a server ends at, the next one reads here how much
there is: the length of the file of bytes, unless a piece with a checksum was on its way, and then where that began.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import msgspec

from jupyter_crispdm.auth.types import Role
from jupyter_crispdm.base.errors import NotFound
from jupyter_crispdm.base.files.atomic import read_json, storage_errors, sync_directory, write_atomic
from jupyter_crispdm.base.files.regular import open_regular, stat_regular
from jupyter_crispdm.base.files.removal import remove
from jupyter_crispdm.base.wire import Wire

from .metadata import Wanted

_RECORD, _UNPROVEN, _PART = "upload.json", "unproven", "part"
#: After so many bytes the disk is waited for, so that its cache never holds much of a file, and the end is not long.
SYNC_BYTES = 32 * 1024 * 1024
_MOST_PIECES = 64


class Record(Wire, frozen=True):
    """An upload: whose, of what, where to, and where its bytes are until then."""

    id: str
    owner: str
    role: Role
    wanted: Wanted
    length: int
    metadata: str
    created: float
    part: str
    below: str
    placed: str = ""
    """The path that the file has got; empty until it is whole and in its place."""


@dataclass(frozen=True)
class Stored:
    """How much of a file there is, and when something was last added."""

    size: int
    touched: float


class Box:
    """The directory of one upload."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def make(self, record: Record) -> None:
        """Begin: an empty file of bytes, then the record, so that a record always has one."""
        with storage_errors(self.directory):
            self.directory.mkdir(mode=0o700, parents=True)
            os.close(_open(record, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
            self.save(record)
            sync_directory(self.directory.parent)

    def save(self, record: Record) -> None:
        """Keep what is known of it."""
        write_atomic(self.directory / _RECORD, msgspec.json.encode(record), 0o600)

    def load(self) -> Record | None:
        """What was kept; None where that is nothing, or nothing that can be read."""
        try:
            return msgspec.convert(read_json(self.directory / _RECORD), Record)
        except (OSError, msgspec.MsgspecError):
            return None

    def part(self) -> Path:
        """Where the bytes are, where they lie on the same disk as people's files."""
        return self.directory / _PART

    def doubt(self, offset: int) -> None:
        """From this offset on the bytes do not count until `trust` says so."""
        write_atomic(self.directory / _UNPROVEN, str(offset).encode(), 0o600)

    def trust(self) -> None:
        """All bytes count."""
        with suppress(FileNotFoundError):
            (self.directory / _UNPROVEN).unlink()
            sync_directory(self.directory)

    def settle(self, record: Record, keep: int | None = None) -> Stored:
        """Make the bytes durable that count, and cut off the others. Raises NotFound where they are gone."""
        try:
            descriptor = _open(record, os.O_RDWR)
        except OSError as error:
            raise NotFound("What was uploaded is not there any more. Begin anew.") from error
        try:
            size = self._proven(os.fstat(descriptor).st_size) if keep is None else keep
            if size < os.fstat(descriptor).st_size:
                os.ftruncate(descriptor, size)
            os.fsync(descriptor)
            self.trust()
            return Stored(size, os.fstat(descriptor).st_mtime)
        finally:
            os.close(descriptor)

    def finish(self, record: Record, path: str) -> Record:
        """Keep where the file is; then its bytes need their first name no more."""
        placed = msgspec.structs.replace(record, placed=path)
        self.save(placed)
        drop_bytes(placed)
        return placed

    def remove(self, record: Record | None) -> None:
        """Leave nothing of it."""
        if record is not None:
            drop_bytes(record)
        remove(self.directory)

    def _proven(self, size: int) -> int:
        try:
            return min(size, int((self.directory / _UNPROVEN).read_bytes()))
        except (FileNotFoundError, ValueError):
            return size


class Writer:
    """Writes one piece."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._unsynced = 0

    def write(self, place: int, data: Sequence[bytes]) -> None:
        """Write pieces one after another from a place on. Raises StorageFull, with a part of it written."""
        parts = [b"".join(data)] if len(data) > _MOST_PIECES else list(data)
        with storage_errors(Path("file")):
            while parts:
                written = os.pwritev(self._descriptor, parts, place)
                place, self._unsynced = place + written, self._unsynced + written
                parts = _rest(parts, written)
            if self._unsynced >= SYNC_BYTES:
                os.fdatasync(self._descriptor)
                self._unsynced = 0

    def size(self) -> int:
        """How long the file is by now."""
        return os.fstat(self._descriptor).st_size

    def close(self) -> None:
        """Write no more."""
        os.close(self._descriptor)


def writer(record: Record) -> Writer:
    """Opens the bytes of an upload for a piece. Raises NotFound where they are gone."""
    try:
        return Writer(_open(record, os.O_WRONLY))
    except OSError as error:
        raise NotFound("What was uploaded is not there any more. Begin anew.") from error


def drop_bytes(record: Record) -> None:
    """Let the bytes go, or that name of them."""
    with suppress(OSError):
        stat_regular(record.part, below=Path(record.below))
        os.unlink(record.part)


def boxes(directory: Path) -> Iterator[Box]:
    """The uploads that a former server knew of."""
    with suppress(FileNotFoundError):
        for path in sorted(directory.iterdir()):
            yield Box(path)


def _open(record: Record, flags: int) -> int:
    return open_regular(record.part, flags, below=Path(record.below))


def _rest(parts: list[bytes], written: int) -> list[bytes]:
    """What has not been written yet."""
    for number, part in enumerate(parts):
        if written < len(part):
            return [part[written:], *parts[number + 1 :]]
        written -= len(part)
    return []

