"""Writing a recording: every batch into the log at once, and from time to time the log into parquet.

A new segment is begun before the old one is turned into parquet, and that one goes when its parquet file is there for
good. So at any moment each sample is in the one or in the other, and whoever begins anew finishes what was half made.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from pathlib import Path

from jupyter_crispdm.base.files.atomic import storage_errors

from ..batch import Batch, Column
from .layout import Part, Segment, parts, remove_half_made, segment_path, segments, wal_folder
from .parquet import NotOurs, batches_of, footer_of, write_part
from .wal import Wal

_log = logging.getLogger(__name__)


class Recorder:
    """The one writer of a stream's directory. Made, it goes on with the number after the last that is there.

    `append` and `seal` belong to one thread, `settle` may be called by another. What the disk does not take raises
    OSError or StorageFull, changes nothing, and can be tried again.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._settling = threading.Lock()
        with storage_errors(directory):
            wal_folder(directory).mkdir(mode=0o700, parents=True, exist_ok=True)
        remove_half_made(directory)
        ends = {segment: _last_of(segment) for segment in segments(directory)}
        settled = _last_settled(directory)
        self.seq = max([settled, *ends.values()])
        current = _to_go_on_with(ends, settled, self.seq)
        self._sealed = [segment for segment, last in ends.items() if last and segment != current]
        _remove_empty([segment for segment, last in ends.items() if not last and segment != current])
        self._wal = Wal(segment_path(directory, current.first if current else self.seq + 1))

    @property
    def open_bytes(self) -> int:
        """How large the segment is that is being written."""
        return self._wal.size

    def append(self, columns: Mapping[str, Column]) -> Batch:
        """Number samples and write them: they are recorded when this returns."""
        batch = Batch(self.seq + 1, columns)
        self._wal.append(batch)
        self.seq = batch.last
        return batch

    def sync(self) -> None:
        """Have all samples outlive a power cut."""
        self._wal.sync()

    def seal(self) -> None:
        """Begin a new segment; what was written before waits to be settled. Nothing happens to an empty one."""
        if not self._wal.size:
            return
        old, new = self._wal, Segment(self.seq + 1, segment_path(self.directory, self.seq + 1))
        with storage_errors(old.path):
            try:
                self._wal = Wal(new.path)
            except OSError:
                _remove_empty([new])
                raise
        old.close()
        self._sealed.append(Segment(int(old.path.stem), old.path))

    def settle(self) -> list[Part]:
        """Turn the segments that are done into parquet, oldest first; the files that came of it."""
        made = []
        with self._settling:
            while self._sealed:
                segment = self._sealed[0]
                if not _is_settled(segment) and (part := write_part(self.directory, segment.path)):
                    made.append(part)
                segment.path.unlink(missing_ok=True)
                self._sealed.remove(segment)
        return made

    def close(self) -> None:
        """Let go of the log; all that was appended is there for who begins anew."""
        self._wal.close()


def _to_go_on_with(ends: Mapping[Segment, int], settled: int, seq: int) -> Segment | None:
    """The segment that was being written: the one just begun, or else the one with the newest sample.

    One that is in parquet already was done.
    """
    for segment in reversed(list(ends)):
        if (segment.first == seq + 1 and not ends[segment]) or (ends[segment] == seq > settled):
            return segment
    return None


def _last_of(segment: Segment) -> int:
    """The number of the last sample of a segment; 0 where it holds none or cannot be read."""
    last = 0
    try:
        for batch in batches_of(segment.path):
            last = batch.last
    except OSError as error:
        _log.warning("The log's segment '%s' is left alone: %s", segment.path.name, error)
    return last


def _last_settled(directory: Path) -> int:
    """The number of the last sample in parquet; what only bears such a name does not count."""
    return next((part.last for part in reversed(parts(directory)) if _is_whole(part)), 0)


def _is_settled(segment: Segment) -> bool:
    """Whether all of a segment is in parquet: who wrote that ended before the segment could be removed."""
    last = _last_of(segment)
    around = (part for part in parts(segment.path.parents[1]) if part.first <= segment.first and last <= part.last)
    return any(_is_whole(part) for part in around)


def _is_whole(part: Part) -> bool:
    try:
        footer_of(part)
    except (OSError, NotOurs) as error:
        _log.warning("The parquet file '%s' is left alone: it %s", part.path.name, error)
        return False
    return True


def _remove_empty(found: list[Segment]) -> None:
    """Remove segments in which nothing is; what holds foreign bytes is somebody's and stays."""
    for segment in found:
        try:
            if segment.path.lstat().st_size == 0:
                segment.path.unlink()
        except FileNotFoundError:
            continue
        except OSError as error:
            _log.warning("The log's segment '%s' is left alone: %s", segment.path.name, error)
