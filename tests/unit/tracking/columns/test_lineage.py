"""Runs that go on from others: their curves begin with those of the others."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from jupyter_crispdm.tracking import RunReader, RunSource, read_run
from jupyter_crispdm.tracking.columns.keeping import keep
from jupyter_crispdm.tracking.reading.lineage import ancestors
from jupyter_crispdm.tracking.types import MetricsFact

from ..conftest import Writer
from ..reading import Reading
from .conftest import noise, write_rows


def goes_on(run: Path, other: str, how: str = "resumes", step: int | None = None) -> None:
    run.mkdir(parents=True, exist_ok=True)
    (run / "lineage.json").write_text(json.dumps({how: other, "step": step, "attempt": 1, "time": 1.0}))


@pytest.fixture
def first(tmp_path: Path) -> Path:
    """A run of ten steps."""
    run = tmp_path / "jobs" / "first"
    Writer(run, "1-a").log("loss", *map(float, range(10)))
    return run


@pytest.mark.proves("columns.lineage")
@pytest.mark.parametrize("how", ["resumes", "forks"])
def test_a_run_begins_with_the_points_of_the_one_it_goes_on_from(first: Path, how: str) -> None:
    run = first.parent / "second"
    goes_on(run, "first", how, step=4)
    Writer(run, "1-a").log("loss", 40.0, 50.0, step=4, at=100)
    loss = read_run(run)["loss"]
    assert (loss.step.tolist(), loss.value.tolist()) == ([0, 1, 2, 3, 4, 5], [0, 1, 2, 3, 40, 50])
    assert loss.restarts == (4,)
    assert len(read_run(first)["loss"]) == 10


def test_points_from_the_step_on_are_void_before_there_are_new_ones(first: Path) -> None:
    run = first.parent / "second"
    goes_on(run, str(first), step=4)
    assert read_run(run)["loss"].step.tolist() == [0, 1, 2, 3]
    reader = RunReader(run)
    assert reader.zoom("step", 2, 8, 100)[1]["loss"].step.tolist() == [1, 2, 3]
    reader.close()


def test_a_run_that_goes_on_from_one_that_went_on(first: Path) -> None:
    second, third = first.parent / "second", first.parent / "third"
    goes_on(second, "first", step=8)
    Writer(second, "1-a").log("loss", 80.0, 90.0, step=8, at=100)
    goes_on(third, str(second), "forks", step=9)
    Writer(third, "1-a").log("loss", 900.0, step=9, at=200)
    Writer(third, "2-b-a2").log("loss", 901.0, step=9, at=300)
    loss = read_run(third)["loss"]
    assert loss.value.tolist() == [0, 1, 2, 3, 4, 5, 6, 7, 80, 901]
    assert loss.restarts == (8, 9)
    assert [one.path.name for one in ancestors(third)] == ["first", "second"]


@pytest.mark.proves("columns.lineage")
def test_it_is_told_live_in_its_order(first: Path) -> None:
    run = first.parent / "second"
    goes_on(run, "first", step=4)
    reader = Reading(RunSource(run), MetricsFact)
    (fact,) = reader.all()
    assert fact.series["loss"].step == [0, 1, 2, 3]
    Writer(run, "1-a").log("loss", 40.0, step=4, at=100)
    (fact,) = reader.all()
    assert (fact.series["loss"].step, fact.series["loss"].restarts) == ([4], [0])
    again = Reading(RunSource(run), MetricsFact, *(reader.place.cursor, reader.place.epoch))
    assert again.all() == [MetricsFact({}, 11, trouble="")], "who comes again may know of a trouble"


def test_a_lineage_that_is_told_after_there_were_points_begins_anew(first: Path) -> None:
    run = first.parent / "second"
    Writer(run, "1-a").log("loss", 40.0, step=4, at=100)
    reader = Reading(RunSource(run), MetricsFact)
    reader.all()
    goes_on(run, "first", step=4)
    facts = reader.all()
    assert [fact.reset for fact in facts] == [True]
    assert (facts[0].series["loss"].step, facts[0].series["loss"].restarts) == ([0, 1, 2, 3, 4], [4])


def test_long_runs_are_read_from_the_columns_of_each(tmp_path: Path) -> None:
    first, run = tmp_path / "jobs" / "first", tmp_path / "jobs" / "second"
    write_rows(first, noise(200_000))
    write_rows(run, noise(100_000) + 1e6, step=150_000)
    goes_on(run, "first", step=150_000)
    keep(run)
    assert [(one / "columns" / "1-a.bin.table").exists() for one in (first, run)] == [True, True]
    reader = RunReader(run)
    whole = reader.zoom("step", -np.inf, np.inf, 500)[1]["m0"]
    reader.close()
    assert np.all(np.diff(whole.step) > 0)
    assert (whole.step[0], whole.step[-1]) == (0, 249_999)
    assert np.all((whole.value > 1e5) == (whole.step >= 150_000))


@pytest.mark.proves("files.paths-from-jobs")
@pytest.mark.parametrize(
    "named",
    ["", ".", "..", "../elsewhere", "/etc", "second", "missing", "linked", "a\0b", "first/metrics", "{outside}"],
)
def test_nothing_but_runs_beside_it_is_read(first: Path, tmp_path: Path, named: str) -> None:
    outside = tmp_path / "elsewhere"
    Writer(outside, "1-a").log("secret", 1.0)
    (first.parent / "linked").symlink_to(outside)
    run = first.parent / "second"
    goes_on(run, named.replace("{outside}", str(outside)))
    Writer(run, "1-a").log("loss", 1.0)
    assert ancestors(run) == []
    assert list(read_run(run)) == ["loss"]
    assert len(read_run(run)["loss"]) == 1


@pytest.mark.parametrize(
    "text", ["", "[]", '{"resumes": 3}', '{"resumes": "first", "step": "x"}', "[" * 60_000, "x" * 70_000]
)
def test_a_lineage_that_says_nothing_is_none(first: Path, text: str) -> None:
    run = first.parent / "second"
    run.mkdir()
    (run / "lineage.json").write_text(text)
    assert ancestors(run) == []


def test_runs_that_go_on_from_each_other_come_to_an_end(first: Path) -> None:
    second = first.parent / "second"
    goes_on(second, "first")
    goes_on(first, "second")
    Writer(second, "1-a").log("loss", 5.0, step=10, at=100)
    assert [one.path.name for one in ancestors(second)] == ["first"]
    assert read_run(second)["loss"].step.tolist() == list(range(11))
