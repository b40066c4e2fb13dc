"""Curves in few bytes. `GOLDEN` is what tests/frontend/api/live/packed.test.ts reads."""

from __future__ import annotations

import math
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_crispdm.base.live.core.message import Message
from jupyter_crispdm.base.live.core.packed import Columns, packed
from jupyter_crispdm.tracking.types import Curve, LogFact, MetricsFact

GOLDEN = (
    "0101727291b256f4de23c1ab0c000000000000046c6f737303000000000000000000e03f00001040fc54d941070676616c2fc3a90200000001"
    "0001000000000000000000f03f0000000000007042000000000000f87f000000000000f07f000000000000f03f0000000000000040"
)
SPECIAL = MetricsFact(
    {
        "loss": Curve([3], [0.5], [1700000000.25]),
        "val/é": Curve([1, 2**40], [None, "Infinity"], [1.0, 2.0], [1]),
    },
    12,
    reset=True,
)


def message(fact: object, epoch: str | None = "abc123def456", topic: str = "jobs/one/metrics") -> Message:
    return Message(topic, 12, fact, epoch)


def payload(frame: bytes) -> bytes:
    """What a binary frame of less than 64 KiB holds."""
    assert frame[0] == 0x82
    return frame[4:] if frame[1] == 126 else frame[2:]


def test_a_message_as_bytes() -> None:
    assert payload(message(SPECIAL).packed().frame).hex() == GOLDEN


def one_curve(data: bytes) -> tuple[str, list[float], list[float], list[float]]:
    """A message of one curve without restarts, read by the description."""
    form, length = data[18], data[19]
    name, at, count = data[20 : 20 + length].decode(), 20 + length, 1
    if form & 2:
        (count,), at = struct.unpack_from("<I", data, at), at + 4
    steps = struct.unpack_from(f"<{count}{'d' if form & 1 else 'i'}", data, at)
    at += count * (8 if form & 1 else 4)
    rest = struct.unpack_from(f"<{2 * count}d", data, at)
    assert len(data) == at + 16 * count
    return name, list(steps), list(rest[:count]), list(rest[count:])


@given(
    steps=st.lists(st.integers(-(2**52), 2**52), max_size=20),
    value=st.floats(allow_nan=False),
    name=st.text(max_size=60).filter(lambda text: not any("\ud800" <= sign <= "\udfff" for sign in text)),
)
def test_what_is_packed_is_what_was_told(steps: list[int], value: float, name: str) -> None:
    plain: float | str = value if math.isfinite(value) else "Infinity" if value > 0 else "-Infinity"
    fact = MetricsFact({name: Curve(steps, [plain] * len(steps), [1.5] * len(steps))}, 12)
    data = payload(message(fact).packed().frame)
    assert one_curve(data) == (name, steps, [value] * len(steps), [1.5] * len(steps))
    assert struct.unpack_from("<BBI", data) == (1, 0, zlib.crc32(b"jobs/one/metrics"))


@pytest.mark.proves("columns.wire")
def test_a_point_takes_no_more_than_64_bytes() -> None:
    single = MetricsFact({"train/accuracy": Curve([123_456], [0.1234567], [1700000000.25])}, 12)
    assert len(message(single).packed().frame) <= 64
    several = {f"train/metric{number}": Curve([7, 8], [0.1, 0.2], [1.5, 2.5]) for number in range(10)}
    assert len(message(MetricsFact(several, 12)).packed().frame) <= 20 * 64 // 2


@pytest.mark.parametrize(
    ("fact", "epoch"),
    [
        (MetricsFact({}, 12, ended=True), "abc"),
        (MetricsFact({}, 12, trouble="a pipe"), "abc"),
        (MetricsFact({"x" * 256: Curve([1], [1.0], [1.0])}, 12), "abc"),
        (SPECIAL, "of another kind"),
        (SPECIAL, "00ab"),
        (SPECIAL, "f" * 13),
        (SPECIAL, None),
        (LogFact("text", 0, 4), "abc"),
    ],
)
def test_what_bytes_cannot_tell_comes_as_json(fact: object, epoch: str | None) -> None:
    told = message(fact, epoch)
    assert told.packed() is told
    assert told.packed().frame[0] == 0x81


def test_a_number_that_is_too_large_is_left_to_json() -> None:
    assert packed("t", "0", 1 << 48, SPECIAL) is None
    many = Columns("a", [1], [1.0], [1.0], range(1 << 16))

    class Restarting:
        reset = False

        def columns(self) -> list[Columns]:
            return [many]

    assert packed("t", "0", 1, Restarting()) is None


def test_both_forms_are_made_once_and_say_the_same() -> None:
    told = message(SPECIAL)
    assert told.packed() is told.packed()
    assert told.packed().frame is told.packed().frame
    assert told.frame[0] == 0x81
    assert b'"Infinity"' in told.data
    assert (told.packed().seq, told.packed().epoch, told.packed().topic) == (12, "abc123def456", "jobs/one/metrics")
    assert told.packed().length < told.length
