"""Which runs a run goes on from: its curves begin with theirs.

`lineage.json` says {"resumes" or "forks": which run, "step": the first step that is new}. It was written by a program:
only a run that stands beside this one is taken, and no run twice.
"""

from __future__ import annotations

import math
import os
from pathlib import Path
from typing import NamedTuple

import msgspec

from jupyter_crispdm.base.files.regular import read_regular

_FILE = "lineage.json"
_MOST_BYTES = 64 << 10
_DEEPEST = 8


class _Told(msgspec.Struct):
    resumes: str | None = None
    forks: str | None = None
    step: int | None = None


class Ancestor(NamedTuple):
    """A run that another goes on from; its points from step `until` on are void."""

    path: Path
    until: float


def ancestors(run: Path) -> list[Ancestor]:
    """The runs that this one goes on from, the first of them first."""
    found: list[Ancestor] = []
    seen, until, at = {run.name}, math.inf, run
    while len(found) < _DEEPEST and (told := _told(at)) is not None:
        before = _beside(at, told.resumes or told.forks or "")
        if before is None or before.name in seen:
            break
        until = min(until, math.inf if told.step is None else told.step)
        found.insert(0, Ancestor(before, until))
        seen.add(before.name)
        at = before
    return found


def stamp(run: Path) -> tuple[int, int]:
    """What changes when a run says something else of where it comes from."""
    try:
        found = os.lstat(run / _FILE)
    except OSError:
        return 0, 0
    return found.st_mtime_ns, found.st_ino


def _told(run: Path) -> _Told | None:
    try:
        return msgspec.json.decode(read_regular(run / _FILE, _MOST_BYTES, below=run.parent), type=_Told)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _beside(run: Path, named: str) -> Path | None:
    """The directory beside a run that is meant by a name or by a path; None for any other."""
    folder, name = os.path.split(named)
    parent = os.path.abspath(run.parent)
    if name in ("", ".", "..") or "\0" in named or (folder and os.path.abspath(folder) != parent):
        return None
    path = run.parent / name
    return path if path.is_dir() and not path.is_symlink() else None
