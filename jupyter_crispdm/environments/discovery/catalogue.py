"""The environments found at one moment, and the rules of asking for one."""

from __future__ import annotations

import difflib
import os
from collections.abc import Sequence
from dataclasses import dataclass

from jupyter_crispdm.base.errors import NotFound, Unprocessable

from ..types import Environment, EnvironmentKind
from . import FoundEnvironment

_SHOWN = 100


@dataclass(frozen=True)
class Entry:
    """An environment as it travels, and as it lies on the disk."""

    environment: Environment
    found: FoundEnvironment

    def usable(self) -> Entry:
        """This entry; raises Unprocessable, naming the environment, when nothing can run in it."""
        environment = self.environment
        reason = environment.reason
        lies_here = environment.kind is not EnvironmentKind.docker
        if not reason and lies_here and not os.access(environment.python, os.X_OK):
            reason = f"Its interpreter is gone: {environment.python}."
        if reason:
            message = f"The environment '{environment.name}' cannot be used. {reason}"
            raise Unprocessable(message, environment=environment.id)
        return self


class Catalogue:
    """Environments by id, by name and by prefix."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self.entries = tuple(entries)
        self.environments = [entry.environment for entry in entries]
        self._by_id = {entry.environment.id: entry for entry in entries}

    def get(self, key: str) -> Entry:
        """The environment with this id, else the only one with this name or prefix; raises NotFound."""
        known = self._by_id.get(key)
        if known is not None:
            return known
        matches = [entry for entry in self.entries if key == entry.environment.name or _is_prefix(key, entry)]
        if len(matches) == 1:
            return matches[0]
        raise NotFound(self._explain(key, matches), environment=key[:_SHOWN])

    def near(self, root: str, path: str) -> list[Environment]:
        """All environments, those of the projects around a file first, the nearest one at the top."""
        absolute = os.path.normpath(os.path.join(root, path))
        return sorted(self.environments, key=lambda environment: -_nearness(environment.prefix, absolute))

    def _explain(self, key: str, matches: Sequence[Entry]) -> str:
        shown = ascii(key[:_SHOWN])
        if matches:
            ids = ", ".join(entry.environment.id for entry in matches)
            return f"Several environments answer to {shown}; use an id: {ids}."
        names = {name for entry in self.entries for name in (entry.environment.id, entry.environment.name)}
        close = difflib.get_close_matches(key[:_SHOWN], sorted(names), n=3)
        hint = (
            f"Did you mean {' or '.join(close)}?"
            if close
            else "Only environments that were found can be used."
        )
        return f"There is no environment {shown}. {hint}"


def _nearness(prefix: str, path: str) -> int:
    """How deep the project lies that holds both a file and an environment; 0 where none does."""
    project = os.path.dirname(prefix)
    if os.path.basename(project) == "envs" and os.path.basename(os.path.dirname(project)) == ".pixi":
        project = os.path.dirname(os.path.dirname(project))
    around = path.startswith(project.rstrip(os.sep) + os.sep)
    return project.count(os.sep) if around else 0


def _is_prefix(key: str, entry: Entry) -> bool:
    if not os.path.isabs(key) or "\0" in key:
        return False
    return os.path.normpath(key) == entry.environment.prefix or os.path.realpath(key) == entry.found.identity
