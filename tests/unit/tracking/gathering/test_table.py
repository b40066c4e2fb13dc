"""Tables of metrics, as Lightning, Keras and ultralytics wrote them; and tables of data, which are none."""

from __future__ import annotations

import math

import pytest

from jupyter_crispdm.tracking.gathering.formats.table import TableOfMetrics
from jupyter_crispdm.tracking.points import Point

from .recording import fed, recorded, series


@pytest.mark.proves("training.found-tables")
def test_lightning_has_a_step_and_leaves_cells_empty() -> None:
    said = series(fed(TableOfMetrics(sure=True), recorded("lightning.csv")))
    assert set(said) == {"epoch", "train_loss", "val_loss"}
    assert said["val_loss"] == [(3, 0.7624815702438354), (7, 0.7344909906387329), (11, 0.7251694798469543)]
    assert len(said["train_loss"]) == 6


@pytest.mark.proves("training.found-tables")
def test_keras_counts_epochs() -> None:
    said = series(fed(TableOfMetrics(), recorded("keras.csv")))
    assert set(said) == {"loss", "mae", "val_loss", "val_mae"}
    assert [step for step, _ in said["val_loss"]] == [0, 1, 2]


@pytest.mark.proves("training.found-tables")
def test_ultralytics_has_an_epoch_and_a_time_that_is_no_metric() -> None:
    said = series(fed(TableOfMetrics(sure=True), recorded("ultralytics.csv")))
    assert "time" not in said
    assert len(said) == 13
    assert said["metrics/mAP50(B)"] == [(1, 0.0), (2, 0.0)]
    assert said["val/box_loss"] == [(1, 7.05253), (2, 7.05253)]


def test_older_ultralytics_pads_names_and_numbers_with_spaces() -> None:
    data = b"                  epoch,      train/box_loss\n                      0,              4.6021\n"
    assert series(fed(TableOfMetrics(sure=True), data)) == {"train/box_loss": [(0, 4.6021)]}


@pytest.mark.parametrize("mark", [b",", b";", b"\t"])
def test_cells_are_divided_as_in_the_head(mark: bytes) -> None:
    data = b"epoch,loss\n1,0.5\n2,nan\n3,\n4,-inf\n5,tensor(0.25)\n".replace(b",", mark)
    said = series(fed(TableOfMetrics(), data))["loss"]
    assert said[0] == (1, 0.5)
    assert math.isnan(said[1][1])
    assert said[2:] == [(4, -math.inf), (5, 0.25)]


@pytest.mark.parametrize(
    "data",
    [
        b"sepal_length,sepal_width,species\n5.1,3.5,0\n",
        b"name,age,income\nann,31,1000\n",
        b"epoch,city\n1,3\n",  # nothing that is measured
        b"2026-01-01 12:00:00 INFO epoch 3, loss 0.5\n",
        b"1,2,3\n4,5,6\n",
        b"\x89PNG\r\n\x1a\n\x00\x00,\n",
        b"\n",
    ],
)
@pytest.mark.proves("training.found-no-data")
def test_a_table_of_data_is_left_alone(data: bytes) -> None:
    assert series(fed(TableOfMetrics(), data * 30)) == {}


def test_what_is_no_table_is_not_read_on() -> None:
    reader = TableOfMetrics()
    reader.take(b"one line\n", 0.0)
    assert reader.is_other
    late = TableOfMetrics()
    late.take(b"epoch,loss\n" + b"something else\n" * 20, 0.0)
    assert late.is_other


def test_the_time_of_a_row_is_told_where_a_column_has_it() -> None:
    data = b"step,timestamp,loss\n1,1764000000,0.5\n2,1764000001000,0.5\n3,2026-01-01T00:00:00+00:00,0.5\n4,?,0.5\n"
    times = [one.time for one in fed(TableOfMetrics(), data) if isinstance(one, Point)]
    assert times == [1764000000.0, 1764000001.0, 1767225600.0, 7.0]


def test_a_row_that_fits_no_head_spoils_no_other_and_a_second_head_is_no_row() -> None:
    data = b"epoch,loss\n1,0.5\n1,2,3\nx,1\nepoch,loss\n2,0.25\n3,\x00\n"
    assert series(fed(TableOfMetrics(), data)) == {"loss": [(1, 0.5), (2, 0.25)]}


@pytest.mark.parametrize("size", [1, 5, 100])
def test_where_a_table_is_cut_makes_no_difference(size: int) -> None:
    data = recorded("lightning.csv")
    assert fed(TableOfMetrics(), data, size) == fed(TableOfMetrics(), data)


def test_a_reader_goes_on_from_the_state_of_another() -> None:
    data = recorded("keras.csv")
    first = TableOfMetrics()
    said, used = first.take(data[:100], 7.0)
    second = TableOfMetrics()
    second.restore(first.state())
    assert [*said, *second.take(data[used:], 7.0)[0]] == fed(TableOfMetrics(), data)
