"""Which files may become models: a job's artifacts, and files below the server's root."""

from __future__ import annotations

import os
import stat
from pathlib import Path, PurePosixPath

from jupyter_crispdm.base.errors import BadRequest, NotFound


def inside(root: Path, relative: str, field: str) -> Path:
    """The regular file `relative` below `root`, symlinks followed. Raises BadRequest, NotFound."""
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
    return path


def _check_spelling(relative: str, field: str) -> None:
    parts = PurePosixPath(relative).parts
    if not relative or len(relative) > 4096 or "\0" in relative or "\\" in relative or ":" in relative:
        raise BadRequest(f"'{field}' must be a path of at most 4,096 characters, without ':' or '\\'.", field=field)
    if relative.startswith("/") or any(part.startswith(".") for part in parts):
        raise BadRequest(f"'{field}' must be relative, without '..' and hidden parts.", field=field)
