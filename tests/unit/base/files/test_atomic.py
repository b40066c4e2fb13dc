"""Files that are the old content or the new one, whatever happens in between."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import Any

import msgspec
import pytest

from jupyter_crispdm.base.errors import StorageFull
from jupyter_crispdm.base.files.atomic import read_json, storage_errors, write_atomic


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "spec.json"
    path.write_bytes(b"old")
    return path


def names(file: Path) -> list[str]:
    """What lies beside a file, and the file."""
    return sorted(os.listdir(file.parent))


def test_the_new_content_replaces_the_old(file: Path) -> None:
    write_atomic(file, b"new")
    assert file.read_bytes() == b"new"
    assert names(file) == ["spec.json"]


def test_a_file_that_was_not_there_is_made(tmp_path: Path) -> None:
    write_atomic(tmp_path / "first", b"")
    assert (tmp_path / "first").read_bytes() == b""


@pytest.mark.parametrize("mode", [0o600, 0o644, 0o400])
def test_it_has_the_mode_that_was_asked_for_whatever_the_old_one_had(mode: int, file: Path) -> None:
    file.chmod(0o666)
    write_atomic(file, b"new", mode)
    assert stat.S_IMODE(file.stat().st_mode) == mode


def test_a_secret_is_readable_to_nobody_before_it_is_whole(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []
    replace = os.replace

    def look(source: str, target: Path) -> None:
        seen.append(stat.S_IMODE(os.stat(source).st_mode))
        replace(source, target)

    monkeypatch.setattr(os, "replace", look)
    before = os.umask(0)
    try:
        write_atomic(file, b"secret", 0o600)
    finally:
        os.umask(before)
    assert seen == [0o600]


@pytest.mark.parametrize("step", ["fsync", "fchmod", "replace"])
@pytest.mark.parametrize("number", [errno.EIO, errno.ENOSPC, errno.EDQUOT])
def test_what_fails_leaves_the_old_content_and_nothing_else(
    step: str, number: int, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, step, fail)
    with pytest.raises((OSError, StorageFull)):
        write_atomic(file, b"new")
    assert file.read_bytes() == b"old"
    assert names(file) == ["spec.json"]


def test_an_interruption_leaves_the_old_content_and_nothing_else(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_atomic(file, b"new")
    assert file.read_bytes() == b"old"
    assert names(file) == ["spec.json"]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_said_with_the_name_of_the_file_only(number: int, file: Path) -> None:
    with pytest.raises(StorageFull, match=r"The disk is full: 'spec\.json' was not written\.") as raised, \
            storage_errors(file):
        raise OSError(number, "no room")
    assert raised.value.details == {"path": "spec.json"}
    assert str(file.parent) not in str(raised.value)


@pytest.mark.parametrize("error", [OSError(errno.EACCES, "closed"), ValueError("other")])
def test_other_errors_stay_what_they_are(error: Exception, file: Path) -> None:
    with pytest.raises(type(error)) as raised, storage_errors(file):
        raise error
    assert raised.value is error


def test_a_link_in_the_place_of_the_file_is_replaced_and_not_followed(file: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.json"
    link.symlink_to(file)
    write_atomic(link, b"new")
    assert not link.is_symlink()
    assert file.read_bytes() == b"old"


def test_a_folder_that_is_not_there_is_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write_atomic(tmp_path / "gone/spec.json", b"new")
    assert not (tmp_path / "gone").exists()


def test_json_is_read_and_what_is_not_there_is_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"a": [1, null]}')
    assert read_json(tmp_path / "a.json") == {"a": [1, None]}
    assert read_json(tmp_path / "gone.json") is None


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b"NaN", b"{} {}"])
def test_what_is_no_json_is_said_to_be_none(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(content)
    with pytest.raises(msgspec.DecodeError):
        read_json(tmp_path / "a.json")
