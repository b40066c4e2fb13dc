"""Rows as they lie in a file: fixed-size records, taken apart by the numbers of their names."""

from __future__ import annotations

from collections.abc import Iterable
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from ..types import Series, chain

RECORD = np.dtype([("name", "<u4"), ("step", "<i8"), ("value", "<f8"), ("time", "<f8")])
#: Names of one file that are shown.
MOST_NAMES = 2000
_BLOCK_ROWS = 1 << 15
#: Room for a name that comes a little more often than in the first rows.
_SPARE_ROWS = 1 << 10
#: A name that comes later has room for as many blocks like its first at a time.
_BLOCKS = 4
_LONGEST_PERIOD = 1000


def parts_of(file: IO[bytes], start: int, stop: int) -> dict[int, Series]:
    """Some rows of a file by the numbers of their names, a block at a time while it is in the processor's cache."""
    left = max(0, stop - start)
    file.seek(start * RECORD.itemsize)
    parts: dict[int, _Filling] = {}
    is_first = True  # of these rows, and what follows is mostly like them
    for records in blocks(file, left):
        known = records if records["name"].max() < MOST_NAMES else records[records["name"] < MOST_NAMES]
        for number, some in _by_name(known):
            if number not in parts:
                parts[number] = _Filling(-(-left * len(some) // len(records)) if is_first else _BLOCKS * len(some))
            parts[number].add(some)
        is_first = False
    return {number: one.series() for number, one in parts.items()}


class _Filling:
    """A series whose rows come by and by, put where they stay: room is made for as many as are expected of it."""

    def __init__(self, expected: int) -> None:
        self._full: list[Series] = []
        self._room = _empty(expected + _SPARE_ROWS)
        self._count = 0

    def add(self, records: NDArray[Any]) -> None:
        """Add rows."""
        if self._count + len(records) > len(self._room):
            self._full.append(self._filled())
            self._room, self._count = _empty(max(len(records), len(self._room))), 0
        end = self._count + len(records)
        self._room.step[self._count : end] = records["step"]
        self._room.value[self._count : end] = records["value"]
        self._room.time[self._count : end] = records["time"]
        self._count = end

    def series(self) -> Series:
        """All of it."""
        return chain([*self._full, self._filled()])

    def _filled(self) -> Series:
        return self._room.take(slice(self._count))


def _empty(rows: int) -> Series:
    return Series(np.empty(rows, np.int64), np.empty(rows, np.float64), np.empty(rows, np.float64))


class Fresh:
    """The newest rows of a file, as they were read while it was glanced at: from number `start` up to `stop`."""

    def __init__(self, start: int = 0, data: bytes = b"") -> None:
        self._records = np.frombuffer(data[: len(data) - len(data) % RECORD.itemsize], RECORD)
        self.start, self.stop = start, start + len(self._records)

    @property
    def highest_name(self) -> int:
        """The highest of the numbers of their names, -1 where there are no rows."""
        return int(self._records["name"].max()) if len(self._records) else -1

    def parts(self, start: int, stop: int) -> dict[int, Series]:
        """Some of them, by the numbers of their names."""
        return dict(by_number(self._records[start - self.start : stop - self.start]))


def blocks(file: IO[bytes], rows: int) -> Iterable[NDArray[Any]]:
    """The next rows of a file, some at a time."""
    while rows > 0 and len(records := np.fromfile(file, RECORD, min(_BLOCK_ROWS, rows))):
        rows -= len(records)
        yield records


def by_number(records: NDArray[Any]) -> Iterable[tuple[int, Series]]:
    """The records of each name."""
    for number, some in _by_name(records):
        yield number, _columns(some)


def _by_name(records: NDArray[Any]) -> Iterable[tuple[int, NDArray[Any]]]:
    if not len(records):
        return
    number = np.ascontiguousarray(records["name"])
    period = 1 + int(np.argmax(number[1:] == number[0])) if len(number) > 1 else 1
    once = period <= _LONGEST_PERIOD and len(set(number[:period].tolist())) == period
    if once and np.array_equal(number[period:], number[:-period]):
        for first in range(period):  # each step logs the same names: the usual case
            yield int(number[first]), records[first::period]
        return
    order = np.argsort(number, kind="stable")
    numbers, starts = np.unique(number[order], return_index=True)
    for one, indices in zip(numbers.tolist(), np.split(order, starts[1:]), strict=True):
        yield one, records[indices]


def _columns(records: NDArray[Any]) -> Series:
    step, value, time = (np.ascontiguousarray(records[field]) for field in ("step", "value", "time"))
    return Series(step, value, time)
