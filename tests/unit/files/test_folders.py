"""Who reaches which path."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_crispdm.auth.types import Role
from jupyter_crispdm.base.errors import BadRequest, Forbidden, NotFound, SetupError
from jupyter_crispdm.files.folders import Act, Folders, Person
from jupyter_crispdm.files.types import Access, FolderKind

ANNA = Person("anna", Role.VIEWER)
ANALYST = Person("ben", Role.ANALYST)
SHARED = {"data": "read", "data/inbox": "write", "team": "write", "team/gold": "read"}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "root"
    for folder in ("data/inbox", "team/gold", "people/anna2", "private"):
        (root / folder).mkdir(parents=True)
    (root / "private/secret.txt").write_text("secret")
    return root


@pytest.fixture
def folders(root: Path) -> Folders:
    return Folders(root, "people/{user}", SHARED)


@pytest.mark.proves("files.home", "files.shared")
def test_a_person_without_lab_has_a_home_and_the_shared_folders(folders: Folders, root: Path) -> None:
    found = {folder.path: (folder.kind, folder.access) for folder in folders.of(ANNA)}
    assert found == {
        "people/anna": (FolderKind.HOME, Access.WRITE),
        "data": (FolderKind.SHARED, Access.READ),
        "data/inbox": (FolderKind.SHARED, Access.WRITE),
        "team": (FolderKind.SHARED, Access.WRITE),
        "team/gold": (FolderKind.SHARED, Access.READ),
    }
    assert (root / "people/anna").is_dir()


def test_a_home_has_the_mode_that_the_users_umask_gives(
    folders: Folders, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jupyter_crispdm.files.folders.users_umask", lambda: 0o027)
    folders.look(ANNA, "people/anna")
    assert (root / "people/anna").stat().st_mode & 0o777 == 0o750


def test_people_with_lab_keep_the_root(folders: Folders) -> None:
    assert [folder.path for folder in folders.of(ANALYST)][-1] == ""
    assert folders.change(ANALYST, "private/secret.txt").access is Access.WRITE
    assert folders.change(ANALYST, "people/anna2").path == "people/anna2"
    assert folders.look(ANALYST, "").is_folder_itself


@pytest.mark.parametrize(
    "path",
    ["", "people", "people/anna2", "people/anna2/x", "people/bob", "private/secret.txt", "People/anna", "people/ANNA",
     "people/anna.", "people/anna ", "data2", "DATA/x", "dat", "people/ａnna"],
)  # fmt: skip
def test_nothing_else_is_reached(folders: Folders, path: str) -> None:
    assert not folders.may(ANNA, path)
    for verb in (folders.look, folders.fill, folders.change):
        with pytest.raises(NotFound):
            verb(ANNA, path)


@pytest.mark.parametrize("path", ["people/anna/../anna2", "people/anna/..", "data/./x", "people/anna/.git", "a\\b"])
def test_an_odd_spelling_is_refused_for_everybody(folders: Folders, path: str) -> None:
    for person in (ANNA, ANALYST):
        assert not folders.may(person, path)
        with pytest.raises(BadRequest):
            folders.look(person, path)


@pytest.mark.parametrize(
    ("path", "access"),
    [("data/x.csv", "read"), ("data/inbox/x.csv", "write"), ("team/x", "write"), ("team/gold/x", "read"),
     ("people/anna/x", "write")],
)  # fmt: skip
def test_the_deeper_folder_counts(folders: Folders, path: str, access: str) -> None:
    assert folders.look(ANNA, path).access.value == access
    assert folders.may(ANNA, path, Act.CHANGE) is (access == "write")
    if access == "read":
        with pytest.raises(Forbidden):
            folders.change(ANNA, path)
    else:
        assert folders.change(ANNA, path).path == path


def test_alike_on_some_file_systems_is_never_more_than_the_folder_gives(folders: Folders) -> None:
    assert not folders.may(ANNA, "team/GOLD/x", Act.CHANGE)
    assert folders.may(ANNA, "team/goldfish", Act.CHANGE)


@pytest.mark.parametrize("path", ["people/anna", "team", "data/inbox"])
def test_a_folder_itself_stays_but_takes_files(folders: Folders, path: str) -> None:
    with pytest.raises(Forbidden):
        folders.change(ANNA, path)
    assert folders.fill(ANNA, path).is_folder_itself


def test_what_has_a_folder_of_the_server_in_it_stays(root: Path) -> None:
    folders = Folders(root, "people/{user}", {"team": "write", "team/a/b": "read"})
    with pytest.raises(Forbidden):
        folders.change(ANNA, "team/a")
    assert folders.change(ANNA, "team/c").path == "team/c"


def test_the_way_to_the_folders_is_seen_and_nothing_beside_it(folders: Folders) -> None:
    assert folders.way(ANNA, "") == ["data", "people", "team"]
    assert folders.way(ANNA, "people") == ["anna"]
    assert folders.way(ANNA, "private") is None
    assert folders.way(ANNA, "people/anna") is None
    assert folders.way(ANALYST, "") is None


def test_links_below_a_folder_are_not_followed(folders: Folders, root: Path) -> None:
    folders.of(ANNA)
    (root / "people/anna/out").symlink_to(root / "private")
    (root / "people/anna/file").symlink_to(root / "private/secret.txt")
    (root / "people/anna/broken").symlink_to("nowhere")
    for path in ("out", "out/secret.txt", "file", "broken", "broken/x"):
        for person in (ANNA, ANALYST):
            with pytest.raises(NotFound):
                folders.look(person, f"people/anna/{path}")


def test_a_shared_folder_may_be_a_link_and_a_home_may_not(root: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "disk"
    elsewhere.mkdir()
    (root / "scans").symlink_to(elsewhere)
    (root / "people/anna").symlink_to(root / "private")
    folders = Folders(root, "people/{user}", {"scans": "read"})
    place = folders.look(ANNA, "scans/a.png")
    assert (place.real, place.below) == (elsewhere / "a.png", elsewhere)
    with pytest.raises(NotFound):
        folders.look(ANNA, "people/anna/secret.txt")


def test_a_folder_that_is_not_there_is_not_listed_but_has_its_name(root: Path) -> None:
    folders = Folders(root, "", {"lost": "read"})
    assert folders.of(ANNA) == []
    assert folders.look(ANNA, "lost/x").real == root / "lost/x"
    assert folders.home_of(ANNA) is None


@pytest.mark.parametrize("name", ["", "..", "a/b", "server account", "x" * 65])
def test_only_a_name_that_a_user_can_have_has_a_home(folders: Folders, name: str) -> None:
    person = Person(name, Role.VIEWER)
    assert folders.home_of(person) is None
    assert all(folder.kind is FolderKind.SHARED for folder in folders.of(person))


def test_a_program_that_only_predicts_has_no_folders(folders: Folders) -> None:
    assert folders.of(Person("anna", Role.PREDICT)) == []


@pytest.mark.parametrize("home", ["{user}", "people", "people/{user}/{user}", "../{user}", "x{user}/y"])
def test_homes_that_would_open_more_are_refused(root: Path, home: str) -> None:
    with pytest.raises(SetupError, match="home_folders"):
        Folders(root, home)


@pytest.mark.parametrize("path", ["", "people", "people/anna", "People", "../x"])
def test_shared_folders_that_would_open_homes_are_refused(root: Path, path: str) -> None:
    with pytest.raises(SetupError, match="shared_folders"):
        Folders(root, "people/{user}", {path: "read"})


@pytest.mark.proves("desk.published-jobs")
def test_what_somebody_without_lab_may_have_written_is_known_on_the_disk(folders: Folders, root: Path) -> None:
    linked = root.with_name("linked")
    linked.symlink_to(root)
    for file in ("people/ben/x.py", "people/x.py", "data/inbox/a/x.py", "team/x.py", "People/Ben/x.py"):
        assert folders.may_be_viewers(root / file), file
    for file in ("x.py", "data/x.py", "private/x.py", "peoples/x.py"):
        assert not folders.may_be_viewers(root / file), file
    through_a_link = Folders(linked, "people/{user}", SHARED)
    assert through_a_link.may_be_viewers(root / "people/ben/x.py")
    assert through_a_link.may_be_viewers(linked / "people/ben/x.py")
    assert not Folders(root, "", {}).may_be_viewers(root / "people/ben/x.py")
