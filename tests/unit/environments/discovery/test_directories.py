from __future__ import annotations

import os
from pathlib import Path

from jupyter_crispdm.environments.discovery.directories import Directories

LONG_AGO = 1_000_000_000


def test_what_did_not_change_is_not_read_again(tmp_path: Path) -> None:
    calls: list[str] = []

    def reader(path: str) -> str:
        calls.append(path)
        return "value"

    os.utime(tmp_path, (LONG_AGO, LONG_AGO))
    look = Directories()
    assert [look.read(str(tmp_path), reader) for _ in range(3)] == ["value"] * 3
    assert len(calls) == 1
    os.utime(tmp_path, (LONG_AGO + 1, LONG_AGO + 1))
    look.read(str(tmp_path), reader)
    look.forget()
    look.read(str(tmp_path), reader)
    assert len(calls) == 3


def test_a_path_that_just_changed_is_not_trusted(tmp_path: Path) -> None:
    os.utime(tmp_path, (LONG_AGO, LONG_AGO))
    look = Directories(now=lambda: LONG_AGO + 1.0)
    assert look.folders(str(tmp_path)) == ()
    (tmp_path / "new").mkdir()
    os.utime(tmp_path, (LONG_AGO, LONG_AGO))
    assert look.folders(str(tmp_path)) == ("new",)


def test_what_is_gone_is_empty(tmp_path: Path) -> None:
    look = Directories()
    folder = tmp_path / "folder"
    folder.mkdir()
    os.utime(folder, (LONG_AGO, LONG_AGO))
    (tmp_path / "folder" / "sub").mkdir()
    assert look.folders(str(folder)) == ("sub",)
    (folder / "sub").rmdir()
    folder.rmdir()
    assert (look.folders(str(folder)), look.text(str(folder))) == ((), None)
