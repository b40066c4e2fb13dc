"""Verdicts on curves of a known fate."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_crispdm.tracking.diagnosis.digest import Digest
from jupyter_crispdm.tracking.diagnosis.judge import best_of, diagnose
from jupyter_crispdm.tracking.diagnosis.types import Better, Verdict
from tests.examples import examples

from .curves import FATES, digest, series

LENGTHS = (20, 50, 300)


def told(train: np.ndarray, held: np.ndarray, metric: str) -> Verdict:
    return diagnose({f"train/{metric}": digest(train), f"val/{metric}": digest(held)}).verdict


@pytest.mark.proves("diagnosis.verdict")
@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("fate", FATES)
def test_smooth_curves_get_the_verdict_that_they_deserve(fate: str, length: int) -> None:
    verdict, train, held = FATES[fate]
    x = np.linspace(0, 1, length)
    metric = "accuracy" if "accuracy" in fate else "loss"
    assert told(train(x), held(x), metric) is Verdict(verdict)


@pytest.mark.parametrize("fate", FATES)
def test_noise_changes_few_verdicts(fate: str) -> None:
    verdict, train, held = FATES[fate]
    metric = "accuracy" if "accuracy" in fate else "loss"
    noise, x = np.random.default_rng(7), np.linspace(0, 1, 100)
    said = Counter(
        told(train(x) + noise.normal(0, 0.02, 100), held(x) + noise.normal(0, 0.02, 100), metric) for _ in range(40)
    )
    assert said[Verdict(verdict)] >= 34, said


def test_what_is_turned_round_is_judged_alike() -> None:
    x = np.linspace(0, 1, 60)
    _, train, held = FATES["overfit by rise"]
    for metric, sign in [("loss", 1), ("score", -1)]:
        said = diagnose({f"train_{metric}": digest(sign * train(x)), f"val_{metric}": digest(sign * held(x))})
        assert said.verdict is Verdict.overfit
        assert said.findings[0].better is (Better.low if sign > 0 else Better.high)


def test_the_reason_names_the_points_that_it_rests_on() -> None:
    held = [1.0, 0.6, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1]
    train = [1.0 * 0.7**step for step in range(10)]
    said = diagnose({"loss": digest(train), "val_loss": digest(held)})
    assert said.verdict is Verdict.overfit
    assert said.reason == (
        "val_loss was best at step 2 (0.4) and is 1.1 by now, while loss went from 0.49 to 0.04035."
    )
    points = [(point.what, point.name, point.step, point.value) for point in said.findings[0].evidence]
    assert points[:2] == [("best", "val_loss", 2, 0.4), ("now", "val_loss", 9, 1.1)]
    assert points[2][:3] == ("now", "loss", 9)


def test_what_is_no_number_any_more_says_since_when() -> None:
    said = diagnose({"loss": digest([2.0, 1.0, math.nan, math.nan]), "val_loss": digest([2.0, 1.0, 1.0, 1.0])})
    assert said.verdict is Verdict.nan
    assert said.reason == "loss is not a number since step 2; before, it was 1 at step 1."
    assert [(point.what, point.step, point.value) for point in said.findings[0].evidence] == [
        ("broken", 2, None), ("last", 1, 1.0)
    ]  # fmt: skip
    never = diagnose({"loss": digest([math.inf, math.inf])})
    assert never.reason == "loss is infinite since step 0."
    assert never.findings[0].evidence[0].value == "Infinity"
    assert diagnose({"loss": digest([-math.inf])}).findings[0].evidence[0].value == "-Infinity"


def test_one_bad_value_that_is_followed_by_good_ones_breaks_nothing() -> None:
    x = np.linspace(0, 1, 60)
    train, held = FATES["right"][1](x), FATES["right"][2](x)
    train[30] = math.nan
    assert told(train, held, "loss") is Verdict.right


def test_one_series_that_is_broken_is_told_though_others_are_well() -> None:
    x = np.linspace(0, 1, 60)
    well = {"train/loss": digest(FATES["right"][1](x)), "val/loss": digest(FATES["right"][2](x))}
    said = diagnose({**well, "train/aux_loss": digest([1.0, math.nan])})
    assert said.verdict is Verdict.nan
    assert {finding.verdict for finding in said.findings} == {Verdict.right, Verdict.nan}


@pytest.mark.parametrize(
    ("values", "verdict", "says"),
    [
        ([2.0, 1.5, 1.1, 0.8, 0.6, 0.45, 0.34], Verdict.learning, "still gets better: 2 at first, 0.34 at step 6"),
        ([2.0, 0.5] + [0.4] * 10, Verdict.plateau, "got no better since step 2"),
        ([2.3, 2.301, 2.299, 2.3, 2.3, 2.3, 2.3], Verdict.underfit, "hardly got better"),
        ([1.0, 0.5, 0.6, 1.0, 2.0, 4.0, 8.0, 16.0], Verdict.diverging, "gets worse: 0.5 at step 1, 16 at step 7"),
        ([1.0, 0.5], Verdict.early, "Too few values of loss to say"),
    ],
)
def test_a_single_curve_is_judged_by_itself(values: list[float], verdict: Verdict, says: str) -> None:
    said = diagnose({"loss": digest(values)})
    assert (said.verdict, says in said.reason) == (verdict, True), said.reason
    assert said.findings[0].validation is None


def test_curves_that_count_differently_are_laid_side_by_side_by_time() -> None:
    """Keras logs batches for the training and epochs for what is held out."""
    x = np.linspace(0, 1, 1000)
    train = series(FATES["overfit by rise"][1](x))
    epochs = np.linspace(0, 1, 20)
    held = series(FATES["overfit by rise"][2](epochs))
    held = type(held)(held.step, held.value, np.linspace(0, 999, 20))
    assert diagnose({"loss": digest(train), "val_loss": digest(held)}).verdict is Verdict.overfit
    unknown = np.full(20, math.nan)
    without_time = type(held)(held.step, held.value, unknown)
    assert diagnose({"loss": digest(train), "val_loss": digest(without_time)}).verdict is Verdict.overfit


def test_a_first_value_out_of_all_proportion_hides_nothing() -> None:
    x = np.linspace(0, 1, 100)
    train, held = FATES["overfit by rise"][1](x), FATES["overfit by rise"][2](x)
    train[0], held[0] = 1e6, 1e6
    assert told(train, held, "loss") is Verdict.overfit


def test_there_is_nothing_to_say_without_curves_and_of_what_is_no_measure_of_fit() -> None:
    assert diagnose({}).verdict is Verdict.early
    said = diagnose({"lr": digest([0.1, 0.01]), "system/cpu_percent": digest([1, 2, 3, 4]), "epoch": digest([1, 2])})
    assert (said.verdict, said.findings) == (Verdict.early, [])


def test_the_best_point_is_of_what_was_held_out_or_by_the_metric_that_is_asked_for() -> None:
    digests = {"train/loss": digest([3.0, 2.0, 1.0]), "val/loss": digest([3.0, 1.5, 2.0]), "val/acc": digest([0, 1, 0])}
    best = best_of(digests)
    assert best is not None
    assert (best.metric, best.step, best.value, best.better, best.time) == ("val/loss", 1, 1.5, Better.low, 1.0)
    by_accuracy = best_of(digests, "val/acc")
    assert by_accuracy is not None
    assert (by_accuracy.step, by_accuracy.value, by_accuracy.better) == (1, 1.0, Better.high)
    worst = best_of(digests, "train/loss", Better.high)
    assert worst is not None
    assert worst.step == 0
    assert best_of(digests, "nothing") is None
    assert best_of({}) is None
    assert best_of({"loss": digest([math.nan])}) is None


@settings(max_examples=examples(150))
@given(
    st.lists(st.floats(allow_nan=True, allow_infinity=True), max_size=40),
    st.lists(st.floats(allow_nan=True, allow_infinity=True), max_size=40),
)
def test_whatever_was_logged_something_is_said(train: list[float], held: list[float]) -> None:
    digests: dict[str, Digest] = {"train/loss": digest(train), "val/loss": digest(held)}
    with np.errstate(all="ignore"):
        said = diagnose(digests)
    assert said.reason
    assert all(finding.reason for finding in said.findings)
