"""The loop of a collector: nothing lost, nothing piled up, and everything said."""

from __future__ import annotations

import asyncio
import errno
import math
import os
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest

from jupyter_crispdm.streams.collector import collecting
from jupyter_crispdm.streams.collector.orders import BadOrders
from jupyter_crispdm.streams.recording.layout import parts
from jupyter_crispdm.streams.types import StreamState
from tests.support import eventually
from tests.unit.streams.collector.fakes import FakeSource, Line, recorded, write_spec


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collecting, "_LOOK_SECONDS", 0.01)


def sample(number: int, **more: Any) -> dict[str, Any]:
    return {"time": 1000.0 + number, "value": number, **more}


def has_parts(directory: Path, number: int) -> bool:
    return len(parts(directory)) == number


async def test_samples_are_recorded_before_their_sender_is_told(tmp_path: Path) -> None:
    source = FakeSource([sample(1), sample(2)], [sample(3)])
    line = Line(tmp_path / "s", source)
    await eventually(lambda: len(source.safe) == 3)
    assert recorded(line.directory) == {"seq": [1, 2, 3], "time": [1001, 1002, 1003], "value": [1, 2, 3]}
    await line.end()
    assert source.closed


async def test_it_goes_on_where_the_one_before_ended(tmp_path: Path) -> None:
    for number in range(3):
        source = FakeSource([sample(number)])
        line = Line(tmp_path / "s", source)
        await line.are_safe(source, 1)
        await line.end()
    assert recorded(line.directory)["seq"] == [1, 2, 3]
    assert line.status.received == 3


@pytest.mark.proves("collector.bad-samples")
async def test_whatever_a_message_holds_the_others_are_recorded(tmp_path: Path) -> None:
    """Fields that change their type, are missing, are no numbers; messages that are nothing."""
    messages = [
        {"time": 1001, "value": 1, "state": "on", "level": 5},
        {"time": 1002, "value": "2.5", "state": 7, "level": "high"},
        {"time": 1003, "value": None, "level": [1, 2]},
        b'{"time": 1004, "value": NaN}',
        {"time": "soon", "value": True},
        b"\xff\xfe", b"", b"[]", b"{}", b'{"value": 1', b"null", b"[" * 100_000,
        {"value": 6, "nested": {"a": 1}},
        {"time": 1007, "value": 1e999},
    ]  # fmt: skip
    source = FakeSource(messages, [sample(9)])
    line = Line(tmp_path / "s", source)
    await eventually(lambda: len(source.safe) == len(messages) + 1)
    found = recorded(line.directory)
    assert found["seq"] == list(range(1, len(found["seq"]) + 1))
    assert found["value"][:2] == [1, 2.5]
    assert found["value"][-1] == 9
    assert found["level"][0] == 5
    assert math.isnan(found["level"][1])
    assert found["state"][:2] == ["on", "7"]
    assert all(math.isfinite(time) for time in found["time"])
    await line.tick()
    assert line.status.rejected["no JSON"] >= 3
    assert line.status.received == len(found["seq"])
    await line.end()


async def test_what_it_says_of_itself(tmp_path: Path) -> None:
    source = FakeSource()
    line = Line(tmp_path / "s", source)
    taken = line.clock.now() - 4
    source.deliver([{"time": taken, "value": 1}])
    await eventually(lambda: source.safe)
    await line.tick()
    status = line.status
    assert (status.state, status.reason, status.received, status.seq, status.time) == ("running", "", 1, 1, taken)
    assert status.lag == 4.0
    assert status.rate == 2.0
    assert status.bytes > 0
    assert status.pid == os.getpid()
    assert status.updated == line.clock.now()
    assert (line.directory / "status.json").stat().st_mode & 0o077 == 0
    await line.end()
    assert line.status.state is StreamState.running, "the server begins it again where it is still wanted"


async def test_a_source_in_trouble_is_told_of(tmp_path: Path) -> None:
    source = FakeSource()
    line = Line(tmp_path / "s", source)
    source.trouble = "The broker does not answer."
    await line.tick()
    assert line.status.reason == "The broker does not answer."
    source.trouble = ""
    await line.tick()
    assert line.status.reason == ""
    await line.end()


async def test_a_source_that_has_an_end_stops_the_stream(tmp_path: Path) -> None:
    line = Line(tmp_path / "s", FakeSource([sample(1)], ends=True))
    await line.running
    assert (line.status.state, line.status.reason) == (StreamState.stopped, "The source has come to its end.")
    assert [(part.first, part.last) for part in parts(line.directory)] == [(1, 1)]


async def test_a_mistake_in_a_source_ends_it_and_what_was_recorded_stays(tmp_path: Path) -> None:
    source = FakeSource([sample(1)])
    line = Line(tmp_path / "s", source)
    await eventually(lambda: source.safe)
    source.error = RuntimeError("a mistake")
    source.deliver([sample(2)])
    with pytest.raises(RuntimeError, match="a mistake"):
        await line.running
    assert recorded(line.directory)["seq"] == [1]
    assert source.closed


