"""Which files may become models: a job's artifacts, and files below the server's root."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from jupyter_crispdm.base.errors import BadRequest, NotFound
from jupyter_crispdm.base.regular import regular_file


@dataclass(frozen=True)
class Source:
    """A file that somebody may still change while it is looked at: so it is opened once, and never through a link."""

    path: Path
    below: Path
    field: str

    def open(self) -> IO[bytes]:
        """Open it as it is now. Raises NotFound when it has become something else."""
        try:
            return regular_file(self.path, below=self.below)
        except OSError:
            raise NotFound(f"'{self.field}': the file is there no more.", field=self.field) from None


def inside(root: Path, relative: str, field: str) -> Source:
    """The regular file `relative` below `root`, symlinks followed now. Raises BadRequest, NotFound."""
    _check_spelling(relative, field)
    missing = NotFound(f"'{field}': there is no file '{relative[:200]}'.", field=field)
    try:
        base = root.resolve(strict=True)
        path = (base / relative).resolve(strict=True)
        regular = stat.S_ISREG(os.stat(path).st_mode)
    except (OSError, RuntimeError):
        raise missing from None
    if not path.is_relative_to(base) or not regular:
        raise missing
    return Source(path, base, field)


def _check_spelling(relative: str, field: str) -> None:
    parts = PurePosixPath(relative).parts
    if not relative or len(relative) > 4096 or "\0" in relative or "\\" in relative or ":" in relative:
        raise BadRequest(f"'{field}' must be a path of at most 4,096 characters, without ':' or '\\'.", field=field)
    if relative.startswith("/") or any(part.startswith(".") for part in parts):
        raise BadRequest(f"'{field}' must be relative, without '..' and hidden parts.", field=field)
