"""Removing and measuring a directory that a program filled as it liked: deep, closed, or a link to elsewhere."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_DEEPEST = 200


def remove(path: Path) -> None:
    """Remove a file, a link itself, or a whole directory; what cannot be removed stays.

    However deep a directory is, two descriptors and no recursion are enough: the directories in it are moved to
    its top before they are emptied. Directories that were closed are opened.
    """
    try:
        path.unlink(missing_ok=True)
        return
    except OSError:  # a directory
        pass
    with suppress(OSError):
        _open_up(os.fspath(path))
        with _opened(os.fspath(path)) as top:
            while inner := [name for name in _emptied(top) if _is_folder(name, top)]:
                done = [_take_apart(name, top) for name in inner]
                if not any(done):
                    return
        path.rmdir()


def size_on_disk(path: Path) -> int:
    """The bytes that a directory takes; files with two names count once, what is deeper than 200 levels does not."""
    seen: dict[tuple[int, int], int] = {}
    with suppress(OSError), _opened(os.fspath(path)) as top:
        _measure(top, seen, _DEEPEST)
    return sum(seen.values())


def _measure(folder: int, seen: dict[tuple[int, int], int], levels: int) -> None:
    with os.scandir(folder) as entries:
        for entry in entries:
            with suppress(OSError):
                found = entry.stat(follow_symlinks=False)
                seen[found.st_dev, found.st_ino] = found.st_blocks * 512
                if levels and stat.S_ISDIR(found.st_mode):
                    with _opened(entry.name, folder) as inner:
                        _measure(inner, seen, levels - 1)


def _take_apart(name: str, top: int) -> bool:
    """Empty a directory of the top and move those in it to the top; whether anything came of it."""
    done = False
    with suppress(OSError):
        _open_up(name, top)
    with suppress(OSError), _opened(name, top) as folder:
        for number, inner in enumerate(_emptied(folder)):
            with suppress(OSError):
                _open_up(inner, folder)  # a directory that may not be written may not be moved either
                os.rename(inner, _free(f"{name[:100]}.{number}", top), src_dir_fd=folder, dst_dir_fd=top)
                done = True
    with suppress(OSError):
        os.rmdir(name, dir_fd=top)
        done = True
    return done


def _emptied(folder: int) -> list[str]:
    """Remove what is no directory; the names of the rest."""
    left = []
    for name in os.listdir(folder):
        try:
            os.unlink(name, dir_fd=folder)
        except OSError:
            left.append(name)
    return left


def _free(name: str, folder: int) -> str:
    """A name that nothing in the folder has."""
    while _exists(name, folder):
        name = f"{name[:100]}.{os.urandom(8).hex()}"
    return name


def _exists(name: str, folder: int) -> bool:
    try:
        os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return True


def _open_up(name: str, folder: int | None = None) -> None:
    if _is_folder(name, folder):
        os.chmod(name, stat.S_IRWXU, dir_fd=folder)


def _is_folder(name: str, folder: int | None) -> bool:
    try:
        return stat.S_ISDIR(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode)
    except OSError:
        return False


@contextmanager
def _opened(name: str, folder: int | None = None) -> Iterator[int]:
    """A descriptor of a directory that is no link."""
    descriptor = os.open(name, _FOLDER, dir_fd=folder)
    try:
        yield descriptor
    finally:
        os.close(descriptor)
