"""What activating a conda environment does beyond its path: variables that are configured, and scripts."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from .discovery.directories import small_text

_UNSET = "***unset***"
_SOURCE = """
for script in "$0"/*.sh; do
    [ -f "$script" ] && . "$script" >/dev/null 2>&1 </dev/null
done
exec "$@"
"""


def configured_variables(prefix: Path) -> dict[str, str]:
    """What packages and `conda env config vars set` want in the environment."""
    variables: dict[str, Any] = {}
    configured = prefix / "etc" / "conda" / "env_vars.d"
    for file in sorted(configured.glob("*.json")) if configured.is_dir() else ():
        variables.update(_mapping(file))
    state = _mapping(prefix / "conda-meta" / "state").get("env_vars")
    variables.update(state if isinstance(state, dict) else {})
    return {name: value for name, value in variables.items() if isinstance(value, str) and value != _UNSET}


def _mapping(path: Path) -> dict[str, Any]:
    try:
        return msgspec.json.decode(small_text(str(path)), type=dict[str, Any])
    except (OSError, msgspec.DecodeError, RecursionError):
        return {}


def script_directory(prefix: str) -> str:
    """Where the scripts lie that a shell sources."""
    return os.path.join(prefix, "etc", "conda", "activate.d")


def has_scripts(prefix: str) -> bool:
    """Whether there are any."""
    return any(script_times(script_directory(prefix)))


def script_times(directory: str) -> Iterator[tuple[str, int]]:
    """The scripts of a directory and when each was changed."""
    if os.path.isdir(directory):
        with os.scandir(directory) as entries:
            yield from sorted((e.name, e.stat().st_mtime_ns) for e in entries if e.name.endswith(".sh"))


def sourced(scripts: str, command: Sequence[str]) -> list[str]:
    """The argument vector that sources a directory's scripts and becomes `command`."""
    shell = shutil.which("bash") or "/bin/sh"
    return [shell, "-c", _SOURCE, scripts, *command]
