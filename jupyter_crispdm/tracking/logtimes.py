"""When what stands in a log was printed, out of the file beside it: see worker.output.times."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from jupyter_crispdm.base.files.regular import open_regular
from jupyter_crispdm.worker.output.times import SUFFIX

_RECORD = np.dtype([("at", "<u8"), ("time", "<f8")])
_MOST_BYTES = 32 << 20
_NEWEST_BYTES = 4096 * _RECORD.itemsize
_LARGEST_TIME = 253_000_000_000.0


class LogTimes:
    """The times of the log at a path. Every method touches the disk."""

    def __init__(self, log: Path) -> None:
        self._path = log.with_name(log.name + SUFFIX)
        self._root = log.parent.parent

    def newest(self, start: int, end: int, is_begun: bool) -> list[tuple[int, float]]:
        """The times of the bytes from `start` to `end`, which are near the log's end.

        Without the one in force at `start` where `is_begun`: who reads on has been told it.
        """
        at, time = self._read(_NEWEST_BYTES)
        first, last = np.searchsorted(at, [start, end])
        if not is_begun and (first == len(at) or at[first] > start):
            first = max(0, first - 1)
        return list(zip(at[first:last].tolist(), time[first:last].tolist(), strict=True))

    def of(self, places: list[int]) -> list[float | None]:
        """When what stands at each of these bytes was printed; None where it is not known."""
        at, time = self._read(_MOST_BYTES)
        found = np.searchsorted(at, places, side="right") - 1
        return [float(time[index]) if index >= 0 else None for index in found.tolist()]

    def _read(self, most: int) -> tuple[NDArray[np.uint64], NDArray[np.float64]]:
        """The newest records that count: those that no later one makes void, and that are times."""
        records = np.frombuffer(self._bytes(most), _RECORD)
        at, time = records["at"], records["time"]
        is_plain = np.isfinite(time) & (time >= 0) & (time < _LARGEST_TIME) & (at < 1 << 53)
        at, time = at[is_plain], time[is_plain]
        later = np.minimum.accumulate(at[::-1])[::-1]
        counts = np.ones(len(at), bool)
        counts[:-1] = at[:-1] < later[1:]
        return at[counts], time[counts]

    def _bytes(self, most: int) -> bytes:
        try:
            descriptor = open_regular(self._path, below=self._root)
        except OSError:  # an older job, or a program's mischief
            return b""
        try:
            size = os.fstat(descriptor).st_size // _RECORD.itemsize * _RECORD.itemsize
            first = max(0, size - most)
            data = os.pread(descriptor, size - first, first)
            return data[: len(data) // _RECORD.itemsize * _RECORD.itemsize]
        finally:
            os.close(descriptor)
