"""Lines as people and libraries print them, one by one: what they say, and what they only seem to say."""

from __future__ import annotations

import math

import pytest

from tests.unit.tracking.parsers.saying import Said, points, said


@pytest.mark.proves("training.log-formats")
@pytest.mark.parametrize(
    ("line", "series"),
    [
        ("step=100 loss=0.5 acc=0.9", {"loss": (100, 0.5), "acc": (100, 0.9)}),
        ("loss: 0.5", {"loss": (None, 0.5)}),
        ("loss 0.5", {"loss": (None, 0.5)}),
        ("loss=tensor(0.5234, grad_fn=<NllLossBackward0>)", {"loss": (None, 0.5234)}),
        ("Epoch 3/10, Loss: 0.25, Val Loss: 0.5", {"loss": (3, 0.25), "val/loss": (3, 0.5)}),
        ("Epoch [3/10] train_loss=nan", {"train_loss": (3, math.nan)}),
        (
            "epoch 3: loss 0.2, held out: loss 0.5, IoU 0.8",
            {"loss": (3, 0.2), "held out/loss": (3, 0.5), "held out/IoU": (3, 0.8)},
        ),
        ("step 120: loss 1.25, held out 1.33", {"loss": (120, 1.25), "held out": (120, 1.33)}),
        ("Train Epoch: 1 [640/60000 (1%)]\tLoss: 2.31", {"train/loss": (640, 2.31)}),
        (
            "Test set: Average loss: 0.05, Accuracy: 9832/10000 (98%)",
            {"test/average loss": (None, 0.05), "test/accuracy": (None, 98.0)},
        ),
        ("[1,  2000] loss: 2.2", {"loss": (2000, 2.2)}),
        ("iter 12: loss 4.21, time 120.10ms, mfu 3.5%", {"loss": (12, 4.21), "mfu": (12, 3.5)}),
        (
            "2024-01-05 12:30:44,123 INFO root: epoch 4 | loss 0.5 | lr 1.0e-3 | 1.2s",
            {"loss": (4, 0.5), "lr": (4, 0.001)},
        ),
        ("I0321 12:12:12.123456 1234 train.py:123] step = 5, loss = 0.5 (0.1 sec)", {"loss": (5, 0.5)}),
        ("INFO:tensorflow:loss = 0.5, step = 100 (0.1 sec)", {"loss": (100, 0.5)}),
        (
            "INFO:tensorflow:Saving dict for global step 9: accuracy = 0.9, global_step = 9, loss = 0.3",
            {"eval/accuracy": (9, 0.9), "eval/loss": (9, 0.3)},
        ),
        ("[rank0]: step 5 loss 0.25", {"loss": (5, 0.25)}),
        ("step 5: loss=[0.25], lr=[1e-05]", {"loss": (5, 0.25), "lr": (5, 1e-05)}),
        ("epoch: [3] loss: [0.25]", {"loss": (3, 0.25)}),
        ("Iter 2/50 - Loss: 1.084   noise: 0.693", {"loss": (2, 1.084), "noise": (2, 0.693)}),
        ("Train tree 8/20 train-loss:0.5", {"train-loss": (8, 0.5)}),
        ("100%|██| 9/9 [0:01<0:00, init loss: 28.4, avg. loss [1-9]: 5.5]", {"init loss": (9, 28.4), "loss": (9, 5.5)}),
        ("| epoch 001 | loss 9.2 | ppl 600.1 | wps 1000", {"loss": (1, 9.2), "ppl": (1, 600.1)}),
        (
            "2020-01-01 10:00:00,12 epoch 1 - iter 12/120 - loss 2.5 - time (sec): 1.23 - samples/sec: 123.4 - lr: 0.1",
            {"loss": (12, 2.5), "lr": (12, 0.1)},
        ),
        (
            " iteration       10/     100 | consumed samples:  80 | elapsed time per iteration (ms): 12.3 |"
            " learning rate: 1.0E-04 | lm loss: 9.1E+00 | grad norm: 1.5 |",
            {"learning rate": (10, 0.0001), "lm loss": (10, 9.1), "grad norm": (10, 1.5)},
        ),
        ("Iteration 1, loss = 0.66", {"loss": (1, 0.66)}),
        ("At iterate    5    f=  1.03972D+02    |proj g|=  1.2D+01", {"f": (5, 103.972)}),
        ("[10]\ttrain-logloss:0.07\ttest-auc:0.94", {"train-logloss": (10, 0.07), "test-auc": (10, 0.94)}),
        ("[1]\tvalid_0's l2: 0.63 + 0.0007", {"valid_0/l2": (1, 0.63)}),
        (
            "7:\tlearn: 0.6\ttest: 0.9\tbest: 0.9 (0)\ttotal: 48.3ms\tremaining: 532ms",
            {"learn": (7, 0.6), "test": (7, 0.9)},
        ),
        (
            "Episode 10\tLast reward: 15.00\tAverage reward: 10.52",
            {"last reward": (10, 15.0), "average reward": (10, 10.52)},
        ),
        (
            "[I 2026-11-29 12:00:00,123] Trial 4 finished with value: 0.5 and parameters: {'x': 0.3}."
            " Best is trial 0 with value: 0.1.",
            {"value": (4, 0.5)},
        ),
        ('{"step": 3, "loss": 0.25, "level": "info", "pid": 77}', {"loss": (3, 0.25)}),
        (
            '{"epoch": 2, "train": {"loss": 0.25}, "val": {"loss": 0.5}}',
            {"train/loss": (2, 0.25), "val/loss": (2, 0.5)},
        ),
        (
            "{'loss': 0.5, 'grad_norm': np.float64(1.5), 'learning_rate': 5e-05, 'epoch': 2.0}",
            {"loss": (None, 0.5), "grad_norm": (None, 1.5), "learning_rate": (None, 5e-05)},
        ),
        (
            "[CV 1/3] END ..C=0.1;, score=(train=0.861, test=0.851) total time=   0.0s",
            {"train/score": (None, 0.861), "test/score": (None, 0.851)},
        ),
        ("step 1,200: loss 0.5", {"loss": (1200, 0.5)}),
        ("Test accuracy: 93.21%", {"test/accuracy": (None, 93.21)}),
        ("loss: -inf", {"loss": (None, -math.inf)}),
    ],
)
def test_a_line_says_its_metrics(line: str, series: Said) -> None:
    found = said(line)
    assert set(found) == set(series)
    for name, (step, value) in series.items():
        assert found[name][0] == step
        assert found[name][1] == pytest.approx(value, nan_ok=True)


