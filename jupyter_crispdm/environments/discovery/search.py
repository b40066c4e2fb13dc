"""Every place in order, each environment once."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace

from ..types import EnvironmentKind
from .conda import conda_environments
from .directories import Directories
from .found import FoundEnvironment, Surroundings, forget_real_paths
from .interpreters import path_interpreters, pyenv_versions, uv_interpreters
from .projects import project_environments, read_prefix
from .venvs import interpreter_version, kept_venvs

_ROOT_DEPTH = 2
_PATH_DEPTH = 1


class Search:
    """Finds environments; what did not change since the last time is not read again."""

    def __init__(self, around: Surroundings, look: Directories | None = None) -> None:
        self._around = around
        self._look = look or Directories()

    @property
    def look(self) -> Directories:
        """The memory of what was read."""
        return self._look

    def find(self) -> list[FoundEnvironment]:
        """All environments; the server's own first. Where two ways lead to one, the first names it."""
        forget_real_paths()
        unique: dict[str, FoundEnvironment] = {}
        for found in self._everywhere():
            unique.setdefault(found.identity, found)
        return [_nameable(found) for found in unique.values()]

    def _everywhere(self) -> Iterator[FoundEnvironment]:
        look, around = self._look, self._around
        yield self._server()
        for variable in ("VIRTUAL_ENV", "CONDA_PREFIX"):
            prefix = around.environ.get(variable)
            active = read_prefix(look, prefix) if prefix else None
            if active is not None:
                yield active
        yield from project_environments(look, around.root, _ROOT_DEPTH)
        for path in around.paths:
            yield from project_environments(look, os.path.expanduser(path), _PATH_DEPTH)
        yield from kept_venvs(look, around)
        yield from conda_environments(look, around)
        yield from pyenv_versions(look, around)
        yield from uv_interpreters(look, around)
        yield from path_interpreters(look, around)

    def _server(self) -> FoundEnvironment:
        prefix, python = self._around.server_prefix, self._around.server_python
        found = read_prefix(self._look, prefix)
        if found is not None:
            return FoundEnvironment(EnvironmentKind.server, prefix, python, found.version, "server", base=found.base)
        version = interpreter_version(self._look, prefix, os.path.basename(os.path.realpath(python)))
        return FoundEnvironment(EnvironmentKind.server, prefix, python, version, "server")


def _nameable(found: FoundEnvironment) -> FoundEnvironment:
    """An environment whose path cannot be written as text is broken: no command could name it."""
    try:
        f"{found.prefix}{found.python}".encode()
    except UnicodeEncodeError:
        reason = "The name of its folder, or of one around it, is no UTF-8 text. Rename the folder."
        return replace(found, reason=found.reason or reason)
    return found