async def test_told_to_end_it_finishes_and_writes_all_to_parquet(tmp_path: Path) -> None:
    source = FakeSource([sample(1)], [sample(2)])
    line = Line(tmp_path / "s", source)
    await eventually(lambda: len(source.safe) == 2)
    await line.end()
    assert [(part.first, part.last) for part in parts(line.directory)] == [(1, 2)]


async def test_a_file_is_made_every_backup_seconds(tmp_path: Path) -> None:
    source = FakeSource([sample(1)])
    line = Line(tmp_path / "s", source, backup_seconds=10)
    await eventually(lambda: source.safe)
    line.clock.advance(9)
    await line.tick()
    assert parts(line.directory) == []
    line.clock.advance(1)
    await line.tick()
    await eventually(lambda: parts(line.directory))
    source.deliver([sample(2)])
    await eventually(lambda: len(source.safe) == 2)
    assert recorded(line.directory)["seq"] == [1, 2]
    await line.end()


async def test_old_files_go(tmp_path: Path) -> None:
    source = FakeSource()
    line = Line(tmp_path / "s", source, backup_seconds=1, keep_seconds=60)
    for number in range(1, 4):
        source.deliver([sample(number)])
        await line.are_safe(source, number)
        line.clock.advance(1)
        await line.tick()
        await eventually(partial(has_parts, line.directory, number))
    for part in parts(line.directory)[:2]:
        os.utime(part.path, (0, line.clock.now() - 100))
    os.utime(parts(line.directory)[2].path, (0, line.clock.now()))
    line.clock.advance(61)
    await line.tick()
    await eventually(lambda: [part.first for part in parts(line.directory)] == [3])
    await line.end()


# -- when the specification changes


async def test_a_change_is_taken_up_without_an_interruption(tmp_path: Path) -> None:
    source = FakeSource([sample(1, level=5)])
    line = Line(tmp_path / "s", source)
    await eventually(lambda: source.safe)
    write_spec(line.directory, alert={"field": "level", "over": 3})
    await line.tick()
    source.deliver([sample(2, level=5)])
    await eventually(lambda: len(source.safe) == 2)
    assert [(alarm["kind"], alarm["seq"]) for alarm in line.alarms] == [("raised", 2)]
    write_spec(line.directory)
    await line.tick()
    await eventually(lambda: len(line.alarms) == 2)
    assert line.alarms[1]["message"] == "It is not watched any more."
    assert len(line.made) == 1
    await line.end()


async def test_another_source_takes_the_place_of_the_first(tmp_path: Path) -> None:
    first, second = FakeSource([sample(1)]), FakeSource([sample(2)])
    line = Line(tmp_path / "s", first, second)
    await eventually(lambda: first.safe)
    (line.directory / "secrets.json").write_text('{"LINE_PASSWORD": "secret"}')
    write_spec(line.directory, source={"kind": "simulated", "rate": 5.0})
    line.clock.advance(0.5)
    await eventually(lambda: second.safe)
    assert first.closed
    assert recorded(line.directory)["seq"] == [1, 2]
    assert "LINE_PASSWORD" not in line.made[0][1]
    assert line.made[1][1]["LINE_PASSWORD"] == "secret"
    await line.end()


@pytest.mark.parametrize("text", [b"", b"{", b"[]", b'{"id": 3}', b"\xff"])
async def test_a_specification_that_cannot_be_read_changes_nothing_and_is_told_of(tmp_path: Path, text: bytes) -> None:
    source = FakeSource()
    line = Line(tmp_path / "s", source)
    (line.directory / "stream.json").write_bytes(text)
    await line.tick()
    assert line.status.reason.startswith("What the stream is to do cannot be read: ")
    source.deliver([sample(1)])
    await eventually(lambda: source.safe)
    write_spec(line.directory)
    await line.tick()
    assert line.status.reason == ""
    await line.end()


def test_without_a_specification_there_is_nothing_to_do(tmp_path: Path) -> None:
    with pytest.raises(BadOrders, match="cannot be read"):
        collecting.Collector(tmp_path, FakeSource)  # type: ignore[arg-type]


# -- when the disk is full