@pytest.mark.proves("training.log-false-friends")
@pytest.mark.parametrize(
    "line",
    [
        "numpy 1.26.4 installed",
        "Version: 1.2",
        "Python: 3.11",
        "torch==2.1.0",
        "Loading /data/epoch=5/loss=0.5/model.ckpt",
        "time: 12:30:45",
        "took 1.25 s",
        "elapsed: 3.5",
        "shape: (32, 3, 224, 224)",
        "Batch size: 32",
        "Learning rate: 0.001",
        "Namespace(lr=0.1, gamma=0.7, loss=0.5)",
        "Total params: 1,234,567",
        "x.c:12:5: error: expected 3 arguments",
        "make: *** [all] Error 2",
        "error: 404 not found",
        "===== 5 passed, 3 warnings in 0.12s =====",
        "[ 12%] Building CXX object a.o",
        "Receiving objects:  45% (123/456), 1.2 MiB | 3.4 MiB/s",
        "GPU 0: 45% memory, 65 C",
        "    loss = 0.5 / 0",
        "+    loss = 0.5",
        "float loss = 0.5;",
        "Metric val_loss improved by 3.240 >= min_delta = 0.0. New best score: 9.585",
        "precision: 16",
        "Epoch 00002: ReduceLROnPlateau reducing learning rate to 0.0001.",
        "Restoring model weights from the end of the best epoch: 3.",
        "0    0.51  0.22",
        "mean  5.84  3.05  3.75",
        "accuracy                           1.00       400",
        "10.0.0.1 - - 200 612",
        "nSV = 203, nBSV = 141",
        "loss function: 2",
        "request GET /api/v1/items 200 12.5 ms",
        "agnostic=0, angle=1.0, box=7.5, cls=0.5, iou=0.7, batch=4",
        '{"port": 8080, "pid": 12, "ratio": 0.5}',
        '{"loss": "mse", "lr": 0.1}',
        "[1, 2, 3]",
        "{}",
        "",
        "100%",
        "Epoch 3 begins",
        "model.safetensors: 100%|██████████| 4.00M/4.00M [00:01<00:00, 3.1MB/s]",
        "id 12 value 3",
        '"loss": 0.5,',
        "INFO: OriginalPSO(epoch=5, pop_size=10, c1=2.05, c2=2.05)",
        '1: "a" NUMERICAL mean:-0.117705 min:-2.92809 max:2.75581 sd:0.942572 dtype:DTYPE_FLOAT64',
        "Iteration 3: seconds_since_start = 0.2",
        "IoU: [0.5, 0.6, 0.7]",
    ],
)
def test_what_only_looks_like_a_metric_is_left_alone(line: str) -> None:
    assert points(line, line) == []


