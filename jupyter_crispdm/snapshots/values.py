"""Values as they are kept: small ones as text in a row, large ones in files that are called by their content.

A file is written, with fsync, before the row that names it is committed, and removed after the last row that named it
is gone. So a server that is killed leaves a file too many, never a row without its file. A digest is pinned while
somebody is about to commit a row with it: what is pinned is not removed.
"""

from __future__ import annotations

import hashlib
import threading
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from jupyter_crispdm.base.files.atomic import storage_errors, sync_directory, write_atomic

INLINE = 64 * 1024
"""Bytes of JSON up to which a value lies in its row."""

StillNeeded = Callable[[Collection[str]], Collection[str]]


@dataclass(frozen=True)
class Value:
    """A value as it is kept: its JSON, or the digest of the file with it. `size` is in bytes."""

    size: int
    text: str | None = None
    digest: str | None = None

    def is_same(self, other: Value) -> bool:
        """Whether both are the same JSON."""
        return (self.text, self.digest) == (other.text, other.digest)


Accept = Callable[[Mapping[str, Value]], object]


class ValueFiles:
    """The files of large values. Its methods block: call them in a thread."""

    def __init__(self, directory: Path, inline: int = INLINE) -> None:
        self._directory, self._inline = directory, inline
        self._collecting = threading.Lock()
        self._counting = threading.Lock()
        self._pinned: Counter[str] = Counter()

    def put(self, values: Mapping[str, Any], accept: Accept) -> dict[str, Value]:
        """Bring values into the form in which they are kept, and pin those in files until `release`.

        `accept` is asked before anything is written, and raises what speaks against it. Raises StorageFull.
        """
        encoded = {name: msgspec.json.encode(value) for name, value in values.items()}
        kept = {name: self._kept(text) for name, text in encoded.items()}
        accept(kept)
        self._pin(kept.values())
        try:
            for name, value in kept.items():
                if value.digest is not None:
                    self._write(value.digest, encoded[name])
        except BaseException:
            self.release(kept.values())
            raise
        return kept

    def release(self, values: Collection[Value]) -> None:
        """The rows are there, or will not be: what no row names may be removed."""
        with self._counting:
            self._pinned.subtract(value.digest for value in values if value.digest is not None)
            self._pinned += Counter()

    def read(self, value: Value) -> msgspec.Raw | None:
        """The JSON of a value; None when its file is not there, or is not what was written."""
        if value.digest is None:
            return msgspec.Raw((value.text or "null").encode())
        try:
            content = self._path(value.digest).read_bytes()
        except OSError:
            return None
        return msgspec.Raw(content) if _digest(content) == value.digest else None

    def collect(self, digests: Collection[str], still_needed: StillNeeded) -> None:
        """Remove the files of these digests that no row names. Others cannot pin meanwhile."""
        with self._collecting:
            idle = [digest for digest in digests if digest not in self._pinned]
            needed = set(still_needed(idle)) if idle else set()
            for digest in idle:
                if digest not in needed:
                    self._path(digest).unlink(missing_ok=True)

    def sweep(self, still_needed: StillNeeded) -> None:
        """Remove what a server that was killed left behind: files that no row names, and half-written ones."""
        for folder in _folders(self._directory):
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

    def _kept(self, text: bytes) -> Value:
        if len(text) <= self._inline:
            return Value(len(text), text.decode())
        return Value(len(text), digest=_digest(text))

    def _pin(self, values: Collection[Value]) -> None:
        with self._collecting, self._counting:
            self._pinned.update(value.digest for value in values if value.digest is not None)

    def _write(self, digest: str, content: bytes) -> None:
        path = self._path(digest)
        if path.exists():  # a file has its name only once all of it is on the disk
            return
        if not path.parent.exists():
            with storage_errors(path):
                path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                sync_directory(self._directory)
        write_atomic(path, content, 0o600)

    def _path(self, digest: str) -> Path:
        return self._directory / digest[:2] / digest


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _is_digest(name: str) -> bool:
    return len(name) == 64 and set(name) <= set("0123456789abcdef")


def _folders(directory: Path) -> Iterator[Path]:
    with suppress(FileNotFoundError):
        yield from [path for path in directory.iterdir() if path.is_dir()]
