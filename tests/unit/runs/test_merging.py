"""Several runs made one: each step is gone through once, whole or not at all."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_crispdm.runs.merging import joined, kept_runs, write_merged
from jupyter_crispdm.runs.types import Lineage, RunKind
from jupyter_crispdm.tracking import Series, read_run
from tests.unit.tracking.conftest import Writer

from .making import run

MERGED = run("merged-1", kind=RunKind.merged, lineage=Lineage(merged=["a", "b"]))


@pytest.mark.proves("runs.merge")
def test_a_later_run_holds_from_its_first_step_on(tmp_path: Path) -> None:
    first, second, home = tmp_path / "a", tmp_path / "b", tmp_path / "merged"
    Writer(first, "1-a").log("loss", 5.0, 4.0, 3.0, 2.0)
    Writer(first, "1-a2").log("only first", 1.0)
    Writer(second, "1-b").log("loss", 2.5, 1.5, step=2)
    Writer(second, "1-b2").log("only second", 7.0, step=9)
    home.mkdir()
    target = write_merged(MERGED, [first, second], home)
    found = read_run(target)
    assert found["loss"].step.tolist() == [0, 1, 2, 3]
    assert found["loss"].value.tolist() == [5.0, 4.0, 2.5, 1.5]
    assert found["only first"].value.tolist() == [1.0]
    assert found["only second"].step.tolist() == [9]
    assert [one.id for one in kept_runs(home)] == ["merged-1"]


@pytest.mark.proves("runs.merge")
@given(st.lists(st.lists(st.integers(0, 20), min_size=0, max_size=10, unique=True).map(sorted), max_size=4))
def test_no_step_is_gone_through_twice(parts: list[list[int]]) -> None:
    made = [Series(np.array(steps, np.int64), np.full(len(steps), float(place)), np.zeros(len(steps)))
            for place, steps in enumerate(parts)]  # fmt: skip
    steps = [step for series in joined(made) for step in series.step.tolist()]
    assert steps == sorted(set(steps))
    if parts and parts[-1]:
        assert joined(made)[-1].step.tolist() == parts[-1]


@pytest.mark.proves("runs.merge")
def test_one_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    Writer(tmp_path / "a", "1-a").log("loss", 1.0)
    (tmp_path / "merged" / "merged-1").mkdir(parents=True)
    (tmp_path / "merged" / "merged-1" / "here").write_text("already")
    with pytest.raises(OSError):
        write_merged(MERGED, [tmp_path / "a"], tmp_path / "merged")
    assert [path.name for path in (tmp_path / "merged").iterdir()] == ["merged-1"]


@pytest.mark.proves("runs.merge")
def test_records_that_are_damaged_are_left_out(tmp_path: Path) -> None:
    for name, text in (("bad", "{"), ("merged-2", '{"id": 3}')):
        (tmp_path / name).mkdir()
        (tmp_path / name / "run.json").write_text(text)
    assert list(kept_runs(tmp_path)) == []
    assert list(kept_runs(tmp_path / "none")) == []
