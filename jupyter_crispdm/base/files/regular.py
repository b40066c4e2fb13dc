"""Files that a program may change, opened as if a stranger had made them.

A job owns its directory. In the place of any file there it can put a pipe that nobody writes to, a link to
somewhere else, a device, a file that it holds a lease on, or one of any size. So nothing below such a directory
is opened by its name alone: never waiting, never following a link, and only what the opened descriptor itself
says is a regular file; read no further than a bound. With `below`, every directory on the way is opened in turn
below that root, so that none of them is a link either; the root itself is ours and may be one.
"""

from __future__ import annotations

import errno
import fcntl
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

_SAFE = os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NOCTTY
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_KINDS = {stat.S_IFIFO: "a pipe", stat.S_IFDIR: "a directory", stat.S_IFLNK: "a link", stat.S_IFSOCK: "a socket",
          stat.S_IFCHR: "a device", stat.S_IFBLK: "a device"}
#: Bytes of a small file, such as a record, when nobody says how many there may be.
RECORD_BYTES = 8 << 20
_DEEPEST = 32
_MOST_FILES = 10_000


class Unreadable(OSError):
    """A file is not what it should be; the text says what it is instead, without a path of this machine."""

    def __init__(self, path: os.PathLike[str] | str, reason: str) -> None:
        self.reason = f"'{os.path.basename(os.fspath(path))}' {reason}"
        super().__init__(errno.EINVAL, self.reason, os.fspath(path))


def open_regular(
    path: os.PathLike[str] | str, flags: int = os.O_RDONLY, mode: int = 0o600, *, below: Path | None = None
) -> int:
    """A descriptor of a regular file. Raises OSError; Unreadable for what is none."""
    with _home(path, below) as (name, folder):
        descriptor = _open(path, name, flags, mode, folder)
    kind = stat.S_IFMT(os.fstat(descriptor).st_mode)
    if kind != stat.S_IFREG:
        os.close(descriptor)
        raise Unreadable(path, f"is {_KINDS.get(kind, 'something else')}, not a file")
    return descriptor


def regular_file(path: os.PathLike[str] | str, *, below: Path | None = None) -> IO[bytes]:
    """A regular file, opened for reading. Raises OSError; Unreadable for what is none."""
    return os.fdopen(open_regular(path, below=below), "rb")


def read_regular(
    path: os.PathLike[str] | str, limit: int = RECORD_BYTES, *, below: Path | None = None
) -> bytes:
    """All of a regular file. Raises OSError; Unreadable for what is none, and for what is over `limit` bytes."""
    with regular_file(path, below=below) as file:
        data = file.read(limit + 1)
    if len(data) > limit:
        raise Unreadable(path, f"is over {limit:,} bytes")
    return data


def stat_regular(path: os.PathLike[str] | str, *, below: Path | None = None) -> os.stat_result:
    """What a regular file is like, without opening it. Raises OSError; Unreadable for what is none."""
    with _home(path, below) as (name, folder):
        found = os.stat(name, dir_fd=folder, follow_symlinks=False)
    kind = stat.S_IFMT(found.st_mode)
    if kind != stat.S_IFREG:
        raise Unreadable(path, f"is {_KINDS.get(kind, 'something else')}, not a file")
    return found


@contextmanager
def open_folder(
    path: os.PathLike[str] | str, *, below: Path, wanted: os.PathLike[str] | str | None = None
) -> Iterator[int]:
    """A descriptor of a directory below a root, no link on the way. Raises OSError; Unreadable for a link.

    `wanted` is what an error names, where that is a file in the directory.
    """
    descriptor = os.open(below, _FOLDER)
    try:
        for part in _parts(path, below):
            inner = _step(wanted or path, part, descriptor)
            os.close(descriptor)
            descriptor = inner
        yield descriptor
    finally:
        os.close(descriptor)


def regular_files(
    folder: Path, *, below: Path, deepest: int = _DEEPEST, most: int = _MOST_FILES
) -> Iterator[tuple[str, os.stat_result]]:
    """Every regular file below a folder, with its path from there; links and unreadable directories are left out."""
    waiting: list[tuple[str, ...]] = [()]
    while waiting and most > 0:
        at = waiting.pop()
        try:
            files, inner = _listing(folder.joinpath(*at), below)
        except OSError:
            continue
        for name, found in files[:most]:
            yield "/".join((*at, name)), found
        most -= len(files)
        if len(at) < deepest:
            waiting += [(*at, name) for name in reversed(inner)]


def try_lock(descriptor: int, kind: int = fcntl.LOCK_EX) -> bool:
    """Take a lock on an opened file without waiting; False when another has it."""
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except OSError:  # taken, or a file system without locks
        return False
    return True


def _open(path: os.PathLike[str] | str, name: str, flags: int, mode: int, folder: int | None) -> int:
    try:
        return os.open(name, flags | _SAFE, mode, dir_fd=folder)
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.EMLINK):
            raise Unreadable(path, "is a link, not a file") from None
        if error.errno == errno.ENXIO:  # a socket, or a pipe that nobody reads
            raise Unreadable(path, "is a pipe or a socket, not a file") from None
        if error.errno == errno.EISDIR:
            raise Unreadable(path, "is a directory, not a file") from None
        if error.errno in (errno.EAGAIN, errno.EWOULDBLOCK):
            raise Unreadable(path, "is held by another program") from None
        raise


@contextmanager
def _home(path: os.PathLike[str] | str, below: Path | None) -> Iterator[tuple[str, int | None]]:
    """How to name a file, and from which directory on."""
    if below is None:
        yield os.fspath(path), None
        return
    folder, name = os.path.split(os.fspath(path))
    _check_name(path, name)
    with open_folder(folder, below=below, wanted=path) as descriptor:
        yield name, descriptor


def _step(path: os.PathLike[str] | str, part: str, folder: int) -> int:
    try:
        return os.open(part, _FOLDER | os.O_NOFOLLOW, dir_fd=folder)
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.EMLINK) or (error.errno == errno.ENOTDIR and _is_link(part, folder)):
            raise Unreadable(path, f"lies behind a link, '{part}'") from None
        raise


def _is_link(name: str, folder: int) -> bool:
    try:
        return stat.S_ISLNK(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode)
    except OSError:
        return False


def _parts(path: os.PathLike[str] | str, below: Path) -> tuple[str, ...]:
    try:
        parts = Path(path).relative_to(below).parts
    except ValueError:
        raise Unreadable(path, "lies elsewhere") from None
    for part in parts:
        _check_name(path, part)
    return parts


def _check_name(path: os.PathLike[str] | str, name: str) -> None:
    if name in ("", ".", "..") or "\0" in name:
        raise Unreadable(path, "has no name of a file")


def _listing(folder: Path, below: Path) -> tuple[list[tuple[str, os.stat_result]], list[str]]:
    """The regular files and the directories directly in a folder, each in the order of names."""
    files, inner = [], []
    with open_folder(folder, below=below) as descriptor, os.scandir(descriptor) as entries:
        for entry in entries:
            if not _is_text(entry.name):
                continue
            if entry.is_dir(follow_symlinks=False):
                inner.append(entry.name)
            elif entry.is_file(follow_symlinks=False):
                files.append((entry.name, entry.stat(follow_symlinks=False)))
    return sorted(files, key=lambda pair: pair[0]), sorted(inner)


def _is_text(name: str) -> bool:
    """Whether a name can travel: bytes that are no UTF-8 cannot."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
