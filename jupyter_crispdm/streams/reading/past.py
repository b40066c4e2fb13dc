"""The window and any past hour of a stream, from its parquet files and its log."""

from __future__ import annotations

import threading
from pathlib import Path

from ..recording.reading import Recording
from ..types import Window
from .columns import window_of


class Past:
    """Reads one stream's directory for whoever asks. Its calls block, and may come from several threads."""

    def __init__(self, directory: Path) -> None:
        self._recording = Recording(directory)
        self._turn = threading.Lock()

    def window(self, rows: int, since: int | None) -> Window:
        """The newest samples, at most so many; only those after `since`, where it is given."""
        with self._turn:
            samples = self._recording.window(rows, since)
            return window_of(samples, since or 0, self._recording.trouble)

    def between(self, start: float | None, end: float | None, points: int) -> Window:
        """The samples of a span of time, thinned to about `points` that keep each extreme."""
        with self._turn:
            samples = self._recording.between(start, end, points)
            return window_of(samples, 0, self._recording.trouble)
