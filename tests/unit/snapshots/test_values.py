"""Values as they are kept, and the files of large ones: there before their row, gone after the last."""

from __future__ import annotations

import errno
import threading
from collections.abc import Collection
from pathlib import Path
from typing import Any

import pytest

from jupyter_crispdm.base.errors import StorageFull
from jupyter_crispdm.snapshots import contentfiles
from jupyter_crispdm.snapshots.values import INLINE, Value, ValueFiles
from tests.support import ends

BIG = "x" * 100


def anything(_: object) -> None:
    """Accept it."""


def nothing(digests: Collection[str]) -> set[str]:
    """No row names any."""
    return set()


@pytest.fixture
def files(tmp_path: Path) -> ValueFiles:
    return ValueFiles(tmp_path / "values", inline=16)


def names(tmp_path: Path) -> list[str]:
    return sorted(path.name for path in tmp_path.rglob("*") if path.is_file())


def put(files: ValueFiles, value: Any) -> Value:
    return files.put({"a": value}, anything)["a"]


@pytest.mark.proves("snapshots.files")
def test_small_values_are_text_and_large_ones_files(files: ValueFiles, tmp_path: Path) -> None:
    kept = files.put({"small": [1, "é"], "big": BIG}, anything)
    assert kept["small"] == Value(8, '[1,"é"]')
    assert (kept["big"].size, kept["big"].text) == (102, None)
    assert names(tmp_path) == [kept["big"].digest]
    assert [bytes(files.read(value) or b"") for value in kept.values()] == ['[1,"é"]'.encode(), f'"{BIG}"'.encode()]
    assert INLINE == 64 * 1024


def test_the_files_are_the_accounts_alone(files: ValueFiles, tmp_path: Path) -> None:
    put(files, BIG)
    (file,) = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o077) == (0o600, 0)


def test_equal_values_are_one_file(files: ValueFiles, tmp_path: Path) -> None:
    assert put(files, BIG) == put(files, BIG)
    assert len(names(tmp_path)) == 1


@pytest.mark.proves("snapshots.files")
def test_a_file_stays_while_a_row_is_about_to_name_it(files: ValueFiles, tmp_path: Path) -> None:
    first, second = put(files, BIG), put(files, BIG)
    assert first.digest is not None
    files.collect([first.digest], nothing)
    files.release([first])
    files.collect([first.digest], nothing)
    assert names(tmp_path) == [first.digest], "the second is not done yet"
    files.release([second])
    files.collect([first.digest], lambda digests: set(digests))
    assert names(tmp_path) == [first.digest], "a row names it"
    files.collect([first.digest], nothing)
    assert names(tmp_path) == []
    files.collect([first.digest], nothing)


@pytest.mark.proves("snapshots.files")
def test_nobody_takes_a_file_into_use_while_it_is_looked_whether_it_is(files: ValueFiles, tmp_path: Path) -> None:
    """The row is committed after the look: without the wait it would name a file that is gone."""
    value = put(files, BIG)
    assert value.digest is not None
    files.release([value])
    other = threading.Thread(target=put, args=(files, BIG))

    def look(digests: Collection[str]) -> set[str]:
        other.start()
        return set()

    files.collect([value.digest], look)
    ends(other)
    assert names(tmp_path) == [value.digest]


@pytest.mark.proves("snapshots.files")
def test_what_a_killed_server_left_behind_is_swept_up(files: ValueFiles, tmp_path: Path) -> None:
    needed, orphan = put(files, BIG), put(files, BIG * 2)
    files.release([needed, orphan])
    busy = put(files, BIG * 3)
    assert needed.digest is not None
    assert busy.digest is not None
    folder = tmp_path / "values" / busy.digest[:2]
    (folder / f".{busy.digest}.abc").write_bytes(b"half, and somebody is at it")
    (folder / f".{'0' * 64}.abc").write_bytes(b"half")
    files.sweep(lambda digests: {digest for digest in digests if digest == needed.digest})
    assert names(tmp_path) == sorted([f".{busy.digest}.abc", needed.digest, busy.digest])
    ValueFiles(tmp_path / "never made").sweep(nothing)


def test_a_file_that_is_not_what_was_written_is_no_value(files: ValueFiles, tmp_path: Path) -> None:
    value = put(files, BIG)
    (file,) = [path for path in tmp_path.rglob("*") if path.is_file()]
    file.write_bytes(b'"other"')
    assert files.read(value) is None
    file.unlink()
    assert files.read(value) is None


def test_what_is_not_accepted_is_not_written(files: ValueFiles, tmp_path: Path) -> None:
    def refuse(kept: object) -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        files.put({"a": BIG}, refuse)
    assert names(tmp_path) == []


def test_a_full_disk_is_said_and_nothing_stays_pinned(
    files: ValueFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[Path] = []

    def write(path: Path, data: bytes, mode: int) -> None:
        if written:
            raise StorageFull("The disk is full.")
        written.append(path)
        path.write_bytes(data)

    monkeypatch.setattr(contentfiles, "write_atomic", write)
    with pytest.raises(StorageFull):
        files.put({"a": BIG, "b": BIG * 2}, anything)
    files.collect([written[0].name], nothing)
    assert names(tmp_path) == []


def test_a_directory_that_cannot_be_made_is_said(
    files: ValueFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "mkdir", full)
    with pytest.raises(StorageFull, match="disk is full"):
        put(files, BIG)


def test_values_that_look_alike_are_told_apart() -> None:
    assert Value(1, "1").is_same(Value(1, "1"))
    assert not Value(1, "1").is_same(Value(1, "2"))
    assert not Value(3, "1.0").is_same(Value(1, "1"))
    assert not Value(9, digest="a").is_same(Value(9, digest="b"))
