"""Runs outside jobs: the folders that programs make in `./crispdm-runs/`, wherever below the server's root.

Only folders are opened, links are not followed, and the walk is bounded by depth and number.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from jupyter_crispdm.base.clock import utc
from jupyter_crispdm.base.files.regular import Unreadable, open_folder, stat_regular
from jupyter_crispdm.tracking import RunEvents
from jupyter_crispdm.tracking.bounds import merged

from ..types import RUN_ID, Run, RunKind, RunState

HOME = "crispdm-runs"
_MOST_FOLDERS = 3000
_MOST_RUNS = 20_000
_MOST_FILES = 1000
_LOOKS = 16
_SKIPPED = frozenset({"node_modules", "site-packages", "__pycache__"})
_UNUSUAL = re.compile(r"[^A-Za-z0-9_.-]")


class Found(NamedTuple):
    """A run's folder: its id, where it is, that below the root, and what changes with each word it writes."""

    id: str
    path: Path
    below: str
    signature: tuple[int, ...]
    written: float


def find(root: Path, deepest: int) -> list[Found]:
    """Every run outside jobs. Reads the disk: call it in a thread."""
    found: list[Found] = []
    for home in _homes(root, deepest):
        for name in _folders(home):
            if len(found) >= _MOST_RUNS:
                return found
            one = _found(root, home / name)
            if one is not None:
                found.append(one)
    return found


def run_of(found: Found, owner: str, now: float, quiet: float) -> Run:
    """What a folder says of its run. Reads the disk."""
    running = now - found.written < quiet
    return Run(
        id=found.id, kind=RunKind.folder, name=found.path.name, owner=owner, folder=found.below,
        state=RunState.running if running else RunState.ended,
        created=utc(max(0.0, min(found.signature[0] / 1e9, found.written))), parameters=_parameters(found.path),
    )  # fmt: skip


def id_of(name: str, below: str) -> str:
    """An id that no other folder has: its name, and a little of where it is."""
    plain = _UNUSUAL.sub("-", name).lstrip("_.-")[:100] or "run"
    return f"{plain}@{hashlib.sha256(below.encode('utf-8', 'surrogateescape')).hexdigest()[:8]}"


def _parameters(path: Path) -> dict[str, object]:
    events, known = RunEvents(path), dict[str, object]()
    for _ in range(_LOOKS):
        for event in events.read():
            if isinstance(event.get("params"), dict):
                known = merged(known, event["params"])
        if not events.more:
            break
    return known


def _homes(root: Path, deepest: int) -> Iterator[Path]:
    """Each `crispdm-runs` below the root, the nearest first."""
    waiting = deque([(root, 0)])
    left = _MOST_FOLDERS
    while waiting and left > 0:
        folder, depth = waiting.popleft()
        left -= 1
        names = _folders(folder)
        if HOME in names:
            yield folder / HOME
        if depth < deepest:
            inner = (name for name in names if name != HOME and not name.startswith(".") and name not in _SKIPPED)
            waiting += [(folder / name, depth + 1) for name in inner if not (folder / name / "pyvenv.cfg").exists()]


def _folders(folder: Path) -> list[str]:
    try:
        with os.scandir(folder) as entries:
            return sorted(one.name for one in entries if one.is_dir(follow_symlinks=False) and _is_text(one.name))
    except OSError:
        return []


def _found(root: Path, path: Path) -> Found | None:
    """A folder that holds what a run writes; None for any other."""
    files = list(_written(path))
    if not files or path.name.startswith("."):
        return None
    below = path.relative_to(root).as_posix()
    id = id_of(path.name, below)
    if not RUN_ID.fits(id):
        return None
    signature = (min(file.st_ctime_ns for file in files), len(files), sum(file.st_size for file in files))
    return Found(id, path, below, signature, max(file.st_mtime for file in files))


def _written(path: Path) -> Iterator[os.stat_result]:
    for name in ("metrics.jsonl", "events.jsonl"):
        try:
            yield stat_regular(path / name, below=path.parent)
        except OSError:
            continue
    for folder in ("metrics", "gathered"):
        try:
            with open_folder(path / folder, below=path.parent) as descriptor:
                for name in sorted(os.listdir(descriptor))[:_MOST_FILES]:
                    yield os.stat(name, dir_fd=descriptor, follow_symlinks=False)
        except (Unreadable, OSError):
            continue


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
