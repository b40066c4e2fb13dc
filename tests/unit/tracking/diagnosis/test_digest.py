"""A series in bounded memory."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_crispdm.tracking.diagnosis.digest import STRETCHES, Digest
from jupyter_crispdm.tracking.types import Series
from tests.examples import examples
from tests.support import grows_evenly

from .curves import digest, series


def test_few_values_are_kept_as_they_are() -> None:
    step, time, mean = digest([3.0, 2.0, 1.0]).stretches()
    assert (step.tolist(), time.tolist(), mean.tolist()) == ([0, 1, 2], [0, 1, 2], [3, 2, 1])


def test_many_values_are_means_of_stretches_and_the_extremes_are_exact() -> None:
    values = np.sin(np.arange(100_000) / 5000) + 2
    values[61_803] = -7.0
    made = digest(values)
    step, _, mean = made.stretches()
    assert STRETCHES <= len(step) <= 2 * STRETCHES
    assert made.count == 100_000
    assert made.lowest is not None
    assert (made.lowest.step, made.lowest.value) == (61_803, -7.0)
    assert mean.min() > 0.9  # one value moves no mean
    assert np.all(np.diff(step) > 0)


@settings(max_examples=examples(60))
@given(st.lists(st.integers(1, 900), min_size=1, max_size=12), st.randoms())
def test_it_does_not_matter_in_which_pieces_rows_come(sizes: list[int], random: object) -> None:
    values = np.cos(np.arange(sum(sizes)) / 50)
    whole, pieces, at = digest(values), Digest(), 0
    for size in sizes:
        pieces.add(series(values[at : at + size], first=at))
        at += size
    assert (pieces.count, pieces.lowest, pieces.newest) == (whole.count, whole.lowest, whole.newest)
    for one, other in zip(whole.stretches(), pieces.stretches(), strict=True):
        assert one.shape == other.shape
        assert np.allclose(one, other)


def test_a_restart_makes_one_curve_and_no_saw_tooth() -> None:
    made = digest(series(np.linspace(2, 1, 60)), series(np.linspace(1.33, 0.5, 60), first=40))
    step, _, mean = made.stretches()
    assert step.tolist() == list(range(100))
    assert mean[40] == pytest.approx(1.33)
    assert np.all(np.diff(mean) < 0)


def test_what_was_best_beyond_a_restart_is_forgotten() -> None:
    made = digest(series([3.0, 2.0, 1.0, 0.1, 0.2]), series([2.5, 2.4], first=2))
    assert made.lowest is not None
    assert (made.lowest.step, made.lowest.value) == (1, 2.0)
    begun_anew = digest(series([0.1, 0.2, math.nan]), series([5.0, 4.0]))
    assert begun_anew.lowest is not None
    assert (begun_anew.lowest.value, begun_anew.broken) == (4.0, None)


def test_restarts_within_one_piece_are_seen_too() -> None:
    one, other = series(np.linspace(2, 1, 60)), series(np.linspace(1.33, 0.5, 60), first=40)
    step, value = np.concatenate([one.step, other.step]), np.concatenate([one.value, other.value])
    glued = Series(step, value, np.arange(120.0))
    assert digest(glued).stretches()[0].tolist() == list(range(100))


def test_several_writers_that_are_not_quite_in_step_are_no_restarts() -> None:
    step = np.repeat(np.arange(1000), 4)
    step[1::4] -= 3
    made = digest(Series(step, np.ones(4000), np.arange(4000.0)))
    assert made.count == 4000
    assert made.stretches()[0][-1] > 990


def test_steps_in_no_order_at_all_cost_no_more() -> None:
    step = np.random.default_rng(1).integers(0, 1 << 40, 50_000)
    made = digest(Series(step, np.ones(50_000), np.arange(50_000.0)))
    assert len(made.stretches()[0]) <= 2 * STRETCHES


def test_where_it_broke_is_known_until_it_is_a_number_again() -> None:
    made = digest([1.0, math.nan, math.inf])
    assert made.broken is not None
    assert made.broken.step == 1
    assert made.last_finite is not None
    assert made.last_finite.step == 0
    made.add(series([math.nan], first=3))
    assert made.broken.step == 1
    made.add(series([0.5], first=4))
    assert made.broken is None


def test_enormous_values_raise_no_warning() -> None:
    made = digest(np.full(3000, 1.7e308), series(np.full(3000, 1.7e308), first=3000))
    assert made.count == 6000


def test_the_work_grows_with_the_rows_alone() -> None:
    assert grows_evenly(lambda size: digest(np.arange(float(size))), 20_000)
