"""What is kept of an upload, at whatever moment a server ends."""

from __future__ import annotations

import errno
import os
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_crispdm.auth.types import Role
from jupyter_crispdm.base.errors import NotFound, StorageFull
from jupyter_crispdm.files.uploads import record as module
from jupyter_crispdm.files.uploads.metadata import Taken, Wanted
from jupyter_crispdm.files.uploads.record import Box, Record, Writer, boxes, writer

ID = "0123456789abcdef0123456789abcdef"


def record_in(directory: Path, length: int = 10, id: str = ID) -> tuple[Box, Record]:
    box = Box(directory / "uploads" / id)
    wanted = Wanted("data", ("scans",), "1.png", Taken.RENAME)
    return box, Record(id, "anna", Role.VIEWER, wanted, length, "filename x", 12.5, str(box.part()),
                       str(box.directory))


def add(record: Record, place: int, *data: bytes) -> None:
    opened = writer(record)
    opened.write(place, data)
    opened.close()


def test_a_record_comes_back_as_it_was_kept(tmp_path: Path) -> None:
    box, record = record_in(tmp_path)
    box.make(record)
    assert [found.directory for found in boxes(tmp_path / "uploads")] == [box.directory]
    assert box.load() == record
    assert box.settle(record).size == 0
    assert box.directory.stat().st_mode & 0o077 == 0


def test_there_are_no_uploads_where_nothing_was_ever_kept(tmp_path: Path) -> None:
    assert list(boxes(tmp_path / "uploads")) == []


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"id": 3}', b"\xff"])
def test_a_record_that_cannot_be_read_is_none(tmp_path: Path, content: bytes) -> None:
    box, record = record_in(tmp_path)
    box.make(record)
    (box.directory / "upload.json").write_bytes(content)
    assert box.load() is None
    box.remove(None)
    assert not box.directory.exists()


@pytest.mark.proves("uploads.kill")
def test_what_was_written_is_there_for_the_next_server(tmp_path: Path) -> None:
    box, record = record_in(tmp_path)
    box.make(record)
    add(record, 0, b"abc", b"def")
    add(record, 6, b"gh")
    assert box.settle(record).size == 8
    assert box.part().read_bytes() == b"abcdefgh"


@pytest.mark.proves("uploads.kill", "uploads.checksum")
def test_what_is_unproven_when_a_server_ends_is_cut_off(tmp_path: Path) -> None:
    box, record = record_in(tmp_path)
    box.make(record)
    add(record, 0, b"good")
    box.doubt(4)
    add(record, 4, b"unchecked")
    assert box.settle(record).size == 4
    assert box.part().read_bytes() == b"good"
    add(record, 4, b"more")
    assert box.settle(record).size == 8, "the doubt is over"


def test_a_doubt_that_cannot_be_read_cuts_nothing(tmp_path: Path) -> None:
    box, record = record_in(tmp_path)
    box.make(record)
    add(record, 0, b"good")
    (box.directory / "unproven").write_bytes(b"")
    assert box.settle(record).size == 4


def test_what_counts_can_be_said(tmp_path: Path) -> None:
    box, record = record_in(tmp_path)
    box.make(record)
    add(record, 0, b"good", b"bad")
    assert box.settle(record, 4).size == 4
    assert box.part().read_bytes() == b"good"


@pytest.mark.proves("files.links")
def test_bytes_that_became_a_link_are_not_touched(tmp_path: Path) -> None:
    box, record = record_in(tmp_path)
    box.make(record)
    other = tmp_path / "other"
    other.write_bytes(b"somebody's")
    box.part().unlink()
    box.part().symlink_to(other)
    for use in (lambda: box.settle(record, 0), lambda: writer(record)):
        with pytest.raises(NotFound):
            use()
    box.remove(record)
    assert other.read_bytes() == b"somebody's"


def test_bytes_that_are_gone_are_said(tmp_path: Path) -> None:
    box, record = record_in(tmp_path)
    box.make(record)
    box.part().unlink()
    with pytest.raises(NotFound):
        box.settle(record)
    with pytest.raises(NotFound):
        writer(record)


@given(st.lists(st.binary(max_size=40), max_size=90), st.integers(1, 30))
def test_pieces_are_written_whole_however_little_the_disk_takes_at_once(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[bytes], step: int
) -> None:
    def little(descriptor: int, parts: Sequence[bytes], place: int) -> int:
        return os.pwrite(descriptor, b"".join(parts)[:step], place)

    path = tmp_path_factory.mktemp("disk") / "part"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "pwritev", little)
        opened = Writer(os.open(path, os.O_CREAT | os.O_RDWR))
        opened.write(0, [piece for piece in pieces if piece])
        assert opened.size() == len(b"".join(pieces))
        opened.close()
    assert path.read_bytes() == b"".join(pieces)


@pytest.mark.proves("machine.disk-full")
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_said_and_what_it_took_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    box, record = record_in(tmp_path)
    box.make(record)
    add(record, 0, b"some")

    def full(*_: object) -> int:
        raise OSError(number, "no room")

    monkeypatch.setattr(os, "pwritev", full)
    opened = writer(record)
    with pytest.raises(StorageFull):
        opened.write(4, [b"more"])
    opened.close()
    assert box.settle(record).size == 4


@pytest.mark.proves("uploads.memory")
def test_the_disk_is_waited_for_now_and_then(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    box, record = record_in(tmp_path)
    box.make(record)
    synced: list[int] = []
    monkeypatch.setattr(module, "SYNC_BYTES", 10)
    monkeypatch.setattr(os, "fdatasync", synced.append)
    opened = writer(record)
    for place in range(0, 40, 4):
        opened.write(place, [b"1234"])
    opened.close()
    assert len(synced) == 3


@pytest.mark.proves("uploads.kill")
def test_the_bytes_lose_their_first_name_after_it_is_known_where_they_are(tmp_path: Path) -> None:
    box, record = record_in(tmp_path)
    box.make(record)
    placed = box.finish(record, "data/scans/1.png")
    assert box.load() == placed
    assert placed.placed == "data/scans/1.png"
    assert not box.part().exists()
    box.remove(placed)
    assert not box.directory.exists()
