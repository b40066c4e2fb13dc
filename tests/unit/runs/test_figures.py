"""From points to figures: carried on piece by piece they are what they would be at once."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_crispdm.runs.index.figures import MOST_METRICS, carried_on, figures
from jupyter_crispdm.runs.index.goals import goal_of
from jupyter_crispdm.runs.records import Account
from jupyter_crispdm.runs.types import Figures
from jupyter_crispdm.tracking import Series
from tests.unit.tracking.conftest import Writer


def series(values: list[float], step: int = 0) -> Series:
    count = len(values)
    return Series(np.arange(step, step + count), np.array(values, float), np.arange(count, dtype=float))


@pytest.mark.proves("runs.table")
@given(
    st.lists(st.floats(width=32), min_size=1, max_size=40), st.integers(1, 40), st.sampled_from(["loss", "acc", "x"])
)  # fmt: skip
def test_figures_of_pieces_are_those_of_the_whole(values: list[float], piece: int, name: str) -> None:
    known: Figures | None = None
    for at in range(0, len(values), piece):
        known = figures(name, known, series(values[at : at + piece], at))
    assert known == figures(name, None, series(values))
    finite = [value for value in values if math.isfinite(value)]
    assert known.count == len(values)
    assert known.bad == len(values) - len(finite)
    assert (known.min, known.max) == ((min(finite), max(finite)) if finite else (None, None))
    if name != "x" and finite:
        best = min(finite) if name == "loss" else max(finite)
        assert known.best == best
        assert known.best_step == values.index(best)


@pytest.mark.proves("runs.table")
@pytest.mark.parametrize(("value", "told"), [(math.nan, None), (math.inf, "Infinity"), (-math.inf, "-Infinity")])
def test_a_last_value_that_is_no_number_is_told_and_counts_for_nothing_else(value: float, told: str | None) -> None:
    found = figures("loss", None, series([0.5, value]))
    assert (found.last, found.bad, found.min, found.max, found.best) == (told, 1, 0.5, 0.5, 0.5)


@pytest.mark.proves("runs.table")
def test_a_directory_is_read_on_and_never_anew(tmp_path: Path) -> None:
    run = tmp_path / "run"
    writer = Writer(run, "1-a")
    writer.log("loss", 3.0, 1.0, at=100.0)
    first = carried_on(Account(), run)
    assert (first.cursor, first.points, first.first, first.last) == (2, 2, 100.0, 101.0)
    assert carried_on(first, run) == first
    writer.log("loss", 2.0, step=2, at=200.0)
    writer.log("acc", 0.5, step=2, at=200.0)
    second = carried_on(first, run)
    assert second.figures["loss"] == Figures(2.0, 2, 1.0, 3.0, 3, goal="low", best=1.0, best_step=1)
    assert (second.cursor, second.last) == (4, 200.0)
    assert first.points == 2  # the known one is left as it is


@pytest.mark.proves("runs.table")
def test_a_run_that_was_written_anew_is_read_anew(tmp_path: Path) -> None:
    run = tmp_path / "run"
    Writer(run, "1-a").log("loss", 3.0, 1.0)
    first = carried_on(Account(), run)
    other = Account("another epoch", 2, {"old": figures("old", None, series([1.0]))})
    assert carried_on(other, run) == first


@pytest.mark.proves("runs.table")
def test_a_run_without_files_has_no_figures(tmp_path: Path) -> None:
    assert carried_on(Account(), tmp_path / "none").points == 0


@pytest.mark.proves("runs.table")
def test_a_flood_of_names_is_bounded(tmp_path: Path) -> None:
    writer = Writer(tmp_path / "run", "1-a")
    for number in range(MOST_METRICS + 5):
        writer.log(f"m{number}", 1.0)
    assert len(carried_on(Account(), tmp_path / "run").figures) == MOST_METRICS


@pytest.mark.parametrize(("name", "goal"), [
    ("loss", "low"), ("val_loss", "low"), ("train/rmse", "low"), ("accuracy", "high"), ("mAP", "high"), ("f1", "high"),
    ("lr", None), ("epoch", None), ("top1_err", "low"), ("seconds", "low"), ("map50", None), ("psnr", "high"),
])  # fmt: skip
def test_names_tell_what_is_better(name: str, goal: str | None) -> None:
    assert goal_of(name) == goal
