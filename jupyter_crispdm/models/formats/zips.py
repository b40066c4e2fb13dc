"""Zip archives of strangers, opened without believing what they say of themselves."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

from jupyter_crispdm.base.errors import Unprocessable
from jupyter_crispdm.base.files.regular import regular_file
from jupyter_crispdm.base.files.zips import DAMAGED

MOST_MEMBERS = 100_000
MOST_PACKED = 100
"""How many times larger a file may become by being unpacked, beside 64 MiB."""

_FREE = 64 * 2**20
_MOST_DIRECTORY = 8 * 2**20
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


class _Guarded:
    """A file of which nobody reads a list of members in one go that would fill the memory."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self.opening = file, True
        self.seek, self.tell, self.seekable, self.close = file.seek, file.tell, file.seekable, file.close

    def read(self, size: int = -1) -> bytes:
        """Read on."""
        if self.opening and size > _MOST_DIRECTORY:
            raise zipfile.BadZipFile("the list of its parts is too long")
        return self._file.read(size)


@contextmanager
def opened(path: Path, writer: str) -> Iterator[zipfile.ZipFile]:
    """A zip whose members have names of their own and sane sizes. Raises Unprocessable, also for what is read of it."""
    with regular_file(path) as file:
        try:
            if file.read(4) != b"PK\x03\x04":  # what reads it goes by its first bytes
                raise zipfile.BadZipFile("something stands before it")
            with opened_file(file) as archive:
                yield archive
        except DAMAGED as error:
            raise Unprocessable(f"The model file was not written by {writer} ({str(error)[:100]}).") from None


@contextmanager
def opened_file(file: IO[bytes]) -> Iterator[zipfile.ZipFile]:
    """The same for a file that is open. Raises what zipfile raises, and Unprocessable."""
    guarded = _Guarded(file)
    size = file.seek(0, 2)
    with zipfile.ZipFile(cast(IO[bytes], guarded)) as archive:
        guarded.opening = False
        _check(archive.infolist(), size)
        yield archive


def read(archive: zipfile.ZipFile, name: str, most: int) -> bytes:
    """A member, of at most so many bytes. Raises Unprocessable, and what zipfile raises."""
    with archive.open(name) as member:
        data = member.read(most + 1)
    if len(data) > most:
        raise Unprocessable(f"'{name[:100]}' in the model file is over {most:,} bytes.")
    return data


def _check(members: list[zipfile.ZipInfo], size: int) -> None:
    if len(members) > MOST_MEMBERS:
        raise Unprocessable(f"The model file has more than {MOST_MEMBERS:,} parts.")
    if len({member.filename for member in members}) != len(members):
        raise Unprocessable("The model file has two parts of one name.")
    if any(member.flag_bits & 0x1 or member.compress_type not in _METHODS for member in members):
        raise Unprocessable("The model file has parts that are encrypted or packed in an unknown way.")
    if any(not _is_plain(member.filename) for member in members):
        raise Unprocessable("The model file has parts with names that lead elsewhere.")
    if sum(member.file_size for member in members) > _FREE + MOST_PACKED * size:
        raise Unprocessable("The model file unpacks to far more than it is.")


def _is_plain(name: str) -> bool:
    return bool(name) and "\0" not in name and "\\" not in name and not name.startswith("/") and (
        not {"..", "."}.intersection(name.split("/"))
    )
