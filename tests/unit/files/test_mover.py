"""Copying and moving: each thing whole or not at all, and nothing replaced."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from jupyter_crispdm.auth.types import Role
from jupyter_crispdm.base.errors import BadRequest, Conflict, Forbidden, NotFound, StorageFull, TooLarge
from jupyter_crispdm.files.folders import Folders, Person
from jupyter_crispdm.files.moving import mover as module
from jupyter_crispdm.files.moving import tree
from jupyter_crispdm.files.moving.mover import Mover
from jupyter_crispdm.files.space import Space
from jupyter_crispdm.files.types import OnConflict, Transfer
from tests.support import FakeClock

ANNA = Person("anna", Role.VIEWER)
RENAME, REFUSE = OnConflict.RENAME, OnConflict.REFUSE


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "root"
    for folder in ("people/anna/inner/deep", "people/anna/other", "data", "team", "private"):
        (root / folder).mkdir(parents=True)
    (root / "people/anna/a.csv").write_text("a")
    (root / "people/anna/b.tar.gz").write_text("b")
    (root / "people/anna/inner/deep/c.txt").write_text("c")
    (root / "people/anna/inner/.hidden").write_text("h")
    (root / "people/anna/inner/link").symlink_to(root / "private")
    (root / "data/table.csv").write_text("t")
    (root / "private/secret").write_text("secret")
    return root


@pytest.fixture
def folders(root: Path) -> Folders:
    return Folders(root, "people/{user}", {"data": "read", "team": "write"})


def mover(folders: Folders, quota: int | None = None) -> Mover:
    return Mover(folders, Space(folders, FakeClock(), quota, 0))


def asked(*paths: str, to: str, conflict: OnConflict = REFUSE) -> Transfer:
    return Transfer(paths=list(paths), to=to, conflict=conflict)


def tree_of(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


@pytest.mark.proves("files.several")
async def test_several_are_copied_and_each_is_told(folders: Folders, root: Path) -> None:
    done = await mover(folders).copy(ANNA, asked("data/table.csv", "people/anna/lost", "private/secret", to="team"))
    assert [(one.path, one.to, one.status) for one in done] == [
        ("data/table.csv", "team/table.csv", 201),
        ("people/anna/lost", None, 404),
        ("private/secret", None, 404),
    ]
    assert tree_of(root / "team") == ["table.csv"]
    assert (root / "data/table.csv").read_text() == "t"


async def test_a_folder_is_copied_without_links_and_what_is_hidden(folders: Folders, root: Path) -> None:
    await mover(folders).copy(ANNA, asked("people/anna/inner", to="team"))
    assert tree_of(root / "team") == ["inner", "inner/deep", "inner/deep/c.txt"]


async def test_a_copy_has_the_mode_of_the_umask_and_the_time_of_its_original(
    folders: Folders, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tree, "users_umask", lambda: 0o027)
    os.utime(root / "data/table.csv", (1_000, 1_000))
    await mover(folders).copy(ANNA, asked("data/table.csv", "people/anna/inner", to="team"))
    found = (root / "team/table.csv").stat()
    assert (found.st_mode & 0o777, found.st_mtime) == (0o640, 1_000)
    assert (root / "team/inner/deep").stat().st_mode & 0o777 == 0o750


async def test_several_are_moved_with_all_that_is_in_them(folders: Folders, root: Path) -> None:
    done = await mover(folders).move(ANNA, asked("people/anna/a.csv", "people/anna/inner", to="team"))
    assert [one.status for one in done] == [200, 200]
    assert tree_of(root / "people/anna") == ["b.tar.gz", "other"]
    assert "inner/.hidden" in tree_of(root / "team")


@pytest.mark.proves("files.several")
@pytest.mark.parametrize("verb", ["copy", "move"])
async def test_where_a_name_is_taken_nothing_is_done(folders: Folders, root: Path, verb: str) -> None:
    (root / "team/a.csv").write_text("older")
    with pytest.raises(Conflict) as refused:
        await getattr(mover(folders), verb)(ANNA, asked("people/anna/b.tar.gz", "people/anna/a.csv", to="team"))
    assert refused.value.details["names"] == ["a.csv"]
    assert tree_of(root / "team") == ["a.csv"]
    assert (root / "team/a.csv").read_text() == "older"


@pytest.mark.proves("files.several")
async def test_a_taken_name_gets_a_number_if_it_may(folders: Folders, root: Path) -> None:
    names = []
    for _ in range(2):
        done = await mover(folders).copy(
            ANNA, asked("people/anna/b.tar.gz", "people/anna/inner", to="people/anna", conflict=RENAME))
        names.append([one.to for one in done])
    assert names == [
        ["people/anna/b (2).tar.gz", "people/anna/inner (2)"],
        ["people/anna/b (3).tar.gz", "people/anna/inner (3)"],
    ]
    moved = await mover(folders).move(ANNA, asked("people/anna/b (2).tar.gz", to="team", conflict=RENAME))
    assert moved[0].to == "team/b (2).tar.gz"


@pytest.mark.parametrize("to", ["people/anna/inner", "people/anna/inner/deep"])
@pytest.mark.parametrize("verb", ["copy", "move"])
async def test_nothing_is_put_into_itself(folders: Folders, root: Path, verb: str, to: str) -> None:
    before = tree_of(root)
    done = await getattr(mover(folders), verb)(ANNA, asked("people/anna/inner", to=to, conflict=RENAME))
    assert done[0].status == 400
    assert tree_of(root) == before


@pytest.mark.parametrize(
    ("to", "error"),
    [("data", Forbidden), ("private", NotFound), ("people/bob", NotFound), ("people/anna/a.csv", BadRequest),
     ("people/anna/lost", BadRequest), ("team/../private", BadRequest), ("people/anna/inner/link", NotFound)],
)  # fmt: skip
async def test_a_target_that_is_none_is_refused(
    folders: Folders, root: Path, to: str, error: type[Exception]
) -> None:
    before = tree_of(root)
    for verb in ("copy", "move"):
        with pytest.raises(error):
            await getattr(mover(folders), verb)(ANNA, asked("people/anna/b.tar.gz", to=to))
    assert tree_of(root) == before


@pytest.mark.parametrize("paths", [[], ["a", "a"], [f"{number}" for number in range(module.MOST_PATHS + 1)]])
async def test_none_too_many_and_twice_the_same_are_refused(folders: Folders, paths: list[str]) -> None:
    with pytest.raises(BadRequest) as refused:
        await mover(folders).copy(ANNA, asked(*paths, to="team"))
    assert refused.value.details["field"] == "paths"


async def test_what_may_only_be_read_is_copied_and_not_moved(folders: Folders, root: Path) -> None:
    done = await mover(folders).move(ANNA, asked("data/table.csv", "data", to="team"))
    assert [one.status for one in done] == [403, 403]
    assert tree_of(root / "data") == ["table.csv"]


async def test_room_is_looked_for_before(folders: Folders, root: Path) -> None:
    (root / "data/big").write_bytes(b"x" * 50_000)
    full = mover(folders, quota=40_000)
    done = await full.copy(ANNA, asked("data/big", to="people/anna"))
    assert (done[0].status, done[0].to) == (TooLarge.status, None)
    assert not (root / "people/anna/big").exists()
    (root / "team/big").write_bytes(b"x" * 50_000)
    done = await full.move(ANNA, asked("team/big", to="people/anna"))
    assert done[0].status == TooLarge.status
    assert (root / "team/big").exists()


async def test_of_a_copy_that_fails_nothing_stays(
    folders: Folders, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tree, "_write", full)
    done = await mover(folders).copy(ANNA, asked("people/anna/inner", "people/anna/a.csv", to="team"))
    assert [one.status for one in done] == [StorageFull.status] * 2
    assert tree_of(root / "team") == []


async def test_between_two_disks_a_move_is_a_copy(
    folders: Folders, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stock, seen = tree.move_new, []

    def other_disk(source: Path, target: Path) -> None:
        if "people" in source.parts and "team" in target.parts:
            seen.append(source.name)
            raise OSError(18, "Invalid cross-device link")
        stock(source, target)

    monkeypatch.setattr(tree, "move_new", other_disk)
    done = await mover(folders).move(ANNA, asked("people/anna/inner", to="team"))
    assert (done[0].status, seen) == (200, ["inner"])
    assert tree_of(root / "team") == ["inner", "inner/deep", "inner/deep/c.txt"]
    assert not (root / "people/anna/inner").exists()


async def test_a_folder_too_large_to_walk_is_refused(
    folders: Folders, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tree, "MOST", 1)
    done = await mover(folders).copy(ANNA, asked("people/anna/inner", to="team"))
    assert done[0].status == TooLarge.status


async def test_pipes_are_neither_copied_nor_waited_for(folders: Folders, root: Path) -> None:
    os.mkfifo(root / "people/anna/pipe")
    done = await mover(folders).copy(ANNA, asked("people/anna/pipe", to="team"))
    assert done[0].status == 404


async def test_a_rename_replaces_nothing(folders: Folders, root: Path) -> None:
    await mover(folders).rename(ANNA, "people/anna/a.csv", "people/anna/new.csv")
    assert (root / "people/anna/new.csv").read_text() == "a"
    with pytest.raises(Conflict):
        await mover(folders).rename(ANNA, "people/anna/new.csv", "people/anna/b.tar.gz")
    with pytest.raises(Forbidden):
        await mover(folders).rename(ANNA, "people/anna/new.csv", "data/new.csv")
    with pytest.raises(Forbidden):
        await mover(folders).rename(ANNA, "people/anna", "team/anna")
    assert (root / "people/anna/b.tar.gz").read_text() == "b"


def test_a_file_is_moved_also_where_the_disk_knows_no_second_names(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr("os.link", refuse)
    tree.move_new(root / "people/anna/a.csv", root / "team/a.csv")
    assert (root / "team/a.csv").read_text() == "a"
    with pytest.raises(FileExistsError):
        tree.move_new(root / "people/anna/b.tar.gz", root / "team/a.csv")


def test_what_a_killed_server_left_is_removed(root: Path, folders: Folders) -> None:
    with tree.copied(folders.look(ANNA, "people/anna/inner"), root / "team") as copy:
        assert copy.is_relative_to(root / "team" / tree.STAGE)
        tree.clear_stages(folders.everything())
        assert not copy.exists()
    assert tree_of(root / "team") == []
    assert {root, root / "data", root / "team", root / "people/anna"} == set(folders.everything())


async def test_a_copy_into_a_disk_within_a_folder_is_made_there(
    folders: Folders, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (root / "team/disk").mkdir()
    stock = tree.move_new

    def other_disk(source: Path, target: Path) -> None:
        if ("disk" in source.parts) != ("disk" in target.parts):
            raise OSError(18, "Invalid cross-device link")
        stock(source, target)

    monkeypatch.setattr(tree, "move_new", other_disk)
    done = await mover(folders).copy(ANNA, asked("people/anna/inner", to="team/disk"))
    assert done[0].status == 201, done
    assert tree_of(root / "team") == ["disk", "disk/inner", "disk/inner/deep", "disk/inner/deep/c.txt"]
