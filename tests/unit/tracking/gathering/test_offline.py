"""The folders of MLflow and wandb, as they wrote them without a server."""

from __future__ import annotations

import math
import struct
from zlib import crc32

import pytest

from jupyter_crispdm.tracking.gathering.formats.mlflow import MetricOfMlflow
from jupyter_crispdm.tracking.gathering.formats.wandb import WandbHistory
from jupyter_crispdm.tracking.points import Point

from .recording import fed, recorded, series


@pytest.mark.proves("training.found-offline")
def test_a_metric_of_mlflow_has_times_values_and_steps() -> None:
    found = fed(MetricOfMlflow("loss"), recorded("mlflow.metric"))
    assert series(found) == {"loss": [(0, 1.0), (1, 0.5), (2, 1 / 3), (3, 0.25)]}
    assert [round(one.time or 0) for one in found if isinstance(one, Point)] == [1795974053] * 4


def test_lines_of_mlflow_that_are_none_are_passed_over() -> None:
    data = b"1764000000000 0.5\nx 1 2\n1764000000000 nan 3\n\n1 2 x\n1764000000000 1 99999999999999999999999\n"
    said = series(fed(MetricOfMlflow("loss"), data))["loss"]
    assert said[0] == (None, 0.5)
    assert said[1][0] == 3
    assert math.isnan(said[1][1])
    assert len(said) == 2


@pytest.mark.proves("training.found-offline")
def test_the_history_of_wandb_is_read_without_its_texts_and_pictures() -> None:
    found = fed(WandbHistory(), recorded("run.wandb"))
    said = series(found)
    assert set(said) == {"loss", "acc/top1"}
    assert said["loss"][:5] == [(0, 1.0), (1, 0.5), (2, 1 / 3), (3, 0.25), (4, 0.2)]
    assert said["loss"][5][0] == 10
    assert math.isnan(said["loss"][5][1])
    assert all(one.time and 1.7e9 < one.time < 1.9e9 for one in found if isinstance(one, Point))


@pytest.mark.parametrize("size", [1, 13, 1000])
def test_where_a_file_of_wandb_is_cut_makes_no_difference(size: int) -> None:
    data = recorded("run.wandb")
    assert repr(fed(WandbHistory(), data, size)) == repr(fed(WandbHistory(), data))


def test_a_reader_of_wandb_goes_on_from_the_state_of_another() -> None:
    data = recorded("run.wandb")
    first, second = WandbHistory(), WandbHistory()
    said, used = first.take(data[:3000], 0.0)
    second.restore(first.state())
    rest, _ = second.take(data[used:], 0.0)
    assert series([*said, *rest]).keys() == {"loss", "acc/top1"}
    assert len([*said, *rest]) == len(fed(WandbHistory(), data))


def test_a_file_that_is_none_of_wandb_is_not_read_on() -> None:
    reader = WandbHistory()
    assert fed(reader, b"something else entirely") == []
    assert reader.is_other


def test_a_damaged_end_of_wandb_is_waited_for() -> None:
    data = recorded("run.wandb")
    reader = WandbHistory()
    said, used = reader.take(data[:2500] + b"\0" * 500, 0.0)
    rest, _ = reader.take(data[used:], 0.0)
    assert len([*said, *rest]) == len(fed(WandbHistory(), data))


def test_records_that_go_over_the_end_of_a_block_are_put_together() -> None:
    """A record is made longer than a block, and written as wandb's core does: first, middle, last."""
    value = b'"' + b"x" * 70_000 + b'"'
    item = b"\x0a\x04text" + b"\x82\x01" + _size(len(value)) + value
    loss = b"\x0a\x0c\x0a\x04loss\x82\x01\x030.5"
    history = b"\x0a" + _size(len(item)) + item + loss + b"\x12\x02\x08\x07"
    record = b"\x12" + _size(len(history)) + history
    data, left = b":W&B\xe1\xbe\x00", record
    kind = 2
    while left:
        room = 32768 - len(data) % 32768 - 7
        part, left = left[:room], left[room:]
        kind = 4 if not left else kind
        data += struct.pack("<IHB", crc32(bytes([kind]) + part), len(part), kind) + part
        kind = 3
    assert series(fed(WandbHistory(), data)) == {"loss": [(7, 0.5)]}
    assert series(fed(WandbHistory(), data, 5000)) == {"loss": [(7, 0.5)]}


def _size(number: int) -> bytes:
    parts = bytearray()
    while number > 127:
        parts.append(number & 127 | 128)
        number >>= 7
    return bytes([*parts, number])
