"""Files of ours in a run's directory, which a program may have put anything in the place of."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from jupyter_crispdm.base.files.regular import open_folder, open_regular, read_regular, try_lock

from ..ranks import GATHERED

_MODE = 0o600


class Place:
    """The folder `gathered` of a run. No method follows a link. All raise OSError."""

    def __init__(self, run: Path) -> None:
        self._root = run.parent
        self.path = run / GATHERED

    def make(self) -> None:
        """Make the folder, unless it is there."""
        with open_folder(self.path.parent, below=self._root) as run, suppress(FileExistsError):
            os.mkdir(GATHERED, 0o700, dir_fd=run)

    def make_inner(self, name: str) -> None:
        """Make a folder in it, unless it is there."""
        with open_folder(self.path, below=self._root) as folder, suppress(FileExistsError):
            os.mkdir(name, 0o700, dir_fd=folder)

    def read(self, name: str, limit: int) -> bytes:
        """All of a file."""
        return read_regular(self.path / name, limit, below=self._root)

    def size(self, name: str) -> int:
        """How long a file is; 0 where there is none."""
        try:
            with self._opened(name, os.O_RDONLY) as file:
                return os.fstat(file).st_size
        except FileNotFoundError:
            return 0

    def cut(self, name: str, size: int) -> None:
        """Drop what stands in a file after so many bytes; it is made where it is not there."""
        with self._opened(name, os.O_WRONLY | os.O_CREAT) as file:
            if os.fstat(file).st_size > size:
                os.ftruncate(file, size)

    def append(self, name: str, data: bytes) -> None:
        """Write to the end of a file: all of it, or nothing."""
        with self._opened(name, os.O_WRONLY | os.O_APPEND | os.O_CREAT) as file:
            before = os.fstat(file).st_size
            left = memoryview(data)
            try:
                while left:
                    left = left[os.write(file, left) :]
            except OSError:
                with suppress(OSError):
                    os.ftruncate(file, before)
                raise

    def replace(self, name: str, data: bytes) -> None:
        """Put a file in the place of another: whole, or not at all. After a power cut it may be an older one."""
        fresh = f".{name}.new"
        with open_folder(self.path, below=self._root) as folder:
            with suppress(FileNotFoundError):
                os.unlink(fresh, dir_fd=folder)
            file = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, _MODE, dir_fd=folder)
            try:
                left = memoryview(data)
                while left:
                    left = left[os.write(file, left) :]
            finally:
                os.close(file)
            os.replace(fresh, name, src_dir_fd=folder, dst_dir_fd=folder)

    @contextmanager
    def locked(self) -> Iterator[bool]:
        """Whether nobody else gathers for this run just now; while the block lasts nobody else does."""
        try:
            file = open_regular(self.path / "lock", os.O_RDWR | os.O_CREAT, _MODE, below=self._root)
        except FileNotFoundError:  # the folder is not made yet
            yield True
            return
        try:
            yield try_lock(file)
        finally:
            os.close(file)

    @contextmanager
    def _opened(self, name: str, flags: int) -> Iterator[int]:
        file = open_regular(self.path / name, flags, _MODE, below=self._root)
        try:
            yield file
        finally:
            os.close(file)
