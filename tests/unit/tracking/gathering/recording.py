"""What the real libraries wrote, and readers driven as the gatherer drives them."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from jupyter_crispdm.tracking.gathering.formats.format import Format, Found, Piece
from jupyter_crispdm.tracking.points import Point

RECORDED = Path(__file__).parent / "recorded"


def recorded(name: str) -> bytes:
    """The bytes of a file that a library wrote."""
    return (RECORDED / name).read_bytes()


def fed(format: Format, data: bytes, pieces: int = 1 << 30, time: float = 7.0) -> list[Found]:
    """All that a file says that grows by some bytes at a time; what is not used is given again."""
    found: list[Found] = []
    position = end = 0
    while end < len(data):
        end = min(len(data), end + pieces)
        said, used = format.take(data[position:end], time)
        found += said
        position += used
    return found


def series(found: list[Found]) -> dict[str, list[tuple[int | None, float]]]:
    """The steps and values of each name."""
    whole: dict[str, list[tuple[int | None, float]]] = defaultdict(list)
    for one in found:
        if isinstance(one, Point):
            whole[one.name].append((one.step, one.value))
    return dict(whole)


def pieces(found: list[Found]) -> dict[str, Piece]:
    """The pieces, by their names."""
    return {one.name: one for one in found if isinstance(one, Piece)}
