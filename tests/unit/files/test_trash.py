"""The trash: what goes into it, comes back, and is deleted."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_crispdm.auth.types import Role
from jupyter_crispdm.base.errors import BadRequest, Conflict, Forbidden, NotFound, TooLarge
from jupyter_crispdm.files.folders import Folders, Person
from jupyter_crispdm.files.moving import trash as module
from jupyter_crispdm.files.moving import tree
from jupyter_crispdm.files.moving.trash import Trash
from jupyter_crispdm.files.space import Space
from jupyter_crispdm.files.types import OnConflict, Restore
from tests.support import FakeClock

ANNA, BEN = Person("anna", Role.VIEWER), Person("ben", Role.VIEWER)
DAY = 86_400.0
HERE = Restore()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "root"
    for folder in ("people/anna/inner", "data", "team"):
        (root / folder).mkdir(parents=True)
    (root / "people/anna/a.csv").write_text("a" * 100)
    (root / "people/anna/inner/b.csv").write_text("b")
    (root / "data/t.csv").write_text("t")
    return root


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def folders(root: Path) -> Folders:
    return Folders(root, "people/{user}", {"data": "read", "team": "write"})


@pytest.fixture
def trash(folders: Folders, clock: FakeClock, tmp_path: Path) -> Trash:
    return make(folders, clock, tmp_path)


def make(folders: Folders, clock: FakeClock, tmp_path: Path, limit: int | None = None) -> Trash:
    space = Space(folders, clock, None, 0)
    return Trash(tmp_path / "trash", folders, space, clock, limit=limit, days=30.0)


async def put(trash: Trash, path: str, person: Person = ANNA) -> str:
    done = (await trash.put(person, [path]))[0]
    assert done.status == 200, done
    assert done.to
    return done.to


@pytest.mark.proves("files.trash")
async def test_what_is_thrown_away_can_be_seen_and_brought_back(trash: Trash, root: Path) -> None:
    first, second = await put(trash, "people/anna/a.csv"), await put(trash, "people/anna/inner")
    listed = {item.id: (item.path, item.name, item.kind) for item in (await trash.contents(ANNA)).items}
    assert listed == {
        first: ("people/anna/a.csv", "a.csv", "file"),
        second: ("people/anna/inner", "inner", "folder"),
    }
    assert list((root / "people/anna").iterdir()) == []
    for id in (first, second):
        assert (await trash.restore(ANNA, id, HERE)).status == 200
    assert (root / "people/anna/inner/b.csv").read_text() == "b"
    assert (root / "people/anna/a.csv").read_text() == "a" * 100
    assert (await trash.contents(ANNA)).items == []


async def test_several_are_thrown_away_and_each_is_told(trash: Trash) -> None:
    done = await trash.put(ANNA, ["people/anna/a.csv", "data/t.csv", "people/ben/x", "people/anna", "people/anna/lost"])
    assert [one.status for one in done] == [200, 403, 404, 403, 404]
    with pytest.raises(BadRequest):
        await trash.put(ANNA, [])


async def test_nobody_sees_the_trash_of_another(trash: Trash) -> None:
    id = await put(trash, "people/anna/a.csv")
    assert (await trash.contents(BEN)).items == []
    for verb in (lambda: trash.restore(BEN, id, HERE), lambda: trash.purge(BEN, id)):
        with pytest.raises(NotFound):
            await verb()
    assert len((await trash.contents(ANNA)).items) == 1


@pytest.mark.parametrize("id", ["", "..", "../anna", "0123456789abcdef"])
async def test_what_is_not_there_cannot_be_brought_back(trash: Trash, id: str) -> None:
    await put(trash, "people/anna/a.csv")
    with pytest.raises(NotFound):
        await trash.restore(ANNA, id, HERE)


async def test_where_the_name_is_taken_it_gets_a_number_or_is_refused(trash: Trash, root: Path) -> None:
    id = await put(trash, "people/anna/a.csv")
    (root / "people/anna/a.csv").write_text("newer")
    with pytest.raises(Conflict):
        await trash.restore(ANNA, id, Restore(conflict=OnConflict.REFUSE))
    assert (await trash.restore(ANNA, id, HERE)).to == "people/anna/a (2).csv"
    assert (root / "people/anna/a.csv").read_text() == "newer"


async def test_a_folder_that_is_gone_is_made_again(trash: Trash, root: Path) -> None:
    id = await put(trash, "people/anna/inner/b.csv")
    (root / "people/anna/inner").rmdir()
    await trash.restore(ANNA, id, HERE)
    assert (root / "people/anna/inner/b.csv").read_text() == "b"


async def test_it_comes_back_only_where_its_owner_may_write(trash: Trash, root: Path) -> None:
    id = await put(trash, "people/anna/a.csv")
    for to, error in (("data", Forbidden), ("people/ben", NotFound), ("team/../x", BadRequest)):
        with pytest.raises(error):
            await trash.restore(ANNA, id, Restore(to=to))
    assert (await trash.restore(ANNA, id, Restore(to="team"))).to == "team/a.csv"


@pytest.mark.proves("files.trash")
async def test_it_is_deleted_when_asked(trash: Trash, tmp_path: Path) -> None:
    first, _ = await put(trash, "people/anna/a.csv"), await put(trash, "people/anna/inner")
    await trash.purge(ANNA, first)
    assert [item.name for item in (await trash.contents(ANNA)).items] == ["inner"]
    await trash.purge(ANNA)
    assert (await trash.contents(ANNA)).items == []
    await trash.purge(ANNA)
    assert not (tmp_path / "trash/anna").exists()


async def test_forever_leaves_no_way_back(trash: Trash, root: Path) -> None:
    done = await trash.put(ANNA, ["people/anna/inner"], forever=True)
    assert (done[0].status, done[0].to) == (200, None)
    assert not (root / "people/anna/inner").exists()
    assert (await trash.contents(ANNA)).items == []


@pytest.mark.proves("files.trash")
async def test_above_the_limit_the_oldest_is_deleted(
    folders: Folders, clock: FakeClock, root: Path, tmp_path: Path
) -> None:
    trash = make(folders, clock, tmp_path, limit=250)
    for name in ("1", "2", "3"):
        (root / "people/anna" / name).write_text("x" * 100)
        await put(trash, f"people/anna/{name}")
        clock.advance(1)
    assert [item.name for item in (await trash.contents(ANNA)).items] == ["3", "2"]


async def test_what_is_larger_than_the_trash_is_refused_and_stays(
    folders: Folders, clock: FakeClock, root: Path, tmp_path: Path
) -> None:
    trash = make(folders, clock, tmp_path, limit=50)
    done = await trash.put(ANNA, ["people/anna/a.csv"])
    assert (done[0].status, done[0].to) == (TooLarge.status, None)
    assert (root / "people/anna/a.csv").exists()


@pytest.mark.proves("files.trash")
async def test_what_is_too_old_is_swept_of_everybody(trash: Trash, clock: FakeClock, root: Path) -> None:
    await put(trash, "people/anna/a.csv")
    (root / "team/b").write_text("b")
    await put(trash, "team/b", BEN)
    clock.advance(29 * DAY)
    await put(trash, "people/anna/inner")
    clock.advance(2 * DAY)
    assert trash.sweep() == 2
    assert [item.name for item in (await trash.contents(ANNA)).items] == ["inner"]
    assert (await trash.contents(BEN)).items == []


def test_a_trash_that_nobody_used_is_swept_too(trash: Trash) -> None:
    assert trash.sweep() == 0


async def test_one_broken_thing_does_not_spoil_the_rest(trash: Trash, tmp_path: Path) -> None:
    broken, _ = await put(trash, "people/anna/a.csv"), await put(trash, "people/anna/inner")
    (tmp_path / "trash/anna" / broken / "about.json").write_text("{")
    assert [item.name for item in (await trash.contents(ANNA)).items] == ["inner"]


async def test_from_another_disk_it_is_copied_and_back(
    trash: Trash, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stock = tree.move_new

    def other_disk(source: Path, target: Path) -> None:
        if ("trash" in source.parts) != ("trash" in target.parts):
            raise OSError(18, "Invalid cross-device link")
        stock(source, target)

    for where in (tree, module):
        monkeypatch.setattr(where, "move_new", other_disk)
    id = await put(trash, "people/anna/inner")
    assert not (root / "people/anna/inner").exists()
    await trash.restore(ANNA, id, HERE)
    assert (root / "people/anna/inner/b.csv").read_text() == "b"
    assert (await trash.contents(ANNA)).items == []


async def test_what_cannot_be_moved_leaves_nothing_in_the_trash(
    trash: Trash, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module, "move_new", refuse)
    done = await trash.put(ANNA, ["people/anna/a.csv"])
    assert done[0].status == 507
    assert (root / "people/anna/a.csv").exists()
    assert (await trash.contents(ANNA)).items == []
