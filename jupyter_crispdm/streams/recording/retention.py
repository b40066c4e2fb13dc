"""How long a recording is kept, and how large it may be."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from .layout import Part, parts, segments


class Kept(NamedTuple):
    """What is left of a recording, in bytes, and how many files went."""

    bytes: int
    removed: int


def keep(directory: Path, now: float, *, seconds: float | None = None, most_bytes: int | None = None) -> Kept:
    """Remove parquet files that were written longer ago, and the oldest while there are too many bytes.

    The newest file stays: it says how far the samples are numbered. None keeps all.
    """
    sizes, ages = _measured(parts(directory), now)
    total = sum(sizes.values()) + _log_bytes(directory)
    removed = 0
    for part in list(sizes)[:-1]:
        too_old = seconds is not None and ages[part] > seconds
        too_many = most_bytes is not None and total > most_bytes
        if too_old or too_many:
            part.path.unlink(missing_ok=True)
            total, removed = total - sizes[part], removed + 1
    return Kept(total, removed)


def _measured(found: list[Part], now: float) -> tuple[dict[Part, int], dict[Part, float]]:
    sizes, ages = {}, {}
    for part in found:
        try:
            state = part.path.lstat()
        except OSError:
            continue
        sizes[part], ages[part] = state.st_size, now - state.st_mtime
    return sizes, ages


def _log_bytes(directory: Path) -> int:
    total = 0
    for segment in segments(directory):
        try:
            total += segment.path.lstat().st_size
        except OSError:
            continue
    return total
