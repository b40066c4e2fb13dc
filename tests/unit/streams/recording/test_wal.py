"""The log of the newest samples: torn at any byte, mixed with foreign ones, on a disk that is full."""

from __future__ import annotations

import errno
import os
import zlib
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jupyter_crispdm.base.errors import StorageFull
from jupyter_crispdm.base.files.regular import Unreadable
from jupyter_crispdm.streams.batch import Batch
from jupyter_crispdm.streams.recording.record import MOST_BYTES, encoded
from jupyter_crispdm.streams.recording.wal import Wal, read_wal, scan_wal
from tests.unit.streams.batches import batch, batches

SAME_FILE = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "1.wal"


def write(path: Path, *found: Batch) -> None:
    wal = Wal(path)
    for one in found:
        wal.append(one)
    wal.close()


def read(path: Path, offset: int = 0) -> list[Batch]:
    """All there is from a place on."""
    found, end = read_wal(path, offset)
    return found + read(path, end) if end > offset else found


@SAME_FILE
@given(batches())
def test_what_was_appended_comes_back(path: Path, found: list[Batch]) -> None:
    path.unlink(missing_ok=True)
    write(path, *found)
    assert read(path) == found


def test_a_reader_follows_from_where_it_was(path: Path) -> None:
    wal = Wal(path)
    assert read_wal(path) == ([], 0)
    wal.append(batch(1))
    found, place = read_wal(path)
    assert found == [batch(1)]
    assert read_wal(path, place) == ([], place)
    wal.append(batch(4))
    wal.append(batch(7))
    assert read_wal(path, place) == ([batch(4), batch(7)], wal.size)
    wal.sync()
    wal.close()


@SAME_FILE
@given(batches(most=3), st.data())
def test_a_log_torn_at_any_byte_holds_all_before_it_and_goes_on(path: Path, found: list[Batch], data: Any) -> None:
    path.unlink(missing_ok=True)
    write(path, *found)
    ends = np.cumsum([len(encoded(one)) for one in found]).tolist()
    cut = data.draw(st.integers(0, ends[-1]))
    os.truncate(path, cut)
    whole = [one for one, end in zip(found, ends, strict=True) if end <= cut]
    assert read(path) == whole
    more = batch(whole[-1].last + 1 if whole else found[0].first)
    write(path, more)
    assert scan_wal(path) == ([*whole, more], path.stat().st_size, 0)


@SAME_FILE
@given(batches(most=3), st.binary(min_size=1, max_size=300), st.data())
def test_foreign_bytes_between_records_are_left_out(path: Path, found: list[Batch], junk: bytes, data: Any) -> None:
    records = [encoded(one) for one in found]
    place = data.draw(st.integers(0, len(records) - 1))
    path.write_bytes(b"".join([*records[:place], junk, *records[place:]]))
    scan = scan_wal(path)
    assert scan.batches == found
    assert scan.skipped == len(junk)
    write(path, batch(found[-1].last + 1))
    assert read(path) == [*found, batch(found[-1].last + 1)]


@SAME_FILE
@given(batches(most=4), st.data())
def test_a_byte_that_changed_costs_its_record_alone(path: Path, found: list[Batch], data: Any) -> None:
    records = [encoded(one) for one in found]
    place = data.draw(st.integers(0, len(records) - 1))
    spoiled = bytearray(records[place])
    spoiled[data.draw(st.integers(0, len(spoiled) - 1))] ^= data.draw(st.integers(1, 255))
    path.write_bytes(b"".join([*records[:place], spoiled, *records[place + 1 :]]))
    assert read(path) == [*found[:place], *found[place + 1 :]]


@SAME_FILE
@given(st.binary(max_size=2000))
def test_a_foreign_file_holds_nothing_and_can_be_gone_on_with(path: Path, junk: bytes) -> None:
    path.write_bytes(junk)
    assert read(path) == []
    write(path, batch())
    assert read(path) == [batch()]


def test_zeros_after_a_power_cut_are_no_records(path: Path) -> None:
    path.write_bytes(encoded(batch()) + bytes(4096))
    assert scan_wal(path) == ([batch()], len(encoded(batch())), 0)


def test_more_foreign_bytes_than_are_read_at_a_time_hide_nothing(path: Path) -> None:
    path.write_bytes(encoded(batch(1)) + b"\x07" * (9 * MOST_BYTES) + encoded(batch(4)))
    assert read(path) == [batch(1), batch(4)]
    write(path, batch(7))
    assert read(path) == [batch(1), batch(4), batch(7)]


@pytest.mark.parametrize("columns", [
    {}, {"value": [1.0]}, {"time": ["x"]}, {"time": [1.0], "value": [1.0, 2.0]}, {"time": []},
])  # fmt: skip
def test_a_record_without_a_shape_is_none(path: Path, columns: dict[str, Any]) -> None:
    """Its checksum is right: another program wrote it."""
    packed = {
        name: values if "x" in values else np.array(values, np.float64).tobytes() for name, values in columns.items()
    }
    payload = msgspec.msgpack.encode(("CW1", 1, len(columns.get("time", [0])), packed))
    head = len(payload).to_bytes(4, "little") + zlib.crc32(payload).to_bytes(4, "little")
    path.write_bytes(head + payload + encoded(batch()))
    assert read(path) == [batch()]


def test_a_batch_too_large_for_a_record_becomes_several(path: Path) -> None:
    rows = MOST_BYTES // 8
    write(path, batch(1, rows))
    found = read(path)
    assert len(found) > 1
    assert np.concatenate([one.seq for one in found]).tolist() == list(range(1, rows + 1))


def test_a_row_too_large_for_a_record_is_refused_and_harms_nothing(path: Path) -> None:
    wal = Wal(path)
    wal.append(batch(1))
    with pytest.raises(ValueError, match="Sample 4 has"):
        wal.append(batch(4, 1, note=["x" * MOST_BYTES]))
    wal.append(batch(4))
    wal.close()
    assert read(path) == [batch(1), batch(4)]


def test_a_link_or_a_pipe_is_not_opened(path: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"")
    path.symlink_to(tmp_path / "secret")
    with pytest.raises(Unreadable):
        Wal(path)
    with pytest.raises(Unreadable):
        read_wal(path)
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(OSError):
        Wal(path)


@pytest.mark.parametrize("room", [0, 1, 7, 8, 30])
def test_a_disk_that_fills_up_takes_a_batch_or_nothing_of_it(
    path: Path, room: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    wal = Wal(path)
    wal.append(batch(1))
    write_all = os.write
    left = [room]

    def full(file: int, data: bytes) -> int:
        if not left[0]:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        written, left[0] = write_all(file, data[: left[0]]), 0
        return written

    monkeypatch.setattr(os, "write", full)
    for _ in range(2):
        with pytest.raises(StorageFull):
            wal.append(batch(4))
        assert path.read_bytes() == encoded(batch(1))
    monkeypatch.setattr(os, "write", write_all)
    wal.append(batch(4))
    wal.close()
    assert read(path) == [batch(1), batch(4)]
