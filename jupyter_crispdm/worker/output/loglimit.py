"""Keeping a log below its limit, although the pump appends to it all the while.

When the file has grown over the limit its middle is dropped: the first half stays, and the newest lines.
What that cost is said in the file, where the gap is.

The bytes after the gap get other numbers. So the size of a file beside the log, `output.log.cuts`, grows by one before
and after each cut: who reads bytes and finds the same size before and after knows what their numbers mean.
"""

from __future__ import annotations

import os
import stat
from contextlib import suppress

from ..record import write_all
from . import times
from .turn import Turn

_COUNTER = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_LEAST_LIMIT = 4096
_NEWEST_BYTES = 1 << 20
_FASTEST_BYTES_PER_SECOND = 2e9
_QUICK_SECONDS, _SLOW_SECONDS = 0.02, 1.0
_MOST_LOOKS = 100


class LogLimit:
    """The limit of one log file, in bytes."""

    def __init__(self, path: str, limit: int) -> None:
        self._path = path
        self._limit = max(limit, _LEAST_LIMIT)
        self._head: int | None = None
        self._dropped = 0
        self._last_size = 0
        self.turn = Turn()

    def enforce(self) -> float:
        """Drop what is too much; answers after how many seconds to look again."""
        try:
            size = os.stat(self._path).st_size
            if size > self._limit:
                with self.turn.soon():
                    size = self._drop_middle(size)
        except OSError:  # the log is gone or the disk fails: the program itself is not to blame
            return _SLOW_SECONDS
        growing, self._last_size = size != self._last_size, size
        least = _QUICK_SECONDS if growing and self._dropped else _SLOW_SECONDS
        return max(_QUICK_SECONDS, min(least, (self._limit - size) / _FASTEST_BYTES_PER_SECOND))

    def _drop_middle(self, size: int) -> int:
        descriptor = os.open(self._path, os.O_RDWR | os.O_APPEND | os.O_CLOEXEC)
        try:
            if self._head is None:
                self._head = self._limit // 2
            kept = min(self._limit // 4, _NEWEST_BYTES)
            self._count()
            newest, size = _newest(descriptor, kept, size)
            self._dropped += size - self._head - len(newest)
            os.ftruncate(descriptor, self._head)
            notice = self._notice()
            write_all(descriptor, notice + newest)
            self._count()
            times.shift(self._path, self._head, size - len(newest), self._head + len(notice))
            return os.fstat(descriptor).st_size
        finally:
            os.close(descriptor)

    def _count(self) -> None:
        """Say that the numbers of the log's bytes are about to change, or have changed."""
        try:
            counter = os.open(self._path + ".cuts", _COUNTER, 0o600)
        except OSError:  # a program's mischief: the log is kept below its limit all the same
            return
        try:
            if stat.S_ISREG(os.fstat(counter).st_mode):
                _grow(counter)
        finally:
            os.close(counter)

    def _notice(self) -> bytes:
        text = "\n[crispdm] The log reached its limit of {} bytes: about {} bytes were dropped here.\n"
        return text.format(self._limit, self._dropped).encode()


def _grow(counter: int) -> None:
    try:
        os.write(counter, b".")
    except OSError:  # a full disk still takes a hole
        with suppress(OSError):
            os.ftruncate(counter, os.fstat(counter).st_size + 1)


def _newest(descriptor: int, kept: int, size: int) -> tuple[bytes, int]:
    """The last bytes of a file that may grow meanwhile, and its size just then.

    What is written after that without a turn, until the file is cut, is lost; so nothing else is done in between.
    """
    newest = os.pread(descriptor, kept, size - kept)
    for _ in range(_MOST_LOOKS):
        now = os.fstat(descriptor).st_size
        if now <= size:
            break
        start = max(size, now - kept)
        newest, size = (newest + os.pread(descriptor, now - start, start))[-kept:], now
    return newest, size
