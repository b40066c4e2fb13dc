"""Writing a recording, beginning anew in any state of its directory, and disks that are full."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from jupyter_crispdm.base.errors import StorageFull
from jupyter_crispdm.streams.batch import gather, numbers_of
from jupyter_crispdm.streams.recording.layout import parts, segment_path, segments
from jupyter_crispdm.streams.recording.parquet import footer_of
from jupyter_crispdm.streams.recording.reading import Recording
from jupyter_crispdm.streams.recording.recorder import Recorder
from tests.unit.streams.batches import batch


def record(recorder: Recorder, rows: int = 3) -> None:
    recorder.append(batch(recorder.seq + 1, rows).columns)


def seqs(directory: Path) -> list[int]:
    return [int(number) for number in gather(list(Recording(directory).iterate())).seq]


def test_samples_are_numbered_from_one(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "a" / "stream")
    assert recorder.seq == 0
    assert recorder.append(batch(99, 2).columns).seq.tolist() == [1, 2]
    assert recorder.append(batch(99, 2).columns).seq.tolist() == [3, 4]
    recorder.sync()
    recorder.close()
    assert seqs(tmp_path / "a" / "stream") == [1, 2, 3, 4]


def test_a_file_takes_the_place_of_a_segment(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path)
    record(recorder)
    assert recorder.open_bytes > 0
    recorder.seal()
    record(recorder)
    assert [segment.first for segment in segments(tmp_path)] == [1, 4]
    [part] = recorder.settle()
    assert (part.first, part.last) == (1, 3)
    assert [segment.first for segment in segments(tmp_path)] == [4]
    assert part.path.stat().st_mode & 0o077 == 0
    assert seqs(tmp_path) == [1, 2, 3, 4, 5, 6]
    recorder.close()


def test_nothing_is_made_of_nothing(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path)
    recorder.seal()
    assert recorder.settle() == []
    assert [segment.first for segment in segments(tmp_path)] == [1]
    recorder.close()


def test_who_begins_anew_goes_on_in_the_same_segment(tmp_path: Path) -> None:
    for _ in range(3):
        recorder = Recorder(tmp_path)
        record(recorder)
        recorder.close()
    assert recorder.seq == 9
    assert [segment.first for segment in segments(tmp_path)] == [1]


def test_who_begins_anew_settles_what_was_sealed(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path)
    record(recorder)
    recorder.seal()
    record(recorder)
    recorder.seal()
    recorder.close()
    recorder = Recorder(tmp_path)
    assert recorder.seq == 6
    assert [(part.first, part.last) for part in recorder.settle()] == [(1, 3), (4, 6)]
    assert [segment.first for segment in segments(tmp_path)] == [7]
    recorder.close()


def test_a_segment_that_was_settled_but_not_removed_is_not_settled_twice(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path)
    record(recorder)
    kept = segment_path(tmp_path, 1).read_bytes()
    recorder.seal()
    recorder.settle()
    recorder.close()
    segment_path(tmp_path, 1).write_bytes(kept)
    segment_path(tmp_path, 4).unlink()
    recorder = Recorder(tmp_path)
    record(recorder)
    assert recorder.settle() == []
    assert [segment.first for segment in segments(tmp_path)] == [4]
    assert seqs(tmp_path) == [1, 2, 3, 4, 5, 6]
    recorder.close()


def test_half_made_files_are_removed(tmp_path: Path) -> None:
    half_made = tmp_path / f".{1:020}-{3:020}.parquet.x1y2"
    half_made.write_bytes(b"PAR1")
    (tmp_path / ".mine").write_bytes(b"")
    Recorder(tmp_path).close()
    assert not half_made.exists()
    assert (tmp_path / ".mine").exists()


@pytest.mark.parametrize("content", [b"", b"PAR1", b"PAR1" + bytes(100) + b"PAR1", os.urandom(500)])
def test_a_foreign_file_with_a_name_of_ours_does_not_count(tmp_path: Path, content: bytes) -> None:
    recorder = Recorder(tmp_path)
    record(recorder)
    recorder.seal()
    recorder.settle()
    recorder.close()
    foreign = tmp_path / f"{90:020}-{99:020}.parquet"
    foreign.write_bytes(content)
    recorder = Recorder(tmp_path)
    assert recorder.seq == 3
    recorder.close()
    assert foreign.read_bytes() == content


def test_a_foreign_segment_is_left_where_it_is(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path)
    record(recorder)
    recorder.close()
    segment_path(tmp_path, 50).write_bytes(b"something else")
    segment_path(tmp_path, 60).write_bytes(b"")
    segment_path(tmp_path, 70).symlink_to(tmp_path / "elsewhere")
    segment_path(tmp_path, 80).mkdir()
    recorder = Recorder(tmp_path)
    record(recorder)
    recorder.seal()
    recorder.settle()
    recorder.close()
    assert seqs(tmp_path) == [1, 2, 3, 4, 5, 6]
    assert [segment.first for segment in segments(tmp_path)] == [7, 50, 70, 80]


@pytest.mark.proves("recording.torn")
def test_who_begins_anew_goes_on_after_the_last_whole_record(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path)
    record(recorder)
    record(recorder)
    recorder.close()
    os.truncate(segment_path(tmp_path, 1), recorder.open_bytes - 1)
    recorder = Recorder(tmp_path)
    assert recorder.seq == 3
    record(recorder)
    recorder.close()
    assert seqs(tmp_path) == [1, 2, 3, 4, 5, 6]


def test_columns_of_a_file_are_those_of_all_its_batches(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path)
    for more in ({}, {"x": [1.0]}, {"x": ["red"]}, {"y": [2.0]}):
        recorder.append(batch(1, 1, **more).columns)
    recorder.seal()
    recorder.settle()
    recorder.close()
    found = gather(list(Recording(tmp_path).iterate()))
    assert found.columns["x"] == [None, "1", "red", None]
    assert np.array_equal(numbers_of(found.columns["y"]), np.array([np.nan, np.nan, np.nan, 2.0]), equal_nan=True)
    assert footer_of(parts(tmp_path)[0])[:2] == (1001.0, 1001.0)


class FullDisk:
    """A disk on which the call with this number, and all after it, find no room until there is some again."""

    def __init__(self, patch: pytest.MonkeyPatch, works_for: int) -> None:
        self.left, self.failed = works_for, False
        for name in ("open", "write", "fsync", "replace", "unlink"):
            patch.setattr(os, name, self._guarded(getattr(os, name), needs_room=name != "unlink"))

    def _guarded(self, call: Any, *, needs_room: bool) -> Any:
        def guarded(*args: Any, **named: Any) -> Any:
            self.left -= 1
            if needs_room and self.left < 0:
                self.failed = True
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return call(*args, **named)

        return guarded


@pytest.mark.proves("recording.disk-full")
@pytest.mark.parametrize("works_for", range(16))
def test_a_full_disk_leaves_old_or_new_and_recording_goes_on_afterwards(tmp_path: Path, works_for: int) -> None:
    """Whichever call finds no room: what was recorded is there, and what was refused can be recorded later."""
    recorder = Recorder(tmp_path)
    record(recorder)
    refused = 0
    with pytest.MonkeyPatch.context() as patch:
        disk = FullDisk(patch, works_for)
        for step in (record, Recorder.seal, Recorder.settle, record):
            try:
                step(recorder)
            except (OSError, StorageFull):
                refused += 1
        assert disk.failed == bool(refused)
    done = list(range(1, recorder.seq + 1))
    assert seqs(tmp_path) == done
    record(recorder)
    recorder.seal()
    recorder.settle()
    record(recorder)
    recorder.close()
    assert [name for name in os.listdir(tmp_path) if name.startswith(".")] == []
    assert seqs(tmp_path) == list(range(1, len(done) + 7))
    assert len(segments(tmp_path)) == 1


def test_a_disk_without_room_for_a_directory_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "mkdir", full)
    with pytest.raises(StorageFull):
        Recorder(tmp_path / "new")
