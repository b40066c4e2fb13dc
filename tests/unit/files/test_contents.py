"""Jupyter's contents manager decides for itself, as if there were no gate before it."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from jupyter_server import CallContext
from tornado import web

from jupyter_crispdm.auth.pages.dashboard_page import DashboardHandler
from jupyter_crispdm.auth.roles import CrispdmUser
from jupyter_crispdm.files.folders import Folders
from jupyter_crispdm.files.jupyter import contents as module
from jupyter_crispdm.files.jupyter.contents import CrispdmContentsManager
from jupyter_crispdm.files.manager import FileManager
from jupyter_crispdm.files.moving.mover import Mover
from jupyter_crispdm.files.moving.trash import Trash
from jupyter_crispdm.files.space import Space
from tests.support import FakeClock

Work = Callable[[Any], Awaitable[Any]]
TEXT = {"type": "file", "format": "text", "content": "written"}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "root"
    for folder in ("people/anna/sub", "people/ben", "data", "private"):
        (root / folder).mkdir(parents=True)
    for file in ("people/anna/a.txt", "people/ben/b.txt", "data/t.csv", "private/secret.txt"):
        (root / file).write_text(file)
    (root / "people/anna/link").symlink_to(root / "private")
    return root


@pytest.fixture
def manager(root: Path, tmp_path: Path) -> Any:
    folders, clock = Folders(root, "people/{user}", {"data": "read"}), FakeClock()
    space = Space(folders, clock, None, 0)
    trash = Trash(tmp_path / "trash", folders, space, clock, limit=None, days=None)
    made = CrispdmContentsManager(root_dir=str(root))
    made.ways = FileManager(folders, space, Mover(folders, space), trash)
    return made


@pytest.fixture(autouse=True)
def nobody() -> Iterator[None]:
    CallContext.set(CallContext.JUPYTER_HANDLER, None)
    yield
    CallContext.set(CallContext.JUPYTER_HANDLER, None)


class Handler:
    """Any handler but Voila's."""


def asks(role: str = "viewer", kind: type[Any] = Handler) -> None:
    """From now on it is Anna, with this role, who asks."""
    handler = object.__new__(kind)
    handler._jupyter_current_user = CrispdmUser("anna", role=role)
    CallContext.set(CallContext.JUPYTER_HANDLER, handler)


def disk(root: Path) -> dict[Path, str]:
    """All that is on the disk, with its content."""
    return {path: path.read_text() if path.is_file() else "" for path in root.rglob("*")}


def names(model: dict[str, Any]) -> list[str]:
    return sorted(entry["name"] for entry in model["content"])


OUTSIDE: dict[str, Work] = {
    "get": lambda manager: manager.get("private/secret.txt"),
    "get a home": lambda manager: manager.get("people/ben"),
    "get steps back": lambda manager: manager.get("people/anna/../ben/b.txt"),
    "get through a link": lambda manager: manager.get("people/anna/link/secret.txt"),
    "get the link": lambda manager: manager.get("people/anna/link"),
    "exists": lambda manager: manager.file_exists("private/secret.txt"),
    "dir exists": lambda manager: manager.dir_exists("private"),
    "hidden": lambda manager: manager.is_hidden("private"),
    "save": lambda manager: manager.save(dict(TEXT), "private/new.txt"),
    "save to read only": lambda manager: manager.save(dict(TEXT), "data/new.txt"),
    "save in pieces": lambda manager: manager.save({**TEXT, "chunk": 1}, "data/new.txt"),
    "save through a link": lambda manager: manager.save(dict(TEXT), "people/anna/link/new.txt"),
    "save a home": lambda manager: manager.save({"type": "directory"}, "people/eve"),
    "new": lambda manager: manager.new(dict(TEXT), "people/ben/new.txt"),
    "untitled": lambda manager: manager.new_untitled("data"),
    "delete": lambda manager: manager.delete("people/ben/b.txt"),
    "delete read only": lambda manager: manager.delete("data/t.csv"),
    "delete a home": lambda manager: manager.delete("people/anna"),
    "rename out": lambda manager: manager.rename("people/anna/a.txt", "private/a.txt"),
    "rename in": lambda manager: manager.rename("private/secret.txt", "people/anna/secret.txt"),
    "update": lambda manager: manager.update({"path": "data/a.txt"}, "people/anna/a.txt"),
    "copy in": lambda manager: manager.copy("private/secret.txt", "people/anna"),
    "copy out": lambda manager: manager.copy("people/anna/a.txt", "data"),
    "checkpoint": lambda manager: manager.create_checkpoint("data/t.csv"),
    "checkpoints": lambda manager: manager.list_checkpoints("people/ben/b.txt"),
    "restore": lambda manager: manager.restore_checkpoint("checkpoint", "data/t.csv"),
    "delete checkpoint": lambda manager: manager.delete_checkpoint("checkpoint", "data/t.csv"),
}


