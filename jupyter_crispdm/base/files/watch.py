"""Waiting for a directory to change, without asking again and again.

On Linux the kernel tells (inotify); elsewhere, and on file systems that other machines write to, a waiter looks
again after a short while. A watch remembers a change that happens between two waits, so none is missed.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from ..tasks import Loop

if TYPE_CHECKING:
    from asyncinotify import Inotify, Watch

_POLL_SECONDS = 0.1
#: Inotify tells what this machine writes; of another machine's writes to these it knows nothing.
_SHARED = ("9p", "acfs", "afs", "beegfs", "ceph", "cifs", "fuse.", "gfs", "gpfs", "lustre", "ncp", "nfs", "ocfs2",
           "orangefs", "panfs", "smb", "virtiofs", "wekafs")


def is_shared(path: Path) -> bool:
    """Whether other machines may write to the file system that a path is on."""
    mounts = {Path(mount.mountpoint): mount.fstype for mount in psutil.disk_partitions(all=True)}
    place = path.absolute()
    kind = next((mounts[folder] for folder in (place, *place.parents) if folder in mounts), "")
    return kind.startswith(_SHARED)


class Changes:
    """The changes of one directory as one waiter sees them."""

    def __init__(self, notified: bool) -> None:
        self._has_happened = False
        self._waiter: asyncio.Future[None] | None = None
        self._notified = notified

    def mark(self) -> None:
        """Something changed."""
        self._has_happened = True
        if self._waiter is not None:
            _wake(self._waiter)

    async def wait(self, timeout: float) -> bool:
        """Wait for the next change, at most `timeout` seconds; True when there was one (or may have been)."""
        if not self._notified:
            await asyncio.sleep(min(timeout, _POLL_SECONDS))
            return True
        if not self._has_happened:
            # one future and one timer: whoever waits here tells people what is new, and each round of the loop counts
            loop = asyncio.get_running_loop()
            self._waiter = loop.create_future()
            late = loop.call_later(timeout, _wake, self._waiter)
            try:
                await self._waiter
            finally:
                late.cancel()
                self._waiter = None
        happened, self._has_happened = self._has_happened, False
        return happened


def _wake(waiter: asyncio.Future[None]) -> None:
    if not waiter.done():
        waiter.set_result(None)


class Watcher:
    """One inotify instance for the whole server, shared by all who wait.

    `shared` tells of a path whether other machines may write there.
    """

    def __init__(self, shared: Callable[[Path], bool] = is_shared) -> None:
        self._shared = shared
        self._inotify: Inotify | None = None
        self._loop: Loop | None = None
        self._waiting: dict[Path, set[Changes]] = {}
        self._watches: dict[Path, Watch] = {}

    @asynccontextmanager
    async def watch(self, path: Path) -> AsyncIterator[Changes]:
        """Watch a directory for files that are written, created, renamed or removed directly in it."""
        notified = self._arm(path)
        changes = Changes(notified)
        if not notified:
            yield changes
            return
        self._waiting.setdefault(path, set()).add(changes)
        try:
            yield changes
        finally:
            self._leave(path, changes)

    async def close(self) -> None:
        """Stop watching; waiters end by their timeout."""
        if self._loop:
            await self._loop.close()
        if self._inotify:
            self._inotify.close()
        self._inotify = self._loop = None
        self._watches.clear()

    def _arm(self, path: Path) -> bool:
        if not sys.platform.startswith("linux"):
            return False
        from asyncinotify import Inotify, Mask

        if path in self._watches:
            return True
        if self._shared(path):
            return False
        try:
            if self._inotify is None:
                self._inotify = Inotify()
                self._loop = Loop("changes of files", partial(self._read, self._inotify))
                self._loop.start()
            mask = Mask.MODIFY | Mask.CREATE | Mask.MOVED_TO | Mask.DELETE | Mask.CLOSE_WRITE
            mask |= Mask.ONLYDIR | Mask.DONT_FOLLOW  # a link is looked at again instead
            self._watches[path] = self._inotify.add_watch(path, mask)
        except OSError:  # no such directory, or the user's limit of watches is reached: look again instead
            return False
        return True

    def _leave(self, path: Path, changes: Changes) -> None:
        waiting = self._waiting[path]
        waiting.discard(changes)
        if waiting:
            return
        del self._waiting[path]
        watch = self._watches.pop(path, None)
        if watch is not None and self._inotify is not None:
            try:
                self._inotify.rm_watch(watch)
            except OSError:  # the directory itself is gone, and the watch with it
                return

    async def _read(self, inotify: Inotify) -> None:
        async for event in inotify:
            watched = event.watch.path if event.watch else None
            for changes in self._waiting.get(watched, ()) if watched else ():
                changes.mark()
