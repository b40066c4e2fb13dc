"""Whole trainings, and what is said of them as they go on: each word at its time, and none that is taken back."""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby

import numpy as np
import pytest

from jupyter_crispdm.tracking.diagnosis.judge import diagnose
from jupyter_crispdm.tracking.diagnosis.types import Verdict

from .curves import Floats, digest, falls, rises_after


def said_after_each_epoch(train: Floats, held: Floats, metric: str = "loss") -> list[Verdict]:
    """The verdict after the first epoch, after the second, and so on."""
    return [
        diagnose({f"train/{metric}": digest(train[:epoch]), f"val/{metric}": digest(held[:epoch])}).verdict
        for epoch in range(1, len(train) + 1)
    ]


def in_turn(said: list[Verdict]) -> list[str]:
    """The verdicts in the order in which they came, each once while it lasted."""
    return [verdict.value for verdict, _ in groupby(said)]


def told(train: Callable[[Floats], Floats], held: Callable[[Floats], Floats], epochs: int = 60) -> list[str]:
    x = np.linspace(0, 1, epochs)
    return in_turn(said_after_each_epoch(train(x), held(x)))


@pytest.mark.proves("diagnosis.verdict")
def test_one_that_overfits_is_too_early_then_learns_then_overfits_and_stays_so() -> None:
    words = told(falls(2, 0, 6), lambda x: falls(1.8, 0.5, 8)(x) + rises_after(0.4, 0.9)(x))
    assert words[:2] == ["early", "underfit"]
    assert words[-1] == "overfit"
    assert words.count("overfit") == 1, words


@pytest.mark.proves("diagnosis.verdict")
def test_one_that_goes_well_learns_until_it_is_right() -> None:
    assert told(falls(2, 0.2, 6), falls(2, 0.25, 6)) == ["early", "underfit", "right"]


def test_one_that_goes_on_for_long_after_that_stands_on_a_plateau() -> None:
    assert told(falls(2, 0.2, 14), falls(2, 0.25, 14), 120)[-2:] == ["right", "plateau"]


def test_one_that_never_learns_is_underfitted_from_the_first_word_on() -> None:
    assert told(lambda x: 2.3 + 0 * x, lambda x: 2.3 + 0 * x) == ["early", "underfit"]


def test_one_that_diverges_says_so_while_it_does() -> None:
    def away(x: Floats) -> Floats:
        return np.asarray(falls(1, 0.5, 8)(x) + 30 * rises_after(0.6, 1)(x) ** 2)

    words = told(away, away)
    assert words[0] == "early"
    assert words[-1] == "diverging"


def test_one_that_breaks_is_no_number_from_then_on() -> None:
    train = falls(2, 0, 6)(np.linspace(0, 1, 40))
    held = train + 0.1
    train[25:] = np.nan
    said = said_after_each_epoch(train, held)
    assert Verdict.nan not in said[:25]
    assert set(said[25:]) == {Verdict.nan}


def test_one_bad_epoch_changes_no_word_for_longer_than_it_lasts() -> None:
    x = np.linspace(0, 1, 60)
    train, held = falls(2, 0.2, 8)(x), falls(2, 0.25, 8)(x)
    held[50] += 1.0
    said = said_after_each_epoch(train, held)
    assert said[49] is Verdict.right
    assert said[-1] is Verdict.right


#: Made up in the way of a small network that knows its few pictures by heart: accuracy up, loss up again.
LOSS = [
    1.21, 0.74, 0.62, 0.55, 0.50, 0.46, 0.43, 0.40, 0.37, 0.35,
    0.33, 0.31, 0.29, 0.27, 0.25, 0.24, 0.22, 0.21, 0.19, 0.18,
]  # fmt: skip
VAL_LOSS = [
    0.83, 0.66, 0.60, 0.56, 0.54, 0.53, 0.52, 0.515, 0.512, 0.51,
    0.513, 0.52, 0.53, 0.54, 0.55, 0.57, 0.58, 0.60, 0.62, 0.64,
]  # fmt: skip
ACCURACY = [
    0.58, 0.74, 0.78, 0.80, 0.82, 0.84, 0.85, 0.86, 0.87, 0.88,
    0.885, 0.89, 0.90, 0.905, 0.91, 0.915, 0.92, 0.93, 0.935, 0.94,
]  # fmt: skip
VAL_ACCURACY = [
    0.70, 0.76, 0.78, 0.79, 0.80, 0.81, 0.81, 0.815, 0.82, 0.82,
    0.82, 0.82, 0.82, 0.82, 0.82, 0.82, 0.82, 0.82, 0.82, 0.82,
]  # fmt: skip


def test_a_usual_printout_is_read_as_people_read_it() -> None:
    said = diagnose({
        "loss": digest(LOSS), "val_loss": digest(VAL_LOSS), "accuracy": digest(ACCURACY),
        "val_accuracy": digest(VAL_ACCURACY), "lr": digest([1e-3] * 20),
    })  # fmt: skip
    assert said.verdict is Verdict.overfit
    assert "val_loss was best at step 9 (0.51)" in said.reason
    assert [(finding.train, finding.validation) for finding in said.findings] == [
        ("loss", "val_loss"), ("accuracy", "val_accuracy"),
    ]  # fmt: skip
    early = diagnose({"loss": digest(LOSS[:8]), "val_loss": digest(VAL_LOSS[:8])})
    assert early.verdict in (Verdict.underfit, Verdict.right)
