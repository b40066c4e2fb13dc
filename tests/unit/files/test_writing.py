"""Small files written at once."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from jupyter_crispdm.auth.types import Role
from jupyter_crispdm.base.errors import Conflict, NotFound, StorageFull
from jupyter_crispdm.files.folders import Folders, Person, Place
from jupyter_crispdm.files.moving import writing
from jupyter_crispdm.files.moving.writing import grown_by, write

ANNA = Person("anna", Role.VIEWER)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home = tmp_path / "people/anna"
    (home / "folder").mkdir(parents=True)
    (home / "old").write_text("12345")
    return home


def at(home: Path, name: str) -> Place:
    return Folders(home.parent.parent).change(ANNA, f"people/anna/{name}")


def test_what_is_there_counts(home: Path) -> None:
    assert grown_by(at(home, "new"), 7, replace=True) == 7
    assert grown_by(at(home, "old"), 7, replace=True) == 2
    assert grown_by(at(home, "old"), 1, replace=True) == 0


@pytest.mark.proves("files.content")
def test_what_may_not_be_replaced_is_refused(home: Path) -> None:
    os.mkfifo(home / "pipe")
    for name, replace in (("old", False), ("folder", True), ("pipe", True)):
        with pytest.raises(Conflict):
            grown_by(at(home, name), 1, replace=replace)
    with pytest.raises(NotFound):
        grown_by(at(home, "lost/new"), 1, replace=True)


@pytest.mark.proves("files.content")
def test_a_file_is_the_old_or_the_new_one(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr("os.fsync", full)
        with pytest.raises(StorageFull):
            write(at(home, "old"), b"newer")
    assert (home / "old").read_text() == "12345"
    write(at(home, "old"), b"newer")
    assert (home / "old").read_text() == "newer"
    assert sorted(path.name for path in home.iterdir()) == ["folder", "old"]


def test_a_new_file_has_the_mode_of_the_umask(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "users_umask", lambda: 0o007)
    write(at(home, "new"), b"x")
    assert (home / "new").stat().st_mode & 0o777 == 0o660
