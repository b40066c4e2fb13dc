"""What looks at samples as they come."""

from __future__ import annotations

import asyncio
import math
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest

from jupyter_crispdm.streams.alarms.condition import Limits
from jupyter_crispdm.streams.batch import Column, Numbers, numbers_of
from jupyter_crispdm.streams.detectors.judging import Judges
from jupyter_crispdm.streams.detectors.making import names, watched
from jupyter_crispdm.streams.detectors.port import Detector, Verdict
from jupyter_crispdm.streams.detectors.rolling import Rolling, ZScore
from jupyter_crispdm.streams.detectors.threshold import Threshold
from jupyter_crispdm.streams.detectors.trees import HalfSpaceTrees
from jupyter_crispdm.streams.types import Alert, ModelDetector, ThresholdDetector, TreesDetector, ZScoreDetector
from jupyter_crispdm.streams.types import Detector as DetectorSpec

ROOT = Path(__file__).parents[4]


def columns(values: Sequence[float] | Numbers, **more: Column) -> dict[str, Column]:
    value = np.array(values, np.float64)
    return {"time": np.arange(len(value), dtype=np.float64), "value": value, **more}


def judged(detector: Detector, given: Mapping[str, Column]) -> Verdict:
    return asyncio.run(detector.judge(given))


# -- thresholds


def test_a_threshold_scores_what_is_beyond() -> None:
    verdict = judged(Threshold("value", Limits(over=1, under=-1)), columns([0, 2, -2, math.nan]))
    assert verdict.score[:3].tolist() == [0, 1, 1]
    assert math.isnan(verdict.score[3])
    assert verdict.found[:3].tolist() == [0, 2, -2]


def test_a_column_that_is_not_there_is_missing() -> None:
    assert np.isnan(judged(Threshold("other", Limits(over=1)), columns([1, 2])).score).all()


# -- the rolling distance


@pytest.mark.proves("detectors.rare")
def test_a_value_far_from_those_before_it_is_far() -> None:
    values = np.tile([-1.0, 1.0], 60)
    values[100] = 9.0
    found = judged(ZScore("value", 50), columns(values)).found
    assert np.isnan(found[:10]).all()
    assert np.nanmax(np.delete(found, 100)) < 2
    assert found[100] == pytest.approx(9, rel=0.05)


def test_scores_go_from_zero_to_one() -> None:
    values = np.random.default_rng(1).normal(size=500)
    values[400] = 1e6
    score = judged(ZScore("value", 100), columns(values)).score[10:]
    assert np.all((score >= 0) & (score <= 1))
    assert score[390] > 0.999
    assert 0.45 < np.median(score[:390]) < 0.55  # half of all usual values are within 0.67 deviations


def test_a_value_that_never_changed_is_far_as_soon_as_it_does() -> None:
    found = judged(ZScore("value", 20), columns([0.1] * 30 + [0.2])).found
    assert found[29] == 0
    assert found[30] == 1e6


@pytest.mark.parametrize("odd", [math.nan, math.inf, -math.inf, 1e300])
def test_what_is_no_usable_number_is_not_judged_and_not_learnt(odd: float) -> None:
    usual = [0.0, 1.0] * 20
    found = judged(ZScore("value", 50), columns([*usual, odd, 0.0])).found
    assert math.isnan(found[40])
    assert found[41] == pytest.approx(1, rel=0.1)


def test_large_values_that_left_the_window_leave_no_trace() -> None:
    """What is rounded when they are taken back from a sum is more than the values after them differ."""
    rolling = Rolling(20)
    for value in [*[1e9, 1e9 + 1] * 50, *[1.0, 2.0] * 30]:
        rolling.learn(value)
    assert rolling.distance(1.5) == pytest.approx(0, abs=1e-6)
    assert rolling.distance(3.5) == pytest.approx(4, rel=0.1)


def test_batches_of_any_size_are_judged_the_same() -> None:
    values = np.random.default_rng(2).normal(size=200)
    whole, parts = ZScore("value", 30), ZScore("value", 30)
    found = [judged(parts, columns(values[start : start + 7])).found for start in range(0, 200, 7)]
    assert np.array_equal(np.concatenate(found), judged(whole, columns(values)).found, equal_nan=True)


# -- trees


