"""The environments that this product made, and the rule which ones it may delete.

    <data_dir>/environments/<name>             the environment
    <data_dir>/environments/.<name>.building   is there, and locked, while a job makes it

An environment cannot be moved, so it is made in its place; as long as its marker is there nobody sees it. A marker
that no process holds locked was left by one that was killed: both are removed.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from pathlib import Path

from .discovery import FoundEnvironment, Surroundings, is_isolated
from .types import EnvironmentKind

_SUFFIX = ".building"
_TRASH = ".deleted-"
_NEVER = {
    EnvironmentKind.server: "The server itself runs in it.",
    EnvironmentKind.system: "It is an interpreter of this machine.",
    EnvironmentKind.pyenv: "pyenv manages it: pyenv uninstall.",
    EnvironmentKind.docker: "It is an image of Docker or Podman, which manage it.",
}


class MadeEnvironments:
    """The directory of environments that were made here."""

    def __init__(self, directory: Path, around: Surroundings) -> None:
        self.directory = directory
        self._root = os.path.realpath(around.root)
        self._server = os.path.realpath(around.server_prefix)

    def prefix(self, name: str) -> Path:
        """Where the environment of a name lies."""
        return self.directory / name

    def marker(self, name: str) -> Path:
        """The file that is there as long as the environment is not finished."""
        return self.directory / f".{name}{_SUFFIX}"

    def is_finished(self, found: FoundEnvironment) -> bool:
        """Whether an environment may be shown; those made elsewhere always are."""
        parent, name = os.path.split(found.prefix)
        return parent != str(self.directory) or not self.marker(name).exists()

    def why_kept(self, found: FoundEnvironment) -> str:
        """Why an environment is not deleted by this product, or ""."""
        prefix = os.path.realpath(found.prefix)
        if found.kind in _NEVER:
            return _NEVER[found.kind]
        if (self._server + os.sep).startswith(prefix + os.sep):
            return _NEVER[EnvironmentKind.server]
        if not is_isolated(found.prefix):
            return "It is an interpreter, not an environment."
        if os.path.isdir(os.path.join(prefix, "condabin")):
            return "It is the base of a conda installation."
        ours = os.path.realpath(self.directory)
        if os.path.islink(found.prefix) or not any(_below(prefix, place) for place in (self._root, ours)):
            return "It lies outside the server's root folder. Delete it with the program that made it."
        return ""

    def sweep(self) -> None:
        """Remove what killed jobs left behind."""
        if not self.directory.is_dir():
            return
        for entry in os.listdir(self.directory):
            if entry.startswith(_TRASH):
                shutil.rmtree(self.directory / entry, ignore_errors=True)
            elif entry.startswith(".") and entry.endswith(_SUFFIX):
                self._sweep(entry[1 : -len(_SUFFIX)])

    def _sweep(self, name: str) -> None:
        try:
            with self.marker(name).open("rb") as marker:
                fcntl.flock(marker, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(self.prefix(name), ignore_errors=True)
                self.marker(name).unlink()
        except (BlockingIOError, FileNotFoundError):  # it is being made, or was finished meanwhile
            return


def _below(path: str, folder: str) -> bool:
    return path.startswith(folder.rstrip(os.sep) + os.sep)
