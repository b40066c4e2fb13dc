"""Results that clients asked for as image files: kept under `serving/results`, the newest so many of so many bytes."""

from __future__ import annotations

import secrets
import threading
from contextlib import suppress
from pathlib import Path

from jupyter_crispdm.base.errors import NotFound
from jupyter_crispdm.base.files.atomic import storage_errors


class ResultStore:
    """A directory of pictures with names nobody can guess; every method blocks."""

    def __init__(self, directory: Path, keep: int, most_bytes: int) -> None:
        self._directory, self._keep, self._most_bytes = directory, keep, most_bytes
        directory.mkdir(parents=True, exist_ok=True)
        stored = [(path.stat(), path.name) for path in directory.glob("*.png")]
        self._sizes = {name: stat.st_size for stat, name in sorted(stored, key=lambda item: item[0].st_mtime)}
        self._lock = threading.Lock()

    def add(self, data: bytes) -> str:
        """Store a picture and return its name. Raises StorageFull."""
        name = f"{secrets.token_hex(12)}.png"
        path = self._directory / name
        with storage_errors(path):
            try:
                path.write_bytes(data)
            except BaseException:
                path.unlink(missing_ok=True)
                raise
        with self._lock:
            self._sizes[name] = len(data)
            while len(self._sizes) > self._keep or (
                len(self._sizes) > 1 and sum(self._sizes.values()) > self._most_bytes
            ):
                oldest = next(iter(self._sizes))
                del self._sizes[oldest]
                (self._directory / oldest).unlink(missing_ok=True)
        return name

    def read(self, name: str) -> bytes:
        """A stored picture. Raises NotFound."""
        if name in self._sizes:
            with suppress(FileNotFoundError):
                return (self._directory / name).read_bytes()
        raise NotFound(
            f"There is no result '{name[:60]}'; the newest {self._keep:,} are kept, up to {self._most_bytes:,} bytes."
        )
