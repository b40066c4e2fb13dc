"""The log of a stream's newest samples: `wal/<number of its first sample>.wal`, records that are only appended.

What was appended is there after a kill -9, and readers follow it while it grows. Bytes that are no record are left
out, wherever they stand: a record cut off, a piece of another file, zeros after a power cut.
"""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import NamedTuple

from jupyter_crispdm.base.files.atomic import storage_errors
from jupyter_crispdm.base.files.regular import open_regular, regular_file

from ..batch import Batch
from .record import MOST_BYTES, decoded, encoded, following

READ_BYTES = 4 * MOST_BYTES
"""How much of a segment is read at a time."""


class Scan(NamedTuple):
    """What a part of a segment holds: its batches, where to read on, and how many bytes were no record."""

    batches: list[Batch]
    end: int
    skipped: int


def read_wal(path: Path, offset: int = 0) -> tuple[list[Batch], int]:
    """The batches from a place on, and the place from which to read on, which stays when nothing new is there.

    Reads some MB at a time: ask again until the place stays. Raises OSError when the file cannot be read.
    """
    scan = scan_wal(path, offset)
    return scan.batches, scan.end


def scan_wal(path: Path, offset: int = 0, most: int = READ_BYTES) -> Scan:
    """`read_wal`, with the number of bytes that were left out."""
    with regular_file(path) as file:
        data = os.pread(file.fileno(), most, offset)
    batches, place, skipped = [], 0, 0
    view = memoryview(data)
    while place < len(data):
        if (found := decoded(view, place)) is not None:
            batch, place = found
            batches.append(batch)
        elif (onward := following(data, place)) is not None:
            skipped += onward - place
            place = onward
        else:  # on its way or cut off, but more foreign bytes than a record takes are neither
            foreign = max(0, len(data) - MOST_BYTES - place) if len(data) == most else 0
            return Scan(batches, offset + place + foreign, skipped + foreign)
    return Scan(batches, offset + place, skipped)


class Wal:
    """A segment that is appended to.

    What was appended before stays; a record that was cut off at its end goes. Opening and appending raise OSError
    and StorageFull, and leave the records that were there before.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = open_regular(path, os.O_RDWR | os.O_APPEND | os.O_CREAT)
        try:
            self.size = _end_of_records(path)
            os.ftruncate(self._file, self.size)
        except BaseException:
            os.close(self._file)
            raise

    def append(self, batch: Batch) -> None:
        """Write a batch, all of it or nothing, in one step. Raises ValueError for a row too large for a record."""
        data = encoded(batch)
        with storage_errors(self.path):
            try:
                written = os.write(self._file, data)
                if written < len(data):  # the disk became full in between
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self.path))
            except OSError:
                os.ftruncate(self._file, self.size)
                raise
        self.size += len(data)

    def sync(self) -> None:
        """Have what was appended outlive a power cut."""
        os.fdatasync(self._file)

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._file)


def _end_of_records(path: Path) -> int:
    scan = scan_wal(path)
    while (onward := scan_wal(path, scan.end)).end > scan.end:
        scan = onward
    return scan.end
