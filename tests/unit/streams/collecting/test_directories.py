from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import msgspec
import pytest

from jupyter_crispdm.base.errors import Conflict, StorageFull
from jupyter_crispdm.streams.collecting.directories import StreamDirectories
from jupyter_crispdm.streams.description import spec_of
from jupyter_crispdm.streams.limits import Limits
from jupyter_crispdm.streams.store import StreamRecord
from jupyter_crispdm.streams.types import SimulatedSource, Spec

RECORD = StreamRecord(
    id="line", name="Line", source=SimulatedSource(rate=5), window=10, backup_seconds=300, alert=None, detectors=[],
    keep_days=None, keep_bytes=None, shared=True, owner="ada", created=1.0,
)  # fmt: skip


@pytest.fixture
def directories(tmp_path: Path) -> StreamDirectories:
    made = StreamDirectories(tmp_path / "streams")
    made.create("line")
    return made


def spec(record: StreamRecord = RECORD) -> Spec:
    return spec_of(record, "", Limits())


def test_what_was_written_is_found_again_and_private(directories: StreamDirectories) -> None:
    directories.write(RECORD, spec())
    assert list(directories.records()) == [RECORD]
    path = directories.at("line")
    assert msgspec.json.decode((path / "stream.json").read_bytes(), type=Spec) == spec()
    assert stat.S_IMODE(path.stat().st_mode) == 0o700
    assert stat.S_IMODE((path / "stream.json").stat().st_mode) == 0o600


def test_a_collector_is_disturbed_only_by_what_is_news_to_it(directories: StreamDirectories) -> None:
    directories.write(RECORD, spec())
    path = directories.at("line") / "stream.json"
    os.utime(path, ns=(1, 1))  # two writings may fall on one tick of the disk's clock
    directories.write(msgspec.structs.replace(RECORD, shared=False), spec())
    assert path.stat().st_mtime_ns == 1
    directories.write(RECORD, spec(msgspec.structs.replace(RECORD, window=11)))
    assert path.stat().st_mtime_ns > 1


def test_a_directory_that_is_there_belongs_to_somebody(directories: StreamDirectories) -> None:
    with pytest.raises(Conflict):
        directories.create("line")


@pytest.mark.proves("streams.secrets")
def test_passwords_lie_where_only_the_account_reads_them_and_go(directories: StreamDirectories) -> None:
    path = directories.at("line") / "secrets.json"
    directories.hand_over("line", {"LINE": "geheim"})
    assert msgspec.json.decode(path.read_bytes()) == {"LINE": "geheim"}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    directories.hand_over("line", {})
    directories.hand_over("line", {})
    assert not path.exists()


def test_what_cannot_be_read_keeps_nobody_from_the_rest(directories: StreamDirectories) -> None:
    directories.write(RECORD, spec())
    for name, content in (("broken", b"{"), ("copied", msgspec.json.encode(RECORD))):
        (directories.root / name).mkdir()
        (directories.root / name / "record.json").write_bytes(content)
    (directories.root / "empty").mkdir()
    (directories.root / "a file").write_text("")
    (directories.root / "linked").mkdir()
    (directories.root / "linked" / "record.json").symlink_to(directories.at("line") / "record.json")
    assert list(directories.records()) == [RECORD]


def test_what_is_put_away_is_out_of_sight_at_once_and_swept_later(directories: StreamDirectories) -> None:
    directories.write(RECORD, spec())
    place = directories.put_away("line")
    assert (place / "record.json").exists()
    assert list(directories.records()) == []
    directories.create("line")
    directories.sweep()
    assert not place.exists()
    assert directories.at("line").exists()
    directories.put_away("nobody")


def test_there_may_be_nothing_yet(tmp_path: Path) -> None:
    directories = StreamDirectories(tmp_path / "streams")
    assert list(directories.records()) == []
    directories.sweep()


def test_a_full_disk_is_told(directories: StreamDirectories, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageFull):
        directories.write(RECORD, spec())
    assert not (directories.at("line") / "record.json").exists()
