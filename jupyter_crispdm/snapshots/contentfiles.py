"""Files that are called by their content, for rows to name.

A file is written, with fsync, before the row that names it is committed, and removed after the last row that named it
is gone. So a server that is killed leaves a file too many, never a row without its file. A digest is pinned while
somebody is about to commit a row with it: what is pinned is not removed.
"""

from __future__ import annotations

import hashlib
import threading
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from pathlib import Path

from jupyter_crispdm.base.files.atomic import storage_errors, sync_directory, write_atomic

StillNeeded = Callable[[Collection[str]], Collection[str]]


class ContentFiles:
    """The files of one directory. Its methods block: call them in a thread."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._collecting = threading.Lock()
        self._counting = threading.Lock()
        self._pinned: Counter[str] = Counter()

    def pin(self, digests: Collection[str]) -> None:
        """Rows will name these: what is there stays, from now until `release`."""
        with self._collecting, self._counting:
            self._pinned.update(digests)

    def release(self, digests: Collection[str]) -> None:
        """The rows are there, or will not be: what no row names may be removed."""
        with self._counting:
            self._pinned.subtract(digests)
            self._pinned += Counter()

    def write(self, digest: str, content: bytes) -> None:
        """Have the file of a pinned digest there. Raises StorageFull."""
        path = self.path(digest)
        if path.exists():  # a file has its name only once all of it is on the disk
            return
        if not path.parent.exists():
            with storage_errors(path):
                path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                sync_directory(self.directory)
        write_atomic(path, content, 0o600)

    def read(self, digest: str) -> bytes | None:
        """What was written; None when the file is not there, or holds something else."""
        try:
            content = self.path(digest).read_bytes()
        except OSError:
            return None
        return content if digest_of(content) == digest else None

    def path(self, digest: str) -> Path:
        """Where the file is."""
        return self.directory / digest[:2] / digest

    def collect(self, digests: Collection[str], still_needed: StillNeeded) -> None:
        """Remove the files of these digests that no row names. Others cannot pin meanwhile."""
        with self._collecting:
            idle = [digest for digest in digests if digest not in self._pinned]
            needed = set(still_needed(idle)) if idle else set()
            for digest in idle:
                if digest not in needed:
                    self.path(digest).unlink(missing_ok=True)

    def sweep(self, still_needed: StillNeeded) -> None:
        """Remove what a server that was killed left behind: files that no row names, and half-written ones."""
        for folder in _folders(self.directory):
            names = [path.name for path in folder.iterdir()]
            self.collect([name for name in names if _is_digest(name)], still_needed)
            for name in names:
                if not _is_digest(name):
                    self._drop_unfinished(folder / name)

    def _drop_unfinished(self, path: Path) -> None:
        """Remove a temporary file, unless somebody is writing it now."""
        with self._collecting:
            if not any(digest in path.name for digest in self._pinned):
                path.unlink(missing_ok=True)


def digest_of(content: bytes) -> str:
    """What a file with this content is called."""
    return hashlib.sha256(content).hexdigest()


def _is_digest(name: str) -> bool:
    return len(name) == 64 and set(name) <= set("0123456789abcdef")


def _folders(directory: Path) -> Iterator[Path]:
    with suppress(FileNotFoundError):
        yield from [path for path in directory.iterdir() if path.is_dir()]
