"""Files made to do harm, or damaged anywhere: nothing is raised, nothing grows, and the rest is read."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_crispdm.tracking.gathering.formats.format import Format, named, whole_lines
from jupyter_crispdm.tracking.gathering.formats.mlflow import MetricOfMlflow
from jupyter_crispdm.tracking.gathering.formats.objects import LinesOfMetrics
from jupyter_crispdm.tracking.gathering.formats.protobuf import fields, number, signed, text, varint
from jupyter_crispdm.tracking.gathering.formats.table import TableOfMetrics
from jupyter_crispdm.tracking.gathering.formats.tensorboard import TensorBoardEvents
from jupyter_crispdm.tracking.gathering.formats.wandb import WandbHistory
from jupyter_crispdm.tracking.points import Point
from tests.examples import examples

from .recording import fed, recorded, series
from .test_tensorboard import field, record, scalar

Make = Callable[[], Format]
FORMATS: list[tuple[Make, str]] = [
    (TensorBoardEvents, "torch.tfevents"),
    (TensorBoardEvents, "keras-train.tfevents"),
    (lambda: TableOfMetrics(sure=True), "lightning.csv"),
    (lambda: TableOfMetrics(sure=True), "ultralytics.csv"),
    (lambda: LinesOfMetrics(sure=True), "lightning.csv"),
    (lambda: MetricOfMlflow("loss"), "mlflow.metric"),
    (WandbHistory, "run.wandb"),
]
EACH = pytest.mark.parametrize(("make", "name"), FORMATS)


@EACH
@settings(max_examples=examples(60))
@given(data=st.data())
def test_a_file_that_is_damaged_anywhere_raises_nothing(make: Make, name: str, data: st.DataObject) -> None:
    content = bytearray(recorded(name)[:6000])
    for _ in range(data.draw(st.integers(1, 5))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    reader = make()
    found, used = reader.take(bytes(content), 0.0)
    assert 0 <= used <= len(content)
    assert all(isinstance(one.step, int | None) and one.name for one in found)
    make().restore(reader.state())


@EACH
@settings(max_examples=examples(60))
@given(content=st.binary(max_size=400))
def test_bytes_of_no_meaning_raise_nothing(make: Make, name: str, content: bytes) -> None:
    reader = make()
    _, used = reader.take(content, 0.0)
    assert 0 <= used <= len(content)
    _, rest = reader.take(content[used:] + b"\n", 0.0)
    assert 0 <= rest <= len(content) - used + 1


@EACH
def test_the_state_of_a_reader_stays_small(make: Make, name: str) -> None:
    reader = make()
    fed(reader, recorded(name) * 3, 4096)
    assert len(reader.state()) < 64 << 10


@settings(max_examples=examples(100))
@given(content=st.binary(max_size=200))
def test_messages_of_no_meaning_are_refused_with_one_kind_of_error(content: bytes) -> None:
    try:
        found = list(fields(content))
    except ValueError:
        return
    assert all(isinstance(value, int | bytes) for _, value in found)


@pytest.mark.parametrize("data", [b"\x80", b"\xff" * 11, b"\x0a\x05ab", b"\x09\x00", b"\x0b", b"\x0f"])
def test_a_message_that_is_cut_or_of_no_kind_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError):
        list(fields(data))


@pytest.mark.parametrize("value", [0, 1, 127, 128, 300, 2**31, 2**63 - 1])
def test_numbers_of_any_length_are_read(value: int) -> None:
    data, left = bytearray(), value
    while left > 127:
        data.append(left & 127 | 128)
        left >>= 7
    assert varint(bytes([*data, left]), 0) == (value, len(data) + 1)


def test_values_of_messages_have_their_kinds() -> None:
    assert signed((1 << 64) - 5) == -5
    assert number(struct.pack("<f", 0.5)) == number(struct.pack("<d", 0.5)) == 0.5
    for wrong in (lambda: signed(b"x"), lambda: number(b"abc"), lambda: text(3), lambda: number(3)):
        with pytest.raises(ValueError):
            wrong()


def test_a_tensor_that_claims_more_than_it_holds_is_no_number() -> None:
    tensors = [
        b"\x08\x01" + field(4, b"\0" * 3),  # three bytes of floats
        b"\x08\x01" + field(4, b"\0" * 8),  # two numbers where one should be
        b"\x08\x63",  # of a kind that is none
        b"\x08\x07" + field(8, b"text"),
        b"",
    ]
    events = b""
    for tensor in tensors:
        value = field(1, b"loss") + field(8, tensor)
        events += record(b"\x10\x01" + field(5, field(1, value)))
    assert series(fed(TensorBoardEvents(), events + scalar("fine", 1.0))) == {"fine": [(1, 1.0)]}


@pytest.mark.parametrize("kind", [1, 2, 3, 9])
def test_a_tensor_of_one_number_is_one_whatever_its_kind(kind: int) -> None:
    form = {1: "<f", 2: "<d", 3: "<i", 9: "<q"}[kind]
    whole = kind in (3, 9)
    content = field(4, struct.pack(form, 3 if whole else 3.0))
    inside = {1: field(5, struct.pack("<f", 3.0)), 2: field(6, struct.pack("<d", 3.0)), 3: b"\x38\x03", 9: b"\x50\x03"}
    for tensor in (content, inside[kind]):
        value = field(1, b"loss") + field(8, bytes([8, kind]) + tensor)
        assert series(fed(TensorBoardEvents(), record(b"\x10\x01" + field(5, field(1, value))))) == {"loss": [(1, 3.0)]}


@pytest.mark.parametrize(
    "histogram",
    [
        b"",
        field(6, struct.pack("<2d", 2.0, 1.0)) + field(7, struct.pack("<2d", 1.0, 1.0)),  # falls
        field(6, struct.pack("<d", 1.0)) + field(7, struct.pack("<2d", 1.0, 1.0)),  # of two lengths
        field(6, struct.pack("<d", float("nan"))) + field(7, struct.pack("<d", 1.0)),
        field(6, struct.pack("<2d", 1.0, 2.0)) + field(7, struct.pack("<2d", -1.0, 1.0)),
    ],
)
def test_a_histogram_that_is_none_is_left_out(histogram: bytes) -> None:
    value = field(1, b"weights") + field(5, histogram)
    assert fed(TensorBoardEvents(), record(b"\x10\x01" + field(5, field(1, value)))) == []


def test_a_picture_that_is_none_is_left_out() -> None:
    value = field(1, b"picture") + field(4, field(4, b"<svg onload=alert(1)>"))
    assert fed(TensorBoardEvents(), record(b"\x10\x01" + field(5, field(1, value)))) == []


@pytest.mark.parametrize("name", ["", " ", "a\nb", "a\x1b[31m", "x" * 257, None, 3, "\u202etxt"])
def test_names_that_cannot_be_told_are_none(name: object) -> None:
    assert named(name) is None


def test_names_are_trimmed() -> None:
    assert named("  train/loss ") == "train/loss"


def test_lines_are_whole_or_given_again_and_endless_ones_are_passed_over() -> None:
    assert whole_lines(b"a\nb\nc", 10) == ([b"a", b"b"], 4)
    assert whole_lines(b"abc", 10) == ([], 0)
    assert whole_lines(b"x" * 10, 10) == ([], 10)
    assert whole_lines(b"x" * 20 + b"\nb\n", 10) == ([b"b"], 23)


def test_a_table_of_very_many_columns_is_no_table_of_metrics() -> None:
    head = ",".join(["epoch", *(f"loss{n}" for n in range(600))])
    assert fed(TableOfMetrics(sure=True), f"{head}\n{head}\n".encode()) == []


@pytest.mark.parametrize("value", ["1e9999", "-1e9999", "0x10", "1_000", "１", "1,5", "=cmd()", "''"])
def test_cells_that_are_odd_numbers_cost_nothing(value: str) -> None:
    found = fed(TableOfMetrics(sure=True), f'epoch,loss\n1,"{value}"\n2,0.5\n'.encode())
    assert [one.value for one in found if isinstance(one, Point) and one.step == 2] == [0.5]


@pytest.mark.parametrize("depth", [1, 4, 5, 900])
def test_objects_in_objects_are_followed_a_few_steps(depth: int) -> None:
    content: object = 0.5
    for _ in range(depth):
        content = {"a": content}
    found = fed(LinesOfMetrics(), json.dumps({"step": 1, "x": content}).encode() + b"\n")
    assert len(found) == (depth <= 4)
