"""The parts of the reader of logs: bars, tables, objects, counts that begin anew, plans of shapes."""

from __future__ import annotations

import math

import pytest

from jupyter_crispdm.tracking.parsers import bars, objects, tables
from jupyter_crispdm.tracking.parsers.bars import Bar
from jupyter_crispdm.tracking.parsers.memory import Memory, Track
from jupyter_crispdm.tracking.parsers.numbers import split
from jupyter_crispdm.tracking.parsers.placing import Place, Placing
from jupyter_crispdm.tracking.parsers.plans import Plans
from jupyter_crispdm.tracking.parsers.shapes import Plan, heading_section, plan_of


@pytest.mark.parametrize(
    ("text", "bar"),
    [
        ("train: 40%|████ | 2/5 [00:01<00:02, 1.5it/s, loss=0.5]", Bar("train", 2, 5, "loss=0.5", "")),
        ("40%|████ | 2/5 [00:01<00:02, 1.5it/s]", Bar("", 2, 5, "", "")),
        (
            "Epoch 3: 100%|██| 5/5 [00:01<00:00, 9it/s, loss=1, acc=2]done 3",
            Bar("Epoch 3", 5, 5, "loss=1, acc=2", "done 3"),
        ),
        ("12it [00:01, 9.1it/s, loss=0.5]", Bar("", 12, None, "loss=0.5", "")),
        ("read: 12it [00:01, 9.1it/s]", Bar("read", 12, None, "", "")),
        ("a: 10%|█ | 1/9 [00:01<00:02, 1it/s, p=[1, 2], loss=3]", Bar("a", 1, 9, "loss=3", "")),
    ],
)
def test_what_a_bar_says(text: str, bar: Bar) -> None:
    assert bars.tqdm_bar(text) == bar


@pytest.mark.parametrize(
    "text", ["a: 40%|████ | 4.0M/9.9M [00:01<00:02, 3MB/s]", "93%| no bar", "100%|██", "submit [x]", "%|[", "it [", ""]
)
def test_what_is_no_bar_of_steps(text: str) -> None:
    assert bars.tqdm_bar(text) is None


def test_a_bar_is_told_as_a_line() -> None:
    assert Bar("Epoch 1", 2, 5, "loss=1", "").line == "Epoch 1: step 2/5 loss=1"
    assert Bar("", 2, None, "loss=1", "").line == "step 2 loss=1"


def test_drawings_are_taken_out_of_a_line() -> None:
    assert bars.undrawn("3/9 ━━━━━╸──── 1s - loss: 0.5") == "3/9 1s - loss: 0.5"
    assert bars.undrawn("3/9 [===>......] - loss: 0.5") == "3/9 - loss: 0.5"
    assert bars.thin_bar("1/3 0G 1.2: 50% ━━━━━━────── 1/2 2.1it/s") == Bar("1/3 0G 1.2", 1, 2, "", "")
    assert bars.thin_bar("50% done 1/2") is None


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("epoch     train_loss  valid_loss  time", ["epoch", "train_loss", "valid_loss", "time"]),
        ("  Iter       Train Loss   Remaining Time ", ["Iter", "Train Loss", "Remaining Time"]),
        ("E    #       LOSS TOK2VEC  SCORE ", ["E", "#", "LOSS TOK2VEC", "SCORE"]),
        ("step,loss,lr", ["step", "loss", "lr"]),
        ("| epoch | loss |", ["epoch", "loss"]),
        ("epoch loss acc", ["epoch", "loss", "acc"]),
    ],
)
def test_the_columns_of_a_heading(text: str, columns: list[str]) -> None:
    assert tables.columns_of(text) == columns


@pytest.mark.parametrize(
    "text", ["loss  epoch", "epoch  user", "name,loss", "", "epoch", "epoch: done", f"epoch  {'a' * 500}"]
)
def test_what_is_no_heading(text: str) -> None:
    assert tables.columns_of(text) is None


def test_a_row_says_its_values_under_their_columns() -> None:
    row = tables.row_of("3  120  0.5  nan  00:10  93%", ["epoch", "step", "loss", "val_loss", "time", "acc"])
    assert row is not None
    assert (row.epoch, row.step) == (3, 120)
    assert {name: value for name, value in row.values.items() if value == value} == {"loss": 0.5, "acc": 93.0}
    assert math.isnan(row.values["val_loss"])


@pytest.mark.parametrize("text", ["3  0.5", "a  0.5  0.25", "3  0.5  0.25  1", "", "epoch  loss  acc"])
def test_what_is_no_row(text: str) -> None:
    assert tables.row_of(text, ["epoch", "loss", "acc"]) is None


def test_rules_and_pairs_of_a_block() -> None:
    assert tables.is_rule("|---+---|")
    assert not tables.is_rule("a---")
    assert tables.pair_of("|    ep_rew_mean     | 21.3     |") == ("ep_rew_mean", 21.3)
    assert tables.pair_of("| rollout/           |          |") == ("rollout/", None)
    assert tables.pair_of("| a | 1 | 2 |") is None
    assert tables.pair_of("| a b c") is None


