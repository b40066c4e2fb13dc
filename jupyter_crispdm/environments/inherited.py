"""What the server inherited from a conda environment that was active when it was started.

An activated conda environment leaves more than its path: variables that its packages and its user configured, and
whatever its `activate.d` scripts set. conda takes these back before it activates another environment; so do we.
"""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from .condavars import configured_variables, has_scripts, script_directory, sourced
from .processes import run_briefly

_LOG = logging.getLogger(__name__)
_SAVED = "__CONDA_SHLVL_"
_OUTER = "CONDA_PREFIX_"
_PATIENCE = 30.0
_KEPT = ("HOME", "LANG", "LC_ALL", "LOGNAME", "TMPDIR", "USER")
_OF_THE_SHELL = frozenset({"_", "SHLVL", "PWD", "OLDPWD", "PATH"})


class Inherited:
    """Knows what to take back from an environment; measured once, which may wait for a shell."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self._prefix = environ.get("CONDA_PREFIX", "")
        self._changes: dict[str, str | None] | None = None

    @property
    def changes(self) -> dict[str, str | None]:
        """The variables to set back to what they were before, None where they were not there."""
        if self._changes is None:
            self._changes = self._measured() if os.path.isabs(self._prefix) else {}
        return self._changes

    def taken_back(self) -> dict[str, str]:
        """The environment as if nothing had been activated, but for conda's own variables and the path."""
        kept = {name: value for name, value in self._environ.items() if name not in self.changes}
        return kept | {name: value for name, value in self.changes.items() if value is not None}

    def _measured(self) -> dict[str, str | None]:
        environ = self._environ
        set_by_it = {**configured_variables(Path(self._prefix)), **self._set_by_scripts()}
        changes = {
            name: self._before(name, environ[name], value) for name, value in set_by_it.items() if name in environ
        }
        outer = (name for name in environ if name.startswith((_SAVED, _OUTER)))
        changed = {name: value for name, value in changes.items() if value != environ[name]}
        return {**changed, **dict.fromkeys(outer)}

    def _before(self, name: str, now: str, value: str) -> str | None:
        """What a variable was before; as it is now where somebody changed it since."""
        if now == value:
            level = self._environ.get("CONDA_SHLVL", "")
            outer = int(level) - 1 if level.isascii() and level.isdigit() and len(level) < 4 else 0
            return self._environ.get(f"{_SAVED}{outer}_{name}")
        inside = self._prefix.rstrip(os.sep) + os.sep
        entries = [entry for entry in now.split(os.pathsep) if not entry.startswith(inside)]
        return os.pathsep.join(entries) or None

    def _set_by_scripts(self) -> dict[str, str]:
        """What the scripts leave in an otherwise empty environment."""
        if not has_scripts(self._prefix):
            return {}
        own = {name: self._environ[name] for name in self._environ if name in _KEPT or name.startswith("CONDA_")}
        before = {**own, **configured_variables(Path(self._prefix)), "PATH": f"{self._prefix}/bin:{os.defpath}"}
        command = sourced(script_directory(self._prefix), [shutil.which("env") or "/usr/bin/env", "-0"])
        try:
            output = run_briefly(command, before, _PATIENCE).stdout
        except (subprocess.TimeoutExpired, OSError) as error:
            _LOG.warning("What the active conda environment set was not measured: %s", error)
            return {}
        pairs = (os.fsdecode(item).partition("=") for item in output.split(b"\0") if item)
        after = {name: value for name, mark, value in pairs if mark and name not in _OF_THE_SHELL}
        return {name: value for name, value in after.items() if before.get(name) != value}