class Disk:
    """A disk that can be full."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.full = False
        write = os.write

        def writing(file: int, data: bytes) -> int:
            if self.full:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return write(file, data)

        patch.setattr(os, "write", writing)


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    monkeypatch.setattr(collecting, "_AGAIN_SECONDS", 0.01)
    return Disk(monkeypatch)


@pytest.mark.proves("collector.back-pressure")
async def test_a_full_disk_holds_the_source_up_and_costs_nothing(tmp_path: Path, disk: Disk) -> None:
    source = FakeSource()
    line = Line(tmp_path / "s", source)
    await line.tick()
    disk.full = True
    source.deliver(*([sample(number)] for number in range(100)))
    await eventually(lambda: source.read_ahead)
    await line.tick()
    await line.tick()
    assert line.status.reason.startswith("Samples cannot be recorded: The disk is full")
    assert source.read_ahead == 1, "nothing is read while what came before is not recorded"
    assert source.safe == []
    disk.full = False
    await eventually(lambda: len(source.safe) == 100)
    assert recorded(line.directory)["value"] == list(range(100))
    await line.tick()
    assert line.status.reason == ""
    await line.end()


async def test_told_to_end_while_the_disk_is_full_it_tells_the_sender_nothing(tmp_path: Path, disk: Disk) -> None:
    source = FakeSource()
    line = Line(tmp_path / "s", source)
    disk.full = True
    source.deliver([sample(1)])
    await eventually(lambda: source.read_ahead)
    await line.end()
    assert source.safe == []


async def test_files_that_cannot_be_made_now_are_made_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = FakeSource([sample(1)])
    line = Line(tmp_path / "s", source, backup_seconds=1)
    await eventually(lambda: source.safe)

    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr("jupyter_crispdm.streams.recording.recorder.write_part", full)
        line.clock.advance(1)
        await line.tick()
        source.deliver([sample(2)])
        await eventually(lambda: len(source.safe) == 2)
        await line.says("cannot be put away")
        assert parts(line.directory) == []
    line.clock.advance(10)
    await line.tick()
    await eventually(lambda: parts(line.directory))
    await line.says("")  # the files are there a moment before it knows
    assert recorded(line.directory)["seq"] == [1, 2]
    await line.end()


# -- detectors and alarms


@pytest.mark.proves("detectors.columns", "alarms.raised")
async def test_detectors_write_columns_and_raise_alarms(tmp_path: Path) -> None:
    source = FakeSource([sample(number) for number in (1, 9, 1)])
    detector = {"kind": "threshold", "field": "value", "over": 5, "writes": "probability", "quiet": 0}
    line = Line(tmp_path / "s", source, detectors=[detector], alert={"over": 0.5, "quiet": 0})
    await eventually(lambda: len(source.safe) == 3)
    assert recorded(line.directory)["probability"] == [0, 1, 0]
    found = [(alarm["detector"], alarm["kind"], alarm["seq"]) for alarm in line.alarms]
    assert found == [("alert", "raised", 2), ("alert", "cleared", 3), ("threshold", "raised", 2),
                     ("threshold", "cleared", 3)]  # fmt: skip
    await line.end()


async def test_a_detector_knows_what_was_recorded_before_it_began(tmp_path: Path) -> None:
    source = FakeSource([sample(number % 2) for number in range(50)])
    line = Line(tmp_path / "s", source)
    await eventually(lambda: len(source.safe) == 50)
    await line.end()
    source = FakeSource([sample(99)])
    line = Line(tmp_path / "s", source, detectors=[{"kind": "zscore", "window": 40, "writes": "z"}])
    await eventually(lambda: source.safe)
    assert recorded(line.directory)["z"][-1] == 1
    assert [(alarm["detector"], alarm["seq"]) for alarm in line.alarms] == [("zscore", 51)]
    await line.end()


async def test_a_model_that_cannot_be_asked_is_told_of_and_samples_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CRISPDM_URL", "http://127.0.0.1:1/")
    source = FakeSource([sample(1)])
    line = Line(tmp_path / "s", source, detectors=[{"kind": "model", "model": "m", "writes": "probability"}])
    await eventually(lambda: source.safe)
    await line.tick()
    assert line.status.reason.startswith("The model 'm' cannot be asked: ")
    assert math.isnan(recorded(line.directory)["probability"][0])
    await line.end()


async def test_many_rows_at_once_are_recorded_in_pieces(tmp_path: Path) -> None:
    rows = 10_000
    source = FakeSource([{"time": list(range(1, rows + 1)), "value": [0.5] * rows}])
    line = Line(tmp_path / "s", source)
    await eventually(lambda: source.safe)
    assert recorded(line.directory)["seq"] == list(range(1, rows + 1))
    await line.end()


async def test_a_status_of_before_that_cannot_be_read_counts_for_nothing(tmp_path: Path) -> None:
    (tmp_path / "s").mkdir()
    (tmp_path / "s" / "status.json").write_bytes(b"{")
    source = FakeSource([sample(1)])
    line = Line(tmp_path / "s", source)
    await eventually(lambda: source.safe)
    await line.end()
    assert line.status.received == 1


async def test_reasons_of_any_number_take_bounded_room(tmp_path: Path) -> None:
    line = Line(tmp_path / "s", FakeSource())
    for number in range(500):
        line.collector._report.rejected({f"reason {number}": 1})
    await line.tick()
    await line.end()
    assert len(line.status.rejected) == 51
    assert sum(line.status.rejected.values()) == 500
    assert len(msgspec.json.encode(line.status)) < 4096


async def test_a_clock_that_is_set_back_makes_no_negative_lag(tmp_path: Path) -> None:
    source = FakeSource([{"time": 4_000_000_000.0, "value": 1}])
    line = Line(tmp_path / "s", source)
    await eventually(lambda: source.safe)
    await line.tick()
    assert line.status.lag == 0
    await line.end()


async def test_the_next_batch_is_awaited_with_nothing_left_behind(tmp_path: Path) -> None:
    source = FakeSource(*([sample(number)] for number in range(50)))
    line = Line(tmp_path / "s", source)
    await eventually(lambda: len(source.safe) == 50)
    await line.end()
    left = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    assert left == []
