"""Waiting for a directory to change."""

from __future__ import annotations

import asyncio
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from jupyter_crispdm.base.files.watch import Changes, Watcher, is_shared


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
