"""Code of an earlier run, made again in a folder of its own below the server's root.

What is no code of the run (data that git ignores, results) is linked to from there, so that the program finds beside
itself what it found then. Reads and writes the disk: call it in a thread.
"""

from __future__ import annotations

import io
import os
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

from jupyter_crispdm.base.errors import Unprocessable
from jupyter_crispdm.base.files.atomic import storage_errors
from jupyter_crispdm.base.files.regular import read_regular
from jupyter_crispdm.base.files.removal import remove
from jupyter_crispdm.base.files.zips import DAMAGED

from ..made.types import Code
from .code import AGAIN
from .git import Git, GitFailed, answered
from .kept import CODE_FILES

_ARCHIVE_BYTES = 64 << 20
_MOST_BYTES = 256 << 20
_DEEPEST = 6
_MOST_LINKS = 5000
_OUTPUT_BYTES = 64 << 20


def kept_contents(directory: Path) -> dict[str, bytes]:
    """The files of a run's code that are kept in its directory. Raises Unprocessable."""
    try:
        data = read_regular(directory / CODE_FILES, _ARCHIVE_BYTES, below=directory.parent)
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise Unprocessable(f"The files of its code cannot be read: {error}.") from error
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(one.file_size for one in archive.infolist()) > _MOST_BYTES:
                raise Unprocessable("The files of its code are too large.")
            return {one.filename: archive.read(one) for one in archive.infolist()}
    except DAMAGED as error:
        raise Unprocessable("The files of its code are damaged.") from error


def made_again(code: Code, contents: Mapping[str, bytes], root: Path) -> Path:
    """The folder with a run's code as it was; made where it is not there yet. Raises Unprocessable, StorageFull."""
    missing = [one.path for one in code.files if one.path not in contents]
    if code.partial or missing:
        raise Unprocessable(f"Not all of its code is kept: {code.partial or missing[0]}.")
    home = root / AGAIN
    target = home / code.digest
    if target.is_symlink():
        raise Unprocessable(f"'{AGAIN}/{code.digest}' is a link.")
    if target.is_dir():
        return target
    with storage_errors(target):
        home.mkdir(exist_ok=True)
        (home / ".gitignore").write_text("*\n")  # it is nobody's code but that of the runs
        new = Path(tempfile.mkdtemp(dir=home, prefix=".new-"))
        try:
            _fill(new, code, contents)
            _link(Path(code.root), new)
            new.chmod(0o755)
            new.rename(target)
        except BaseException:
            remove(new)
            raise
    return target


def _fill(folder: Path, code: Code, contents: Mapping[str, bytes]) -> None:
    if code.commit:
        try:
            _check_out(folder, code)
        except GitFailed as error:
            raise Unprocessable(f"The commit {code.commit[:10]} of its code cannot be made again: {error}.") from error
    for path, data in contents.items():
        file = folder / path
        if not _is_inside(path) or _is_behind_link(folder, path):
            raise Unprocessable("The files of its code are damaged.")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)


def _check_out(folder: Path, code: Code) -> None:
    """The files of the commit, and the difference to it. Raises GitFailed."""
    git = Git(Path(code.root))
    index = folder / ".index"
    variables = {"GIT_INDEX_FILE": str(index)}
    git.ask("read-tree", code.commit, limit=_OUTPUT_BYTES, variables=variables)
    git.ask("checkout-index", "--all", "--force", f"--prefix={folder}/", limit=_OUTPUT_BYTES, variables=variables)
    index.unlink(missing_ok=True)
    if code.diff:
        patch = folder / ".patch"
        patch.write_bytes(code.diff.encode("utf-8", "surrogateescape"))
        command = ["git", "apply", "--binary", "--whitespace=nowarn", str(patch)]
        answered(command, folder, _OUTPUT_BYTES, {"GIT_CEILING_DIRECTORIES": str(folder.parent)})
        patch.unlink()


def _link(then: Path, folder: Path, depth: int = 0, left: list[int] | None = None) -> None:
    """Link to all that is beside the code where the run was, but is none of it."""
    left = [_MOST_LINKS] if left is None else left
    try:
        names = sorted(os.listdir(then))
    except OSError:  # it is gone
        return
    for name in names:
        there, here = then / name, folder / name
        if name in (AGAIN, ".git", "crispdm-runs") or left[0] <= 0 or there == folder.parent:
            continue
        if here.is_dir() and not here.is_symlink() and there.is_dir() and depth < _DEEPEST:
            _link(there, here, depth + 1, left)
        elif not os.path.lexists(here) and not _is_source(name):
            here.symlink_to(there)
            left[0] -= 1


def _is_source(name: str) -> bool:
    """Whether a file is code that was not there then: it must not be found now."""
    return name.endswith((".py", ".pyc")) or name == "__pycache__"


def _is_behind_link(folder: Path, path: str) -> bool:
    steps = Path(path).parts
    return any(folder.joinpath(*steps[: count + 1]).is_symlink() for count in range(len(steps)))


def _is_inside(path: str) -> bool:
    parts = Path(path).parts
    return bool(parts) and not Path(path).is_absolute() and ".." not in parts
