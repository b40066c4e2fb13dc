"""Folders and several files as one zip, made while it is sent: no copy of it lies anywhere.

It is made only as far as it is asked for, so a slow reader costs nothing, and one that left ends it.
"""

from __future__ import annotations

import stat
import time
from collections.abc import AsyncGenerator, Generator, Iterable, Iterator
from contextlib import suppress
from pathlib import PurePosixPath
from typing import IO, cast
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from jupyter_crispdm.base.errors import Unavailable
from jupyter_crispdm.base.files.disk import on_disk
from jupyter_crispdm.base.files.regular import Unreadable, regular_file
from jupyter_crispdm.base.files.sink import Sink

from ..folders import Person, Place
from ..moving.tree import above, entries, numbered, state_of

_PIECE = 256 * 1024
_FIRST, _LAST = (1980, 1, 1, 0, 0, 0), (2107, 12, 31, 23, 59, 58)
_PACKED = frozenset({
    ".7z", ".avif", ".br", ".bz2", ".docx", ".gif", ".gz", ".jpeg", ".jpg", ".m4a", ".mp3", ".mp4", ".npz", ".parquet",
    ".png", ".pptx", ".pt", ".pth", ".rar", ".safetensors", ".tgz", ".webm", ".webp", ".whl", ".xlsx", ".xz", ".zip",
    ".zst",
})  # fmt: skip


async def archived(person: Person, places: list[Place]) -> AsyncGenerator[bytes, None]:
    """The zip of files and folders, piece by piece."""
    making = pieces(places)
    whose = ("archives", person.name)
    try:
        while piece := await on_disk(whose, next, making, b""):
            yield piece
    finally:
        with suppress(ValueError, Unavailable):  # it hangs in a disk that does not answer
            await on_disk(whose, making.close)


def name_of(places: list[Place]) -> str:
    """What a zip of these is called."""
    return f"{places[0].real.name}.zip" if len(places) == 1 else "files.zip"


def pieces(places: Iterable[Place]) -> Generator[bytes, None, None]:
    """The bytes of the zip. Raises NotFound, TooLarge, OSError."""
    sink = Sink()
    with ZipFile(cast(IO[bytes], sink), "w", ZIP_DEFLATED, compresslevel=1) as archive:
        for place, name in _named(places):
            found = state_of(place)
            if stat.S_ISREG(found.st_mode):
                yield from _file(archive, sink, place, "", name, found.st_mtime)
                continue
            archive.writestr(_info(f"{name}/", found.st_mtime, ZIP_STORED), b"")
            for entry in entries(place):
                inside = f"{name}/{entry.path}"
                if entry.is_folder:
                    archive.writestr(_info(f"{inside}/", entry.found.st_mtime, ZIP_STORED), b"")
                else:
                    with suppress(Unreadable, FileNotFoundError):  # gone, or a link by now
                        yield from _file(archive, sink, place, entry.path, inside, entry.found.st_mtime)
    yield sink.taken()


def _file(
    archive: ZipFile, sink: Sink, place: Place, inner: str, name: str, modified: float
) -> Iterator[bytes]:
    with regular_file(place.real / inner, below=above(place)) as reading:
        method = ZIP_STORED if PurePosixPath(name).suffix.lower() in _PACKED else ZIP_DEFLATED
        with archive.open(_info(name, modified, method), "w", force_zip64=True) as writing:
            while piece := reading.read(_PIECE):
                writing.write(piece)
                if sink.size >= _PIECE:
                    yield sink.taken()
    if sink.size >= _PIECE:
        yield sink.taken()


def _info(name: str, modified: float, method: int) -> ZipInfo:
    try:
        date = time.localtime(modified)[:6]
    except (OverflowError, ValueError, OSError):
        date = _FIRST
    info = ZipInfo(name, min(max(date, _FIRST), _LAST))
    info.compress_type = method
    info.external_attr = (0o40755 << 16) | 0x10 if name.endswith("/") else 0o100644 << 16
    return info


def _named(places: Iterable[Place]) -> Iterator[tuple[Place, str]]:
    """Each with a name of its own in the zip; the root directory is called 'files'."""
    taken: set[str] = set()
    for place in places:
        name = place.path.rpartition("/")[2] or "files"
        free = next(one for number in range(len(taken) + 1) if (one := numbered(name, number)) not in taken)
        taken.add(free)
        yield place, free
