"""A stream's samples as a live log: its collector's write-ahead log, read on as it grows.

A number is the place in it. Newcomers get the window; who was away gets what they missed, unless that is very much:
then they get the window with "gap". What all need is kept: the newest samples, as many as the window is long.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from jupyter_crispdm.base.files.regular import Unreadable
from jupyter_crispdm.base.live.core.log import State

from ..batch import NOTHING, Samples, gather
from ..recording.layout import Segment, segments, wal_folder
from ..recording.reading import Recording
from ..recording.wal import read_wal
from ..types import StreamFact
from .columns import brief_columns_of

MOST_AT_ONCE = 5000
"""Samples in one message."""
MOST_MISSED = 50_000
"""Samples that a reader is brought, who was away; beyond it they begin anew."""
_MOST_PARTS = 256


class Tail:
    """Reads on in one stream's log. `window` says how many samples newcomers get; `epoch` names the stream."""

    def __init__(self, directory: Path, epoch: str, window: Callable[[], int]) -> None:
        self._directory, self._epoch, self._window = directory, epoch, window
        self._recording = Recording(directory)
        self._newest: list[Samples] = []
        self._end = 0
        self._segment: Segment | None = None
        self._offset = 0
        self._begun = False
        self._earlier = NOTHING

    def look(self, over: bool) -> State:
        """How far the stream is by now."""
        trouble = ""
        try:
            self._read_on()
        except Unreadable as error:
            trouble = f"The stream's log cannot be read: {error.reason}."
        except OSError as error:
            trouble = f"The stream's log cannot be read: {error.strerror}."
        return State(self._epoch, self._end, wal_folder(self._directory), is_over=over, trouble=trouble)

    def read(self, start: int | None, state: State) -> tuple[StreamFact, int] | None:
        """The window, or what came after sample `start`."""
        if start is None:
            return self._fact(self._kept(self._end - self._window()))
        if start < self._end - max(MOST_MISSED, self._window()):
            fact, end = self._fact(self._kept(self._end - self._window()))
            return StreamFact(columns=fact.columns, seq=end, gap=True), end
        samples = self._kept(start) if self._holds(start) else self._missed(start)
        return self._fact(_first(samples, MOST_AT_ONCE), start)

    def nothing(self, at: int) -> StreamFact:
        """No samples."""
        return StreamFact(columns={}, seq=at)

    def close(self) -> None:
        """Nothing is held open."""

    def _fact(self, samples: Samples, at: int = 0) -> tuple[StreamFact, int]:
        end = int(samples.seq[-1]) if len(samples) else max(at, self._end)
        return StreamFact(columns=brief_columns_of(samples), seq=end), end

    def _holds(self, start: int) -> bool:
        """Whether what came after a sample is among the newest that are kept."""
        return bool(self._newest) and int(self._newest[0].seq[0]) <= start + 1

    def _kept(self, start: int) -> Samples:
        return gather([some for part in self._newest if len(some := part.where(part.seq > start))])

    def _missed(self, start: int) -> Samples:
        """What came after a sample long ago; read once for all who missed as much."""
        if not len(self._earlier) or not int(self._earlier.seq[0]) <= start + 1 <= int(self._earlier.seq[-1]):
            self._earlier = self._recording.window(max(MOST_MISSED, self._window()), start)
        wanted = (self._earlier.seq > start) & (self._earlier.seq <= self._end)  # it may have looked later than we
        return self._earlier.where(wanted)

    def _read_on(self) -> None:
        if not self._begun:
            self._take(self._recording.window(self._window()))
            self._begun = True
        found = segments(self._directory)
        if self._segment is None:
            self._enter(found[-1:])
        while self._segment is not None:
            try:
                self._read_segment(self._segment)
            except FileNotFoundError:  # it is in parquet by now
                self._take(self._recording.window(MOST_MISSED, self._end))
                self._enter(segments(self._directory)[-1:])
                continue
            later = [segment for segment in found if segment.first > self._segment.first]
            if not later:
                break
            self._enter(later[:1])

    def _enter(self, found: list[Segment]) -> None:
        self._segment, self._offset = found[0] if found else None, 0

    def _read_segment(self, segment: Segment) -> None:
        while True:
            batches, end = read_wal(segment.path, self._offset)
            for batch in batches:
                self._take(batch.after(self._end).samples())
            if end == self._offset:
                return
            self._offset = end

    def _take(self, samples: Samples) -> None:
        """Keep what is new, and let go of what is older than the window."""
        if not len(samples):
            return
        self._newest.append(samples)
        self._end = int(samples.seq[-1])
        if len(self._earlier) and int(self._earlier.seq[-1]) < self._end - MOST_AT_ONCE:
            self._earlier = NOTHING
        if len(self._newest) > _MOST_PARTS:  # now and then, not at every sample
            whole = gather(self._newest)
            self._newest = [whole.where(whole.seq > self._end - self._window())]


def _first(samples: Samples, most: int) -> Samples:
    return samples if len(samples) <= most else samples.where(samples.seq <= samples.seq[most - 1])