def test_what_could_be_anything_counts_the_second_time_from_the_first_on() -> None:
    assert points("queue=0.5 fill=0.25") == []
    assert [point[:3] for point in points("queue=0.5 fill=0.25", "queue=0.75 fill=0.5", "queue=1.5 fill=0.5")] == [
        ("queue", None, 0.5),
        ("fill", None, 0.25),
        ("queue", None, 0.75),
        ("fill", None, 0.5),
        ("queue", None, 1.5),
        ("fill", None, 0.5),
    ]


def test_a_count_within_an_epoch_goes_on_over_the_epochs() -> None:
    lines = [f"Epoch: [{epoch}][{batch}/10] Loss {epoch}.{batch}" for epoch in range(3) for batch in (5, 10)]
    assert [point.step for point in points(*lines) if point.name == "loss"] == [5, 10, 15, 20, 25, 30]


def test_a_count_that_goes_on_by_itself_is_taken_as_it_is() -> None:
    lines = [f"epoch {step // 10} step {step} loss {step}.5" for step in range(5, 40, 5)]
    assert [point.step for point in points(*lines) if point.name == "loss"] == list(range(5, 40, 5))


def test_epochs_that_print_their_last_batch_only_go_on() -> None:
    lines = [f"Epoch {epoch}/3 step 10/10 loss {epoch}.5" for epoch in (1, 2, 3)]
    assert [point.step for point in points(*lines) if point.name == "loss"] == [10, 20, 30]


def test_processes_that_print_by_turns_do_not_begin_an_epoch() -> None:
    lines = [f"Epoch 1 [{batch}/100] loss {batch}.5" for batch in (40, 50, 40, 60, 50)]
    assert [point.step for point in points(*lines) if point.name == "loss"] == [40, 50, 40, 60, 50]


def test_a_second_training_in_the_same_log_has_series_of_its_own() -> None:
    lines = [f"[{step}]\tval-auc:0.{fold}{step}" for fold in (5, 6, 7) for step in (0, 1)]
    assert list(said(*lines)) == ["val-auc", "val-auc (2)", "val-auc (3)"]


def test_evaluations_stand_where_the_training_is() -> None:
    found = said(
        "Train Epoch: 1 [640/1000 (64%)] Loss: 2.5",
        "Test set: Average loss: 0.5, Accuracy: 98/100 (98%)",
        "Train Epoch: 2 [640/1000 (64%)] Loss: 1.5",
        "Test set: Average loss: 0.25, Accuracy: 99/100 (99%)",
    )
    assert found == {"train/loss": (1640, 1.5), "test/average loss": (1640, 0.25), "test/accuracy": (1640, 99.0)}


def test_of_an_evaluation_batch_by_batch_its_mean_counts() -> None:
    found = points(
        "Epoch: [0][ 9/10] Loss 1.5 (1.6)",
        "Test: [ 5/10] Loss 9.5 (9.0)",
        "Test: [10/10] Loss 3.5 (2.5)",
        " * Acc@1 50.5",
    )
    assert [point[:3] for point in found if point.name != "epoch"] == [
        ("loss", 9, 1.5),
        ("test/loss", 9, 2.5),
        ("test/Acc@1", 9, 50.5),
    ]


