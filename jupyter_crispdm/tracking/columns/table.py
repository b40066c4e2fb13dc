"""What a file of columns holds and where: the table beside it, read with suspicion and replaced as a whole.

A *stream* is what grows: the points of one series, or the entries of one level above them. It lies in chunks of the
data file, each four times as large as the one before, so that a short series takes little room and a long one few
chunks. Numbers are those of the names of the source file.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .pyramid import ENTRY_BYTES, LEVELS

MAGIC = b"crispdm-columns1"
_HEADER = np.dtype(
    [("magic", "S16"), ("generation", "<u8"), ("rows", "<u8"), ("first", "V28"), ("last", "V28"), ("end", "<u8"),
     ("series", "<u4"), ("streams", "<u4"), ("chunks", "<u4")]
)  # fmt: skip
_SERIES = np.dtype([("number", "<u4"), ("sorted", "<u4"), ("step", "<i8"), ("time", "<f8")])
_STREAM = np.dtype([("number", "<u4"), ("level", "<u2"), ("chunks", "<u2"), ("count", "<u8")])
_CHUNK = np.dtype([("offset", "<u8"), ("capacity", "<u8")])
_FIRST_CAPACITY, _GROWTH, _MOST_CAPACITY = 64, 4, 1 << 20
_COLUMN_BYTES = 8
_POINT_BYTES = 3 * _COLUMN_BYTES
_STEP_SORTED, _TIME_SORTED = 1, 2
_LARGEST = 1 << 48
#: A table of 2,000 series is about 1 MB.
MOST_BYTES = 16 << 20


@dataclass
class Traits:
    """What is known of a series: whether its steps and times never go back, and the last of them."""

    step_sorted: bool = True
    time_sorted: bool = True
    step: int = -(1 << 63)
    time: float = -np.inf

    def is_sorted(self, axis: str) -> bool:
        """Whether the places of a range on this axis can be found by bisection."""
        return self.step_sorted if axis == "step" else self.time_sorted


@dataclass
class Stream:
    """How much there is of a stream, and where: (offset, capacity) of its chunks."""

    count: int = 0
    chunks: list[tuple[int, int]] = field(default_factory=list)

    @property
    def room(self) -> int:
        """How much the chunks take."""
        return sum(capacity for _, capacity in self.chunks)

    def spans(self, start: int, stop: int) -> list[tuple[int, int, int, int]]:
        """Where items lie: (offset and capacity of a chunk, first item within it, how many)."""
        found, begin = [], 0
        for offset, capacity in self.chunks:
            low, high = max(start, begin), min(stop, begin + capacity)
            if low < high:
                found.append((offset, capacity, low - begin, high - low))
            begin += capacity
            if begin >= stop:
                break
        return found


class Damaged(ValueError):
    """A table that says what cannot be."""


class Table:
    """All streams of a source file: its first `rows` rows, of which `first` and `last` are kept to know it again."""

    def __init__(self, generation: int) -> None:
        self.generation = generation
        self.rows = 0
        self.first = self.last = b""
        self.end = 0
        self.series: dict[int, Traits] = {}
        self.streams: dict[tuple[int, int], Stream] = {}

    def stream(self, number: int, level: int) -> Stream:
        """A stream, empty where there is none."""
        return self.streams.get((number, level)) or Stream()

    def grow(self, number: int, level: int, count: int) -> Stream:
        """The stream with room for so many more items."""
        stream = self.streams.setdefault((number, level), Stream())
        room = stream.room
        while room < stream.count + count:
            last = stream.chunks[-1][1] if stream.chunks else _FIRST_CAPACITY // _GROWTH
            capacity = min(last * _GROWTH, _MOST_CAPACITY)
            stream.chunks.append((self.end, capacity))
            self.end += capacity * (ENTRY_BYTES if level else _POINT_BYTES)
            room += capacity
        return stream

    def encode(self) -> bytes:
        """The table as bytes, with their checksum."""
        head = np.zeros(1, _HEADER)
        chunks = [chunk for stream in self.streams.values() for chunk in stream.chunks]
        head[0] = (
            MAGIC, self.generation, self.rows, self.first, self.last, self.end, len(self.series), len(self.streams),
            len(chunks),
        )  # fmt: skip
        series = [
            (number, _STEP_SORTED * one.step_sorted | _TIME_SORTED * one.time_sorted, one.step, one.time)
            for number, one in self.series.items()
        ]
        streams = [
            (number, level, len(one.chunks), one.count) for (number, level), one in self.streams.items()
        ]
        parts = [head, np.array(series, _SERIES), np.array(streams, _STREAM), np.array(chunks, _CHUNK)]
        data = b"".join(part.tobytes() for part in parts)
        return data + zlib.crc32(data).to_bytes(4, "little")


def decode(data: bytes) -> Table:
    """A table out of bytes. Raises Damaged for what is none."""
    if len(data) < _HEADER.itemsize + 4 or zlib.crc32(data[:-4]) != int.from_bytes(data[-4:], "little"):
        raise Damaged("not whole")
    head = np.frombuffer(data, _HEADER, 1)[0]
    if head["magic"] != MAGIC:
        raise Damaged("another kind of file")
    table = Table(int(head["generation"]))
    table.rows, table.end = int(head["rows"]), int(head["end"])
    table.first, table.last = bytes(head["first"]), bytes(head["last"])
    at = _HEADER.itemsize
    parts: list[NDArray[Any]] = []
    for kind, count in ((_SERIES, head["series"]), (_STREAM, head["streams"]), (_CHUNK, head["chunks"])):
        if at + int(count) * kind.itemsize > len(data) - 4:
            raise Damaged("too short")
        parts.append(np.frombuffer(data, kind, int(count), at))
        at += int(count) * kind.itemsize
    _fill(table, *parts)
    return table


def _fill(table: Table, series: NDArray[Any], streams: NDArray[Any], chunks: NDArray[Any]) -> None:
    for number, ordered, step, time in series.tolist():
        table.series[number] = Traits(bool(ordered & _STEP_SORTED), bool(ordered & _TIME_SORTED), step, time)
    places = iter(chunks.tolist())
    for number, level, several, count in streams.tolist():
        stream = Stream(count, [chunk for _, chunk in zip(range(several), places, strict=False)])
        size = ENTRY_BYTES if level else _POINT_BYTES
        in_file = all(offset + capacity * size <= min(table.end, _LARGEST) for offset, capacity in stream.chunks)
        if level >= LEVELS or number not in table.series or count > stream.room or not in_file:
            raise Damaged("places that cannot be")
        table.streams[number, level] = stream
