"""How soon a model's process is started again."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_crispdm.serving.inference.settings import InferenceSettings
from jupyter_crispdm.serving.inference.workers.pool import Pace

SETTINGS = InferenceSettings(Path("/nowhere"), first_pause=0.5, longest_pause=4.0, restarts=2)


@pytest.fixture
def pace() -> Pace:
    return Pace(SETTINGS)


def test_one_that_somebody_kills_is_back_at_once_however_often(pace: Pace) -> None:
    assert {pace.after_life(1.0, by_itself=False) for _ in range(300)} == {0.5}
    assert not pace.is_hopeless


def test_one_that_ends_by_itself_is_started_after_pauses_that_grow_to_a_bound(pace: Pace) -> None:
    assert [pace.after_life(1.0, by_itself=True) for _ in range(6)] == [0.5, 1.0, 2.0, 4.0, 4.0, 4.0]
    assert not pace.is_hopeless


def test_a_long_life_is_a_new_beginning(pace: Pace) -> None:
    for _ in range(4):
        pace.after_life(1.0, by_itself=True)
    assert pace.after_life(61.0, by_itself=True) == 0.5


def test_only_starts_in_vain_that_follow_each_other_are_hopeless(pace: Pace) -> None:
    assert [pace.vain(), pace.vain()] == [0.5, 1.0]
    pace.after_life(1.0, by_itself=True)
    assert not pace.is_hopeless
    pace.vain()
    pace.vain()
    assert not pace.is_hopeless
    assert (pace.vain(), pace.is_hopeless, pace.in_vain) == (4.0, True, 3)