@pytest.mark.proves("detectors.rare")
def test_trees_find_what_is_rare() -> None:
    random = np.random.default_rng(3)
    values = np.sin(np.arange(1500) / 20) + random.normal(0, 0.1, 1500)
    values[[1000, 1200, 1400]] = 6.0, 5.0, -6.0
    score = judged(HalfSpaceTrees(["value"], 250, 25, 8, 42), columns(values)).score
    assert np.isnan(score[:250]).all()
    assert (score[[1000, 1200, 1400]] > 0.95).all()
    usual = np.delete(score[500:], [500, 700, 900])
    assert np.quantile(usual, 0.99) < 0.9
    assert np.all((usual >= 0) & (usual <= 1))


def test_trees_pass_over_rows_that_lack_a_column() -> None:
    trees = HalfSpaceTrees(["value", "other"], 20, 5, 4, 1)
    other = np.ones(100)
    other[::2] = np.nan
    score = judged(trees, columns(np.random.default_rng(4).normal(size=100), other=other)).score
    assert np.isnan(score[::2]).all()
    assert np.isfinite(score[99])
    assert np.isnan(judged(trees, columns([1.0])).score).all()


def test_equal_seeds_judge_the_same() -> None:
    values = columns(np.random.default_rng(5).normal(size=200))
    one, other = (judged(HalfSpaceTrees(["value"], 50, 5, 4, 7), values).score for _ in range(2))
    assert np.array_equal(one, other, equal_nan=True)


# -- all of them


def judge(judges: Judges, given: Mapping[str, Column]) -> Mapping[str, Column]:
    return asyncio.run(judges.judge(given)).columns


def test_scores_are_written_into_the_columns_that_were_named() -> None:
    judges = Judges({})
    fresh = asyncio.run(judges.use([
        ThresholdDetector(field="value", over=1, writes="high"),
        ThresholdDetector(field="high", over=0.5, writes="probability"),
        ThresholdDetector(field="value", over=1, writes="time"),
    ]))  # fmt: skip
    assert len(fresh) == 3
    found = judge(judges, columns([0, 2]))
    assert numbers_of(found["high"]).tolist() == numbers_of(found["probability"]).tolist() == [0, 1]
    assert numbers_of(found["time"]).tolist() == [0, 1]
    asyncio.run(judges.close())


def test_detectors_that_stay_go_on_with_what_they_know() -> None:
    judges, spec = Judges({}), ZScoreDetector(window=50, writes="z")
    asyncio.run(judges.use([spec]))
    judge(judges, columns([0.0, 1.0] * 20))
    assert len(asyncio.run(judges.use([ThresholdDetector(over=1), spec]))) == 1
    assert np.isfinite(numbers_of(judge(judges, columns([0.5]))["z"])).all()
    assert len(asyncio.run(judges.use([ZScoreDetector(window=60, writes="z")]))) == 1
    assert np.isnan(numbers_of(judge(judges, columns([0.5]))["z"])).all()


def test_what_is_watched_has_a_name_of_its_own() -> None:
    specs: list[DetectorSpec] = [
        ZScoreDetector(), ZScoreDetector(limit=None), TreesDetector(name="rare"), ThresholdDetector(over=1),
        ModelDetector(model="m", name="rare"), ThresholdDetector(name="alert", under=2),
    ]  # fmt: skip
    assert names(specs) == ["zscore", "zscore 2", "rare", "threshold", "rare 2", "alert 1"]
    found = {one.name: one for one in watched(Alert(over=0.7, quiet=9), specs)}
    assert list(found) == ["alert", "zscore", "rare", "threshold", "rare 2", "alert 1"]
    assert found["alert"].limits == Limits(over=0.7, quiet=9)
    assert found["zscore"].limits == Limits(over=4.0, quiet=5.0)
    assert found["alert 1"].limits == Limits(under=2, quiet=5.0)
    assert [one.name for one in watched(None, [])] == []


def test_river_is_loaded_by_who_needs_it_alone() -> None:
    program = (
        "import sys, jupyter_crispdm.streams.collector.collecting\n"
        "assert 'river' not in sys.modules and 'pandas' not in sys.modules, 'loaded at once'\n"
        "assert 'pyarrow' not in sys.modules and 'tornado' not in sys.modules, 'not needed'\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, cwd=ROOT)
