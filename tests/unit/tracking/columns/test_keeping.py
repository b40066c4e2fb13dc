"""Columns on the disk: kept while rows arrive, known again, made anew when they are damaged."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from jupyter_crispdm.base.files.regular import try_lock
from jupyter_crispdm.tracking import RunReader, Series, read_run
from jupyter_crispdm.tracking.columns import held, keeping, table
from jupyter_crispdm.tracking.columns.keeping import LEAST_ROWS, keep
from jupyter_crispdm.tracking.columns.store import Shelf
from jupyter_crispdm.tracking.columns.table import Damaged, Table, decode
from jupyter_crispdm.tracking.sources import RECORD, BinarySource

from .conftest import noise, write_rows


def kept_rows(run: Path) -> int:
    source = BinarySource(run / "metrics" / "1-a.bin")
    columns = Shelf(run).open(source.key, source.mark)
    if columns is None:
        return 0
    columns.close()
    return columns.rows


def plain(run: Path) -> dict[str, Series]:
    source = BinarySource(run / "metrics" / "1-a.bin")
    return source.read(0, source.rows())


def same(one: dict[str, Series], other: dict[str, Series]) -> bool:
    return list(one) == list(other) and all(
        np.array_equal(getattr(one[name], column), getattr(other[name], column), equal_nan=column != "step")
        for name in one
        for column in ("step", "value", "time")
    )


@pytest.mark.proves("columns.bounded")
@pytest.mark.parametrize("names", [1, 10, 300])
def test_columns_hold_what_the_file_holds(run: Path, names: int) -> None:
    value = noise(200_000)
    value[::1000] = np.nan
    write_rows(run, value, names)
    assert not keep(run)
    assert kept_rows(run) == 200_000
    found = read_run(run)
    assert same(found, plain(run))
    assert all(column.flags.c_contiguous for column in (found["m0"].step, found["m0"].value, found["m0"].time))


def test_columns_grow_with_the_file_in_pieces_of_any_size(run: Path) -> None:
    value = noise(400_000)
    at = 0
    for size in (70_001, 20_011, 17_000, 100_003, 16_384, 5, 60_000):
        write_rows(run, value[at : at + size], 3, step=at)
        at += size
        keep(run)
    assert at - kept_rows(run) < 1 << 14
    assert same(read_run(run), plain(run))


def test_a_short_file_gets_no_columns(run: Path) -> None:
    write_rows(run, noise(LEAST_ROWS - 1))
    assert not keep(run)
    assert not (run / "columns").exists()
    assert len(read_run(run)["m0"]) == LEAST_ROWS - 1


def test_more_rows_than_are_taken_at_once(run: Path) -> None:
    write_rows(run, noise(200_000))
    assert keep(run, most=100_000)
    assert kept_rows(run) == 100_000
    assert not keep(run, most=100_000)
    assert kept_rows(run) == 200_000


def test_who_finds_the_columns_being_extended_does_without(run: Path) -> None:
    write_rows(run, noise(200_000))
    (run / "columns").mkdir()
    with (run / "columns" / "lock").open("w") as lock:
        assert try_lock(lock.fileno())
        keep(run)
    assert kept_rows(run) == 0
    assert len(read_run(run)["m0"]) == 200_000


def test_a_file_that_is_written_anew_gets_other_columns(run: Path) -> None:
    write_rows(run, noise(100_000))
    keep(run)
    (run / "metrics" / "1-a.bin").unlink()
    write_rows(run, noise(120_000, seed=2))
    assert kept_rows(run) == 0
    keep(run)
    assert kept_rows(run) == 120_000
    assert same(read_run(run), plain(run))
    assert len(list((run / "columns").glob("*.data"))) == 1, "the old ones are gone"


def cut_off(run: Path) -> None:
    for data in (run / "columns").glob("*.data"):
        os.truncate(data, 10_000)


def flipped(run: Path) -> None:
    path = run / "columns" / "1-a.bin.table"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def removed(run: Path) -> None:
    for data in (run / "columns").glob("*.data"):
        data.unlink()


def a_pipe(run: Path) -> None:
    for data in (run / "columns").glob("*.data"):
        data.unlink()
        os.mkfifo(data)


def a_link(run: Path) -> None:
    (run / "columns").rename(run / "elsewhere")
    (run / "columns").symlink_to(run / "elsewhere")


@pytest.mark.proves("columns.damaged")
@pytest.mark.parametrize("spoil", [cut_off, flipped, removed, a_pipe, a_link])
def test_damaged_columns_are_done_without_and_made_anew(run: Path, spoil: Callable[[Path], None]) -> None:
    write_rows(run, noise(300_000), 2)
    keep(run)
    spoil(run)
    assert same(read_run(run), plain(run))
    reader = RunReader(run)
    assert reader.zoom("step", 1000, 1010, 100)[1]["m1"].step.tolist() == list(range(999, 1012))
    reader.close()
    if spoil is not a_link:
        write_rows(run, noise(20_000), 2, step=150_000)
        keep(run)
        assert kept_rows(run) == 320_000
        assert same(read_run(run), plain(run))


def test_a_disk_that_takes_nothing_costs_the_columns_only(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_rows(run, noise(100_000))

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "pwrite", full)
    assert not keep(run)
    monkeypatch.undo()
    assert kept_rows(run) == 0
    assert same(read_run(run), plain(run))


def test_the_last_of_a_disk_is_left_to_the_training(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_rows(run, noise(100_000))
    monkeypatch.setattr(keeping, "_SPARE_BYTES", 1 << 60)
    keep(run)
    assert not (run / "columns").exists()


def test_a_file_of_holes_is_not_followed_for_ever(run: Path) -> None:
    write_rows(run, noise(10))
    os.truncate(run / "metrics" / "1-a.bin", RECORD.itemsize << 36)
    source = BinarySource(run / "metrics" / "1-a.bin")
    assert source.rows() == 1 << 24
    assert "too long" in source.trouble


def a_table() -> Table:
    known = Table(7)
    known.rows, known.first, known.last = 100, b"a" * 28, b"b" * 28
    known.series[3] = table.Traits(False, True, 12, 3.5)
    known.grow(3, 0, 100).count = 100
    known.grow(3, 1, 1).count = 1
    return known


def test_a_table_comes_back_as_it_was() -> None:
    known = a_table()
    found = decode(known.encode())
    assert vars(found) == vars(known)


@pytest.mark.parametrize("at", [0, 20, 60, 100, 150, -5])
def test_a_table_of_which_a_byte_is_another_is_none(at: int) -> None:
    data = bytearray(a_table().encode())
    data[at] ^= 0x40
    with pytest.raises(Damaged):
        decode(bytes(data))
    with pytest.raises(Damaged):
        decode(bytes(data[:at]))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda known: known.streams[3, 0].chunks.__setitem__(0, (1 << 50, 64)),
        lambda known: setattr(known.streams[3, 0], "count", 1 << 40),
        lambda known: known.series.clear(),
        lambda known: known.streams.__setitem__((3, 40), known.streams[3, 1]),
    ],
)
def test_a_table_that_says_what_cannot_be_is_none(spoil: Callable[[Table], object]) -> None:
    known = a_table()
    spoil(known)
    with pytest.raises(Damaged):
        decode(known.encode())


@pytest.mark.proves("columns.first-look")
@pytest.mark.parametrize("names", [1, 7])
def test_who_looks_once_at_a_run_reads_its_rows_and_who_comes_again_has_columns(run: Path, names: int) -> None:
    write_rows(run, noise(300_000), names=names)
    drawn = []
    for wanted in (0, 300_000, 300_000):
        reader = RunReader(run)
        drawn.append(reader.since(0, 500)[1])
        reader.close()
        assert kept_rows(run) == wanted
    for other in drawn[1:]:
        assert list(other) == list(drawn[0])
        for name, series in drawn[0].items():
            ends = [(one.step[0], one.step[-1], one.value.min(), one.value.max()) for one in (series, other[name])]
            assert ends[0] == ends[1]


def test_a_run_of_very_many_rows_has_columns_when_it_is_first_looked_at(
    run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(held, "_MOST_AT_FIRST", 299_999)
    write_rows(run, noise(300_000))
    reader = RunReader(run)
    reader.since(0, 500)
    reader.close()
    assert kept_rows(run) == 300_000
