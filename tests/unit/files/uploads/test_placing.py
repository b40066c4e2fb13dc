"""The last step: a whole file gets its place at once, and nobody's file is lost by it."""

from __future__ import annotations

import errno
import itertools
import os
from pathlib import Path
from typing import Any

import pytest

from jupyter_crispdm.auth.types import Role
from jupyter_crispdm.base.errors import Conflict, NotFound
from jupyter_crispdm.base.files.modes import users_umask
from jupyter_crispdm.files.folders import Place
from jupyter_crispdm.files.types import Access, Folder, FolderKind
from jupyter_crispdm.files.uploads.metadata import Taken, Wanted
from jupyter_crispdm.files.uploads.placing import check_free, names, part_for, put
from jupyter_crispdm.files.uploads.record import Box, Record

ID = "f" * 32
FOLDER = Folder("people/anna", "anna", Access.WRITE, FolderKind.HOME)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "root" / "people" / "anna"
    folder.mkdir(parents=True)
    return folder


def place(home: Path, inner: str) -> Place:
    return Place(f"people/anna/{inner}", home / inner, home, FOLDER, Access.WRITE)


def whole(tmp_path: Path, taken: Taken = Taken.REFUSE, content: bytes = b"whole") -> Record:
    box = Box(tmp_path / "uploads" / ID)
    wanted = Wanted("people/anna", (), "x", taken)
    record = Record(ID, "anna", Role.VIEWER, wanted, len(content), "", 0.0, str(box.part()), str(box.directory))
    box.make(record)
    box.part().write_bytes(content)
    return record


