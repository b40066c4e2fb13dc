"""Small files written at once: the old content or the new one, never a mixture."""

from __future__ import annotations

import os
import stat

from jupyter_crispdm.base.errors import Conflict, NotFound
from jupyter_crispdm.base.files.atomic import write_atomic
from jupyter_crispdm.base.files.modes import users_umask

from ..folders import Place


def grown_by(place: Place, size: int, *, replace: bool) -> int:
    """The bytes that writing takes beyond what is there. Raises NotFound, Conflict."""
    if not place.real.parent.is_dir():
        raise NotFound(f"There is no folder for '{place.path}'.", path=place.path)
    found = _found(place)
    if found is None:
        return size
    if not stat.S_ISREG(found.st_mode):
        raise Conflict(f"'{place.path}' is there, and no file.", path=place.path)
    if not replace:
        raise Conflict(f"'{place.path}' is there already.", path=place.path)
    return max(0, size - found.st_size)


def write(place: Place, data: bytes) -> None:
    """Write a file; a new one has the mode of the user's umask, one that was there keeps its own."""
    found = _found(place)
    mode = stat.S_IMODE(found.st_mode) if found else 0o666 & ~users_umask()
    write_atomic(place.real, data, mode)


def _found(place: Place) -> os.stat_result | None:
    try:
        return os.lstat(place.real)
    except FileNotFoundError:
        return None
