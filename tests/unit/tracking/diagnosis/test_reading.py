"""The diagnosis of a run directory that grows."""

from __future__ import annotations

import json
import math
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from jupyter_crispdm.tracking.diagnosis.reading import RunDiagnosis
from jupyter_crispdm.tracking.diagnosis.rules import Watched
from jupyter_crispdm.tracking.diagnosis.types import AlertRule, AlertWhen, Verdict

from ..conftest import Writer
from .curves import FATES


@pytest.fixture
def run(tmp_path: Path) -> Path:
    path = tmp_path / "runs" / "one"
    path.mkdir(parents=True)
    return path


def told(run: Path, *events: dict[str, Any]) -> None:
    """What a program reports in events.jsonl."""
    with open(run / "events.jsonl", "a") as file:
        for event in events:
            file.write(json.dumps(event) + "\n")


def test_only_what_is_new_is_read(run: Path) -> None:
    writer, diagnosis = Writer(run, "1-a"), RunDiagnosis(run)
    assert not diagnosis.read()
    assert diagnosis.diagnosis().verdict is Verdict.early
    x = np.linspace(0, 1, 60)
    for at in range(60):
        writer.log("train/loss", float(FATES["overfit by rise"][1](x)[at]), step=at)
        writer.log("val/loss", float(FATES["overfit by rise"][2](x)[at]), step=at)
        assert diagnosis.read()
    assert not diagnosis.read()
    assert diagnosis.diagnosis().verdict is Verdict.overfit
    assert diagnosis.names() == ["train/loss", "val/loss"]
    diagnosis.close()
    anew = RunDiagnosis(run)
    anew.read()
    assert anew.diagnosis() == diagnosis.diagnosis()
    anew.close()


def test_a_run_that_is_written_anew_is_judged_anew(run: Path) -> None:
    Writer(run, "1-a").log("loss", *[9.0] * 40)
    diagnosis = RunDiagnosis(run)
    diagnosis.read()
    shutil.rmtree(run / "metrics")
    Writer(run, "1-a").log("loss", 2.0, 1.0, 0.5, 0.25, 0.1)
    diagnosis.read()
    assert diagnosis.diagnosis().verdict is Verdict.learning
    diagnosis.close()


def test_a_long_run_is_read_within_its_budget_and_goes_on(run: Path) -> None:
    Writer(run, "1-a").log("loss", *np.linspace(2, 1, 600_000))
    diagnosis, now = RunDiagnosis(run), 0.0

    def clock() -> float:
        nonlocal now
        now += 1
        return now

    assert diagnosis.read(budget=0.5, clock=clock)
    assert diagnosis.more
    while diagnosis.more:
        assert diagnosis.read(budget=0.5, clock=clock)
    assert diagnosis.diagnosis().findings[0].evidence[-1].step == 599_999
    diagnosis.close()


@pytest.mark.proves("diagnosis.alerts")
def test_rules_are_watched_for_in_all_rows_also_in_those_before_them(run: Path) -> None:
    writer = Writer(run, "1-a")
    writer.log("loss", 1.0, math.nan, 1.0)
    watched = Watched(AlertRule(when=AlertWhen.nan))
    diagnosis = RunDiagnosis(run)
    diagnosis.read()
    diagnosis.watch([watched])
    assert not watched.raised
    diagnosis.read()
    assert watched.reason == "loss is not a number at step 1."
    assert diagnosis.diagnosis().alerts == [watched.alert()]
    assert diagnosis.watched == [watched]
    diagnosis.close()


def with_best_at(run: Path, step: int, count: int = 10) -> RunDiagnosis:
    """A run whose held-out loss is best at a step, logged once a second."""
    Writer(run, "1-a").log("val/loss", *[1.0 + abs(at - step) for at in range(count)], at=100.0)
    diagnosis = RunDiagnosis(run)
    diagnosis.read()
    return diagnosis


def saved(kind: str, path: str, time: float, **fields: Any) -> dict[str, Any]:
    return {"kind": kind, "path": f"artifacts/{path}", "time": time, **fields}


@pytest.mark.proves("diagnosis.keep-best")
def test_the_best_point_names_the_model_that_was_kept_at_its_step(run: Path) -> None:
    diagnosis = with_best_at(run, 4)
    told(run, *(saved("model", f"net-{step}.pt", 0.0, step=step) for step in range(10)))
    best = diagnosis.best()
    assert best is not None
    assert (best.step, best.value, best.model, best.artifact, best.note) == (4, 1.0, "net-4.pt", None, "")
    diagnosis.close()


def test_the_nearest_is_named_where_none_was_kept_at_that_step(run: Path) -> None:
    diagnosis = with_best_at(run, 4)
    told(run, saved("artifact", "a.pt", 0.0, step=0), saved("artifact", "b.pt", 0.0, step=5))
    best = diagnosis.best()
    assert best is not None
    assert (best.artifact, best.note) == ("b.pt", "The nearest that the run kept is of step 5.")
    diagnosis.close()


@pytest.mark.parametrize(("offset", "place"), [(0.5, "after"), (-0.5, "before")])
def test_without_steps_it_goes_by_time_and_by_whether_one_saves_before_or_after_one_measures(
    run: Path, offset: float, place: str
) -> None:
    diagnosis = with_best_at(run, 4)
    told(run, *(saved("artifact", f"{step}.pt", 100.0 + step + offset) for step in range(10)))
    best = diagnosis.best()
    assert best is not None
    assert best.artifact == "4.pt", place
    diagnosis.close()


def test_of_an_artifact_that_was_replaced_only_the_newest_counts(run: Path) -> None:
    diagnosis = with_best_at(run, 4)
    told(run, *(saved("artifact", "last.pt", 0.0, step=step) for step in range(10)))
    best = diagnosis.best()
    assert best is not None
    assert best.note == "The nearest that the run kept is of step 9."
    diagnosis.close()


def test_pictures_are_no_models_and_a_run_that_kept_none_says_so(run: Path) -> None:
    diagnosis = with_best_at(run, 4)
    told(run, saved("artifact", "curve.png", 104.0), {"kind": "artifact", "path": 3}, {"kind": "model", "path": "/etc"})
    best = diagnosis.best()
    assert best is not None
    assert (best.artifact, best.model) == (None, None)
    assert best.note.startswith("The run kept no model")
    diagnosis.close()


def test_what_a_program_scribbles_into_its_events_harms_nothing(run: Path) -> None:
    diagnosis = with_best_at(run, 4)
    lines = b'{"kind": "model"}\n[]\n\xff\n{"kind":"artifact","path":"artifacts/x.pt","time":true}\n'
    (run / "events.jsonl").write_bytes(lines)
    best = diagnosis.best()
    assert best is not None
    assert best.artifact is None
    told(run, *(saved("artifact", f"{number}.pt", 1.0 + number) for number in range(3000)))
    assert len(diagnosis._keepsakes._kept) == 0
    diagnosis.best()
    assert len(diagnosis._keepsakes._kept) == 2000
    diagnosis.close()
