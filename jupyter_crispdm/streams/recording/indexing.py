"""Where in a segment of the log which samples are, so that its end is found without reading all of it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ..batch import Batch, Samples, gather
from .layout import Segment
from .record import MOST_BYTES
from .wal import scan_wal

_AT_ONCE = 2 * MOST_BYTES


@dataclass
class _Stretch:
    """A part of a segment that is read at once: from where to where, its last sample, its span of time."""

    start: int
    end: int
    last: int = 0
    earliest: float = math.nan
    latest: float = math.nan

    def add(self, batches: list[Batch], end: int) -> None:
        """Let it go on to here."""
        self.end = end
        for batch in batches:
            self.last = max(self.last, batch.last)
            self.earliest = float(np.fmin(self.earliest, np.fmin.reduce(batch.time)))
            self.latest = float(np.fmax(self.latest, np.fmax.reduce(batch.time)))

    def may_hold(self, after: int, low: float, high: float) -> bool:
        """Whether samples with a higher number and of this time can be in it; those without a time always can."""
        return self.last > after and not (self.latest < low or self.earliest > high)


class SegmentIndex:
    """A segment, as far as it was seen. It only grows, so what was seen once stays true."""

    def __init__(self, segment: Segment) -> None:
        self.skipped = 0
        self._path = segment.path
        self._stretches: list[_Stretch] = []
        self._end = 0

    def refresh(self) -> int:
        """See what is new; the number of the last sample, 0 where there is none. Raises OSError."""
        while (scan := scan_wal(self._path, self._end, _AT_ONCE)).end > self._end:
            if not self._stretches or self._end - self._stretches[-1].start > MOST_BYTES:
                self._stretches.append(_Stretch(self._end, self._end))
            self._stretches[-1].add(scan.batches, scan.end)
            self._end = scan.end
            self.skipped += scan.skipped
        return max((stretch.last for stretch in self._stretches), default=0)

    def read(self, after: int, low: float = -math.inf, high: float = math.inf) -> Iterator[Samples]:
        """The samples with a higher number, without stretches that are of another time. Raises OSError."""
        for stretch in tuple(self._stretches):
            if stretch.may_hold(after, low, high):
                rows = gather([batch.samples() for batch in self._batches(stretch)])
                rows = rows.where(rows.seq > after)
                if len(rows):
                    after = int(rows.seq[-1])
                    yield rows

    def _batches(self, stretch: _Stretch) -> Iterator[Batch]:
        offset, last = stretch.start, 0
        while offset < stretch.end:
            scan = scan_wal(self._path, offset, _AT_ONCE)
            if scan.end == offset:  # shorter than it was
                return
            for batch in scan.batches:
                if batch.first > last:
                    last = batch.last
                    yield batch
            offset = scan.end
