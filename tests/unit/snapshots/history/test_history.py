"""Kept versions of files: whole, under the file's name of today, within a limit, whatever lies in a file's place."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

import pytest

import jupyter_crispdm.app
from jupyter_crispdm.base.database import Database
from jupyter_crispdm.base.errors import Conflict, NotFound
from jupyter_crispdm.snapshots.contentfiles import ContentFiles
from jupyter_crispdm.snapshots.history.lab import Listener
from jupyter_crispdm.snapshots.history.manager import HistoryManager
from tests.support import FakeClock


class Disk:
    """A root with files, and the history of them. It saves as Jupyter would."""

    def __init__(self, directory: Path, most: int | None = 1000, limit: int | None = 10_000) -> None:
        assert jupyter_crispdm.app.ROUTES, "importing the app declares every table"
        self.root, self.clock = directory / "root", FakeClock()
        self.root.mkdir(exist_ok=True)
        self.database = Database.in_directory(directory)
        self.database.start_sync()
        self.files = ContentFiles(directory / "history")
        self.history = HistoryManager(
            self.database, self.files, self.root, self.clock, self, most=most, limit=limit
        )

    async def save(self, path: str, content: bytes) -> None:
        (self.root / path).write_bytes(content)

    async def saved(self, path: str, content: bytes | str, by: str = "ada") -> None:
        """Somebody saves a file, a minute later."""
        self.clock.advance(60)
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        await self.save(path, content if isinstance(content, bytes) else content.encode())
        await self.history.note(path, by)

    async def texts(self, path: str) -> list[str]:
        """The kept versions of a file, newest first."""
        found = [await self.history.content(version.id) for version in await self.history.versions(path)]
        return [file.read_text() for _, file in found]

    @property
    def on_disk(self) -> int:
        return len([path for path in self.files.directory.rglob("*") if path.is_file()])


OpenDisk = Callable[..., Disk]


@pytest.fixture
def open_disk(tmp_path: Path) -> Iterator[OpenDisk]:
    opened: list[Disk] = []

    def open_one(**limits: int | None) -> Disk:
        opened.append(Disk(tmp_path, **limits))
        return opened[-1]

    yield open_one
    for disk in opened:
        disk.database.close_sync()


@pytest.fixture
def disk(open_disk: OpenDisk) -> Disk:
    return open_disk()


@pytest.mark.proves("history.kept")
async def test_each_save_is_a_version_unless_nothing_changed(disk: Disk) -> None:
    for text in ("one", "two", "two", "one"):
        await disk.saved("a/b.txt", text)
    assert await disk.texts("a/b.txt") == await disk.texts("/a/b.txt") == ["one", "two", "one"]
    newest = (await disk.history.versions("a/b.txt"))[0]
    assert (newest.path, newest.by, newest.size, newest.saved.timestamp()) == ("a/b.txt", "ada", 3, disk.clock.now())
    assert disk.on_disk == 2, "equal contents are one file"
    assert await disk.texts("other") == []


@pytest.mark.proves("history.kept")
async def test_what_a_file_was_before_its_first_change_is_kept_when_it_is_opened(disk: Disk) -> None:
    await disk.save("a.txt", b"found")
    await disk.history.note("a.txt", "ada", only_first=True)
    await disk.saved("a.txt", "saved")
    await disk.save("a.txt", b"changed by a program")
    await disk.history.note("a.txt", "ada", only_first=True)
    assert await disk.texts("a.txt") == ["saved", "found"]


@pytest.mark.proves("history.restored")
async def test_a_version_is_saved_again_and_what_was_there_is_kept(disk: Disk) -> None:
    await disk.saved("a.txt", "one")
    first = (await disk.history.versions("a.txt"))[0]
    await disk.saved("a.txt", "two")
    await disk.save("a.txt", b"never saved in Lab")
    disk.clock.advance(1)
    restored = await disk.history.restore(first.id, "ben")
    assert (disk.root / "a.txt").read_text() == "one"
    assert (restored.by, restored.path) == ("ben", "a.txt")
    assert sorted(await disk.texts("a.txt")) == ["never saved in Lab", "one", "one", "two"]
    (disk.root / "a.txt").unlink()
    await disk.history.restore(first.id, "ben")
    assert (disk.root / "a.txt").read_text() == "one", "also a file that was deleted"


@pytest.mark.proves("history.restored")
async def test_nothing_is_replaced_that_cannot_be_kept(disk: Disk) -> None:
    await disk.saved("a.txt", "one")
    version = (await disk.history.versions("a.txt"))[0]
    await disk.save("a.txt", b"x" * 1001)
    with pytest.raises(Conflict, match=r"cannot be kept: .* is over 1,000 bytes"):
        await disk.history.restore(version.id, "ada")
    assert (disk.root / "a.txt").stat().st_size == 1001
    (disk.root / "a.txt").unlink()
    (disk.root / "a.txt").symlink_to(disk.root / "b.txt")
    with pytest.raises(Conflict, match="is a link"):
        await disk.history.restore(version.id, "ada")


async def test_what_is_not_there_is_not_restored(disk: Disk) -> None:
    with pytest.raises(NotFound, match="no version 7"):
        await disk.history.restore(7, "ada")
    await disk.saved("a.txt", "one")
    version = (await disk.history.versions("a.txt"))[0]
    (await disk.history.content(version.id))[1].write_text("damaged")
    with pytest.raises(NotFound, match="cannot be read"):
        await disk.history.restore(version.id, "ada")


@pytest.mark.proves("history.renamed")
async def test_versions_follow_a_file_and_a_folder_that_are_renamed(disk: Disk) -> None:
    for path in ("a/b%_.txt", "a/c/d.txt", "ab/e.txt", "a.txt"):
        await disk.saved(path, path)
    await disk.history.moved("a", "z/y")
    await disk.history.moved("/z/y/b%_.txt", "/f.txt")
    assert await disk.texts("f.txt") == ["a/b%_.txt"]
    assert await disk.texts("z/y/c/d.txt") == ["a/c/d.txt"]
    assert [await disk.texts("ab/e.txt"), await disk.texts("a.txt")] == [["ab/e.txt"], ["a.txt"]]


@pytest.mark.proves("history.limits")
async def test_the_ring_and_the_limit_hold(open_disk: OpenDisk) -> None:
    disk = open_disk(most=100, limit=250)
    for number in range(9):
        await disk.saved("a.txt", f"{number}" * 50)
    await disk.saved("b.txt", "b" * 50)
    assert [text[0] for text in await disk.texts("a.txt")] == ["8", "7", "6", "5"]
    await disk.saved("c.txt", "c" * 100)
    assert [text[0] for text in await disk.texts("a.txt")] == ["8", "7"]
    for name in "defg":
        await disk.saved(f"{name}.txt", name * 100)
    assert [text[0] for text in await disk.texts("a.txt")] == ["8"], "the newest of each file stays"
    await disk.saved("big.txt", "x" * 101)
    assert await disk.texts("big.txt") == []
    assert disk.on_disk == 7


@pytest.mark.proves("history.limits")
async def test_none_is_no_limit_and_zero_keeps_nothing(open_disk: OpenDisk) -> None:
    disk = open_disk(most=None, limit=None)
    for number in range(30):
        await disk.saved("a.txt", f"{number}" * 5000)
    assert len(await disk.texts("a.txt")) == 21, "twenty, and the newest of an hour"
    none = open_disk(limit=0)
    await none.saved("b.txt", "b")
    assert await none.texts("b.txt") == []


@pytest.mark.proves("history.kept")
@pytest.mark.parametrize("path", ["", "/", ".hidden", "a/.ipynb_checkpoints/b", "../a.txt", "a//b", "folder", "pipe",
                                  "link", "behind/a.txt", "gone"])  # fmt: skip
async def test_what_is_no_file_of_anybodys_is_left_alone(disk: Disk, path: str, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("outside")
    (disk.root / "folder").mkdir()
    (disk.root / ".hidden").write_text("hidden")
    (disk.root / "link").symlink_to(tmp_path / "a.txt")
    (disk.root / "behind").symlink_to(tmp_path)
    os.mkfifo(disk.root / "pipe")
    await disk.history.note(path, "ada")
    assert await disk.history.versions(path) == []
    assert disk.on_disk == 0


async def test_files_that_no_version_names_are_swept_up(disk: Disk) -> None:
    await disk.saved("a.txt", "one")
    orphan = disk.files.path("0" * 64)
    orphan.parent.mkdir(parents=True)
    orphan.write_text("left by a server that was killed")
    disk.history.sweep()
    assert not orphan.exists()
    assert await disk.texts("a.txt") == ["one"]


async def test_events_of_files_are_heard(disk: Disk) -> None:
    listener = Listener(disk.history)

    async def tell(action: str, path: str, **more: str) -> None:
        disk.clock.advance(1)
        await listener.hear(None, "", {"action": action, "path": path, **more})

    await disk.save("a.txt", b"one")
    await tell("get", "a.txt")
    await disk.save("a.txt", b"two")
    await tell("get", "a.txt")
    await tell("save", "a.txt")
    await tell("rename", "b.txt", source_path="a.txt")
    for action in ("copy", "delete", "create", "upload"):
        await tell(action, "b.txt")
    assert await disk.texts("b.txt") == ["two", "one"]
    assert {version.by for version in await disk.history.versions("b.txt")} == {""}


async def test_what_is_being_noted_is_finished_before_the_server_ends() -> None:
    """Jupyter does not wait for those who listen: their tasks were destroyed with the loop."""
    may_end, noted = asyncio.Event(), list[str]()

    class Slow:
        async def note(self, path: str, by: str, *, only_first: bool = False) -> None:
            await may_end.wait()
            noted.append(path)

    class Logger:
        def remove_listener(self, **_: object) -> None:
            noted.append("hears no more")

    listener = Listener(cast(HistoryManager, Slow()))
    hearing = asyncio.ensure_future(listener.hear(None, "", {"action": "save", "path": "a.py"}))
    await asyncio.sleep(0)
    closing = asyncio.ensure_future(listener.close(Logger()))
    await asyncio.sleep(0)
    assert (closing.done(), noted) == (False, ["hears no more"])
    may_end.set()
    await closing
    assert (hearing.done(), noted) == (True, ["hears no more", "a.py"])
