"""Reading a recording while it goes on: the newest samples, any past hour, or all of it.

What cannot be read is left out and told of; nothing that lies in the directory makes reading fail.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

from ..batch import Samples, gather
from .indexing import SegmentIndex
from .layout import Part, Segment, parts, segments, strangers
from .parquet import Footer, NotOurs, footer_of, samples_of
from .thinning import thin_all

_MOST_TOLD = 3
_MOST_TRIES = 3


class Recording:
    """The samples of a stream's directory. Keep it: it remembers where in each file what is.

    Not to be used by two threads at once.

    Examples
    --------
    >>> recording = Recording(directory)
    >>> recording.window(1000).columns["value"]
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._segments: dict[Path, SegmentIndex] = {}
        self._footers: dict[Part, Footer] = {}
        self._unreadable: dict[str, str] = {}

    @property
    def trouble(self) -> str:
        """What could not be read last time, as a sentence; empty when all could."""
        told = dict.fromkeys(strangers(self._directory), "is none of the stream's") | self._unreadable
        if not told:
            return ""
        some = "; ".join(f"'{name}' {reason}" for name, reason in list(told.items())[:_MOST_TOLD])
        more = f"; {len(told) - _MOST_TOLD:,} more" if len(told) > _MOST_TOLD else ""
        return f"Some files of the recording are left out: {some}{more}."

    @property
    def last(self) -> int:
        """The number of the newest sample; 0 before the first."""
        found = self._look()
        return max((piece.last for piece in found), default=0)

    def window(self, rows: int, since: int | None = None) -> Samples:
        """The newest samples, at most so many; only those after `since`, where it is given."""
        start = max(self.last - rows, since or 0)
        return gather(list(self._after(start)))

    def between(self, start: float | None, end: float | None, points: int | None = None) -> Samples:
        """The samples of a span of time, both ends included; thinned to about `points` that keep each extreme."""
        found = self.iterate(start, end)
        return gather(list(found)) if points is None else thin_all(found, points)

    def iterate(self, start: float | None = None, end: float | None = None) -> Iterator[Samples]:
        """The samples of a span of time piece by piece, each once, in the order of their numbers."""
        low, high = -math.inf if start is None else start, math.inf if end is None else end
        everything = start is None and end is None
        for samples in self._after(0, low, high):
            some = samples if everything else samples.where((samples.time >= low) & (samples.time <= high))
            if len(some):
                yield some

    def _after(self, seq: int, low: float = -math.inf, high: float = math.inf) -> Iterator[Samples]:
        """All samples with a higher number, and maybe some of those outside the span of time."""
        for _ in range(_MOST_TRIES):
            moved = False
            for piece in self._look():
                if piece.last <= seq or not self._may_hold(piece, low, high):
                    continue
                try:
                    for samples in self._read(piece, seq, low, high):
                        seq = int(samples.seq[-1])
                        yield samples
                except FileNotFoundError:  # by now it is in parquet, or no longer kept
                    moved = True
                    break
            if not moved:
                return

    def _look(self) -> list[Part]:
        """All there is by now, oldest first. The log is looked at first: what leaves it is in parquet by then."""
        found = [Part(segment.first, self._index(segment), segment.path) for segment in segments(self._directory)]
        settled = parts(self._directory)
        self._forget({one.path for one in found}, set(settled))
        return sorted([*settled, *(one for one in found if one.last)], key=lambda piece: (piece.first, -piece.last))

    def _index(self, segment: Segment) -> int:
        index = self._segments.setdefault(segment.path, SegmentIndex(segment))
        try:
            last = index.refresh()
        except FileNotFoundError:
            return 0
        except OSError as error:
            self._note(segment.path, f"cannot be read: {getattr(error, 'reason', error.strerror)}")
            return 0
        if index.skipped:
            self._note(segment.path, f"holds {index.skipped:,} foreign bytes")
        return last

    def _read(self, piece: Part, seq: int, low: float, high: float) -> Iterator[Samples]:
        index = self._segments.get(piece.path)
        try:
            yield from samples_of(piece, seq) if index is None else index.read(seq, low, high)
        except NotOurs as error:
            self._note(piece.path, str(error))
        except FileNotFoundError:
            raise
        except OSError as error:
            self._note(piece.path, f"cannot be read: {getattr(error, 'reason', error.strerror)}")

    def _may_hold(self, piece: Part, low: float, high: float) -> bool:
        """Whether a file may have samples of this time; looked up only where that is asked for."""
        if piece.path in self._segments or (low == -math.inf and high == math.inf):
            return True
        try:
            footer = self._footers.get(piece) or self._footers.setdefault(piece, footer_of(piece))
        except (OSError, NotOurs):
            return True  # reading it tells why
        return not (footer.latest < low or footer.earliest > high)

    def _note(self, path: Path, reason: str) -> None:
        self._unreadable[path.name] = reason

    def _forget(self, segment_paths: set[Path], settled: set[Part]) -> None:
        """What is no longer there takes no memory and is no trouble."""
        names = {path.name for path in segment_paths} | {part.path.name for part in settled}
        self._segments = {path: index for path, index in self._segments.items() if path in segment_paths}
        self._footers = {part: footer for part, footer in self._footers.items() if part in settled}
        self._unreadable = {name: reason for name, reason in self._unreadable.items() if name in names}
