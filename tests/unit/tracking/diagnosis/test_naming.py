"""Which series belong together, and which way they are better."""

from __future__ import annotations

import pytest

from jupyter_crispdm.tracking.diagnosis.naming import MOST_PAIRS, direction, pairs
from jupyter_crispdm.tracking.diagnosis.types import Better


@pytest.mark.parametrize(
    ("train", "validation"),
    [
        ("train/loss", "val/loss"),
        ("loss", "val_loss"),
        ("loss", "held out"),
        ("train_loss", "valid_loss"),
        ("training/accuracy", "validation/accuracy"),
        ("trainLoss", "valLoss"),
        ("Train Loss", "Test Loss"),
        ("loss", "eval_loss"),
        ("train_loss_step", "val_loss"),
        ("train-rmse", "eval-rmse"),
        ("training's l2", "valid's l2"),
        ("train/box_loss", "val/box_loss"),
        ("accuracy", "val_accuracy"),
        ("train.nll", "dev.nll"),
        ("loss/train", "loss/val"),
    ],
)
def test_pairs_are_found_by_name(train: str, validation: str) -> None:
    for names in ([train, validation], [validation, train]):
        found = pairs(dict.fromkeys(names, 10))
        assert [(pair.train, pair.validation) for pair in found] == [(train, validation)]


def test_each_held_out_set_is_compared_with_the_training() -> None:
    found = pairs({"train/loss": 9, "val/loss": 9, "test/loss": 9})
    assert {pair.train for pair in found} == {"train/loss"}
    assert [pair.validation for pair in found] == ["val/loss", "test/loss"]


def test_the_longer_of_two_training_series_is_compared() -> None:
    """transformers logs `loss` all the time and `train_loss` once, at the end."""
    found = pairs({"loss": 100, "train_loss": 1, "eval_loss": 10})
    assert (found[0].train, found[0].validation) == ("loss", "eval_loss")


def test_pairs_come_before_single_curves_and_losses_before_the_rest() -> None:
    found = pairs({"score": 5, "accuracy": 5, "val_accuracy": 5, "loss": 5, "val_loss": 5, "aux_loss": 5})
    assert [pair.train for pair in found] == ["loss", "accuracy", "aux_loss", "score"]


@pytest.mark.parametrize(
    "name", ["lr", "learning_rate", "epoch", "step", "system/cpu_percent", "train_runtime", "seconds", "banana", "norm"]
)
def test_what_is_no_measure_of_fit_is_left_alone(name: str) -> None:
    assert pairs({name: 10}) == []


@pytest.mark.parametrize(
    ("name", "better"),
    [
        ("loss", Better.low), ("val/rmse", Better.low), ("perplexity", Better.low), ("word_errors", Better.low),
        ("accuracy", Better.high), ("val_acc", Better.high), ("metrics/mAP50(B)", Better.high), ("dice", Better.high),
        ("episode_return", Better.high), ("banana", None),
    ],
)  # fmt: skip
def test_the_name_tells_which_way_is_better(name: str, better: Better | None) -> None:
    assert direction(name) is better


def test_a_bare_word_for_held_out_goes_with_the_one_metric_there_is() -> None:
    assert [tuple(pair)[:2] for pair in pairs({"rmse": 5, "val": 5})] == [("rmse", "val")]
    assert all(pair.train is None or pair.validation is None for pair in pairs({"rmse": 5, "mae": 5, "val": 5}))


def test_thousands_of_names_are_bounded() -> None:
    assert len(pairs({f"layer{number}/loss": 3 for number in range(5000)})) == MOST_PAIRS
