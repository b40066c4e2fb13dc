"""Environments that lie in project folders."""

from __future__ import annotations

import os
from collections.abc import Iterator

from .conda import pixi_environments, read_conda
from .directories import Directories
from .found import FoundEnvironment
from .venvs import read_venv

_MOST_FOLDERS = 5_000
_NO_PROJECTS = frozenset({"node_modules", "__pycache__", "site-packages", "proc", "sys", "dev"})
_USUAL = (".venv", "venv")


def read_prefix(look: Directories, prefix: str) -> FoundEnvironment | None:
    """The environment at a prefix, of whichever kind."""
    return read_venv(look, prefix) or read_conda(look, prefix)


def project_environments(look: Directories, root: str, depth: int) -> Iterator[FoundEnvironment]:
    """Environments down to `depth` folders below `root`, and the `.venv` and `.pixi` of the deepest."""
    own = read_prefix(look, root)
    if own is not None:
        yield own
        return
    level = [root]
    visited = 0
    for remaining in range(depth, -1, -1):
        below: list[str] = []
        for folder in level[: max(0, _MOST_FOLDERS - visited)]:
            yield from pixi_environments(look, folder)
            if remaining:
                yield from _children(look, folder, below)
            else:
                yield from _usual(look, folder)
        visited += len(level)
        level = below


def _children(look: Directories, folder: str, plain: list[str]) -> Iterator[FoundEnvironment]:
    """The environments in a folder; its other folders are added to `plain`."""
    for name in look.folders(folder):
        if name in _NO_PROJECTS:
            continue
        path = os.path.join(folder, name)
        found = read_prefix(look, path)
        if found is not None:
            yield found
        elif not name.startswith("."):
            plain.append(path)


def _usual(look: Directories, folder: str) -> Iterator[FoundEnvironment]:
    for name in _USUAL:
        found = read_prefix(look, os.path.join(folder, name))
        if found is not None:
            yield found
