"""Which environment is meant on a command line: by id, by name, or by the folder or the interpreter one knows."""

from __future__ import annotations

import difflib
import os
from collections.abc import Sequence

from jupyter_crispdm.base.errors import NotFound, Unprocessable
from jupyter_crispdm.client import Client
from jupyter_crispdm.environments.types import Environment

_ALIKE = 3
_LISTED = 8


def chosen(client: Client, wish: str | None) -> str | None:
    """The id of the environment that is meant, so that a mistake is told before anything is sent.

    Raises NotFound, and Unprocessable for one that cannot be used.
    """
    if wish is None:
        return None
    environments = client.environments.list()
    found = matching(environments, wish)
    if not found:  # it may have been made a moment ago
        environments = client.environments.list(refresh=True)
        found = matching(environments, wish)
    if len(found) != 1:
        raise NotFound(explain(environments, wish, found), field="environment")
    if not found[0].usable:
        raise Unprocessable(f"--env: the environment '{found[0].name}' cannot be used. {found[0].reason}")
    return found[0].id


def matching(environments: Sequence[Environment], wish: str) -> list[Environment]:
    """Those with this id; else with this name; else at this place."""
    path = os.path.abspath(os.path.expanduser(wish)) if wish else ""
    by_python = [one for one in environments if path == os.path.abspath(one.python)]
    return (
        [one for one in environments if one.id == wish]
        or [one for one in environments if one.name == wish]
        or [one for one in environments if wish and os.path.realpath(prefix_of(path)) == os.path.realpath(one.prefix)]
        or by_python
    )


def prefix_of(path: str) -> str:
    """The folder of an environment, from itself or from its interpreter."""
    folder = os.path.dirname(path)
    return os.path.dirname(folder) if os.path.isfile(path) and os.path.basename(folder) == "bin" else path


def explain(environments: Sequence[Environment], wish: str, found: Sequence[Environment]) -> str:
    """What is wrong with a wish, and what would be right."""
    if found:
        return f"--env: several environments answer to {wish!r}; use an id: {', '.join(one.id for one in found)}."
    if os.path.exists(os.path.expanduser(wish)):
        return (
            f"--env: the server finds no environment at {wish!r}. It looks below its root folder, in the usual places "
            "and in those that the setting CrispdmApp.environment_paths names."
        )
    usable = [one for one in environments if one.usable]
    known = sorted({name for one in usable for name in (one.id, one.name)})
    lowered = {name.lower(): name for name in known}
    close = difflib.get_close_matches(wish.lower(), lowered, n=_ALIKE, cutoff=0.5)
    if close:
        return f"--env: there is no environment {wish!r}. Did you mean {' or '.join(lowered[name] for name in close)}?"
    listed = ", ".join(one.name for one in usable[:_LISTED])
    return f"--env: there is no environment {wish!r}. There are {listed}: see 'jupyter crispdm envs'."
