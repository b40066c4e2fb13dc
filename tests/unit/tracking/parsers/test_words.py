"""Names and numbers: what a word is, what stands in front of a number, and what a series is called."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_crispdm.tracking.parsers import front
from jupyter_crispdm.tracking.parsers.numbers import finite, is_measured, split, value_of, whole
from jupyter_crispdm.tracking.parsers.words import Kind, is_name, kind_of, place_of, proper, section_of, tokens


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("loss", Kind.metric),
        ("val_loss", Kind.metric),
        ("valid_0's binary_logloss", Kind.metric),
        ("train/box_loss", Kind.metric),
        ("lossG", Kind.metric),
        ("top-1 accuracy", Kind.metric),
        ("Acc@1", Kind.metric),
        ("mAP50-95", Kind.metric),
        ("eval_rougeL", Kind.metric),
        ("ep_rew_mean", Kind.metric),
        ("error", Kind.ambiguous),
        ("precision", Kind.ambiguous),
        ("change", Kind.ambiguous),
        ("lr", Kind.companion),
        ("learning rate", Kind.companion),
        ("loss_scale", Kind.companion),
        ("score_threshold", Kind.setting),
        ("loss weight", Kind.setting),
        ("label_smoothing", Kind.setting),
        ("num_epochs", Kind.never),
        ("version", Kind.never),
        ("batch size", Kind.never),
        ("eval_runtime", Kind.never),
        ("train_samples_per_second", Kind.never),
        ("ms/step", Kind.never),
        ("data_time", Kind.never),
        ("epoch", Kind.place),
        ("global step", Kind.place),
        ("queue", Kind.unknown),
    ],
)
def test_what_a_name_is(name: str, kind: Kind) -> None:
    assert kind_of(name) is kind


@pytest.mark.parametrize(
    ("word", "place"),
    [
        ("Epoch", "epoch"),
        ("global step", "step"),
        ("global_step", "step"),
        ("batch", "batch"),
        ("epochs", ""),
        ("", ""),
    ],
)
def test_what_says_where_one_is(word: str, place: str) -> None:
    assert place_of(word) == place


@pytest.mark.parametrize(
    ("word", "section"),
    [
        ("Training", "train"),
        ("[valid]", "val"),
        ("held-out", "held out"),
        ("Held out", "held out"),
        ("DEV", "dev"),
        ("learn", "learn"),
        ("latest", ""),
        ("", ""),
    ],
)
def test_which_part_of_the_data_is_meant(word: str, section: str) -> None:
    assert section_of(word) == section


@pytest.mark.parametrize(
    ("words", "name"),
    [
        (["val_loss"], "val_loss"),
        (["Loss"], "loss"),
        (["RMSE"], "RMSE"),
        (["LR"], "lr"),
        (["Val.", "Loss"], "val/loss"),
        (["Train", "Acc"], "train/acc"),
        (["held", "out", "loss"], "held out/loss"),
        (["held", "out"], "held out"),
        (["Average", "Loss"], "average loss"),
        (["valid_0's", "l2"], "valid_0/l2"),
        (["training's", "auc"], "train/auc"),
    ],
)
def test_what_a_series_is_called(words: list[str], name: str) -> None:
    assert proper(words) == name


def test_parts_of_names_are_found_whatever_joins_them() -> None:
    assert tokens("valLoss_1/topK") == ["val", "loss", "1", "top", "k"]


@pytest.mark.parametrize(
    ("word", "is_one"), [("loss", True), ("a.b/c-1", True), ("1a", False), ("-", False), ("x" * 65, False)]
)
def test_what_may_be_a_name(word: str, is_one: bool) -> None:
    assert is_name(word) is is_one


@pytest.mark.parametrize(
    ("line", "numbers"),
    [
        ("loss 0.5 acc .75 x -1e-3", ["0.5", ".75", "-1e-3"]),
        ("1,234.5 and 12,345", ["1,234.5", "12,345"]),
        ("top5 f1 conv2d v1.2.3", []),
        ("nan -inf NaN info", ["nan", "-inf", "NaN"]),
        ("2024-01-05 12:30", ["2024", "12", "30"]),
        ("1.5D+02", ["1.5D+02"]),
        ("Acc@1 10", ["10"]),
        ("3epoch 5. x", ["3", "5."]),
        ("1.2.3.4", ["1.2"]),
        ("+5 a-5 a -5", ["+5", "-5"]),
    ],
)
def test_the_numbers_of_a_line(line: str, numbers: list[str]) -> None:
    assert split(line).numbers == numbers


@given(st.text(st.sampled_from("0123456789.,+-eEDnaif @:_x"), max_size=40))
def test_a_line_is_its_texts_and_numbers_and_each_number_has_a_value(line: str) -> None:
    texts, numbers = split(line)
    assert "".join(text + number for text, number in zip(texts, [*numbers, ""], strict=True)) == line
    for number in numbers:
        assert isinstance(value_of(number), float)


@pytest.mark.parametrize(
    ("number", "value"),
    [("1,234.5", 1234.5), ("0,125", 0.125), ("1.5D+02", 150.0), ("5.", 5.0), ("-.5", -0.5), ("inf", math.inf)],
)
def test_the_value_of_a_number(number: str, value: float) -> None:
    assert value_of(number) == value


def test_counts_and_measures_are_told_apart() -> None:
    assert [number for number in ("3", "-3", "3.0", "3e1", "nan") if is_measured(number)] == ["3.0", "3e1", "nan"]


def test_steps_are_whole_and_countable() -> None:
    assert [whole(number) for number in ("3", "3.0", "3.5", "nan", "inf", "1e300", "1,200")] == [
        3,
        3,
        None,
        None,
        None,
        None,
        1200,
    ]
    assert [finite(value) for value in (2.5, math.nan, math.inf, 1e300)] == [2.5, None, None, None]


@pytest.mark.parametrize(
    ("left", "words", "joined", "place", "section"),
    [
        ("epoch ", (), False, "epoch", ""),
        ("Train Epoch: ", (), True, "epoch", "train"),
        ("Epoch(train) [", (), False, "epoch", "train"),
        (" - loss: ", ("loss",), True, "", ""),
        (", 'loss': ", ("loss",), True, "", ""),
        ("loss=tensor(", ("loss",), True, "", ""),
        ("] Loss: ", ("Loss",), True, "", ""),
        (" | held out: loss ", ("loss",), False, "", "held out"),
        ("Validation Results - Epoch[", (), False, "epoch", "val"),
        (" - time (sec): ", ("time",), True, "", ""),
        (" f1-score (micro avg) ", ("f1-score",), False, "", ""),
        ("", (), False, "", ""),
        ("/", ("/",), False, "", ""),
    ],
)
def test_what_stands_in_front_of_a_number(
    left: str, words: tuple[str, ...], joined: bool, place: str, section: str
) -> None:
    found = front.look(left)
    assert found[:4] == (words, joined, place, section)


@pytest.mark.parametrize(
    ("left", "name"),
    [
        ("loss: ", ["loss"]),
        ("the current loss: ", ["loss"]),
        ("mean batch cost: ", ["mean", "batch", "cost"]),
        ("Test set loss: ", ["test", "loss"]),
        ("loss value: ", ["loss", "value"]),
        ("train's binary_logloss: ", ["train's", "binary_logloss"]),
        ("held out ", ["held", "out"]),
    ],
)
def test_the_name_that_the_words_in_front_give(left: str, name: list[str]) -> None:
    found = front.name(front.look(left))
    assert found is not None
    assert found[0] == name


@pytest.mark.parametrize("left", ["", "and ", "there are some words: ", "file.c: ", "in ", "12 of the ", "x: "])
def test_prose_gives_no_name(left: str) -> None:
    found = front.name(front.look(left))
    assert found is None or found[1] in (Kind.never, Kind.setting)


@pytest.mark.parametrize("right", ["", " acc", ", x", "%", ")", "]", "|", ". Next", " test-auc:", " files=", "; ", "'"])
def test_a_number_ends_there(right: str) -> None:
    assert front.ends(right)


@pytest.mark.parametrize(
    "right", ["s", "ms,", "/10", ":30", ".3", "x", "-5", " MB", " files", " s)", ",", " it/s", " samples", "°"]
)
def test_a_number_goes_on_or_has_a_unit(right: str) -> None:
    assert not front.ends(right)
