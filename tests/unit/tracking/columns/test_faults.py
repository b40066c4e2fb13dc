"""Columns while others do what they like: writers, other servers, programs that cut their own files."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from jupyter_crispdm.tracking import RunReader, read_run
from jupyter_crispdm.tracking.columns.held import read_reduced
from jupyter_crispdm.tracking.columns.keeping import keep
from jupyter_crispdm.tracking.columns.store import Shelf
from jupyter_crispdm.tracking.sources import RECORD, BinarySource
from tests.support import ends

from ..conftest import Writer
from .conftest import noise, write_rows


def rows_file(run: Path) -> Path:
    return run / "metrics" / "1-a.bin"


def zoomed(run: Path, begin: float = -np.inf, end: float = np.inf) -> np.ndarray:
    reader = RunReader(run)
    try:
        return reader.zoom("step", begin, end, 500)[1]["m0"].step
    finally:
        reader.close()


def test_readers_and_keepers_get_along_while_rows_arrive(run: Path) -> None:
    write_rows(run, noise(70_000))
    over, wrong = threading.Event(), list[str]()

    def look() -> None:
        while not over.is_set():
            steps = zoomed(run)
            if steps[0] != 0 or np.any(np.diff(steps) <= 0):
                wrong.append(f"{steps[:3]}")
                return

    def keeps() -> None:
        while not over.is_set():
            keep(run)

    threads = [threading.Thread(target=work, daemon=True) for work in (look, keeps, keeps)]
    for thread in threads:
        thread.start()
    for number in range(20):
        write_rows(run, noise(17_000), step=70_000 + 17_000 * number)
    over.set()
    for thread in threads:
        ends(thread)
    assert wrong == []
    keep(run)
    assert read_run(run)["m0"].step.tolist() == list(range(410_000))


def test_a_program_that_cuts_its_file_gets_the_curve_of_what_is_left(run: Path) -> None:
    write_rows(run, noise(200_000))
    keep(run)
    os.truncate(rows_file(run), 90_000 * RECORD.itemsize)
    assert zoomed(run)[-1] == 89_999
    assert len(read_run(run)["m0"]) == 90_000
    os.truncate(rows_file(run), 10 * RECORD.itemsize + 5)
    assert zoomed(run).tolist() == list(range(10)), "a row that is cut in two is none"


def the_first_row(run: Path) -> None:
    with rows_file(run).open("r+b") as file:
        file.write(np.array([(0, 99, 7.0, 1.0)], RECORD).tobytes())


def test_a_file_that_begins_otherwise_is_another(run: Path) -> None:
    write_rows(run, noise(100_000))
    keep(run)
    the_first_row(run)
    source = BinarySource(rows_file(run))
    assert Shelf(run).open(source.file, source.mark) is None
    assert read_run(run)["m0"].value[0] == 7


@pytest.mark.parametrize("missing", ["names", "table", "data", "lock"])
def test_any_file_may_be_missing(run: Path, missing: str) -> None:
    write_rows(run, noise(100_000))
    keep(run)
    for path in [*(run / "columns").iterdir(), *(run / "metrics").iterdir()]:
        if path.suffix == f".{missing}" or path.name == missing:
            path.unlink()
    name = "#0" if missing == "names" else "m0"
    assert list(read_run(run)) == [name]
    assert len(read_run(run)[name]) == 100_000
    assert not keep(run)


def a_file(path: Path) -> None:
    path.write_text("mine")


def closed(path: Path) -> None:
    path.mkdir()
    (path / "lock").mkdir()


@pytest.mark.parametrize("spoil", [a_file, closed, lambda path: path.symlink_to("/tmp"), os.mkfifo])
def test_where_columns_cannot_stand_there_are_none(run: Path, spoil: Callable[[Path], None]) -> None:
    write_rows(run, noise(300_000))
    spoil(run / "columns")
    assert not keep(run)
    assert len(read_run(run)["m0"]) == 300_000
    assert zoomed(run, 1000, 1010).tolist() == list(range(999, 1012))


def test_points_without_a_number_are_seen_from_afar(run: Path) -> None:
    value = noise(300_000)
    value[200_000:] = np.nan
    value[100_000], value[100_001] = np.inf, -np.inf
    write_rows(run, value)
    keep(run)
    reader = RunReader(run)
    found = reader.zoom("step", -np.inf, np.inf, 500)[1]["m0"]
    reader.close()
    assert np.isnan(found.value[-1])
    assert not np.isnan(found.value[found.step < 200_000]).any()
    finite = value[np.isfinite(value)]
    told = found.value[np.isfinite(found.value)]
    assert (told.min(), told.max()) == (finite.min(), finite.max())


def test_curves_of_nothing_but_nan_are_drawn(run: Path) -> None:
    write_rows(run, np.full(100_000, np.nan))
    keep(run)
    steps = zoomed(run)
    assert 1 <= len(steps) <= 600


def test_very_many_rows_are_held_in_bounds_where_there_can_be_no_columns(run: Path) -> None:
    value = noise(600_000)
    value[[400_000, 500_000]] = 1e9, -1e9
    write_rows(run, value, 2)
    few = read_reduced(BinarySource(rows_file(run)), 0, 600_000, 100)
    assert sorted(few) == ["m0", "m1"]
    assert all(len(one) <= 9 * 100 + (1 << 18) for one in few.values())
    assert (few["m0"].value.max(), few["m0"].value.min()) == (1e9, -1e9)
    assert read_reduced(BinarySource(rows_file(run)), 5, 5, 100) == {}


def test_a_rare_curve_beside_a_long_one_is_whole(run: Path) -> None:
    writer = Writer(run, "1-a")
    for epoch in range(5):
        writer.log("loss", *noise(20_000, seed=epoch).tolist(), step=epoch * 20_000)
        writer.log("val", float(epoch), step=epoch * 20_000)
    keep(run)
    reader = RunReader(run)
    found = reader.zoom("step", -np.inf, np.inf, 300)[1]
    assert found["val"].value.tolist() == [0, 1, 2, 3, 4]
    assert len(found["loss"]) <= 360
    assert reader.zoom("step", 40_000, 40_000, 300)[1]["val"].value.tolist() == [1, 2, 3]
    reader.close()
