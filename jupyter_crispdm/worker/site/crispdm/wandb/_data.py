"""What is logged beside numbers."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any


class Image:
    """A picture: an array, a tensor, Pillow's, a figure, or the path of a file."""

    def __init__(self, data_or_path: Any, mode: str | None = None, caption: str | None = None, *_: Any, **__: Any):
        self.value = data_or_path
        self.caption = caption or ""


class Histogram:
    """Values, or as `np_histogram` the counts and edges that `numpy.histogram` answers."""

    def __init__(self, sequence: Any = None, np_histogram: Any = None, num_bins: int = 64):
        self.value = tuple(np_histogram) if np_histogram is not None else sequence
        self.bins = min(int(num_bins), 512)


class Html:
    """A page, kept as a text: nothing that a training wrote runs in a browser."""

    def __init__(self, data: Any, *_: Any, **__: Any):
        self.value = data.read() if hasattr(data, "read") else str(data)


class Table:
    """Rows with named columns; a data frame brings both."""

    def __init__(
        self, columns: Sequence[Any] | None = None, data: Any = None, rows: Any = None, dataframe: Any = None, **_: Any
    ):
        if dataframe is None and hasattr(data, "columns"):
            dataframe = data
        if dataframe is not None:
            columns, data = list(dataframe.columns), dataframe.values.tolist()
        self.columns = list(columns) if columns is not None else []
        self.data: list[list[Any]] = [list(row) for row in (data if data is not None else rows or ())]

    def add_data(self, *row: Any) -> None:
        """Add a row."""
        self.data.append(list(row))

    def add_column(self, name: Any, data: Sequence[Any], *_: Any) -> None:
        """Add a column to as many rows as it has."""
        self.columns.append(name)
        for number, value in enumerate(data):
            if number == len(self.data):
                self.data.append([None] * (len(self.columns) - 1))
            self.data[number].append(value)


class Artifact:
    """A named set of files and folders."""

    def __init__(self, name: str, type: str = "", *_: Any, **__: Any):
        self.name = name
        self.type = type
        self.paths: list[tuple[str, str]] = []

    def add_file(self, local_path: Any, name: str | None = None, *_: Any, **__: Any) -> None:
        """Add a file."""
        path = os.fspath(local_path)
        self.paths.append((path, name or os.path.basename(path)))

    def add_dir(self, local_path: Any, name: str | None = None, *_: Any, **__: Any) -> None:
        """Add a folder."""
        self.add_file(os.path.normpath(os.fspath(local_path)), name)
