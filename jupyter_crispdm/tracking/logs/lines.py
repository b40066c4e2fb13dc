"""Lines of a log around a place. What is read for it does not depend on how long the log is, or a line of it."""

from __future__ import annotations

from jupyter_crispdm.worker.output.pieces import LONGEST_LINE, lines_of

from ..logfile import LogSource
from ..logtimes import LogTimes
from .types import LogLine, LogLines

MOST_BYTES = 1 << 20
_BLOCK_BYTES = 1 << 16


def lines_around(source: LogSource, size: int, times: LogTimes, at: int, before: int, after: int) -> LogLines:
    """So many lines before the one that holds byte `at`, and so many from it on; at most 1 MiB each way."""
    at = min(at, size)
    here = _line_start(source, at, LONGEST_LINE)
    start = _back(source, here, before)
    end = _forth(source, here, size, after)
    data = source.bytes_at(start, end - start)
    found = [(start + place, line.decode("utf-8", "replace")) for place, line in lines_of(data)]
    when = times.of([place for place, _ in found])
    lines = [LogLine(place, text, time) for (place, text), time in zip(found, when, strict=True)]
    return LogLines(lines, start, start + len(data), size)


def _line_start(source: LogSource, at: int, most: int) -> int:
    """Where the line begins that holds a byte; a character at most `most` bytes before, where no line does."""
    first = max(0, at - most)
    data = source.bytes_at(first, at - first)
    return first + (data.rfind(b"\n") + 1 or (_continuation(data) if first else 0))


def _back(source: LogSource, here: int, count: int) -> int:
    """Where the line begins that stands `count` before one."""
    start, least = here, max(0, here - MOST_BYTES)
    data = b""
    while count and start > least:
        first = max(least, start - _BLOCK_BYTES)
        data = source.bytes_at(first, start - first) + data
        start = first
        if data.count(b"\n") > count:
            break
    if not data:
        return here
    place = len(data) - 1  # the end of the line before
    for _ in range(count):
        place = data.rfind(b"\n", 0, max(0, place))
        if place < 0:
            return start + (_continuation(data) if start else 0)
    return start + place + 1


def _forth(source: LogSource, here: int, size: int, count: int) -> int:
    """Where the line ends that stands `count` lines on."""
    end, most = here, min(size, here + MOST_BYTES)
    while count and end < most:
        data = source.bytes_at(end, min(_BLOCK_BYTES, most - end))
        if not data:
            break
        if data.count(b"\n") >= count:
            place = -1
            for _ in range(count):
                place = data.find(b"\n", place + 1)
            return end + place + 1
        count -= data.count(b"\n")
        end += len(data)
    return end if end >= size else _line_start(source, end, LONGEST_LINE) if end > here else end


def _continuation(data: bytes) -> int:
    """How many bytes at the front belong to a character that began before them."""
    count = 0
    while count < min(3, len(data)) and data[count] & 0xC0 == 0x80:
        count += 1
    return count
