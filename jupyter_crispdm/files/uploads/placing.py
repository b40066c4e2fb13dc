"""The last step of an upload: a whole file gets its place, at once, and nobody's file is lost by it.

All of it blocks. Every folder on the way is opened by its descriptor, so none is a link.
"""

from __future__ import annotations

import errno
import itertools
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from jupyter_crispdm.base.errors import Conflict, NotFound
from jupyter_crispdm.base.files.atomic import storage_errors
from jupyter_crispdm.base.files.modes import users_umask
from jupyter_crispdm.base.files.regular import regular_file

from ..folders import Place
from ..spelling import LONGEST_NAME
from .metadata import Taken
from .record import Record

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_NO_LINKS = {errno.EPERM, errno.EOPNOTSUPP, errno.EMLINK, errno.EXDEV, errno.ENOSYS}
_BESIDE = ".crispdm-upload-"
_LONGEST_ENDING = 40
_COPY_BYTES = 1024 * 1024


def check_free(place: Place, taken: Taken) -> None:
    """Raises Conflict where the file could not get its place, as things are now."""
    for above in reversed(place.real.relative_to(place.below).parents[:-1]):
        if not _is_folder_at(place.below / above, or_nothing=True):
            raise Conflict(f"'{above}' is a file: it holds no others.", field="path", path=place.path)
    if _is_folder_at(place.real):
        raise Conflict(f"'{place.path}' is a folder.", field="filename", path=place.path)
    if taken is Taken.REFUSE and os.path.lexists(place.real):
        raise Conflict(f"There is a file '{place.path}' already.", field="filename", path=place.path)


def part_for(place: Place, part: Path, id: str) -> tuple[Path, Path]:
    """Where the bytes of an upload wait, and below what: with ours, or beside their place on another disk."""
    part.parent.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder = place.real.parent
    while not folder.is_dir() and folder != place.below:
        folder = folder.parent
    if os.stat(folder).st_dev == os.stat(part.parent.parent).st_dev:
        return part, part.parent
    return folder / f"{_BESIDE}{id}", folder


def put(record: Record, place: Place) -> str:
    """Give a whole file its place; the path that it got. Raises Conflict, NotFound, StorageFull.

    The bytes keep their first name too, until the record says where they are: a server that ends between the two finds
    here that it is done.
    """
    with storage_errors(place.real), _folder(place) as folder, _whole(record) as content:
        source = _Source(Path(record.part), content, f"{_BESIDE}{record.id}.whole", folder)
        name = place.real.name
        if record.wanted.taken is Taken.OVERWRITE and not _is_folder(name, folder):
            source.replace(name)
        else:
            name = next(other for other in names(name) if source.take(other))
        os.fsync(folder)
    return "/".join(filter(None, (place.path.rpartition("/")[0], name)))


def names(name: str) -> Iterator[str]:
    """A name, and what it is called instead where it is taken.

    Examples
    --------
    >>> list(itertools.islice(names("scan.tar.gz"), 3))
    ['scan.tar.gz', 'scan (1).tar.gz', 'scan (2).tar.gz']
    """
    yield name
    stem, dot, ending = name.partition(".")
    if len(ending.encode()) > _LONGEST_ENDING:
        stem, dot, ending = name, "", ""
    for number in itertools.count(1):
        more = f" ({number}){dot}{ending}"
        yield _shortened(stem, LONGEST_NAME - len(more.encode())) + more


def _shortened(stem: str, most: int) -> str:
    return stem.encode()[: max(1, most)].decode(errors="ignore")


