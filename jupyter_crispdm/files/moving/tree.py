"""Folders with all that is in them: walked, measured, copied, and given a name that nothing has yet.

Links, pipes and hidden names are left out of walks and copies; a rename takes a folder as it is.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from jupyter_crispdm.base.errors import Conflict, NotFound, TooLarge
from jupyter_crispdm.base.files.modes import users_umask
from jupyter_crispdm.base.files.regular import Unreadable, open_folder, open_regular, regular_file
from jupyter_crispdm.base.files.removal import remove

from ..folders import Place
from ..spelling import is_plain

DEEPEST = 64
MOST = 100_000
STAGE = ".crispdm-copies"
_PIECE = 1 << 20
_TRIES = 1000


class Entry(NamedTuple):
    """Something in a folder: its path from there, whether it is a folder, and what the disk says of it."""

    path: str
    is_folder: bool
    found: os.stat_result


def entries(place: Place) -> Iterator[Entry]:
    """All that is in a folder, each folder before what is in it. Raises TooLarge for more than one may ask for."""
    waiting, count = [""], 0
    while waiting:
        at = waiting.pop()
        inner = []
        for entry in _listed(place, at):
            count += 1
            if count > MOST:
                raise TooLarge(f"The folder holds more than {MOST:,} files.", limit=MOST)
            yield entry
            if entry.is_folder:
                inner.append(entry.path)
        waiting += reversed(inner)
        if at.count("/") > DEEPEST:
            raise TooLarge(f"The folder is more than {DEEPEST} folders deep.", limit=DEEPEST)


def state_of(place: Place) -> os.stat_result:
    """What is at a place, a file or a folder. Raises NotFound for anything else, and for nothing."""
    try:
        with open_folder(place.real.parent, below=above(place)) as folder:
            found = os.stat(place.real.name, dir_fd=folder, follow_symlinks=False)
    except OSError as error:
        raise missing(place) from error
    if not (stat.S_ISREG(found.st_mode) or stat.S_ISDIR(found.st_mode)):
        raise missing(place)
    return found


def missing(place: Place) -> NotFound:
    """The error for a place where nothing is."""
    return NotFound(f"There is no file or folder '{place.path}'.", path=place.path)


def size_of(place: Place) -> int:
    """The bytes of a file, or of all that would be copied of a folder."""
    found = state_of(place)
    if stat.S_ISREG(found.st_mode):
        return found.st_size
    return sum(entry.found.st_size for entry in entries(place) if not entry.is_folder)


@contextmanager
def copied(source: Place, folder: Path) -> Iterator[Path]:
    """A copy of a file or folder, in a place of `folder` that nobody sees, to be moved to where it belongs.

    Raises NotFound, OSError. Of a copy that was not moved nothing stays; what a server left that was killed is removed
    with the next, and at the next start.
    """
    found = state_of(source)
    stage = folder / STAGE
    stage.mkdir(mode=0o700, exist_ok=True)
    copy = stage / os.urandom(8).hex()
    try:
        if stat.S_ISREG(found.st_mode):
            _copy_file(source.real, above(source), copy, found)
        else:
            _copy_folder(source, copy)
        yield copy
    finally:
        remove(copy)
        with suppress(OSError):  # another copy is being made there
            stage.rmdir()


def clear_stages(folders: Iterable[Path]) -> None:
    """Remove the copies that a server left that was killed."""
    for folder in folders:
        remove(folder / STAGE)


def move_new(source: Path, target: Path) -> None:
    """Give a file or folder another name, which nothing has yet. Raises FileExistsError, OSError."""
    if os.path.lexists(target):
        raise FileExistsError(errno.EEXIST, "It is there already", str(target))
    if not stat.S_ISREG(os.lstat(source).st_mode):
        os.rename(source, target)
        return
    try:  # a rename would replace what came meanwhile
        os.link(source, target, follow_symlinks=False)
    except FileExistsError:
        raise
    except OSError as error:
        if error.errno == errno.EXDEV:
            raise
        os.rename(source, target)
        return
    os.unlink(source)


def settle(source: Path, folder: Path, name: str, *, rename: bool) -> Path:
    """Put a file or folder into a folder; where the name is taken, under a new one if it may be.

    Raises Conflict, OSError.
    """
    for number in range(_TRIES):
        target = folder / numbered(name, number)
        try:
            move_new(source, target)
        except FileExistsError:
            if not rename:
                raise Conflict(f"There is already something called '{name}'.", name=name) from None
            continue
        return target
    raise Conflict(f"There are too many files called '{name}'.", name=name)


def numbered(name: str, number: int) -> str:
    """A name that says which copy it is: ``curve (2).tar.gz``."""
    if not number:
        return name
    stem, dot, ending = name.partition(".")
    return f"{stem} ({number + 1}){dot}{ending}"


def above(place: Place) -> Path:
    """The folder from which on a place is opened."""
    return place.below.parent if place.is_folder_itself else place.below


def _listed(place: Place, at: str) -> list[Entry]:
    found: list[Entry] = []
    with suppress(OSError), open_folder(place.real / at, below=place.below) as folder, os.scandir(folder) as all_of_it:
        for entry in all_of_it:
            with suppress(OSError):
                state = entry.stat(follow_symlinks=False)
                is_folder = stat.S_ISDIR(state.st_mode)
                if is_plain(entry.name) and (is_folder or stat.S_ISREG(state.st_mode)):
                    found.append(Entry(f"{at}/{entry.name}" if at else entry.name, is_folder, state))
    return sorted(found)


def _copy_folder(source: Place, copy: Path) -> None:
    copy.mkdir(mode=0o700)
    folders = [copy]
    for entry in entries(source):
        if entry.is_folder:
            (copy / entry.path).mkdir(mode=0o700)
            folders.append(copy / entry.path)
        else:
            with suppress(Unreadable, FileNotFoundError):  # gone, or a link by now: as if it had not been there
                _copy_file(source.real / entry.path, source.below, copy / entry.path, entry.found)
    for folder in folders:
        folder.chmod(0o777 & ~users_umask())


def _copy_file(source: Path, below: Path, copy: Path, found: os.stat_result) -> None:
    with regular_file(source, below=below) as reading:
        writing = open_regular(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            while piece := reading.read(_PIECE):
                _write(writing, piece)
            os.fchmod(writing, 0o666 & ~users_umask())
            os.utime(writing, ns=(found.st_atime_ns, found.st_mtime_ns))
        finally:
            os.close(writing)


def _write(descriptor: int, piece: bytes) -> None:
    left = memoryview(piece)
    while left:
        left = left[os.write(descriptor, left) :]
