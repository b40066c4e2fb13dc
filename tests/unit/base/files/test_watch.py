"""Waiting for a directory to change."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from jupyter_crispdm.base.files.watch import Changes, Watcher, is_shared
from tests.support import soon


@pytest.mark.parametrize("turns", range(6))
async def test_a_cancellation_that_comes_together_with_a_change_is_heard(turns: int) -> None:
    changes = Changes(notified=True)
    waiting = asyncio.ensure_future(changes.wait(60))
    await asyncio.sleep(0)
    changes.mark()
    for _ in range(turns):
        await asyncio.sleep(0)
    if not waiting.done():
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting


async def test_a_change_between_two_waits_is_not_missed(tmp_path: Path) -> None:
    watcher = Watcher()
    async with watcher.watch(tmp_path) as changes:
        (tmp_path / "one").touch()
        assert await changes.wait(60)
        (tmp_path / "two").touch()
        await asyncio.sleep(0)
        assert await changes.wait(60)
    await watcher.close()


async def test_two_who_wait_are_both_told(tmp_path: Path) -> None:
    watcher = Watcher()
    async with watcher.watch(tmp_path) as one, watcher.watch(tmp_path) as two:
        (tmp_path / "file").touch()
        assert await one.wait(60)
        assert await two.wait(60)
    await watcher.close()


async def test_no_change_is_said_after_the_time(tmp_path: Path) -> None:
    watcher = Watcher()
    async with watcher.watch(tmp_path) as changes:
        assert not await changes.wait(0.01)
    await watcher.close()


async def test_a_directory_that_is_not_there_is_looked_at_again_and_again(tmp_path: Path) -> None:
    watcher = Watcher()
    async with watcher.watch(tmp_path / "none") as changes:
        assert await changes.wait(0.01)
    await watcher.close()


async def test_where_other_machines_write_a_waiter_looks_again_and_again(tmp_path: Path) -> None:
    watcher = Watcher(shared=lambda path: True)
    async with watcher.watch(tmp_path) as changes:
        assert await changes.wait(0.01), "nobody tells of what another machine writes"
    await watcher.close()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="inotify is Linux's")
async def test_a_watcher_that_was_closed_begins_nothing_more(tmp_path: Path) -> None:
    """Whoever still followed a file when the server ended left an inotify behind."""
    before = inotifies()
    watcher = Watcher()
    async with watcher.watch(tmp_path):
        assert inotifies() == before + 1
        await watcher.close()
        async with watcher.watch(tmp_path / ".."), watcher.watch(tmp_path) as late:
            assert await late.wait(0.01)
    assert inotifies() == before


def inotifies() -> int:
    """How many this process has open."""
    open_now = [Path("/proc/self/fd", name) for name in os.listdir("/proc/self/fd")]
    return sum(os.path.islink(one) and "inotify" in os.readlink(one) for one in open_now)


@pytest.mark.parametrize(
    ("path", "shared"),
    [("/data/jobs/1", True), ("/data2/jobs", False), ("/home/ada/sshfs/x", True), ("/home/ada", False)],
)
def test_a_file_system_is_known_by_its_innermost_mount(
    path: str, shared: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    mounts = [("/", "ext4"), ("/data", "nfs4"), ("/home/ada/sshfs", "fuse.sshfs")]
    partitions = [SimpleNamespace(mountpoint=place, fstype=kind) for place, kind in mounts]
    monkeypatch.setattr(psutil, "disk_partitions", lambda all: partitions)
    assert is_shared(Path(path)) is shared


async def test_it_is_told_whether_files_that_were_there_were_only_written(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("one\n")
    async with watched(tmp_path) as changes:
        with file.open("a") as opened:
            opened.write("two\n")
        assert await changes.wait(60)
        assert changes.only_written
        (tmp_path / "new").touch()
        file.write_text("three\n")
        assert await changes.wait(60)
        assert not changes.only_written, "a file was made"
        file.write_text("four\n")
        assert await changes.wait(60)
        assert changes.only_written, "what was made before is told already"
        file.rename(tmp_path / "other")
        assert await changes.wait(60)
        assert not changes.only_written
        (tmp_path / "new").unlink()
        assert await changes.wait(60)
        assert not changes.only_written
        assert not await changes.wait(0)
        assert not changes.only_written, "nothing happened"


async def test_who_waits_can_be_woken_without_a_change() -> None:
    changes = Changes(notified=True)
    waiting = asyncio.ensure_future(changes.wait(3600))
    await asyncio.sleep(0)
    changes.wake()
    assert not await soon(waiting)
    changes.wake()  # nobody waits
    changes.mark()
    assert await changes.wait(3600)


async def test_a_directory_is_watched_by_each_of_its_names(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (tmp_path / "link").symlink_to(tmp_path, target_is_directory=True)
    async with watched(folder) as one, AsyncExitStack() as second:
        watcher = Watcher()
        second.push_async_callback(watcher.close)
        two = await second.enter_async_context(watcher.watch(folder))
        async with watcher.watch(tmp_path / "link" / "folder") as three:
            (folder / "file").touch()
            assert all([await one.wait(60), await two.wait(60), await three.wait(60)])
        (folder / "file").write_text("more")
        assert await two.wait(60), "the other name of it is not watched any more"


async def test_a_directory_that_was_removed_is_watched_anew_when_it_is_there_again(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    watcher = Watcher()
    try:
        async with watcher.watch(folder) as before:
            folder.rmdir()
            assert await before.wait(60)
            folder.mkdir()
            async with watcher.watch(folder) as changes:
                (folder / "file").touch()
                assert await changes.wait(60)
            assert await before.wait(0), "who waits for a path hears of all that happens there"
    finally:
        await watcher.close()


async def test_a_directory_in_whose_place_there_is_another_before_anybody_heard_is_watched(tmp_path: Path) -> None:
    """Who followed it heard of its end, and then of nothing more."""
    folder = tmp_path / "folder"
    folder.mkdir()
    async with watched(folder) as changes:
        folder.rmdir()
        folder.mkdir()
        assert await changes.wait(60)
        (folder / "file").touch()
        assert await changes.wait(60)


async def test_of_more_changes_than_the_kernel_keeps_nothing_is_taken_for_granted(tmp_path: Path) -> None:
    most = _most_queued()
    quiet, busy = tmp_path / "quiet", [tmp_path / "busy" / name for name in "ab"]
    for folder in (quiet, busy[0].parent):
        folder.mkdir()
    for file in busy:
        file.touch()
    watcher = Watcher()
    try:
        async with watcher.watch(quiet) as changes, watcher.watch(busy[0].parent):
            with busy[0].open("ab", buffering=0) as one, busy[1].open("ab", buffering=0) as two:
                for _ in range(most // 2 + 1):
                    one.write(b".")
                    two.write(b".")
            assert await changes.wait(60), "one of those that were lost may have been here"
            assert not changes.only_written
    finally:
        await watcher.close()


def test_a_watcher_whose_loop_is_over_can_still_be_closed(tmp_path: Path) -> None:
    before = inotifies()
    watcher = Watcher()

    async def watches() -> None:
        async with watcher.watch(tmp_path) as changes:
            assert not await changes.wait(0)

    asyncio.run(watches())
    asyncio.run(watcher.close())
    assert inotifies() == before


def _most_queued() -> int:
    return int(Path("/proc/sys/fs/inotify/max_queued_events").read_text())


@asynccontextmanager
async def watched(folder: Path) -> AsyncIterator[Changes]:
    """The changes of a directory, of a watcher that is closed afterwards."""
    watcher = Watcher()
    try:
        async with watcher.watch(folder) as changes:
            yield changes
    finally:
        await watcher.close()
