"""Files that are either the old content or the new one, never a mixture."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

import msgspec

from ..errors import StorageFull

_FULL = {errno.ENOSPC, errno.EDQUOT}


@contextmanager
def storage_errors(path: Path) -> Iterator[None]:
    """Turn "no space left" below this block into a clear 507."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise StorageFull(f"The disk is full: '{path.name}' was not written.", path=path.name) from error
        raise


def write_atomic(path: Path, data: bytes, mode: int = 0o644) -> None:
    """Replace `path` by `data`: temporary file, fsync, rename, fsync of the directory."""
    with replacing(path, mode) as file:
        file.write(data)


@contextmanager
def replacing(path: Path, mode: int = 0o644) -> Iterator[IO[bytes]]:
    """A file to write into, which takes the place of `path` when the block ends well, and is gone otherwise."""
    with storage_errors(path):
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                yield file
                file.flush()
                os.fchmod(file.fileno(), mode)
                os.fsync(file.fileno())
            os.replace(name, path)
        except BaseException:
            with suppress(FileNotFoundError):
                os.unlink(name)
            raise
        sync_directory(path.parent)


def sync_directory(path: Path) -> None:
    """Make renames and creations in a directory durable."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def read_json(path: Path) -> Any:
    """The JSON in a file, or None when there is no such file.

    Raises msgspec.DecodeError when the content is not JSON.
    """
    try:
        return msgspec.json.decode(path.read_bytes())
    except FileNotFoundError:
        return None
