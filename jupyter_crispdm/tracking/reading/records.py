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
_LONGEST_PERIOD = 1000


def parts_of(file: IO[bytes], start: int, stop: int) -> dict[int, Series]:
    """Some rows of a file by the numbers of their names, a block at a time while it is in the processor's cache."""
    rows = max(0, stop - start)
    file.seek(start * RECORD.itemsize)
    parts = _only_series(file, rows)
    if parts is None:
        file.seek(start * RECORD.itemsize)
        parts = _all_series(file, rows)
    return parts


def _only_series(file: IO[bytes], rows: int) -> dict[int, Series] | None:
    """The rows when all have one name, without an intermediate copy; None when they have not."""
    whole = Series(np.empty(rows, np.int64), np.empty(rows, np.float64), np.empty(rows, np.float64))
    done, number = 0, None
    for records in blocks(file, rows):
        number = records["name"][0] if number is None else number
        if not np.all(records["name"] == number):
            return None
        end = done + len(records)
        for field, column in (("step", whole.step), ("value", whole.value), ("time", whole.time)):
            column[done:end] = records[field]
        done = end
    return {} if number is None else {int(number): whole.take(slice(done))}


def _all_series(file: IO[bytes], rows: int) -> dict[int, Series]:
    parts: dict[int, list[Series]] = {}
    for records in blocks(file, rows):
        for number, part in by_number(records[records["name"] < MOST_NAMES]):
            parts.setdefault(number, []).append(part)
    return {number: chain(several) for number, several in parts.items()}


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
    if not len(records):
        return
    number = np.ascontiguousarray(records["name"])
    period = 1 + int(np.argmax(number[1:] == number[0])) if len(number) > 1 else 1
    once = period <= _LONGEST_PERIOD and len(set(number[:period].tolist())) == period
    if once and np.array_equal(number[period:], number[:-period]):
        for first in range(period):  # each step logs the same names: the usual case
            yield int(number[first]), _columns(records[first::period])
        return
    order = np.argsort(number, kind="stable")
    numbers, starts = np.unique(number[order], return_index=True)
    for one, indices in zip(numbers.tolist(), np.split(order, starts[1:]), strict=True):
        yield one, _columns(records[indices])


def _columns(records: NDArray[Any]) -> Series:
    step, value, time = (np.ascontiguousarray(records[field]) for field in ("step", "value", "time"))
    return Series(step, value, time)
