"""The curves of a run from its files, by the standard library alone, so that the first frame comes at once.

Of a long file only pieces are read, evenly spread, and its end: so it costs the same however long it is.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

from jupyter_crispdm.base.files.regular import open_folder, read_regular, regular_file

_ROW = struct.Struct("<Iqdd")
_FOLDERS = ("metrics", "gathered", "system/metrics")
"""What the program logs itself comes before what was found of it elsewhere."""
_MOST_FILES = 200
_MOST_NAMES = 2000
_NAMES_BYTES = 1 << 20
_WHOLE_ROWS = 16_384
_PIECES, _PIECE_ROWS = 256, 64


class Point(NamedTuple):
    """One point; time in seconds since the epoch."""

    time: float
    step: int
    value: float


Curves = dict[str, list[Point]]


def read_curves(run: Path) -> Curves:
    """The curves of a run, by name, in the order of time; long ones in part."""
    curves: Curves = {}
    for folder in _FOLDERS:
        found: Curves = {}
        for path in _files(run, run / folder):
            names = _names(path.with_suffix(".names"))
            for number, step, value, time in _rows(path):
                if number < len(names):
                    found.setdefault(names[number], []).append(Point(time, step, value))
        for name, points in found.items():
            curves.setdefault(name, sorted(points))
    return curves


def _files(run: Path, folder: Path) -> list[Path]:
    try:
        with open_folder(folder, below=run.parent) as descriptor:
            names = sorted(name for name in os.listdir(descriptor) if name.endswith(".bin"))
    except OSError:
        return []
    return [folder / name for name in names[:_MOST_FILES]]


def _names(path: Path) -> list[str]:
    try:
        lines = read_regular(path, _NAMES_BYTES, below=path.parents[2]).split(b"\n")[:-1]
    except OSError:
        return []
    return [_name(line, number) for number, line in enumerate(lines[:_MOST_NAMES])]


def _name(line: bytes, number: int) -> str:
    try:
        return msgspec.json.decode(line, type=str)
    except msgspec.DecodeError:
        return f"#{number}"


def _rows(path: Path) -> Iterator[tuple[int, int, float, float]]:
    size = _ROW.size
    try:
        with regular_file(path, below=path.parents[2]) as file:
            rows = os.fstat(file.fileno()).st_size // size
            for first, count in _pieces(rows):
                data = os.pread(file.fileno(), count * size, first * size)
                yield from _ROW.iter_unpack(data[: len(data) // size * size])
    except OSError:
        return


def _pieces(rows: int) -> Iterator[tuple[int, int]]:
    """Which rows are read: all, or the first of each of many stretches and the last of all."""
    if rows <= _WHOLE_ROWS:
        yield 0, rows
        return
    for piece in range(_PIECES):
        yield piece * (rows - _PIECE_ROWS) // (_PIECES - 1), _PIECE_ROWS
