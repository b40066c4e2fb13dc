"""When what stands in a log was printed: a file beside it, `output.log.times`, of records (byte, seconds since 1970).

A record says: what stands from this byte on was printed at this time. Whoever appends to the log notes it, at most
twice a second. A record with a smaller byte than one before it makes that one void: the log was cut there.
"""

from __future__ import annotations

import os
import stat
import struct
import time
from collections.abc import Callable
from contextlib import suppress

SUFFIX = ".times"
RECORD = struct.Struct("<Qd")
_STEP_SECONDS, _SLOW_STEP_SECONDS = 0.5, 10.0
_MOST_QUICK = 1_000_000
_SHIFTED_BYTES = 1 << 16
_FLAGS = os.O_RDWR | os.O_APPEND | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


def open_times(log: str, make: bool = True) -> int | None:
    """The file beside a log; None where it cannot be had: nobody's training ends for that."""
    try:
        times = os.open(log + SUFFIX, _FLAGS | (os.O_CREAT if make else 0), 0o600)
    except OSError:
        return None
    if stat.S_ISREG(os.fstat(times).st_mode):
        return times
    os.close(times)  # a program's mischief
    return None


class TimeNotes:
    """Notes the time for one that appends to a log; both files are opened. None: nothing is noted."""

    def __init__(self, log: int, times: int | None, clock: Callable[[], float] = time.time) -> None:
        self._log, self._times, self._clock = log, times, clock
        self._next = 0.0
        self._count = 0

    def note(self) -> None:
        """Say that what is appended next is printed now; in vain where the disk is full."""
        now = self._clock()
        if self._times is None or self._next - _SLOW_STEP_SECONDS <= now < self._next:
            return
        step = _STEP_SECONDS if self._count < _MOST_QUICK else _SLOW_STEP_SECONDS
        self._next, self._count = now + step, self._count + 1
        with suppress(OSError):
            os.write(self._times, RECORD.pack(os.fstat(self._log).st_size, now))


def shift(log: str, head: int, begin: int, to: int) -> None:
    """Say that the bytes from `head` to `begin` of a log were dropped, and what stood at `begin` is now at `to`."""
    times = open_times(log, make=False)
    if times is None:
        return
    try:
        with suppress(OSError):
            size = os.fstat(times).st_size // RECORD.size * RECORD.size
            first = max(0, size - _SHIFTED_BYTES)
            kept = [(max(begin, at), when) for at, when in _records(times, first, size)]
            moved = [(at - begin + to, when) for at, when in kept]
            last_before = [pair for pair in moved if pair[0] == to][-1:]
            shifted = [(head, time.time()), *last_before, *(pair for pair in moved if pair[0] > to)]
            os.write(times, b"".join(RECORD.pack(*pair) for pair in shifted))
    finally:
        os.close(times)


def _records(times: int, first: int, end: int) -> list[tuple[int, float]]:
    """The records of a part of the file that count: those that no later one makes void."""
    data = os.pread(times, end - first, first)
    data = data[: len(data) // RECORD.size * RECORD.size]
    kept: list[tuple[int, float]] = []
    for at, when in RECORD.iter_unpack(data):
        while kept and kept[-1][0] >= at:
            kept.pop()
        kept.append((at, when))
    return kept
