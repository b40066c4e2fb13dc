"""Waiting for a directory to change, without asking again and again.

On Linux the kernel tells (inotify); elsewhere, and on file systems that other machines write to, a waiter looks
again after a short while. A watch remembers a change that happens between two waits, so none is missed.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import psutil

from .inotify import Inotify

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
    """The changes of one directory as one waiter sees them.

    `only_written` tells of the changes that the last wait answered for: files that were there before were written, and
    nothing else happened.
    """

    def __init__(self, notified: bool) -> None:
        self.only_written = False
        self._has_happened = self._is_more = False
        self._waiter: asyncio.Future[None] | None = None
        self._notified = notified

    def mark(self, only_written: bool = False) -> None:
        """Something changed."""
        self._has_happened = True
        self._is_more |= not only_written
        self.wake()

    def wake(self) -> None:
        """Let who waits go on, though nothing may have changed."""
        if self._waiter is not None:
            _wake(self._waiter)

    async def wait(self, timeout: float) -> bool:
        """Wait for the next change, at most `timeout` seconds; True when there was one (or may have been)."""
        if not self._notified:
            await self._wait(min(timeout, _POLL_SECONDS))
            return True
        if not self._has_happened and timeout > 0:
            await self._wait(timeout)
        happened, self._has_happened = self._has_happened, False
        self.only_written, self._is_more = happened and not self._is_more, False
        return happened

    async def _wait(self, timeout: float) -> None:
        # one future and one timer: whoever waits here tells people what is new, and each round of the loop counts
        loop = asyncio.get_running_loop()
        self._waiter = loop.create_future()
        late = loop.call_later(timeout, _wake, self._waiter)
        try:
            await self._waiter
        finally:
            late.cancel()
            self._waiter = None


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
        self._closed = False
        self._waiting: dict[Path, set[Changes]] = {}

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
        """Stop watching, for good; waiters end by their timeout, and who comes later looks again and again."""
        self._closed = True
        if self._inotify is not None:
            self._inotify.close()
            self._inotify = None

    def _arm(self, path: Path) -> bool:
        if not sys.platform.startswith("linux"):
            return False
        if self._inotify is not None and path in self._inotify:
            return True
        if self._closed or self._shared(path):
            return False
        try:
            if self._inotify is None:
                self._inotify = Inotify(self._tell)
            self._inotify.add(path)
        except OSError:  # no such directory, or the user's limit of watches is reached: look again instead
            return False
        return True

    def _leave(self, path: Path, changes: Changes) -> None:
        waiting = self._waiting[path]
        waiting.discard(changes)
        if waiting:
            return
        del self._waiting[path]
        if self._inotify is not None:
            self._inotify.remove(path)

    def _tell(self, path: Path, only_written: bool) -> None:
        for changes in self._waiting.get(path, ()):
            changes.mark(only_written)
