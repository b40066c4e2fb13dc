"""The kernel's word of changes in directories (inotify), by the shortest way to who waits for it.

Whoever follows a running job waits here for each of its facts, most of them after a quiet moment in which the caches
went cold. So an event is three numbers, taken apart in the loop's own callback, and nothing is made of it but that.
"""

from __future__ import annotations

import asyncio
import ctypes
import os
import struct
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

_MODIFY, _CLOSE_WRITE, _MOVED_TO, _CREATE, _DELETE = 0x2, 0x8, 0x80, 0x100, 0x200
_OVERFLOW, _IGNORED = 0x4000, 0x8000
_ONLY_DIRECTORY, _DO_NOT_FOLLOW = 0x0100_0000, 0x0200_0000  # a link is looked at again instead
_WATCHED = _MODIFY | _CREATE | _MOVED_TO | _DELETE | _CLOSE_WRITE | _ONLY_DIRECTORY | _DO_NOT_FOLLOW
_WRITTEN = _MODIFY | _CLOSE_WRITE
_EVENT = struct.Struct("iIII")  # watch, what happened, cookie, bytes of the name that follows
_READ_BYTES = 1 << 16

#: Of which directory, and whether nothing happened there but that files which were there were written.
Tell = Callable[[Path, bool], object]


class Inotify:
    """One instance of the kernel's, read by the running loop. Raises OSError where the kernel gives none.

    `tell` is called for each change directly in one of the directories.
    """

    def __init__(self, tell: Tell) -> None:
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._tell = tell
        self._paths: dict[int, set[Path]] = {}
        self._numbers: dict[Path, int] = {}
        self._descriptor = self._checked(self._libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC))
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._descriptor, self._read)

    def __contains__(self, path: Path) -> bool:
        return path in self._numbers

    def add(self, path: Path) -> None:
        """Watch a directory. Raises OSError where there is none, and where the user has too many watches."""
        number = self._checked(self._libc.inotify_add_watch(self._descriptor, os.fsencode(path), _WATCHED))
        self._numbers[path] = number
        self._paths.setdefault(number, set()).add(path)  # one directory has one number, whatever it is called

    def remove(self, path: Path) -> None:
        """Watch a directory no more."""
        number = self._numbers.pop(path, None)
        if number is None:
            return
        paths = self._paths[number]
        paths.discard(path)
        if not paths:
            del self._paths[number]
            self._libc.inotify_rm_watch(self._descriptor, number)  # fails when the directory itself is gone

    def close(self) -> None:
        """Watch nothing."""
        if not self._loop.is_closed():
            self._loop.remove_reader(self._descriptor)
        os.close(self._descriptor)
        self._paths.clear()
        self._numbers.clear()

    def _checked(self, answer: int) -> int:
        if answer < 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))
        return answer

    def _read(self) -> None:
        try:
            data = os.read(self._descriptor, _READ_BYTES)
        except BlockingIOError:
            return
        at = 0
        while at < len(data):
            number, what, _, length = _EVENT.unpack_from(data, at)
            at += _EVENT.size + length
            self._heard(number, what)

    def _heard(self, number: int, what: int) -> None:
        if what & _OVERFLOW:  # some were lost: anything may have happened anywhere
            for path in tuple(self._numbers):
                self._tell(path, False)
            return
        for path in tuple(self._paths.get(number, ())):
            self._tell(path, not what & ~_WRITTEN)
        if what & _IGNORED:  # the directory is gone; another of that name has to be watched anew
            for path in self._paths.pop(number, ()):
                del self._numbers[path]
                with suppress(OSError):  # it may be there already, and whoever waits believes it is watched
                    self.add(path)
