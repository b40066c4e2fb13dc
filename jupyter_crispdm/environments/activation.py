"""What a shell would have after it activated an environment, worked out without one where possible."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from jupyter_crispdm.base.errors import Unavailable
from jupyter_crispdm.base.secrets import without_secrets

from .condavars import configured_variables, has_scripts, script_directory, script_times, sourced
from .discovery import FoundEnvironment
from .inherited import Inherited
from .processes import run_briefly
from .types import EnvironmentKind

_OF_CONDA = ("CONDA_PREFIX", "CONDA_DEFAULT_ENV", "CONDA_SHLVL", "CONDA_PROMPT_MODIFIER")
_OF_VENV = ("VIRTUAL_ENV", "VIRTUAL_ENV_PROMPT")
_OF_PYTHON = ("PYTHONHOME", "__PYVENV_LAUNCHER__")
_OF_ANY = (*_OF_PYTHON, "PYENV_VERSION")
_OF_THE_SHELL = ("_", "SHLVL", "PWD", "OLDPWD")
_PATIENCE = 30.0


@dataclass(frozen=True)
class Activation:
    """The changes that activating an environment makes; `scripts` is a directory of shell scripts, or ""."""

    path: str
    variables: dict[str, str]
    unset: tuple[str, ...]
    scripts: str = ""

    def applied(self, base: Mapping[str, str]) -> dict[str, str]:
        """`base` with all changes but those of the scripts, and without an earlier activation."""
        left = [os.path.join(base[name], "bin") for name in ("VIRTUAL_ENV", "CONDA_PREFIX") if base.get(name)]
        rest = [entry for entry in base.get("PATH", os.defpath).split(os.pathsep) if entry not in left]
        kept = {name: value for name, value in base.items() if name not in self.unset}
        first = [] if rest[:1] == [self.path] else [self.path]
        return {**kept, **self.variables, "PATH": os.pathsep.join([*first, *rest])}


def activation_of(found: FoundEnvironment) -> Activation:
    """The changes for one environment, read from its directories."""
    path = os.path.dirname(found.python)
    if found.conda:
        scripts = script_directory(found.prefix) if has_scripts(found.prefix) else ""
        return Activation(path, _conda_variables(found), _OF_VENV + _OF_ANY, scripts)
    if found.isolated:
        variables = {"VIRTUAL_ENV": found.prefix, "VIRTUAL_ENV_PROMPT": found.label}
        return Activation(path, variables, _OF_CONDA + _OF_ANY)
    if found.kind is EnvironmentKind.pyenv:
        variables = {"PYENV_VERSION": os.path.basename(found.prefix)}
        return Activation(path, variables, (*_OF_CONDA, *_OF_VENV, *_OF_PYTHON))
    return Activation(path, {}, _OF_CONDA + _OF_VENV + _OF_ANY)


def _conda_variables(found: FoundEnvironment) -> dict[str, str]:
    named = os.path.basename(os.path.dirname(found.prefix)) == "envs"
    name = os.path.basename(found.prefix) if named else found.label if found.label == "base" else found.prefix
    return {
        "CONDA_PREFIX": found.prefix,
        "CONDA_DEFAULT_ENV": name,
        "CONDA_SHLVL": "1",
        "CONDA_PROMPT_MODIFIER": f"({name}) ",
        **configured_variables(Path(found.prefix)),
    }


class Activator:
    """Gives complete environments; what needs a shell is measured once and remembered."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self._inherited = Inherited(environ)
        self._measured: dict[str, tuple[object, dict[str, str]]] = {}
        self._locks: dict[str, threading.Lock] = {}

    @property
    def inherited(self) -> list[str]:
        """The names of what the server has from an activation of its own. May wait for a shell."""
        return sorted(self._inherited.changes)

    def activated(self, found: FoundEnvironment) -> dict[str, str]:
        """The whole environment of a command that runs in this environment. May wait for a shell."""
        activation = activation_of(found)
        mine = found.kind is EnvironmentKind.server
        environ = activation.applied(without_secrets(self._environ if mine else self._inherited.taken_back()))
        if not activation.scripts:
            return environ
        state = (tuple(script_times(activation.scripts)), environ)
        with self._locks.setdefault(found.identity, threading.Lock()):
            known = self._measured.get(found.identity)
            if known is None or known[0] != state:
                known = (state, _measure(found, activation.scripts, environ))
                self._measured[found.identity] = known
        return dict(known[1])


def _measure(found: FoundEnvironment, scripts: str, environ: dict[str, str]) -> dict[str, str]:
    """What the scripts leave behind. The exit status is not asked: others may have reaped the process."""
    command = sourced(scripts, [shutil.which("env") or "/usr/bin/env", "-0"])
    try:
        result = run_briefly(command, environ, _PATIENCE)
    except subprocess.TimeoutExpired:
        raise _failure(found, scripts, f"did not end within {_PATIENCE:g} s") from None
    pairs = (os.fsdecode(item).partition("=") for item in result.stdout.split(b"\0") if item)
    measured = {name: value for name, mark, value in pairs if mark and name not in _OF_THE_SHELL}
    if "PATH" not in measured:
        raise _failure(found, scripts, "ended the shell")
    return {**measured, **{name: environ[name] for name in _OF_THE_SHELL if name in environ}}


def _failure(found: FoundEnvironment, scripts: str, what: str) -> Unavailable:
    message = f"The environment '{found.label}' cannot be activated: a script in {scripts} {what}."
    return Unavailable(message, prefix=found.prefix)
