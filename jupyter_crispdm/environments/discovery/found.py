"""What a reader finds, and what it is told of the machine."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from pathlib import Path

from ..types import EnvironmentKind

_VERSION = re.compile(r"\d+\.\d+(\.\d+)?")
_XDG = {
    (".cache",): "XDG_CACHE_HOME",
    (".config",): "XDG_CONFIG_HOME",
    (".local", "share"): "XDG_DATA_HOME",
}
_BARE = frozenset({EnvironmentKind.pyenv, EnvironmentKind.system, EnvironmentKind.server})


@dataclass(frozen=True)
class Surroundings:
    """Where to look: handed in, so that tests can make a machine of their own."""

    home: str
    root: str
    paths: tuple[str, ...] = ()
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    server_prefix: str = sys.prefix
    server_python: str = sys.executable

    @classmethod
    def of_this_machine(cls, root: Path, paths: tuple[str, ...]) -> Surroundings:
        """Those of the running server."""
        return cls(home=str(Path.home()), root=str(root), paths=paths)

    def place(self, variable: str, *default: str) -> str:
        """The directory that an environment variable names, else one below the home directory.

        A default below `.cache`, `.config` or `.local/share` follows the XDG variable for these.
        """
        return self.environ.get(variable) or self._default(default)

    def _default(self, parts: tuple[str, ...]) -> str:
        for usual, variable in _XDG.items():
            moved = self.environ.get(variable, "")
            if parts[: len(usual)] == usual and os.path.isabs(moved):
                return os.path.join(moved, *parts[len(usual) :])
        return os.path.join(self.home, *parts)


@dataclass(frozen=True)
class FoundEnvironment:
    """One environment as it lies on the disk; `reason` says why it is broken."""

    kind: EnvironmentKind
    prefix: str
    python: str
    version: str
    label: str
    reason: str = ""
    base: str = ""

    @cached_property
    def identity(self) -> str:
        """The same for every way that leads to this environment."""
        if self.kind is EnvironmentKind.docker:
            return self.prefix
        return real_path(self.prefix if self.isolated else self.python)

    @cached_property
    def isolated(self) -> bool:
        """Whether it has packages of its own, unlike a bare interpreter."""
        return self.kind not in _BARE or is_isolated(self.prefix)

    @property
    def minor(self) -> str:
        """The version without its patch level, for example "3.11"."""
        return ".".join(self.version.split(".")[:2])

    @property
    def conda(self) -> bool:
        """Whether conda's rules hold for its activation."""
        return os.path.isdir(os.path.join(self.prefix, "conda-meta"))

    def with_kind(self, kind: EnvironmentKind, label: str = "") -> FoundEnvironment:
        """The same environment under another kind and name."""
        return replace(self, kind=kind, label=label or self.label)


def real_path(path: str) -> str:
    """`os.path.realpath`, with one look at each directory that several paths share."""
    plain = os.path.isabs(path) and os.path.normpath(path) == path
    return _real_path(path) if plain else os.path.realpath(path)


@lru_cache(maxsize=8192)
def _real_path(path: str) -> str:
    parent, name = os.path.split(path)
    if not name:
        return path
    here = os.path.join(_real_path(parent), name)
    return os.path.realpath(here) if os.path.islink(here) else here


def forget_real_paths() -> None:
    """Look at the links again."""
    _real_path.cache_clear()


def is_isolated(prefix: str) -> bool:
    """Whether a prefix is an environment of its own rather than where an interpreter is installed."""
    return any(os.path.exists(os.path.join(prefix, mark)) for mark in ("pyvenv.cfg", "conda-meta"))


def trimmed_version(text: str) -> str:
    """The numbers of a version: "3.11.7" of "3.11.7.final.0", "" where there are none."""
    match = _VERSION.match(text.strip())
    return match.group() if match else ""


def interpreter_in(prefix: str) -> tuple[str, str]:
    """The interpreter below a prefix, and why it cannot be used ("" when it can)."""
    for name in ("python", "python3"):
        python = os.path.join(prefix, "bin", name)
        if os.access(python, os.X_OK):
            return python, ""
    python = os.path.join(prefix, "bin", "python")
    if os.path.islink(python):
        return python, f"Its interpreter is gone: {os.path.realpath(python)}."
    return python, f"It has no interpreter: {python}."
