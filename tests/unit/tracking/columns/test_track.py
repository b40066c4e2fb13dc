"""A series of one file: some of it in columns, some of it not, all of it found."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from jupyter_crispdm.tracking import Series
from jupyter_crispdm.tracking.columns import track
from jupyter_crispdm.tracking.columns.pyramid import ENTRY_BYTES
from jupyter_crispdm.tracking.columns.store import Writer
from jupyter_crispdm.tracking.columns.table import Damaged, Table
from jupyter_crispdm.tracking.columns.track import Track

from .conftest import noise

Split = Callable[[Series, int], Track]


def series(value: np.ndarray, step: np.ndarray | None = None) -> Series:
    steps = np.arange(len(value)) if step is None else step
    return Series(steps.astype(np.int64), value.astype(np.float64), (100 + steps).astype(np.float64))


@pytest.fixture
def split(tmp_path: Path) -> Iterator[Split]:
    """A track of which so many points lie in columns."""
    writers: list[Writer] = []

    def made(whole: Series, kept: int) -> Track:
        descriptor = os.open(tmp_path / f"data{len(writers)}", os.O_RDWR | os.O_CREAT)
        writers.append(Writer(Table(1), descriptor))
        if kept:
            writers[-1].append(3, whole.take(slice(kept)))
        return Track(whole.take(slice(kept, None)), writers[-1] if kept else None, 3)

    yield made
    for writer in writers:
        writer.close()


@pytest.mark.parametrize("kept", [0, 1, 64, 999, 1000])
def test_points_are_read_across_the_border(split: Split, kept: int) -> None:
    whole = series(noise(1000))
    found = split(whole, kept)
    assert len(found) == 1000
    for start, stop in ((0, 1000), (10, 20), (kept, kept), (max(0, kept - 3), min(1000, kept + 3)), (990, 1000)):
        np.testing.assert_array_equal(found.read(start, stop).value, whole.value[start:stop])
    assert found.first_step() == 0


@pytest.mark.parametrize("kept", [0, 500, 1000])
@pytest.mark.parametrize("axis", ["step", "time"])
def test_places_are_those_of_a_search(split: Split, kept: int, axis: str) -> None:
    whole = series(noise(1000), np.arange(1000) // 3 * 10)
    found = split(whole, kept)
    column = whole.step if axis == "step" else whole.time
    for at in (-5.0, 0.0, 100.0, 1234.0, 1660.0, 1670.5, 3330.0, 9999.0):
        assert found.place(axis, at) == np.searchsorted(column, at, "left")
        assert found.place(axis, at, after=True) == np.searchsorted(column, at, "right")


@pytest.mark.parametrize("kept", [0, 150_000, 200_000])
def test_what_is_picked_has_both_ends_and_the_extremes_in_order(split: Split, kept: int) -> None:
    value = noise(200_000)
    value[[70_007, 170_001]] = 1e9, -1e9
    found = split(series(value), kept)
    for start, stop in ((0, 200_000), (1, 199_999), (70_000, 190_000), (149_000, 151_000), (63, 65)):
        few = found.pick(start, stop, 500)
        assert (few.step[0], few.step[-1]) == (start, stop - 1)
        assert np.all(np.diff(few.step) > 0)
        assert len(few) <= 8 * max(2000, 4096)
        part = value[start:stop]
        assert (few.value.min(), few.value.max()) == (part.min(), part.max())
        np.testing.assert_array_equal(few.value, value[few.step])


@pytest.mark.parametrize("kept", [0, 20_000, 30_000])
@pytest.mark.parametrize("searched", [1 << 22, 1000])
def test_a_series_out_of_order_is_looked_through(
    split: Split, kept: int, searched: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(track, "_MOST_SEARCHED", searched)
    order = np.random.default_rng(5).permutation(30_000)
    value = noise(30_000)
    value[order == 7000] = 1e9
    found = split(series(value, order), kept)
    assert not found.is_sorted("step")
    few = found.within("step", 6900, 7100, 1000)
    assert np.all((few.step >= 6900) & (few.step <= 7100))
    assert few.value.max() == 1e9
    if searched > 1000:
        assert sorted(few.step.tolist()) == list(range(6900, 7101))
    assert len(found.within("time", 0, 99, 1000)) == 0


def test_the_first_step_of_one_out_of_order_is_its_lowest(split: Split) -> None:
    assert split(series(noise(3), np.array([5, 3, 9])), 0).first_step() == 3


def test_order_is_broken_where_the_columns_end(split: Split) -> None:
    whole = series(noise(10), np.array([0, 1, 2, 3, 4, 2, 3, 4, 5, 6]))
    assert not split(whole, 5).is_sorted("step")
    assert not split(whole, 7).is_sorted("step")
    assert split(whole.take(slice(5)), 3).is_sorted("step")


def test_a_track_without_points() -> None:
    assert len(Track()) == 0
    assert Track().is_sorted("step")
    assert len(Track().pick(0, 0, 100)) == 0


@pytest.mark.proves("columns.places")
@pytest.mark.parametrize("kept", [63, 64, 70_000, 200_000])
def test_a_place_among_very_many_points_is_found_by_few_reads(
    split: Split, kept: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = np.random.default_rng(kept)
    steps = np.sort(chance.integers(0, 50_000, 200_000))  # several points of most steps, and gaps
    whole = series(noise(200_000), steps)
    found = split(whole, kept)
    reads: list[int] = []
    preadv = os.preadv

    def counted(descriptor: int, into: list[memoryview], at: int) -> int:
        reads.append(sum(map(len, into)))
        return preadv(descriptor, into, at)

    monkeypatch.setattr(os, "preadv", counted)
    for at in (-1.0, 0.0, 49_999.0, 1e9, *chance.uniform(0, 50_000, 60).tolist(), *steps[::9_999].tolist()):
        for after in (False, True):
            reads.clear()
            wanted = np.searchsorted(whole.step, at, "right" if after else "left")
            assert found.place("step", float(at), after=after) == wanted
            assert len(reads) <= 12, "by halves it takes eighteen, each at another place"
            assert sum(reads) <= 128 << 10


@pytest.mark.parametrize("seed", range(5))
def test_entries_that_say_what_cannot_be_lead_nowhere_but_do_no_harm(split: Split, seed: int) -> None:
    found = split(series(noise(100_000)), 100_000)
    columns = found._columns
    assert columns is not None
    chance = np.random.default_rng(seed)
    for level in range(1, 5):
        for offset, capacity in columns.table.stream(3, level).chunks:
            os.pwrite(columns.descriptor, chance.bytes(capacity * ENTRY_BYTES), offset)
    for at in (-1.0, 5.0, 99_999.0, 1e12):
        for after in (False, True):
            try:
                place = found.place("step", at, after=after)
            except Damaged:
                continue
            assert 0 <= place <= len(found)
