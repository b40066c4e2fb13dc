"""What the lines of a file mean: JSON, or the rows of a table."""

from __future__ import annotations

import csv

from .follower import Payload

_SEPARATORS = ",;\t|"
_MOST_CELLS = 1000


class JsonLines:
    """Each line is a message as it stands."""

    def begin(self, first: bytes) -> bool:
        """There is no heading."""
        return False

    def message(self, line: bytes) -> Payload | None:
        """The line."""
        return line.strip() or None


class CsvLines:
    """Each line is a row, the first the names of the columns unless it holds numbers alone."""

    def __init__(self) -> None:
        self._names: list[str] = []
        self._separator = ","

    def begin(self, first: bytes) -> bool:
        """Hear the heading."""
        text = first.decode("utf-8-sig", "replace").strip("\r")
        self._separator = max(_SEPARATORS, key=text.count)
        cells = self._cells(text)
        heading = not all(isinstance(_cell(cell), float) for cell in cells)
        self._names = [cell.strip() or f"column{place + 1}" for place, cell in enumerate(cells)]
        if not heading:
            self._names = [f"column{place + 1}" for place in range(len(cells))]
        return heading

    def message(self, line: bytes) -> Payload | None:
        """The cells of a row by the names of their columns."""
        text = line.decode("utf-8", "replace").strip("\r")
        if not text.strip():
            return None
        return {name: _cell(cell) for name, cell in zip(self._names, self._cells(text), strict=False)}

    def _cells(self, text: str) -> list[str]:
        try:
            return next(csv.reader([text], delimiter=self._separator), [])[:_MOST_CELLS]
        except csv.Error:  # a field over the bound of the module
            return []


def _cell(text: str) -> float | str | None:
    stripped = text.strip()
    if not stripped:
        return None
    try:
        return float(stripped)
    except ValueError:
        return stripped
