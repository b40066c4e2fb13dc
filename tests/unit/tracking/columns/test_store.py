"""Columns as a file: what is written is read, in whatever pieces either is done."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jupyter_crispdm.tracking import Series
from jupyter_crispdm.tracking.columns.pyramid import BLOCK, FAN, LEVELS, once, points_of
from jupyter_crispdm.tracking.columns.store import FOLDER, Columns, Shelf, Writer, is_of
from jupyter_crispdm.tracking.columns.table import Damaged, Stream, Table, Traits
from tests.examples import examples

KEY = "1-a.bin"


def mark(row: int) -> bytes:
    return row.to_bytes(28, "little")


def series(values: np.ndarray, first: int = 0) -> Series:
    steps = first + np.arange(len(values))
    return Series(steps, values.astype(np.float64), steps.astype(np.float64) / 2)


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[Writer]:
    """A writer of a new file."""
    descriptor = os.open(tmp_path / "data", os.O_RDWR | os.O_CREAT)
    made = Writer(Table(1), descriptor)
    yield made
    made.close()


def filled(run: Path, rows: int = 1000) -> Shelf:
    shelf = Shelf(run)
    with shelf.extending(KEY, mark) as found:
        assert found is not None
        found.append(0, series(np.arange(rows, dtype=np.float64)))
        found.table.rows = rows
        shelf.commit(KEY, found, mark)
    return shelf


@settings(max_examples=examples(40), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    sizes=st.lists(st.integers(1, 700), min_size=1, max_size=12),
    begin=st.integers(0, 3000),
    length=st.integers(0, 3000),
)
def test_a_series_is_read_as_it_was_written(tmp_path: Path, sizes: list[int], begin: int, length: int) -> None:
    descriptor = os.open(tmp_path / "data", os.O_RDWR | os.O_CREAT | os.O_TRUNC)
    writer = Writer(Table(1), descriptor)
    value = np.random.default_rng(len(sizes)).normal(size=sum(sizes))
    at = 0
    for size in sizes:
        writer.append(5, series(value[at : at + size], at))
        writer.append(6, series(value[at : at + size] * 2, at))
        at += size
    stop = min(at, begin + length)
    found = writer.series(5, min(begin, stop), stop)
    np.testing.assert_array_equal(found.value, value[min(begin, stop) : stop])
    np.testing.assert_array_equal(found.step, np.arange(min(begin, stop), stop))
    np.testing.assert_array_equal(writer.series(6, 0, at).value, value * 2)
    counts = [writer.count(5, level) for level in range(LEVELS)]
    assert counts == [at // points_of(level) for level in range(LEVELS)]
    writer.close()


def test_every_level_tells_the_extremes_of_its_blocks(writer: Writer) -> None:
    value = np.random.default_rng(3).normal(size=BLOCK * FAN**3 + 77)
    writer.append(0, series(value))
    for level in (1, 2, 3, 4):
        size = points_of(level)
        for number, entry in enumerate(writer.entries(0, level, 0, writer.count(0, level))):
            block = value[number * size : (number + 1) * size]
            told = once(entry)
            assert {block.min(), block.max()} == set(told["value"].tolist())
            assert np.all((told["at"] >= number * size) & (told["at"] < (number + 1) * size))
            np.testing.assert_array_equal(told["step"], told["at"])


def test_whether_steps_and_times_go_back_is_known(writer: Writer) -> None:
    up = series(np.zeros(10))
    writer.append(0, up)
    traits = writer.table.series[0]
    assert (traits.is_sorted("step"), traits.is_sorted("time"), traits.step) == (True, True, 9)
    writer.append(0, Series(up.step + 9, up.value, up.time))
    assert (traits.step_sorted, traits.time_sorted) == (True, False)
    writer.append(0, up)
    assert not traits.step_sorted
    writer.append(1, Series(up.step, up.value, np.full(10, np.nan)))
    assert not writer.table.series[1].time_sorted, "where it is unknown, nothing can be found by it"


def test_what_is_not_there_is_not_read(writer: Writer) -> None:
    writer.append(0, series(np.zeros(100)))
    with pytest.raises(Damaged):
        writer.series(0, 50, 200)
    with pytest.raises(Damaged):
        writer.entries(0, 1, 0, 9)
    with pytest.raises(Damaged):
        writer.series(7, 0, 1)
    assert len(writer.series(0, 10, 10)) == len(writer.series(7, 0, 0)) == 0
    os.ftruncate(writer.descriptor, 100)
    with pytest.raises(Damaged):
        writer.series(0, 0, 100)


def test_chunks_grow_with_the_series() -> None:
    table = Table(1)
    table.grow(0, 0, 1).count = 1
    assert [capacity for _, capacity in table.stream(0, 0).chunks] == [64]
    table.grow(0, 0, 5000)
    assert [capacity for _, capacity in table.stream(0, 0).chunks] == [64, 256, 1024, 4096]
    assert table.end == 24 * table.stream(0, 0).room
    table.grow(0, 0, 5 << 20)
    assert max(capacity for _, capacity in table.stream(0, 0).chunks) == 1 << 20
    assert table.stream(9, 0).count == 0


def test_items_lie_in_one_chunk_or_several() -> None:
    stream = Stream(300, [(0, 64), (1000, 256)])
    assert stream.spans(0, 300) == [(0, 64, 0, 64), (1000, 256, 0, 236)]
    assert stream.spans(10, 20) == [(0, 64, 10, 10)]
    assert stream.spans(64, 65) == [(1000, 256, 0, 1)]
    assert stream.spans(5, 5) == []


def test_what_is_not_committed_is_not_there(tmp_path: Path) -> None:
    run = tmp_path / "run"
    run.mkdir()
    shelf = filled(run)
    with shelf.extending(KEY, mark) as found:
        assert found is not None
        found.append(0, series(np.full(500, 7.0), 1000))
        found.table.rows = 1500
    known = shelf.open(KEY, mark)
    assert known is not None
    assert (known.rows, known.count(0)) == (1000, 1000)
    known.close()
    with shelf.extending(KEY, mark) as found:
        assert found is not None
        found.append(0, series(np.full(200, 9.0), 1000))
        found.table.rows = 1200
        shelf.commit(KEY, found, mark)
    known = shelf.open(KEY, mark)
    assert known is not None
    np.testing.assert_array_equal(known.series(0, 998, 1200).value, [998, 999, *[9.0] * 200])
    known.close()


def test_who_reads_keeps_what_they_opened_while_more_is_written(tmp_path: Path) -> None:
    run = tmp_path / "run"
    run.mkdir()
    shelf = filled(run)
    before = shelf.open(KEY, mark)
    assert isinstance(before, Columns)
    with shelf.extending(KEY, mark) as found:
        assert found is not None
        found.append(0, series(np.full(5000, 7.0), 1000))
        found.table.rows = 6000
        shelf.commit(KEY, found, mark)
    assert before.series(0, 0, 1000).value.tolist() == list(range(1000))
    assert before.count(0) == 1000
    before.close()


def test_a_table_that_cannot_be_written_leaves_the_one_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = tmp_path / "run"
    run.mkdir()
    shelf = filled(run)

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with shelf.extending(KEY, mark) as found:
        assert found is not None
        found.append(0, series(np.zeros(100), 1000))
        found.table.rows = 1100
        monkeypatch.setattr(os, "replace", full)
        with pytest.raises(OSError, match="No space"):
            shelf.commit(KEY, found, mark)
        monkeypatch.undo()
    known = shelf.open(KEY, mark)
    assert known is not None
    assert known.rows == 1000
    known.close()
    names = sorted(one.name.split(".")[0] for one in (run / FOLDER).iterdir())
    assert names == ["1-a", "1-a", "lock"], "and nothing that is half"


def test_columns_of_another_file_are_not_taken(tmp_path: Path) -> None:
    run = tmp_path / "run"
    run.mkdir()
    shelf = filled(run)
    assert shelf.open(KEY, lambda row: b"x" * 28) is None
    assert shelf.open(KEY, lambda row: mark(row) if row == 0 else b"") is None
    assert shelf.open("2-b.bin", mark) is None
    shelf.forget(KEY)
    assert shelf.open(KEY, mark) is None
    assert not is_of(Table(1), mark)


def test_traits_of_a_new_series() -> None:
    assert Traits().is_sorted("step")
    assert Traits().is_sorted("time")
