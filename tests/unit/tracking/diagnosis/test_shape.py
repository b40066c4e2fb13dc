"""The figures of a curve."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from jupyter_crispdm.tracking.diagnosis.shape import Shape, common_axis, shape
from jupyter_crispdm.tracking.diagnosis.types import Better
from jupyter_crispdm.tracking.types import Series
from tests.examples import examples

from .curves import digest, falls, series


def of(values: object, better: Better = Better.low) -> Shape:
    return shape(digest(np.asarray(values, np.float64)), better)


def noisy(length: int, deviation: float, seed: int = 3) -> np.ndarray:
    return np.asarray(np.random.default_rng(seed).normal(1.0, deviation, length))


@pytest.mark.parametrize("deviation", [0.01, 0.1, 1.0])
@pytest.mark.parametrize("length", [50, 200, 400])
def test_noise_is_found_as_it_is(length: int, deviation: float) -> None:
    found = np.mean([of(noisy(length, deviation, seed)).jitter for seed in range(20)])
    assert 0.8 * deviation < found < 1.2 * deviation


@pytest.mark.parametrize("length", [50, 300])
def test_a_slope_under_the_noise_does_not_add_to_it(length: int) -> None:
    sloped = noisy(length, 0.05) + np.linspace(0, -3, length)
    assert of(sloped).jitter < 0.07


@pytest.mark.parametrize(
    "values",
    [
        [2.0, 1.0, 0.5, 0.25, 0.12, 0.06, 0.03],
        list(np.exp(-np.linspace(0, 6, 100))),
        list(np.linspace(5, 1, 40)),
        [1.0] * 30,
    ],
)
def test_a_smooth_curve_has_none(values: list[float]) -> None:
    assert of(values).jitter == 0.0


def test_too_few_values_tell_nothing_of_noise() -> None:
    assert of([1.0, 2.0, 1.0, 2.0]).jitter == 0.0


def test_smoothing_takes_noise_away_but_not_the_newest_place() -> None:
    curve = of(noisy(400, 0.3))
    assert len(curve) == 400
    assert np.std(curve.smooth[50:]) < 0.1
    assert curve.step[-1] == 399
    assert curve.noise < curve.jitter / 3


def test_what_is_better_high_is_turned_round_and_back() -> None:
    curve = of([0.1, 0.5, 0.9, 0.8], Better.high)
    assert (curve.best_at, curve.value(curve.best), curve.value(curve.now)) == (2, 0.9, 0.8)
    assert curve.value(curve.start) == 0.1
    assert curve.rise == pytest.approx(0.1)


def test_the_best_and_the_newest_and_the_way_between() -> None:
    curve = of([4.0, 3.0, 2.0, 1.0, 1.5])
    assert (curve.best, curve.best_at, curve.now, curve.rise) == (1.0, 3, 1.5, 0.5)
    assert (curve.way, curve.whole_way, curve.start) == (3.0, 3.0, 4.0)


@pytest.mark.parametrize(
    ("values", "better", "progress"),
    [
        ([2.0, 1.0, 0.5], Better.low, 0.75),
        ([2.0, 2.0, 2.0], Better.low, 0.0),
        ([0.5, 0.6, 0.9], Better.high, 0.8),
        ([0.95, 0.96, 0.97], Better.high, 0.4),
        ([10.0, 15.0, 20.0], Better.high, 1.0),
        ([0.0, 0.0, 0.0], Better.low, 0.0),
        ([-1.0, -2.0, -3.0], Better.low, 1.0),
    ],
)
def test_progress_is_what_was_gained_of_what_can_be(values: list[float], better: Better, progress: float) -> None:
    assert of(values, better).progress == pytest.approx(progress)


def test_since_when_it_stands() -> None:
    curve = of([5.0, 4.0, 3.0, 2.0, 1.0, 1.0, 1.0, 1.0, 1.0])
    assert curve.since == 4
    assert not curve.improves
    assert of([9.0, 8.0, 7.0, 6.0, 5.0, 4.0, 3.0]).improves
    assert not of([9.0, 5.0, 4.0, 3.0, 2.0, 1.0, 4.0]).improves


def test_a_first_value_out_of_proportion_is_cut_and_one_in_proportion_is_not() -> None:
    rest = falls(1, 0.5, 3)(np.linspace(0, 1, 40))
    wild = rest.copy()
    wild[0] = 1e9
    assert of(wild).way < 30
    assert of(rest).whole_way == pytest.approx(rest[0] - rest[-1], rel=0.3)


def test_two_curves_that_count_alike_lie_over_their_steps() -> None:
    train, held = of(np.ones(100)), shape(digest(series([1.0] * 10, every=10)), Better.low)
    own, other = common_axis(train, held)
    assert own is train.step
    assert other is held.step


def test_those_that_do_not_lie_over_time_or_over_how_far_they_are() -> None:
    train = of(np.ones(1000))
    held = shape(digest(Series(np.arange(10), np.ones(10), np.linspace(0, 999, 10))), Better.low)
    own, other = common_axis(train, held)
    assert (own[-1], other[-1]) == (999, 999)
    timeless = shape(digest(Series(np.arange(10), np.ones(10), np.full(10, math.nan))), Better.low)
    own, other = common_axis(train, timeless)
    assert (own[0], own[-1], other[0], other[-1]) == (0, 1, 0, 1)
    at_once = shape(digest(Series(np.arange(10), np.ones(10), np.full(10, 5.0))), Better.low)
    assert common_axis(train, at_once)[1][-1] == 1


def test_one_curve_is_read_at_the_places_of_another() -> None:
    curve = of([0.0, 10.0, 20.0, 30.0])
    found = curve.at(np.array([-5.0, 0.5, 2.0, 99.0]), curve.step)
    assert found.tolist() == [0.0, 5.0, 20.0, 30.0]


@settings(max_examples=examples(100))
@example([-5e-324, 1.0], Better.high)  # what was gained is beyond all proportion to the start
@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=80), st.sampled_from([Better.low, Better.high]))
def test_whatever_was_logged_figures_are_numbers_in_their_bounds(values: list[float], better: Better) -> None:
    curve = of(values, better)
    for figure in (curve.best, curve.now, curve.way, curve.flat, curve.rise, curve.noise, curve.progress):
        assert math.isfinite(figure)
    assert 0 <= curve.progress <= 1
    assert curve.way >= 0
    assert curve.flat >= 0
    assert curve.rise >= 0
    assert 0 <= curve.since <= curve.best_at < len(curve)
