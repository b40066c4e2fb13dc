"""When an epoch of a training is over."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from jupyter_crispdm.base.files.watch import Watcher
from jupyter_crispdm.base.live.core.log import Place
from jupyter_crispdm.base.live.follower import LogChannel
from jupyter_crispdm.base.live.following import following
from jupyter_crispdm.tracking import RunSource, Series
from jupyter_crispdm.tracking.reading.epochs import EpochCounter

from .conftest import Writer
from .reading import next_curves


def points(*values: float) -> Series:
    return Series(np.arange(len(values)), np.array(values, np.float64), np.zeros(len(values)))


def counts(*news: dict[str, Series]) -> list[int]:
    counter, found = EpochCounter(), []
    for one in news:
        counter.take(one)
        found.append(counter.count)
    return found


def test_a_curve_of_epochs_counts_by_its_whole_numbers() -> None:
    loss = points(1.0)
    found = counts(
        {"loss": loss, "epoch": points(0.25)},
        {"loss": loss, "epoch": points(0.5)},
        {"loss": loss},
        {"val_loss": loss, "train/epoch": points(1.0)},
        {"epoch": points(float("nan"))},
        {"epoch": points(1.25, 2.75)},
    )
    assert found == [1, 1, 1, 2, 2, 3]


@pytest.mark.parametrize(
    "name", ["val_loss", "val/loss", "valid.acc", "eval_f1", "loss/test", "held out", "Validation/x"]
)
def test_else_an_epoch_is_over_when_something_was_validated(name: str) -> None:
    loss = {"loss": points(1.0)}
    assert counts({name: points(1.0)}, loss, loss, {**loss, name: points(1.0)}, loss) == [1, 1, 1, 2, 2]


def test_where_nothing_is_validated_all_counts() -> None:
    loss = {"loss": points(1.0), "value": points(1.0), "latest": points(2.0), "interval": points(1.0)}
    assert counts(loss, {}, loss, {"loss": points()}) == [1, 1, 2, 2]


@pytest.mark.proves("columns.period")
async def test_a_reader_who_wants_news_once_an_epoch_gets_all_of_it_at_once(tmp_path: Path) -> None:
    writer, over = Writer(tmp_path, "1-a"), [False]
    writer.log("val_loss", 1.0)
    watcher = Watcher()
    channel = LogChannel("metrics", RunSource(tmp_path), tmp_path, lambda: over[0], watcher)
    by_epoch = following("metrics", channel, Place(), "epoch")
    at_once = following("metrics", channel, Place())
    assert (await next_curves(by_epoch)).cursor == 1
    assert (await next_curves(at_once)).cursor == 1
    for step in range(1, 4):
        writer.log("loss", float(step), step=step)
        assert (await next_curves(at_once)).cursor == 1 + step
    writer.log("val_loss", 2.0, step=3)
    fact = await next_curves(by_epoch)
    assert (fact.series["loss"].step, fact.series["val_loss"].step) == ([1, 2, 3], [3])
    writer.log("loss", 4.0, step=4)
    await next_curves(at_once)
    assert (await next_curves(at_once)).series["loss"].step == [4]
    over[0] = True
    writer.log("loss", 5.0, step=5)
    assert (await next_curves(by_epoch)).series["loss"].step == [4, 5], "the end is an end of an epoch"
    await by_epoch.aclose()
    await at_once.aclose()
    await watcher.close()


def test_a_run_that_is_written_anew_counts_anew(tmp_path: Path) -> None:
    writer = Writer(tmp_path, "1-a")
    writer.log("val_loss", 1.0, 2.0)
    source = RunSource(tmp_path)
    assert source.epochs(source.look(False)) == 1
    assert source.epochs(source.look(False)) == 1
    writer.log("val_loss", 3.0)
    assert source.epochs(source.look(False)) == 2
    writer.path.write_bytes(b"")
    writer.log("val_loss", 4.0)
    assert source.epochs(source.look(False)) == 1