def test_a_heading_names_the_part_of_the_data_and_the_epoch() -> None:
    found = said(
        "Epoch 1",
        "-------------",
        "loss: 2.25  [   64/600]",
        "loss: 2.0  [  320/600]",
        "Test Error: ",
        " Accuracy: 50.9%, Avg loss: 2.15 ",
    )
    assert found == {"loss": (320, 2.0), "test/accuracy": (320, 50.9), "test/avg loss": (320, 2.15)}


@pytest.mark.parametrize(
    ("heading", "row", "series"),
    [
        (
            "epoch     train_loss  valid_loss  accuracy  time    ",
            "2         0.69      0.68        0.55      00:10",
            {"train_loss": (2, 0.69), "valid_loss": (2, 0.68), "accuracy": (2, 0.55)},
        ),
        (
            "      Iter       Train Loss   Remaining Time ",
            "         3           0.25            0.01s",
            {"train/loss": (3, 0.25)},
        ),
        ("epoch,loss,val_loss", "4,0.5,0.25", {"loss": (4, 0.5), "val_loss": (4, 0.25)}),
        ("| epoch | loss | f1 |", "| 2 | 0.5 | 0.75 |", {"loss": (2, 0.5), "f1": (2, 0.75)}),
    ],
)
def test_a_table_that_grows_tells_a_row_an_epoch(heading: str, row: str, series: Said) -> None:
    assert said(heading, "-----", row) == series


@pytest.mark.parametrize(
    "heading",
    ["gender  age", "generator loss", "   loss  accuracy", "name,loss,epoch", "model   loss", "  epoch  user  city"],
)
def test_a_table_of_data_is_left_alone(heading: str) -> None:
    assert said(heading, "0   0.5  0.25", "1   0.4  0.35") == {}


def test_times_are_those_of_the_reading() -> None:
    assert {point.time for point in points("epoch 1: loss 0.5")} == {5.0}


@pytest.mark.parametrize("number", ["nan", "inf", "-inf", "1e300", "1e15", "99999999999999999999"])
@pytest.mark.parametrize(
    "line",
    [
        "Epoch {}",
        "step {}",
        "epoch {}: loss 0.5",
        "step {}: loss 0.5",
        "Epoch {}/3 [5/10] loss 0.5",
        "Epoch 1 [{}/{}] loss 0.5",
        "{}/{} - 1s - loss: 0.5",
        "epoch,loss\n{},0.5",
        '{{"epoch": "{}", "loss": 0.5}}',
        "{{'loss': 0.5, 'epoch': {}}}",
    ],
)
def test_a_step_that_is_none_is_no_step(line: str, number: str) -> None:
    told = line.replace("{}", number).replace("{{", "{").replace("}}", "}")
    found = points("epoch 1 step 2 loss 0.25", *told.split("\n"), "epoch 2 step 4 loss 0.75")
    assert all(point.step is None or abs(point.step) < 2**63 for point in found)
    assert [point[1:3] for point in found if point.name == "loss"][-1] == (4, 0.75)


@pytest.mark.parametrize(
    ("lines", "series"),
    [
        (["step: 100", "loss: 0.5"], {"loss": (100, 0.5)}),
        (
            ["Epoch: 02 | Time: 0m 12s", "\tTrain Loss: 0.4 | Train Acc: 76.5%"],
            {"train/loss": (2, 0.4), "train/acc": (2, 76.5)},
        ),
        (["it 100 loss 0.5"], {"loss": (100, 0.5)}),
        (["[0/5][10/100]\tLoss_D: 1.5", "[1/5][10/100]\tLoss_D: 2.5"], {"Loss_D": (110, 2.5)}),
        (["Epoch 1", "loss: 0.5", "Epoch 2", "loss: 0.25"], {"loss": (2, 0.25)}),
    ],
)  # fmt: skip
def test_lines_above_say_where_the_training_is(lines: list[str], series: Said) -> None:
    assert said(*lines) == series