@pytest.mark.parametrize(
    ("text", "step", "epoch", "values"),
    [
        ('{"step": 3, "loss": 0.5}', 3, None, {"loss": 0.5}),
        ('{"global_step": 3, "iteration": 1, "loss": 0.5}', 3, None, {"loss": 0.5}),
        ('{"epoch": 1.5, "loss": "NaN"}', None, 1.5, {"loss": None}),
        ('{"val": {"loss": 0.5, "deep": {"acc": 1}}}', None, None, {"val/loss": 0.5, "val/deep/acc": 1.0}),
        ('{"step": 1, "custom": 2.5, "time": 9.5, "flag": true}', 1, None, {"custom": 2.5}),
        ('{"loss": 0.5, "custom": 2.5}', None, None, {"loss": 0.5}),
        ('{"step": 1.5, "loss": 0.5}', None, None, {"loss": 0.5}),
    ],
)
def test_what_an_object_says(text: str, step: int | None, epoch: float | None, values: dict[str, float | None]) -> None:
    said = objects.said(text)
    assert said is not None
    assert (said.step, said.epoch) == (step, epoch)
    assert {name: None if value != value else value for name, value in said.values.items()} == values


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        "3",
        '{"a": 1}',
        '{"port": 80, "pid": 3}',
        "{'loss': 1}",
        '{"loss": "mse"}',
        '{"a":' * 2000 + "1" + "}" * 2000,
        '{"loss": null}',
    ],
)
def test_an_object_that_says_nothing(text: str) -> None:
    assert objects.said(text) is None


def test_a_number_without_end_is_an_infinity() -> None:
    said = objects.said('{"loss": 1' + "0" * 400 + "}")
    assert said is not None
    assert said.values == {"loss": math.inf}


def steps(track: Track, *counts: tuple[int, int | None, float | None]) -> list[int]:
    return [track.advance(*count) for count in counts]


def test_a_count_is_added_up_over_epochs_by_its_total() -> None:
    track = Track(first=5, last=5, first_epoch=1, epoch=1)
    assert steps(track, (5, 10, 1), (10, 10, 1), (5, 10, 2), (10, 10, 2), (5, 10, 4)) == [5, 10, 15, 20, 35]


def test_a_count_that_goes_on_is_left_as_it_is() -> None:
    track = Track(first=5, last=5, first_epoch=1, epoch=1)
    assert steps(track, (5, 30, 1), (10, 30, 1), (15, 30, 2), (25, 30, 3)) == [5, 10, 15, 25]


def test_a_bar_that_is_drawn_again_goes_on() -> None:
    track = Track(first=0, last=0)
    assert steps(track, (0, 4, None), (4, 4, None), (0, 4, None), (2, 4, None), (1, 4, None)) == [0, 4, 4, 6, 9]


def test_a_count_without_an_end_that_begins_anew_is_another_training() -> None:
    track = Track(first=0, last=0)
    assert steps(track, (0, None, None), (7, None, None), (5, None, None)) == [0, 7, 5]
    assert track.fit == 1
    assert steps(track, (0, None, None), (1, None, None)) == [0, 1]
    assert track.fit == 2


def test_a_count_never_grows_beyond_all_counting() -> None:
    track = Track(first=1, last=1, base=1 << 60, first_epoch=1, epoch=1)
    assert track.advance(5, 10, 1) == 5


def test_what_is_first_seen_late_stands_where_it_belongs() -> None:
    assert Memory().track("part", 10, 3, 10).advance(10, 10, 3) == 30
    memory = Memory()
    memory.track("other", 0, 0)
    assert memory.track("part", 10, 2, 10).advance(10, 10, 2) == 30


def test_only_so_many_counts_are_kept() -> None:
    memory = Memory()
    for number in range(100):
        memory.track(f"t{number}", 0, None)
    assert len(memory.tracks) == 40
    assert "t99" in memory.tracks


def test_series_of_a_second_training_are_numbered_only_where_they_meet() -> None:
    placing = Placing(Memory())
    assert placing.stated(0, None).fit == 1
    assert placing.stated(5, 2.0) == Place(5, 2.0)
    again = placing.stated(0, None)
    assert again.fit == 2
    assert again.named("loss", {}) == "loss"


def test_a_place_is_that_of_the_lines_before() -> None:
    memory = Memory()
    placing = Placing(memory)
    assert placing.now() == Place()
    memory.epoch = 3
    assert placing.now() == Place(3, 3, loose=True)
    memory.step = 120
    assert placing.now() == Place(120, 3, loose=True)


def test_a_shape_is_thought_about_once_and_only_so_many_are_kept() -> None:
    plans = Plans()
    texts = split("epoch 3: loss 0.5").texts
    assert plans.of(texts) is plans.of(split("epoch 4: loss 0.25").texts)
    for number in range(5000):
        plans.of((f"x{number} ", ""))
    assert plans.of(texts) == plan_of(texts)


def test_values_of_a_heading_are_named_after_it() -> None:
    plans = Plans()
    texts, numbers = split("loss: 0.5, val_loss: 0.25")
    plan = plans.of(texts)
    assert plan is not None
    assert plans.values(plan, numbers, "test") == {"test/loss": 0.5, "val_loss": 0.25}


@pytest.mark.parametrize(
    ("line", "plan"),
    [
        ("Epoch 3/10", Plan(epoch=0, opens=True)),
        ("--- Epoch 3 ---", Plan(epoch=0, opens=True)),
        ("Epoch 3 begins", Plan(epoch=0)),
        ("step: 5", Plan(step=0)),
    ],
)
def test_headings_say_where_the_training_is(line: str, plan: Plan) -> None:
    assert plan_of(split(line).texts) == plan


@pytest.mark.parametrize(
    ("text", "section"),
    [
        ("Test Error:", "test"),
        ("=== Validation ===", "val"),
        ("Held-out results", "held out"),
        ("Latest", None),
        ("a test of all", None),
    ],
)
def test_headings_name_the_part_of_the_data(text: str, section: str | None) -> None:
    assert heading_section(text) == section


def test_a_line_with_more_numbers_than_metrics_have_is_left_alone() -> None:
    assert plan_of(split(" ".join(f"loss{n}x: {n}.5" for n in range(100))).texts) is None