@pytest.mark.proves("files.walk")
@pytest.mark.parametrize("name", OUTSIDE)
async def test_nothing_outside_is_done_for_a_viewer(manager: Any, root: Path, name: str) -> None:
    before = disk(root)
    asks()
    with pytest.raises(web.HTTPError) as refused:
        await OUTSIDE[name](manager)
    assert refused.value.status_code in (400, 403, 404)
    assert disk(root) == before


@pytest.mark.parametrize("role", ["analyst", "admin", None])
async def test_people_with_lab_and_the_server_itself_find_all(
    manager: Any, root: Path, role: str | None
) -> None:
    if role:
        asks(role)
    assert names(await manager.get("")) == ["data", "people", "private"]
    assert (await manager.get("people/anna/link/secret.txt"))["content"] == "private/secret.txt"
    await manager.save(dict(TEXT), "private/new.txt")
    copied = await manager.copy("private/new.txt", "data")
    await manager.rename("private/new.txt", "private/renamed.txt")
    assert (root / "private/renamed.txt").read_text() == (root / copied["path"]).read_text() == "written"


async def test_a_viewer_finds_the_way_and_their_folders(manager: Any) -> None:
    asks()
    assert names(await manager.get("")) == ["data", "people"]
    assert names(await manager.get("people")) == ["anna"]
    home = await manager.get("people/anna")
    assert names(home) == ["a.txt", "sub"]
    assert home["writable"] is True
    assert {entry["path"]: (entry["type"], entry["writable"]) for entry in home["content"]} == {
        "people/anna/a.txt": ("file", True), "people/anna/sub": ("directory", True)}
    assert (await manager.get("data"))["writable"] is False


async def test_a_viewer_works_in_their_home(manager: Any, root: Path, tmp_path: Path) -> None:
    asks()
    await manager.save(dict(TEXT), "people/anna/new.txt")
    await manager.rename("people/anna/new.txt", "people/anna/sub/new.txt")
    copied = await manager.copy("people/anna/sub/new.txt")
    assert copied["path"] == "people/anna/sub/new (2).txt"
    made = await manager.new_untitled("people/anna/sub", type="directory")
    assert (root / made["path"]).is_dir()
    await manager.delete("people/anna/sub")
    assert not (root / "people/anna/sub").exists()
    assert len(list((tmp_path / "trash/anna").iterdir())) == 1


async def test_a_dashboard_is_read_for_whoever_opens_it(manager: Any) -> None:
    asks(kind=DashboardHandler)
    assert (await manager.get("private/secret.txt"))["content"] == "private/secret.txt"


async def test_without_the_room_of_files_viewers_have_none(manager: Any) -> None:
    manager.ways = None
    asks()
    for path in ("", "people/anna", "data/t.csv"):
        with pytest.raises(web.HTTPError) as refused:
            await manager.get(path)
        assert refused.value.status_code == 403


async def test_what_is_too_large_to_hold_is_refused(
    manager: Any, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LARGEST_READ", 10)
    asks()
    for options in ({}, {"content": False, "require_hash": True}):
        with pytest.raises(web.HTTPError) as refused:
            await manager.get("people/anna/a.txt", **options)
        assert refused.value.status_code == 413
    assert (await manager.get("people/anna/a.txt", content=False))["size"] == 17
    asks("analyst")
    assert (await manager.get("people/anna/a.txt"))["size"] == 17


async def test_a_checkpoint_behind_a_link_is_not_touched(manager: Any, root: Path) -> None:
    (root / "people/anna/.ipynb_checkpoints").symlink_to(root / "private")
    asks()
    for work in (manager.create_checkpoint, manager.list_checkpoints):
        with pytest.raises(web.HTTPError):
            await work("people/anna/a.txt")
    assert os.listdir(root / "private") == ["secret.txt"]


async def test_reading_a_shared_folder_leaves_no_trace(manager: Any, root: Path) -> None:
    asks()
    assert await manager.list_checkpoints("data/t.csv") == []
    assert os.listdir(root / "data") == ["t.csv"]