@pytest.fixture(params=["links", "no links", "another disk"])
def disk(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """File systems with hard links, without, and two of them."""
    number = {"links": 0, "no links": errno.EPERM, "another disk": errno.EXDEV}[request.param]

    def refuse(*_: Any, **__: Any) -> None:
        raise OSError(number, "not here")

    if number:
        monkeypatch.setattr(os, "link", refuse)
    return str(request.param)


@pytest.mark.proves("uploads.placed")
def test_a_file_is_there_whole_with_the_mode_of_peoples_files(tmp_path: Path, home: Path, disk: str) -> None:
    assert put(whole(tmp_path), place(home, "a.csv")) == "people/anna/a.csv"
    assert (home / "a.csv").read_bytes() == b"whole"
    assert (home / "a.csv").stat().st_mode & 0o777 == 0o666 & ~users_umask()
    assert os.listdir(home) == ["a.csv"]


@pytest.mark.proves("uploads.folders")
def test_the_folders_of_its_way_are_made(tmp_path: Path, home: Path, disk: str) -> None:
    (home / "scans").mkdir()
    assert put(whole(tmp_path), place(home, "scans/day 1/x/1.png")) == "people/anna/scans/day 1/x/1.png"
    assert (home / "scans" / "day 1" / "x" / "1.png").read_bytes() == b"whole"
    assert (home / "scans" / "day 1").stat().st_mode & 0o777 == 0o777 & ~users_umask()


@pytest.mark.proves("uploads.taken")
@pytest.mark.parametrize("taken", [Taken.REFUSE, Taken.RENAME])
def test_a_name_that_was_taken_meanwhile_costs_nobody_a_file(
    tmp_path: Path, home: Path, disk: str, taken: Taken
) -> None:
    (home / "a.csv").write_bytes(b"somebody's")
    (home / "a (1).csv").write_bytes(b"another's")
    assert put(whole(tmp_path, taken), place(home, "a.csv")) == "people/anna/a (2).csv"
    assert (home / "a.csv").read_bytes() == b"somebody's"
    assert (home / "a (1).csv").read_bytes() == b"another's"
    assert (home / "a (2).csv").read_bytes() == b"whole"
    assert len(os.listdir(home)) == 3


@pytest.mark.proves("uploads.taken")
def test_a_file_is_replaced_where_that_is_wanted_and_its_mode_stays(tmp_path: Path, home: Path, disk: str) -> None:
    (home / "a.csv").write_bytes(b"old")
    (home / "a.csv").chmod(0o640)
    assert put(whole(tmp_path, Taken.OVERWRITE), place(home, "a.csv")) == "people/anna/a.csv"
    assert (home / "a.csv").read_bytes() == b"whole"
    assert (home / "a.csv").stat().st_mode & 0o777 == 0o640
    assert os.listdir(home) == ["a.csv"]


@pytest.mark.proves("files.links", "uploads.taken")
def test_a_link_is_replaced_itself_and_not_what_it_leads_to(tmp_path: Path, home: Path, disk: str) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(b"secret")
    (home / "a.csv").symlink_to(secret)
    put(whole(tmp_path, Taken.OVERWRITE), place(home, "a.csv"))
    assert secret.read_bytes() == b"secret"
    assert not (home / "a.csv").is_symlink()


def test_a_folder_is_never_replaced(tmp_path: Path, home: Path, disk: str) -> None:
    (home / "a.csv").mkdir()
    assert put(whole(tmp_path, Taken.OVERWRITE), place(home, "a.csv")) == "people/anna/a (1).csv"


@pytest.mark.proves("files.links")
def test_a_folder_that_became_a_link_is_not_followed(tmp_path: Path, home: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (home / "scans").symlink_to(outside)
    with pytest.raises(Conflict):
        put(whole(tmp_path), place(home, "scans/1.png"))
    with pytest.raises(Conflict):
        put(whole_again(tmp_path), place(home, "scans/more/1.png"))
    assert os.listdir(outside) == []


def whole_again(tmp_path: Path) -> Record:
    Box(tmp_path / "uploads" / ID).remove(None)
    return whole(tmp_path)


def test_a_file_in_the_way_is_a_conflict(tmp_path: Path, home: Path) -> None:
    (home / "scans").write_bytes(b"a file")
    with pytest.raises(Conflict):
        put(whole(tmp_path), place(home, "scans/1.png"))
    with pytest.raises(Conflict):
        check_free(place(home, "scans/1.png"), Taken.OVERWRITE)
    with pytest.raises(Conflict):
        check_free(place(home, "scans/more/1.png"), Taken.RENAME)


@pytest.mark.proves("uploads.kill")
@pytest.mark.parametrize("taken", list(Taken))
def test_a_server_that_ended_after_the_last_step_does_it_once(tmp_path: Path, home: Path, taken: Taken) -> None:
    """The record does not say yet where the file is; so the next server places it again."""
    record = whole(tmp_path, taken)
    assert put(record, place(home, "a.csv")) == "people/anna/a.csv"
    assert put(record, place(home, "a.csv")) == "people/anna/a.csv"
    assert os.listdir(home) == ["a.csv"]


@pytest.mark.proves("uploads.kill")
def test_what_a_server_left_of_a_copy_is_used_by_nobody(tmp_path: Path, home: Path, disk: str) -> None:
    (home / f".crispdm-upload-{ID}.whole").write_bytes(b"half a co")
    put(whole(tmp_path, Taken.OVERWRITE), place(home, "a.csv"))
    assert (home / "a.csv").read_bytes() == b"whole"
    assert os.listdir(home) == ["a.csv"]


@pytest.mark.proves("machine.disk-full", "files.upload-pieces")
def test_a_copy_that_fails_leaves_nothing(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise OSError(errno.EXDEV, "another disk")

    def fail(*_: Any) -> None:
        raise OSError(errno.EIO, "broken")

    monkeypatch.setattr(os, "link", refuse)
    monkeypatch.setattr("shutil.copyfileobj", fail)
    record = whole(tmp_path)
    with pytest.raises(OSError, match="broken"):
        put(record, place(home, "a.csv"))
    assert os.listdir(home) == []
    assert Path(record.part).read_bytes() == b"whole"


def test_bytes_that_are_gone_are_said(tmp_path: Path, home: Path) -> None:
    record = whole(tmp_path)
    Path(record.part).unlink()
    with pytest.raises(NotFound):
        put(record, place(home, "a.csv"))
    assert os.listdir(home) == []


@pytest.mark.proves("uploads.taken")
def test_what_stands_there_now_is_looked_at_first(home: Path) -> None:
    (home / "a.csv").write_bytes(b"x")
    (home / "folder").mkdir()
    (home / "dangling").symlink_to("nowhere")
    check_free(place(home, "new.csv"), Taken.REFUSE)
    check_free(place(home, "new/deep/x.csv"), Taken.REFUSE)
    check_free(place(home, "a.csv"), Taken.OVERWRITE)
    check_free(place(home, "a.csv"), Taken.RENAME)
    for inner, taken in (("a.csv", Taken.REFUSE), ("dangling", Taken.REFUSE), ("folder", Taken.OVERWRITE)):
        with pytest.raises(Conflict) as caught:
            check_free(place(home, inner), taken)
        assert caught.value.details["path"] == f"people/anna/{inner}"


def test_other_names_are_short_enough_and_never_the_same() -> None:
    assert list(itertools.islice(names("scan"), 3)) == ["scan", "scan (1)", "scan (2)"]
    assert list(itertools.islice(names("a.tar.gz"), 2)) == ["a.tar.gz", "a (1).tar.gz"]
    for name in ("x" * 255, "ü" * 127, "x" * 251 + ".csv", "a." + "b" * 253):
        some = list(itertools.islice(names(name), 12))
        assert all(len(other.encode()) <= 255 for other in some[:12]), name
        assert len(set(some)) == 12


def test_bytes_wait_with_ours_or_beside_their_place_on_another_disk(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    part = Box(tmp_path / "uploads" / ID).part()
    assert part_for(place(home, "deep/er/a.csv"), part, ID) == (part, part.parent)
    real = os.stat

    def stat(path: Any, *args: Any, **kwargs: Any) -> os.stat_result:
        found = real(path, *args, **kwargs)
        if Path(path) == home:
            return os.stat_result((found[0], found[1], found[2] + 1, *found[3:]))
        return found

    monkeypatch.setattr(os, "stat", stat)
    assert part_for(place(home, "deep/er/a.csv"), part, ID) == (home / f".crispdm-upload-{ID}", home)
