"""TensorBoard's event files, as torch, tensorboardX, Lightning and Keras wrote them."""

from __future__ import annotations

import math
import struct

import msgspec
import numpy as np
import pytest

from jupyter_crispdm.tracking.gathering.formats import crc, tensorboard
from jupyter_crispdm.tracking.gathering.formats.crc import crc32c, masked
from jupyter_crispdm.tracking.gathering.formats.tensorboard import TensorBoardEvents
from jupyter_crispdm.tracking.points import Point

from .recording import fed, pieces, recorded, series


def record(data: bytes) -> bytes:
    """An event as it stands in a file."""
    size = struct.pack("<Q", len(data))
    return size + struct.pack("<I", masked(size)) + data + struct.pack("<I", masked(data))


def field(number: int, data: bytes) -> bytes:
    return bytes([number << 3 | 2, len(data)]) + data


def scalar(name: str, value: float, step: int = 1) -> bytes:
    """An event with one number."""
    one = field(1, name.encode()) + bytes([2 << 3 | 5]) + struct.pack("<f", value)
    return record(b"\x09" + struct.pack("<d", 100.0) + bytes([2 << 3, step]) + field(5, field(1, one)))


@pytest.mark.proves("training.found-tensorboard")
def test_scalars_of_torch_in_both_styles_are_read_with_their_steps_and_times() -> None:
    found = fed(TensorBoardEvents(), recorded("torch.tfevents"))
    said = series(found)
    assert [step for step, _ in said["train/loss"]] == [0, 1, 2, 3, 4, 5]
    assert said["train/loss"][1] == (1, 0.5)
    assert said["new/style"] == [(3, 0.5)]
    assert said["bad"][0][0] == 4
    assert math.isnan(said["bad"][0][1])
    assert next(one.time for one in found if isinstance(one, Point)) == 1764000000.0


@pytest.mark.proves("training.found-tensorboard")
def test_pictures_histograms_and_texts_of_torch_are_read() -> None:
    said = pieces(fed(TensorBoardEvents(), recorded("torch.tfevents")))
    assert said["picture"].kind == "image"
    assert said["picture"].data.startswith(b"\x89PNG")
    assert (said["note"].kind, said["note"].data) == ("text", b"hello *world*")
    weights = msgspec.json.decode(said["weights"].data)
    assert (weights["min"], weights["max"]) == (0.0, 3.0)
    assert sum(weights["counts"]) == pytest.approx(6)
    assert len(weights["edges"]) == len(weights["counts"]) + 1 == 65
    assert weights["mean"] == pytest.approx(1.25, abs=0.05)


def test_tensorboardx_writes_the_same() -> None:
    found = fed(TensorBoardEvents(), recorded("tensorboardx.tfevents"))
    assert series(found) == {"loss": [(0, 0.0), (1, 0.25), (2, 0.5)]}
    assert msgspec.json.decode(pieces(found)["h"].data)["count"] == pytest.approx(11)


def test_lightning_counts_its_steps() -> None:
    said = series(fed(TensorBoardEvents(), recorded("lightning.tfevents")))
    assert set(said) == {"epoch", "train_loss", "val_loss"}
    assert [step for step, _ in said["val_loss"]] == [3, 7, 11]
    assert [value for _, value in said["epoch"]] == [0, 0, 0, 1, 1, 1, 2, 2, 2]


@pytest.mark.proves("training.found-tensorboard")
def test_keras_says_of_which_kind_a_tensor_is_with_the_first_only() -> None:
    found = fed(TensorBoardEvents(), recorded("keras-train.tfevents"))
    assert series(found) == {"epoch_loss": [(0, 0.75), (1, 0.5)]}
    said = pieces(found)
    assert said["words"].data == b"one two"
    assert said["pic"].kind == "image"
    assert msgspec.json.decode(said["dense/kernel"].data)["counts"] == [1, 0, 2, 1]


@pytest.mark.parametrize("name", ["torch.tfevents", "keras-train.tfevents"])
@pytest.mark.parametrize("size", [1, 7, 64])
def test_where_a_file_is_cut_makes_no_difference(name: str, size: int) -> None:
    assert repr(fed(TensorBoardEvents(), recorded(name), size)) == repr(fed(TensorBoardEvents(), recorded(name)))


def test_a_reader_goes_on_from_the_state_of_another() -> None:
    data = recorded("keras-train.tfevents")
    first = TensorBoardEvents()
    said, used = first.take(data[:200], 0.0)
    second = TensorBoardEvents()
    second.restore(first.state())
    rest, _ = second.take(data[used:], 0.0)
    assert repr([*said, *rest]) == repr(fed(TensorBoardEvents(), data))


@pytest.mark.parametrize("state", [b"", b"[]", b"\xff", b'{"skip": "x"}'])
def test_a_state_of_something_else_is_refused(state: bytes) -> None:
    with pytest.raises(ValueError):
        TensorBoardEvents().restore(state)


def test_a_damaged_end_is_waited_for_and_read_once_it_is_whole() -> None:
    whole = scalar("loss", 0.5) + scalar("loss", 0.25, step=2)
    damaged = whole[:-6] + b"\0\0" + whole[-4:]
    reader = TensorBoardEvents()
    said, used = reader.take(damaged, 0.0)
    assert series([*said]) == {"loss": [(1, 0.5)]}
    said, _ = reader.take(whole[used:], 0.0)
    assert series([*said]) == {"loss": [(2, 0.25)]}


def test_a_length_that_is_damaged_is_not_believed() -> None:
    said, used = TensorBoardEvents().take(b"\xff" * 40 + scalar("loss", 1.0), 0.0)
    assert (list(said), used) == ([], 0)


def test_an_event_that_is_none_spoils_no_other() -> None:
    bad = record(b"\x2a\x7f no message") + record(field(5, field(1, b"\x0a\x04\xff\xfe\xfd\xfc")))
    odd = scalar("line\nbreak", 1.0) + scalar("", 1.0)
    assert series(fed(TensorBoardEvents(), bad + odd + scalar("loss", 0.5))) == {"loss": [(1, 0.5)]}


def test_a_record_that_is_too_large_is_passed_over_also_over_a_restart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tensorboard, "_LARGEST", 1000)
    data = scalar("loss", 0.5) + record(b"\0" * 5000) + scalar("loss", 0.25, step=2)
    reader = TensorBoardEvents()
    said, used = reader.take(data[:2000], 0.0)
    assert (len(said), used) == (1, 2000)
    other = TensorBoardEvents()
    other.restore(reader.state())
    rest, _ = other.take(data[2000:], 0.0)
    assert series([*rest]) == {"loss": [(2, 0.25)]}


def test_the_checksum_is_crc_32c_also_of_long_data(monkeypatch: pytest.MonkeyPatch) -> None:
    assert crc32c(b"123456789") == 0xE3069283
    data = np.random.default_rng(0).bytes(9_001)
    in_lanes = crc32c(data)
    monkeypatch.setattr(crc, "_LEAST_FOR_LANES", len(data) + 1)
    assert crc32c(data) == in_lanes
