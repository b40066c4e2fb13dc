"""What is kept of a recording."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from jupyter_crispdm.streams.recording.layout import parts
from jupyter_crispdm.streams.recording.recorder import Recorder
from jupyter_crispdm.streams.recording.retention import keep
from tests.unit.streams.batches import batch

NOW = 1_000_000.0


@pytest.fixture
def directory(tmp_path: Path) -> Iterator[Path]:
    """Four files, written 30, 20, 10 and 0 seconds ago, and a segment."""
    recorder = Recorder(tmp_path)
    for _ in range(4):
        recorder.append(batch(1, 5).columns)
        recorder.seal()
    for number, part in enumerate(recorder.settle()):
        os.utime(part.path, (NOW, NOW - 30 + 10 * number))
    recorder.append(batch(1, 5).columns)
    yield tmp_path
    recorder.close()


def firsts(directory: Path) -> list[int]:
    return [part.first for part in parts(directory)]


def size(directory: Path) -> int:
    return sum(path.stat().st_size for path in directory.rglob("*") if path.is_file())


def test_all_is_kept_unless_somebody_says_otherwise(directory: Path) -> None:
    assert keep(directory, NOW + 1e9) == (size(directory), 0)
    assert firsts(directory) == [1, 6, 11, 16]


@pytest.mark.proves("recording.kept")
@pytest.mark.parametrize(("seconds", "left"), [(31, [1, 6, 11, 16]), (25, [6, 11, 16]), (5, [16]), (0, [16])])
def test_files_go_when_they_are_old(directory: Path, seconds: float, left: list[int]) -> None:
    kept = keep(directory, NOW, seconds=seconds)
    assert firsts(directory) == left
    assert kept == (size(directory), 4 - len(left))


@pytest.mark.proves("recording.kept")
def test_the_oldest_go_when_there_is_too_much(directory: Path) -> None:
    whole = size(directory)
    assert keep(directory, NOW, most_bytes=whole).removed == 0
    assert keep(directory, NOW, most_bytes=whole - 1).removed == 1
    assert firsts(directory) == [6, 11, 16]


def test_the_newest_stays_so_that_numbers_never_begin_anew(directory: Path) -> None:
    assert keep(directory, NOW + 1e9, seconds=1, most_bytes=0).removed == 3
    for segment in (directory / "wal").iterdir():
        segment.unlink()
    recorder = Recorder(directory)
    assert recorder.seq == 20
    recorder.close()


def test_files_of_others_are_not_touched(directory: Path) -> None:
    (directory / "old.parquet").write_bytes(b"mine")
    keep(directory, NOW + 1e9, seconds=1)
    assert (directory / "old.parquet").exists()
