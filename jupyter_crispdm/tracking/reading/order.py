"""The order of all rows of a run, over all its files, that makes one number a cursor.

Several processes write at once, each to its own file, so "the first 1,000 rows" has no meaning until
somebody says in which order the rows were seen. This journal says it: `metrics.order` in the run directory,
entries of 12 bytes, (u32 crc32 of the file's name, u64 rows of that file up to here). After the last entry
its file goes on, so that a run with one writer, however long, has one entry. A reader takes the lock, learns
what others have noted, notes what it sees beyond that, and only then hands out a cursor. So a cursor means
the same rows to every reader, also after a restart of the server: none is missed, none comes twice.

When files hold fewer rows than were seen, or others, the order begins anew: an entry whose end has its highest bit set
holds a random number, the epoch, and voids all entries before it. A new journal begins with one. Within one epoch, and
only there, a cursor means something.

Where the journal cannot be written (a read-only directory, a full disk, a program that holds its lock) the order
lives in memory, and a cursor holds as long as the reader.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import threading
import time
import zlib
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from weakref import WeakValueDictionary

import numpy as np

from jupyter_crispdm.base.files.regular import Unreadable, open_regular, try_lock

#: Of one run, over all its files.
MOST_ROWS = 1 << 32
_ENTRY = np.dtype([("file", "<u4"), ("end", "<u8")])
_EPOCH_BIT = 1 << 63
_EPOCH_BITS = 48
_OLD_EPOCH = "0"  # of journals that were begun before there were epochs
_MOST_BYTES = _ENTRY.itemsize << 20
_PAUSES = (0.001, 0.005, 0.02, 0.05)
_guard = threading.Lock()
_locks: WeakValueDictionary[str, threading.Lock] = WeakValueDictionary()


def file_id(key: str) -> int:
    """What stands for a file in the journal."""
    return zlib.crc32(key.encode())


class Order:
    """The journal of one run directory."""

    def __init__(self, directory: Path) -> None:
        self._path = directory / "metrics.order"
        self._root = directory.parent
        self._mine = _turns(os.path.abspath(self._path))
        self.trouble = ""
        self._descriptor: int | None = None
        self._in_memory = False
        self._read = 0  # bytes of the journal that are known
        self._files: list[int] = []  # of each stretch of rows: the file, …
        self._starts: list[int] = []  # … the position of its first row among all rows, …
        self._from: list[int] = []  # … and the number of that row in the file
        self._ends: dict[int, int] = {}  # how far each file got
        self._total = 0
        self.epoch = ""  # empty until there is a row

    def observe(
        self, rows: Mapping[int, int], *, complete: bool = False, rewritten: bool = False
    ) -> tuple[int, dict[int, int]]:
        """Note how many rows each file holds; answers the cursor after them, and how many each had then.

        `complete`: there are no other files, and fewer rows than were noted means that some are gone. `rewritten`:
        files hold other rows than at the last look. Either begins another epoch, unless somebody did already.
        """
        if not rows and not self._ends:
            return 0, {}
        with self._locked():
            before = self.epoch
            self._learn()
            lacking = complete and any(rows.get(file, 0) < end for file, end in self._ends.items())
            if not (self.epoch or self._ends) or lacking or (rewritten and self.epoch == before):
                self._note([_new_epoch()])
            self.epoch = self.epoch or _OLD_EPOCH
            self._note(self._news(rows))
        ends, total = dict(self._ends), self._total
        for last in self._files[-1:]:
            ends[last] = max(ends[last], rows.get(last, 0))
            total += ends[last] - self._ends[last]
        return total, ends

    def before(self, cursor: int) -> dict[int, int]:
        """How many rows of each file lie before a cursor: all that are noted, less the stretches after it."""
        rows = dict(self._ends)
        stretch = bisect_right(self._starts, max(0, cursor)) - 1
        for later in range(len(self._files) - 1, stretch, -1):
            rows[self._files[later]] = self._from[later]
        if stretch >= 0:
            rows[self._files[stretch]] = self._from[stretch] + max(0, cursor) - self._starts[stretch]
        return rows

    def close(self) -> None:
        """Let go of the journal."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _news(self, rows: Mapping[int, int]) -> list[tuple[int, int]]:
        """The entries that are missing: where the open file is left off, then the others that have grown."""
        last = self._files[-1] if self._files else None
        grown = [(file, end) for file, end in rows.items() if file != last and end > self._ends.get(file, 0)]
        if last is not None and grown and rows.get(last, 0) > self._ends[last]:
            grown.insert(0, (last, rows[last]))
        return grown

    def _add(self, file: int, end: int) -> None:
        if end >= _EPOCH_BIT:
            self._begin(f"{end - _EPOCH_BIT:x}")
            return
        known = self._ends.get(file, 0)
        if not known < end <= MOST_ROWS:  # nobody writes such an entry, but a program may scribble over the journal
            return
        if not self._files or self._files[-1] != file:
            self._files.append(file)
            self._starts.append(self._total)
            self._from.append(known)
        self._ends[file] = end
        self._total += end - known

    def _begin(self, epoch: str) -> None:
        self.epoch, self._total = epoch, 0
        self._files, self._starts, self._from, self._ends = [], [], [], {}

    def _learn(self) -> None:
        if self._descriptor is None:
            return
        size = os.fstat(self._descriptor).st_size
        size -= size % _ENTRY.itemsize
        if size > _MOST_BYTES:
            self._remember_only(f"'{self._path.name}' is too long")
            return
        if size > self._read:
            data = os.pread(self._descriptor, size - self._read, self._read)
            for file, end in np.frombuffer(data, _ENTRY).tolist():
                self._add(file, end)
            self._read = size

    def _note(self, entries: list[tuple[int, int]]) -> None:
        for file, end in entries:
            self._add(file, end)
        if self._descriptor is None or not entries:
            return
        data = np.array(entries, _ENTRY).tobytes()
        try:
            os.pwrite(self._descriptor, data, self._read)
            self._read += len(data)
        except OSError:
            self._remember_only()

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with self._mine:  # of this process; so the file's own lock is another's if it is taken
            self._open()
            if self._descriptor is not None and not self._taken(self._descriptor):
                self._remember_only(f"'{self._path.name}' is locked by a program")
            try:
                yield
            finally:
                if self._descriptor is not None:
                    fcntl.flock(self._descriptor, fcntl.LOCK_UN)

    def _taken(self, descriptor: int) -> bool:
        """Take the lock; nobody needs it for longer than a moment, and who holds it on is not waited for."""
        for pause in _PAUSES:
            if try_lock(descriptor):
                return True
            time.sleep(pause)
        return try_lock(descriptor)

    def _open(self) -> None:
        if self._descriptor is not None and os.fstat(self._descriptor).st_nlink == 0:  # somebody removed it
            self.close()
            self._read = 0
            self._begin("")
        if self._descriptor is None and not self._in_memory:
            try:
                self._descriptor = open_regular(self._path, os.O_RDWR | os.O_CREAT, below=self._root)
            except Unreadable as error:
                self._remember_only(error.reason)
            except OSError:
                self._remember_only()

    def _remember_only(self, trouble: str = "") -> None:
        self._in_memory = True
        self.trouble = self.trouble or trouble
        self.close()


def _new_epoch() -> tuple[int, int]:
    return 0, _EPOCH_BIT + secrets.randbits(_EPOCH_BITS)


def _turns(path: str) -> threading.Lock:
    """The lock by which the threads of this process take turns at a journal."""
    with _guard:
        lock = _locks.get(path)
        if lock is None:
            lock = _locks[path] = threading.Lock()
        return lock
