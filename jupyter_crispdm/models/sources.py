"""Which files may become models: a job's artifacts, and files below the server's root."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO

from jupyter_crispdm.base.errors import BadRequest, NotFound
from jupyter_crispdm.base.files.regular import regular_file, stat_regular

_CHUNK = 2**20


@dataclass(frozen=True)
class ModelSource:
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

    def size(self) -> int:
        """Its bytes. Raises OSError."""
        return stat_regular(self.path, below=self.below).st_size


@dataclass(frozen=True)
class Parts:
    """What a version consists of: its file, the user's code beside it, and texts to be kept by their names."""

    model: ModelSource
    script: ModelSource | None = None
    texts: Mapping[str, str] = field(default_factory=dict)


def inside(root: Path, relative: str, field: str) -> ModelSource:
    """The regular file `relative` below `root`, symlinks followed now. Raises BadRequest, NotFound."""
    _check_spelling(relative, field)
    try:
        base = root.resolve(strict=True)
        path = (base / relative).resolve(strict=True)
    except (OSError, RuntimeError):
        raise _missing(relative, field) from None
    return _checked(ModelSource(path, base, field), relative)


def artifact(job: Path, relative: str, field: str) -> ModelSource:
    """An artifact in a job's directory, no link followed: the job may lead it anywhere. Raises BadRequest, NotFound."""
    _check_spelling(relative, field)
    return _checked(ModelSource(job / "artifacts" / relative, job.parent, field), relative)


def _checked(source: ModelSource, relative: str) -> ModelSource:
    try:
        stat_regular(source.path, below=source.below)
    except OSError:
        raise _missing(relative, source.field) from None
    return source


def _missing(relative: str, field: str) -> NotFound:
    return NotFound(f"'{field}': there is no file '{relative[:200]}'.", field=field)


def _check_spelling(relative: str, field: str) -> None:
    parts = PurePosixPath(relative).parts
    if not relative or len(relative) > 4096 or "\0" in relative or "\\" in relative or ":" in relative:
        raise BadRequest(f"'{field}' must be a path of at most 4,096 characters, without ':' or '\\'.", field=field)
    if relative.startswith("/") or any(part.startswith(".") for part in parts):
        raise BadRequest(f"'{field}' must be relative, without '..' and hidden parts.", field=field)


def digest(source: ModelSource) -> str:
    """The SHA-256 of a file. Raises NotFound."""
    sum_ = hashlib.sha256()
    with source.open() as file:
        while chunk := file.read(_CHUNK):
            sum_.update(chunk)
    return sum_.hexdigest()