@contextmanager
def _folder(place: Place) -> Iterator[int]:
    """The folder of a place, opened; what is missing of it is made."""
    descriptor = os.open(place.below, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for step in place.real.relative_to(place.below).parts[:-1]:
            inner = _inner(descriptor, step)
            os.close(descriptor)
            descriptor = inner
        yield descriptor
    finally:
        os.close(descriptor)


def _inner(folder: int, name: str) -> int:
    with suppress(FileExistsError):
        os.mkdir(name, dir_fd=folder)
        os.chmod(name, 0o777 & ~users_umask(), dir_fd=folder)
        os.fsync(folder)
    try:
        return os.open(name, _FOLDER, dir_fd=folder)
    except NotADirectoryError as error:
        raise Conflict(f"'{name}' is a file or a link: it holds no others.", field="path") from error
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise Conflict(f"'{name}' is a link, which is not followed.", field="path") from error
        raise


@contextmanager
def _whole(record: Record) -> Iterator[int]:
    try:
        content = regular_file(record.part, below=Path(record.below))
    except OSError as error:
        raise NotFound("What was uploaded is not there any more. Begin anew.") from error
    with content:
        yield content.fileno()


class _Source:
    """A whole file, and the folder in which it is to get a name. `hidden` is one that nobody else uses there."""

    def __init__(self, part: Path, content: int, hidden: str, folder: int) -> None:
        self._part, self._content, self._hidden, self._folder = part, content, hidden, folder
        os.fchmod(content, 0o666 & ~users_umask())

    def replace(self, name: str) -> None:
        """Take the place of a file, with the mode that it has."""
        if self._is_at(name):
            return
        with suppress(FileNotFoundError):
            found = os.stat(name, dir_fd=self._folder, follow_symlinks=False)
            if stat.S_ISREG(found.st_mode):
                os.fchmod(self._content, stat.S_IMODE(found.st_mode))
        self._clear()
        if not self._link(self._hidden):
            self._copy()
        os.replace(self._hidden, name, src_dir_fd=self._folder, dst_dir_fd=self._folder)

    def take(self, name: str) -> bool:
        """Take a name if it is free; whether the file has it now."""
        try:
            if self._link(name):
                return True
        except FileExistsError:
            return self._is_at(name)
        return self._take_by_copy(name)

    def _link(self, name: str) -> bool:
        """Give the file one more name; False where the disk has no such thing. Raises FileExistsError."""
        try:
            os.link(self._part, name, dst_dir_fd=self._folder, follow_symlinks=False)
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
            return False
        return True

    def _take_by_copy(self, name: str) -> bool:
        try:
            os.close(os.open(name, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600, dir_fd=self._folder))
        except FileExistsError:
            return False
        try:
            self._clear()
            self._copy()
            os.replace(self._hidden, name, src_dir_fd=self._folder, dst_dir_fd=self._folder)
        except BaseException:
            self._clear()
            os.unlink(name, dir_fd=self._folder)
            raise
        return True

    def _copy(self) -> None:
        flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC
        target = os.open(self._hidden, flags, 0o600, dir_fd=self._folder)
        with os.fdopen(target, "wb") as copy, os.fdopen(os.dup(self._content), "rb") as source:
            source.seek(0)
            shutil.copyfileobj(source, copy, _COPY_BYTES)
            copy.flush()
            os.fchmod(copy.fileno(), stat.S_IMODE(os.fstat(self._content).st_mode))
            os.fsync(copy.fileno())

    def _clear(self) -> None:
        with suppress(FileNotFoundError):
            os.unlink(self._hidden, dir_fd=self._folder)

    def _is_at(self, name: str) -> bool:
        """Whether the name is this very file's: a server that ended gave it."""
        try:
            found, mine = os.stat(name, dir_fd=self._folder, follow_symlinks=False), os.fstat(self._content)
        except FileNotFoundError:
            return False
        return (found.st_dev, found.st_ino) == (mine.st_dev, mine.st_ino)


def _is_folder(name: str, folder: int) -> bool:
    try:
        return stat.S_ISDIR(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode)
    except FileNotFoundError:
        return False


def _is_folder_at(path: Path, or_nothing: bool = False) -> bool:
    try:
        return stat.S_ISDIR(os.lstat(path).st_mode)
    except OSError:
        return or_nothing
