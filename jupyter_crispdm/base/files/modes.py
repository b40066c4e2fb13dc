"""Who may read our files: this account, whatever its umask says.

The server works with a umask of its own; kernels, jobs and files that people save keep theirs.
"""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path

PRIVATE = 0o077
_theirs: int | None = None


def keep_private() -> None:
    """From now on what this process creates is its account's alone."""
    global _theirs
    before = os.umask(PRIVATE)
    if _theirs is None:
        _theirs = before


def users_umask() -> int:
    """The umask that this process was started with: that of the programs it starts for people."""
    return _current() if _theirs is None else _theirs


def restored_umask() -> dict[str, int]:
    """What `subprocess` needs to give a program its user's umask; nothing where this process has it too."""
    return {} if _theirs is None else {"umask": _theirs}


def tighten(directory: Path) -> None:
    """Close a directory of ours to other accounts, with what lies in it from before; others' files stay as they are."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    for path in (directory, *directory.iterdir()):
        with suppress(OSError):
            _close(path)


def open_to_others(directory: Path) -> list[Path]:
    """What of a directory of ours other accounts can read or change; nothing when the directory itself is closed."""
    if not _is_open(directory):
        return []
    return [directory, *(path for path in sorted(directory.iterdir()) if _is_open(path))]


def _close(path: Path) -> None:
    mode = path.lstat().st_mode
    if (stat.S_ISREG(mode) or stat.S_ISDIR(mode)) and mode & PRIVATE:
        path.chmod(stat.S_IMODE(mode) & ~PRIVATE)


def _is_open(path: Path) -> bool:
    mode = path.lstat().st_mode
    return not stat.S_ISLNK(mode) and bool(mode & PRIVATE)


def _current() -> int:
    """Read, where the system says it: there is no call that only asks, and setting it is everybody's for a moment."""
    with suppress(OSError, StopIteration, ValueError):
        lines = Path("/proc/self/status").read_text("ascii", "replace").splitlines()
        return int(next(line for line in lines if line.startswith("Umask:")).split()[1], 8)
    mask = os.umask(PRIVATE)
    os.umask(mask)
    return mask
