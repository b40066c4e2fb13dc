"""The pages of an SQLite database as of one moment, read without a lock.

A lock would make whoever trains wait, or fail. Instead what was read counts only if nothing was written meanwhile: no
journal stands beside the file, and its count of changes is what it was; with a log that is written ahead (WAL), no
frame has come since.
"""

from __future__ import annotations

import os
import struct
from contextlib import suppress
from pathlib import Path
from typing import IO

from jupyter_crispdm.base.files.regular import regular_file

from .records import Damaged

_MAGIC = b"SQLite format 3\0"
_HEAD_BYTES = 100
_WAL_HEAD_BYTES, _FRAME_HEAD_BYTES = 32, 24
_WAL_MAGIC = (0x377F0682, 0x377F0683)
_AHEAD = 2
_UTF8 = (0, 1)
_MOST_FRAMES = 200_000
_MOST_KEPT = 2000


class Torn(Exception):
    """Somebody wrote while it was read: what was read means nothing."""


class Header:
    """The first bytes of a database. Raises Damaged for what is none, or has texts in another form than UTF-8."""

    def __init__(self, data: bytes) -> None:
        if len(data) < _HEAD_BYTES or not data.startswith(_MAGIC):
            raise Damaged("it is no database of SQLite")
        size, self.written_ahead, reserved = data[16] << 8 | data[17], data[19] == _AHEAD, data[20]
        self.page_bytes = 1 << 16 if size == 1 else size
        self.changes, self.schema, encoding = (struct.unpack_from(">I", data, at)[0] for at in (24, 40, 56))
        self.usable = self.page_bytes - reserved
        is_size = self.page_bytes >= 512 and self.page_bytes & self.page_bytes - 1 == 0
        if not is_size or self.usable < 480 or encoding not in _UTF8:
            raise Damaged("it is a database of another form")


class Pages:
    """Pages as of one moment. `check` says at the end whether it was one; close it. Raises OSError, Damaged, Torn."""

    def __init__(self, path: Path, below: Path) -> None:
        self._path, self._below = path, below
        self._kept: dict[int, bytes] = {}
        self._wal: IO[bytes] | None = None
        self._frames: dict[int, int] = {}
        self._file = regular_file(path, below=below)
        try:
            self.inode = _inode(self._file)
            self._begin()
        except BaseException:
            self.close()
            raise

    def page(self, number: int) -> bytes:
        """A page; they count from 1."""
        found = self._kept.get(number)
        if found is None:
            found = self._read(number)
            if len(self._kept) < _MOST_KEPT:
                self._kept[number] = found
        return found

    def check(self) -> None:
        """Raises Torn where somebody has written since it was begun."""
        header = Header(os.pread(self._file.fileno(), _HEAD_BYTES, 0))
        if self._has_journal() or header.changes != self._changes or self._ahead() != self._salts:
            raise Torn
        if self._wal is not None and self._next_frame(self._count) is not None:
            raise Torn
        if header.written_ahead and self._log_inode() != (None if self._wal is None else _inode(self._wal)):
            raise Torn

    def close(self) -> None:
        """Open nothing any more."""
        self._file.close()
        if self._wal is not None:
            self._wal.close()

    def _begin(self) -> None:
        self.header = Header(os.pread(self._file.fileno(), _HEAD_BYTES, 0))
        if self._has_journal():
            raise Torn
        self._changes = self.header.changes
        self._salts, self._count = b"", 0
        if self.header.written_ahead:
            with suppress(FileNotFoundError):
                self._wal = regular_file(Path(f"{self._path}-wal"), below=self._below)
            self._salts = self._ahead()
            self._note_frames()
        self.header = Header(self.page(1))

    def _read(self, number: int) -> bytes:
        size = self.header.page_bytes
        at = self._frames.get(number)
        if at is not None and self._wal is not None:
            data = os.pread(self._wal.fileno(), size, at + _FRAME_HEAD_BYTES)
        else:
            data = os.pread(self._file.fileno(), size, (number - 1) * size) if number > 0 else b""
        if len(data) < size:
            raise Damaged("a page is missing")
        return data

    def _has_journal(self) -> bool:
        """Whether a change is under way, or was never finished: what the pages hold is then not the truth."""
        try:
            with regular_file(Path(f"{self._path}-journal"), below=self._below) as journal:
                return bool(os.pread(journal.fileno(), 8, 0).strip(b"\0"))
        except FileNotFoundError:
            return False

    def _log_inode(self) -> int | None:
        try:
            return os.lstat(f"{self._path}-wal").st_ino
        except FileNotFoundError:
            return None

    def _ahead(self) -> bytes:
        """What tells this log from the one before; empty where there is none."""
        if self._wal is None:
            return b""
        head = os.pread(self._wal.fileno(), _WAL_HEAD_BYTES, 0)
        is_log = len(head) == _WAL_HEAD_BYTES and struct.unpack_from(">I", head)[0] in _WAL_MAGIC
        return head[16:24] if is_log and struct.unpack_from(">I", head, 8)[0] == self.header.page_bytes else b""

    def _note_frames(self) -> None:
        """Where the newest state of each page stands that a finished change wrote."""
        pending: dict[int, int] = {}
        count = 0
        while self._salts and count < _MOST_FRAMES and (frame := self._next_frame(count)) is not None:
            page, is_end = frame
            pending[page] = _WAL_HEAD_BYTES + count * (_FRAME_HEAD_BYTES + self.header.page_bytes)
            count += 1
            if is_end:
                self._frames.update(pending)
                pending.clear()
        self._count = count

    def _next_frame(self, count: int) -> tuple[int, bool] | None:
        """The page of a frame, and whether a change ends with it; None for one that is not there yet."""
        assert self._wal is not None
        size = _FRAME_HEAD_BYTES + self.header.page_bytes
        at = _WAL_HEAD_BYTES + count * size
        head = os.pread(self._wal.fileno(), _FRAME_HEAD_BYTES, at)
        if len(head) < _FRAME_HEAD_BYTES or head[8:16] != self._salts or not self._salts:
            return None
        if os.fstat(self._wal.fileno()).st_size < at + size:
            return None
        page, pages = struct.unpack_from(">II", head)
        return page, pages > 0


def _inode(file: IO[bytes]) -> int:
    return os.fstat(file.fileno()).st_ino
