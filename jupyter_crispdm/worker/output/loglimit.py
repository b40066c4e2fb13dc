"""Keeping a log below its limit, although the program writes to it directly.

When the file has grown over the limit its middle is dropped: the first half stays, and the newest lines.
What that cost is said in the file, where the gap is.
"""

from __future__ import annotations

import os

from ..record import write_all

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

    def enforce(self) -> float:
        """Drop what is too much; answers after how many seconds to look again."""
        try:
            size = os.stat(self._path).st_size
            if size > self._limit:
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
            newest, size = _newest(descriptor, kept, size)
            self._dropped += size - self._head - len(newest)
            os.ftruncate(descriptor, self._head)
            write_all(descriptor, self._notice() + newest)
            return os.fstat(descriptor).st_size
        finally:
            os.close(descriptor)

    def _notice(self) -> bytes:
        text = "\n[crispdm] The log reached its limit of {} bytes: about {} bytes were dropped here.\n"
        return text.format(self._limit, self._dropped).encode()


def _newest(descriptor: int, kept: int, size: int) -> tuple[bytes, int]:
    """The last bytes of a file that may grow meanwhile, and its size just then.

    What the program writes after that, until the file is cut, is lost; so nothing else is done in between.
    """
    newest = os.pread(descriptor, kept, size - kept)
    for _ in range(_MOST_LOOKS):
        now = os.fstat(descriptor).st_size
        if now <= size:
            break
        start = max(size, now - kept)
        newest, size = (newest + os.pread(descriptor, now - start, start))[-kept:], now
    return newest, size
