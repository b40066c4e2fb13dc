"""What is in a folder."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from jupyter_crispdm.auth.types import Role
from jupyter_crispdm.base.errors import BadRequest, NotFound
from jupyter_crispdm.files.folders import Folders, Person
from jupyter_crispdm.files.showing.listing import kind_of, listing, natural
from jupyter_crispdm.files.types import Access, FileKind, Listing, Order, SortBy

ANNA = Person("anna", Role.VIEWER)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "data/sub").mkdir(parents=True)
    for name, size, time in (("b10.csv", 1, 30), ("b2.csv", 5, 20), ("A.png", 3, 10)):
        (tmp_path / "data" / name).write_bytes(b"x" * size)
        os.utime(tmp_path / "data" / name, (time, time))
    return tmp_path


def shown(root: Path, path: str, sort: SortBy = SortBy.NAME, order: Order = Order.ASCENDING) -> Listing:
    return listing(Folders(root, "people/{user}", {"data": "read"}), ANNA, path, sort, order)


def names(found: Listing) -> list[str]:
    return [entry.name for entry in found.entries]


@pytest.mark.proves("files.list")
@pytest.mark.parametrize(
    ("sort", "expected"),
    [(SortBy.NAME, ["A.png", "b2.csv", "b10.csv"]), (SortBy.SIZE, ["b10.csv", "A.png", "b2.csv"]),
     (SortBy.MODIFIED, ["A.png", "b2.csv", "b10.csv"]), (SortBy.KIND, ["A.png", "b2.csv", "b10.csv"])],
)  # fmt: skip
def test_folders_stand_first_and_files_as_asked(root: Path, sort: SortBy, expected: list[str]) -> None:
    assert names(shown(root, "data", sort)) == ["sub", *expected]
    assert names(shown(root, "data", sort, Order.DESCENDING)) == ["sub", *reversed(expected)]


def test_each_has_size_time_kind_and_what_one_may_do(root: Path) -> None:
    folder, picture, *_ = shown(root, "data").entries
    assert (folder.kind, folder.size) == (FileKind.FOLDER, None)
    assert (picture.kind, picture.size, picture.modified, picture.access) == (FileKind.PICTURE, 3, 10.0, Access.READ)


@pytest.mark.proves("files.list")
def test_what_is_odd_is_left_out_and_counted(root: Path) -> None:
    folder = os.fsencode(root / "data")
    (root / "data/link").symlink_to(root / "data/A.png")
    (root / "data/loop").symlink_to("loop")
    os.mkfifo(root / "data/pipe")
    (root / "data/.hidden").write_text("x")
    for name in (b"bad\xff", b"new\nline", b"back\\slash"):
        Path(os.fsdecode(folder + b"/" + name)).write_text("x")
    found = shown(root, "data")
    assert names(found) == ["sub", "A.png", "b2.csv", "b10.csv"]
    assert found.left_out == 6


def test_a_time_beyond_all_calendars_spoils_nothing(root: Path) -> None:
    os.utime(root / "data/A.png", (2**40, 2**40))
    assert "A.png" in names(shown(root, "data"))


def test_the_way_to_the_folders_is_shown(root: Path) -> None:
    assert names(shown(root, "")) == ["data", "people"]
    assert names(shown(root, "people")) == ["anna"]
    assert names(shown(root, "people/anna")) == []


@pytest.mark.parametrize("path", ["data/lost", "data/A.png", "elsewhere", "people/ben"])
def test_what_is_no_folder_of_theirs_is_not_there(root: Path, path: str) -> None:
    with pytest.raises(NotFound):
        shown(root, path)
    with pytest.raises(BadRequest):
        shown(root, "data/../elsewhere")


@pytest.mark.proves("files.list")
def test_ten_thousand_files_are_all_there_in_order(root: Path) -> None:
    for number in range(10_000):
        (root / "data/sub" / f"{number}.txt").touch()
    found = shown(root, "data/sub")
    assert names(found) == [f"{number}.txt" for number in range(10_000)]


def test_names_stand_as_people_count() -> None:
    assert sorted(["x10", "X9", "x", "10", "9", "²"], key=natural) == ["9", "10", "x", "X9", "x10", "²"]


def test_a_file_is_what_its_name_says() -> None:
    kinds = {name: kind_of(name) for name in ("a.ipynb", "b.PNG", "c.parquet", "d.csv", "e", "f.py")}
    assert list(kinds.values()) == [
        FileKind.NOTEBOOK, FileKind.PICTURE, FileKind.TABLE, FileKind.TABLE, FileKind.FILE, FileKind.FILE,
    ]  # fmt: skip
