"""Curves drawn with braille: eight dots a letter, in colours."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from .points import Point

_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
_EMPTY = 0x2800


class Line(NamedTuple):
    """One curve: its points and its colour, as rich names them."""

    points: Sequence[Point]
    style: str


class Cell(NamedTuple):
    """One letter of a plot, and the colour it has."""

    letter: str
    style: str


class Plot(NamedTuple):
    """Rows of letters from top to bottom, and the values and steps at the edges."""

    rows: list[list[Cell]]
    low: float
    high: float
    first: int
    last: int


def plot(lines: Sequence[Line], width: int, height: int) -> Plot | None:
    """Curves over their steps, in so many letters; None without a finite value. What comes later is drawn over."""
    values = [point.value for line in lines for point in line.points if math.isfinite(point.value)]
    steps = [point.step for line in lines for point in line.points]
    if not values or width < 1 or height < 1:
        return None
    low, high, first, last = min(values), max(values), min(steps), max(steps)
    dots = _Dots(width, height, (first, last), (low, high))
    for line in lines:
        dots.draw(line)
    return Plot(dots.rows(), low, high, first, last)


class _Dots:
    def __init__(self, width: int, height: int, steps: tuple[int, int], values: tuple[float, float]) -> None:
        self._width, self._height = width, height
        self._steps, self._values = steps, values
        self._bits = [[0] * width for _ in range(height)]
        self._styles = [[""] * width for _ in range(height)]

    def draw(self, line: Line) -> None:
        """Each column of dots from the lowest to the highest value in it, joined to the one before."""
        before: tuple[int, int] | None = None
        for column, (low, high, first, last) in sorted(self._columns(line.points).items()):
            if before is not None:
                self._join(before, (column, self._row(first)), line.style)
            self._fill(column, self._row(high), self._row(low), line.style)
            before = column, self._row(last)

    def rows(self) -> list[list[Cell]]:
        """The letters."""
        return [
            [Cell(chr(_EMPTY + bits), style) for bits, style in zip(line, styles, strict=True)]
            for line, styles in zip(self._bits, self._styles, strict=True)
        ]

    def _join(self, begin: tuple[int, int], end: tuple[int, int], style: str) -> None:
        """A straight line from one dot to a later one."""
        (left, top), (right, bottom) = begin, end
        before = top
        for column in range(left + 1, right + 1):
            row = top + round((bottom - top) * (column - left) / (right - left))
            self._fill(column, min(before + 1, row), max(before - 1, row), style)
            before = row

    def _fill(self, column: int, begin: int, end: int, style: str) -> None:
        for row in range(begin, end + 1):
            self._set(column, row, style)

    def _columns(self, points: Sequence[Point]) -> dict[int, tuple[float, float, float, float]]:
        """For each column of dots the lowest, the highest, the first and the last value."""
        first, last = self._steps
        found: dict[int, tuple[float, float, float, float]] = {}
        most = 2 * self._width - 1
        for point in points:
            if not math.isfinite(point.value):
                continue
            column = most if last == first else (point.step - first) * most // (last - first)
            low, high, begin, _ = found.get(column, (point.value, point.value, point.value, 0.0))
            found[column] = (min(low, point.value), max(high, point.value), begin, point.value)
        return found

    def _row(self, value: float) -> int:
        """The row of dots of a value, from the top."""
        low, high = self._values
        most = 4 * self._height - 1
        share = 0.5 if high == low else (value / 2 - low / 2) / (high / 2 - low / 2)  # their distance may be infinite
        return most - min(most, max(0, round(share * most)))

    def _set(self, column: int, row: int, style: str) -> None:
        x, y = column // 2, row // 4
        self._bits[y][x] |= _DOTS[row % 4][column % 2]
        self._styles[y][x] = style
