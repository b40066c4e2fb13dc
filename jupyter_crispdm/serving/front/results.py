"""Results that clients asked for as image files: kept under `serving/results`, the newest so many of them."""

from __future__ import annotations

import secrets
from pathlib import Path

from jupyter_crispdm.base.atomic import storage_errors
from jupyter_crispdm.base.errors import NotFound


class Results:
    """A directory of pictures with names nobody can guess; every method blocks."""

    def __init__(self, directory: Path, keep: int) -> None:
        self._directory, self._keep = directory, keep
        directory.mkdir(parents=True, exist_ok=True)
        self._names = [path.name for path in sorted(directory.glob("*.png"), key=lambda path: path.stat().st_mtime)]

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
        self._names.append(name)
        while len(self._names) > self._keep:
            (self._directory / self._names.pop(0)).unlink(missing_ok=True)
        return name

    def read(self, name: str) -> bytes:
        """A stored picture. Raises NotFound."""
        if name in self._names:
            try:
                return (self._directory / name).read_bytes()
            except FileNotFoundError:
                self._names.remove(name)
        raise NotFound(f"There is no result '{name[:60]}'; the newest {self._keep:,} are kept.")
