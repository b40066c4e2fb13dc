"""Which files a stream's directory holds, by their names.

`wal/<first>.wal` are the segments of the log, `<first>-<last>.parquet` what was in those that are done, each number
with twenty digits. Names with a dot in front are on their way, or were when a collector was killed.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

_SEGMENT = re.compile(r"([0-9]{20})\.wal")
_PART = re.compile(r"([0-9]{20})-([0-9]{20})\.parquet")
_HALF_MADE = re.compile(rf"\.{_PART.pattern}\..*")
_LARGEST = 2**53
"""Beyond it a number in JSON is not itself any more: no stream gets there."""


class Segment(NamedTuple):
    """A piece of the log, and the number of its first sample."""

    first: int
    path: Path


class Part(NamedTuple):
    """A parquet file, and the numbers of its first and last sample."""

    first: int
    last: int
    path: Path


def wal_folder(directory: Path) -> Path:
    """Where the log is."""
    return directory / "wal"


def segment_path(directory: Path, first: int) -> Path:
    """The segment that begins with this sample."""
    return wal_folder(directory) / f"{first:020}.wal"


def part_path(directory: Path, first: int, last: int) -> Path:
    """The parquet file with these samples."""
    return directory / f"{first:020}-{last:020}.parquet"


def segments(directory: Path) -> list[Segment]:
    """All segments, oldest first."""
    folder = wal_folder(directory)
    found = ((_SEGMENT.fullmatch(name), name) for name in _names(folder))
    all_of_them = [Segment(int(match[1]), folder / name) for match, name in found if match]
    return sorted(segment for segment in all_of_them if 1 <= segment.first < _LARGEST)


def parts(directory: Path) -> list[Part]:
    """All parquet files that bear the name of one of ours, oldest first."""
    found = ((_PART.fullmatch(name), name) for name in _names(directory))
    all_of_them = [Part(int(match[1]), int(match[2]), directory / name) for match, name in found if match]
    return sorted(part for part in all_of_them if 1 <= part.first <= part.last < _LARGEST)


def strangers(directory: Path) -> Iterator[str]:
    """Names of what could be taken for recorded samples and bears no name of ours."""
    known = {part.path.name for part in parts(directory)} | {segment.path.name for segment in segments(directory)}
    names = [name for name in _names(directory) if name.endswith(".parquet")]
    for name in sorted([*names, *_names(wal_folder(directory))]):
        if name not in known and not _HALF_MADE.fullmatch(name):
            yield name


def remove_half_made(directory: Path) -> None:
    """Remove parquet files that a collector was writing when it ended."""
    for name in _names(directory):
        if _HALF_MADE.fullmatch(name):
            with suppress(OSError):
                (directory / name).unlink()


def _names(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []
