"""Reading a recording while it goes on, whatever else lies in its directory."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow
import pyarrow.parquet
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jupyter_crispdm.streams.batch import Samples, gather
from jupyter_crispdm.streams.recording import parquet, reading
from jupyter_crispdm.streams.recording.layout import parts, segment_path, segments
from jupyter_crispdm.streams.recording.reading import Recording
from jupyter_crispdm.streams.recording.recorder import Recorder
from tests.examples import examples
from tests.unit.streams.batches import batch


def filled(directory: Path, *rows: int, settled: int = 0) -> Recorder:
    """A recording with some batches, each in a segment of its own, the first ones settled."""
    recorder = Recorder(directory)
    for number, count in enumerate(rows):
        recorder.append(batch(recorder.seq + 1, count).columns)
        recorder.seal()
        if number < settled:
            recorder.settle()
    return recorder


def numbers(samples: Samples) -> list[int]:
    return [int(one) for one in samples.seq]


@pytest.fixture
def recorder(tmp_path: Path) -> Any:
    made = filled(tmp_path, 10, 10, 10, 10, settled=2)
    made.append(batch(41, 5).columns)
    yield made
    made.close()


def test_there_is_nothing_before_the_first_sample(tmp_path: Path) -> None:
    recording = Recording(tmp_path / "nowhere")
    assert (recording.last, numbers(recording.window(5)), list(recording.iterate())) == (0, [], [])
    assert len(recording.between(0, 1, 10)) == 0
    assert recording.trouble == ""


@pytest.mark.parametrize(("rows", "since", "first"), [
    (3, None, 43), (5, None, 41), (20, None, 26), (40, None, 6), (999, None, 1), (999, 44, 45), (3, 10, 43),
    (999, 15, 16), (999, 99, None), (5, 45, None),
])  # fmt: skip
def test_the_window_is_the_newest_samples(
    recorder: Recorder, tmp_path: Path, rows: int, since: int | None, first: int | None
) -> None:
    found = Recording(tmp_path).window(rows, since)
    assert numbers(found) == ([] if first is None else list(range(first, 46)))
    assert found.time.tolist() == [1000 + one for one in numbers(found)]


def test_the_window_needs_no_parquet_where_the_log_is_long_enough(
    recorder: Recorder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet, "opened", None)
    assert numbers(Recording(tmp_path).window(25)) == list(range(21, 46))


def test_what_is_recorded_later_is_seen(recorder: Recorder, tmp_path: Path) -> None:
    recording = Recording(tmp_path)
    assert recording.last == 45
    recorder.append(batch(46, 2).columns)
    assert recording.last == 47
    recorder.seal()
    recorder.settle()
    assert numbers(recording.window(4)) == [44, 45, 46, 47]
    assert recording.last == 47


@pytest.mark.proves("recording.history")
@pytest.mark.parametrize(("start", "end", "found"), [
    (1005, 1012, range(5, 13)), (None, 1003, range(1, 4)), (1044, None, range(44, 46)), (1019.5, 1032.5, range(20, 33)),
    (0, 1000, range(0)), (2000, 3000, range(0)), (None, None, range(1, 46)),
])  # fmt: skip
def test_any_past_span_is_read_back(
    recorder: Recorder, tmp_path: Path, start: float | None, end: float | None, found: range
) -> None:
    recording = Recording(tmp_path)
    assert numbers(recording.between(start, end)) == list(found)
    assert numbers(gather(list(recording.iterate(start, end)))) == list(found)


def test_files_of_another_time_are_not_read(
    recorder: Recorder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[int] = []

    def noting(part: Any, after: int) -> Any:
        read.append(part.first)
        return parquet.samples_of(part, after)

    monkeypatch.setattr(reading, "samples_of", noting)
    assert numbers(Recording(tmp_path).between(1012, 1013)) == [12, 13]
    assert read == [11]


def test_clocks_that_went_back_hide_nothing(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path)
    for time in (500.0, 400.0, np.nan, 900.0, 401.0):
        recorder.append({"time": np.array([time]), "value": np.array([time])})
        recorder.seal()
    recorder.settle()
    recorder.append({"time": np.array([400.5])})
    recorder.close()
    assert numbers(Recording(tmp_path).between(400, 401)) == [2, 5, 6]
    assert numbers(Recording(tmp_path).window(3)) == [4, 5, 6]


def test_a_span_is_thinned_and_keeps_its_extremes(tmp_path: Path) -> None:
    rows = 5000
    value, probability = np.zeros(rows), np.zeros(rows)
    value[1234], value[4321], probability[777] = 9.0, -9.0, 1.0
    recorder = Recorder(tmp_path)
    for start in range(0, rows, 500):
        part = slice(start, start + 500)
        time = np.arange(start, start + 500, dtype=np.float64)
        recorder.append({"time": time, "value": value[part], "probability": probability[part]})
        recorder.seal()
    recorder.settle()
    recorder.close()
    found = Recording(tmp_path).between(0, rows, points=100)
    assert len(found) <= 100
    assert {1, rows, 1235, 4322, 778} <= set(numbers(found))
    assert numbers(found) == sorted(numbers(found))


# -- what does not belong there


def foreign_file(path: Path) -> None:
    path.write_bytes(b"this is no parquet")


def cut_file(path: Path) -> None:
    os.truncate(path, path.stat().st_size - 10)


def empty_file(path: Path) -> None:
    path.write_bytes(b"")


def other_table(path: Path) -> None:
    pyarrow.parquet.write_table(pyarrow.table({"a": [1]}), path)


def other_kinds(path: Path) -> None:
    table = pyarrow.table({"seq": [11], "time": [1.0], "value": [[1.0]]})
    pyarrow.parquet.write_table(table, path)


def spoiled_file(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[4:200] = bytes(196)
    path.write_bytes(bytes(data))


def link(path: Path) -> None:
    path.rename(path.parent / "elsewhere")
    path.symlink_to(path.parent / "elsewhere")


def pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def directory(path: Path) -> None:
    path.unlink()
    path.mkdir()


SPOILERS = [foreign_file, cut_file, empty_file, other_table, other_kinds, spoiled_file, link, pipe, directory]


@pytest.mark.proves("recording.torn")
@pytest.mark.parametrize("spoil", SPOILERS)
def test_a_file_that_cannot_be_read_costs_its_own_samples_and_is_told_of(
    recorder: Recorder, tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    spoil(parts(tmp_path)[1].path)
    recording = Recording(tmp_path)
    rest = [*range(1, 11), *range(21, 46)]
    assert numbers(gather(list(recording.iterate()))) == rest
    assert numbers(recording.between(1001, 1045)) == rest
    assert numbers(recording.window(30)) == list(range(21, 46))
    assert "-00000000000000000020.parquet' " in recording.trouble
    assert str(tmp_path) not in recording.trouble


@pytest.mark.parametrize("spoil", [foreign_file, link, pipe, directory])
def test_a_segment_that_cannot_be_read_costs_its_own_samples_and_is_told_of(
    recorder: Recorder, tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    spoil(segment_path(tmp_path, 31))
    recording = Recording(tmp_path)
    assert numbers(recording.window(999)) == [*range(1, 31), *range(41, 46)]
    assert (spoil is foreign_file) or "31.wal' cannot be read" in recording.trouble


def test_foreign_bytes_in_the_log_are_told_of(recorder: Recorder, tmp_path: Path) -> None:
    path = segment_path(tmp_path, 31)
    path.write_bytes(b"x" * 100 + path.read_bytes())
    recording = Recording(tmp_path)
    assert numbers(recording.window(999)) == list(range(1, 46))
    assert recording.trouble == (
        "Some files of the recording are left out: '00000000000000000031.wal' holds 100 foreign bytes."
    )


def test_files_with_other_names_are_told_of_until_they_are_gone(recorder: Recorder, tmp_path: Path) -> None:
    for name in ("export.parquet", "1-2.parquet", "wal/notes", f"{1:020}-{2:020}.parquet.old"):
        (tmp_path / name).write_bytes(b"")
    recording = Recording(tmp_path)
    assert len(recording.window(999)) == 45
    assert "'export.parquet' is none of the stream's" in recording.trouble
    assert "'notes' is none" in recording.trouble
    for name in ("export.parquet", "1-2.parquet", "wal/notes"):
        (tmp_path / name).unlink()
    assert recording.trouble == ""


def test_many_strange_files_are_told_of_in_one_sentence(recorder: Recorder, tmp_path: Path) -> None:
    for number in range(50):
        (tmp_path / f"{number}.parquet").write_bytes(b"")
    assert "; 47 more." in Recording(tmp_path).trouble


def test_a_file_that_overlaps_others_doubles_nothing(recorder: Recorder, tmp_path: Path) -> None:
    part = parts(tmp_path)[0]
    (tmp_path / f"{5:020}-{10:020}.parquet").write_bytes(part.path.read_bytes())
    assert numbers(gather(list(Recording(tmp_path).iterate()))) == list(range(1, 46))


def test_a_segment_that_becomes_parquet_while_it_is_read_costs_nothing(recorder: Recorder, tmp_path: Path) -> None:
    pieces = Recording(tmp_path).iterate()
    found = [next(pieces)]
    recorder.settle()
    assert len(segments(tmp_path)) == 1
    found += pieces
    assert numbers(gather(found)) == list(range(1, 46))


def test_a_file_that_is_no_longer_kept_ends_no_reading(recorder: Recorder, tmp_path: Path) -> None:
    recording = Recording(tmp_path)
    pieces = recording.iterate()
    found = [next(pieces)]
    parts(tmp_path)[1].path.unlink()
    found += pieces
    assert numbers(gather(found)) == [*range(1, 11), *range(21, 46)]
    assert recording.trouble == ""


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=examples(30))
@given(st.lists(st.tuples(st.integers(1, 30), st.sampled_from(["", "seal", "settle", "anew"])), max_size=12))
def test_whatever_a_writer_did_readers_find_every_sample_once(
    tmp_path_factory: pytest.TempPathFactory, deeds: list[tuple[int, str]]
) -> None:
    directory = tmp_path_factory.mktemp("s")
    recorder, recording = Recorder(directory), Recording(directory)
    for rows, deed in deeds:
        recorder.append(batch(recorder.seq + 1, rows).columns)
        if deed == "anew":
            recorder.close()
            recorder = Recorder(directory)
        elif deed:
            recorder.seal()
            if deed == "settle":
                recorder.settle()
        assert recording.last == recorder.seq
        assert numbers(recording.window(17)) == list(range(max(1, recorder.seq - 16), recorder.seq + 1))
    assert numbers(gather(list(recording.iterate()))) == list(range(1, recorder.seq + 1))
    assert recording.trouble == ""
    recorder.close()
