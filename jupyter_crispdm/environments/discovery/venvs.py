"""venv, virtualenv and uv environments: a prefix with a pyvenv.cfg."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

from ..types import EnvironmentKind
from .directories import Directories, small_text
from .found import FoundEnvironment, Surroundings, interpreter_in, trimmed_version

_PLAIN = frozenset({".venv", "venv", ".env", "env", ".virtualenv", "virtualenv"})
_POETRY = re.compile(r"(?P<project>.+)-[\w-]{8}-py\d+\.\d+$")
_PATCHLEVEL = re.compile(r'#define PY_VERSION\s+"([^"+]+)')
_PIPENV = re.compile(r"(?P<project>.+)-[\w-]{8}$")


def parse_config(path: str) -> dict[str, str]:
    """The `key = value` lines of a pyvenv.cfg."""
    pairs = (line.partition("=") for line in small_text(path).splitlines())
    return {key.strip().lower(): value.strip() for key, mark, value in pairs if mark}


def read_venv(look: Directories, prefix: str) -> FoundEnvironment | None:
    """The environment at a prefix, or None when it is not a venv."""
    config = look.read(os.path.join(prefix, "pyvenv.cfg"), parse_config)
    if config is None:
        return None
    python, reason = interpreter_in(prefix)
    version = trimmed_version(config.get("version_info") or config.get("version") or "")
    version = version or library_version(look, prefix)
    reason = reason or _moved_away(look, python, version, config.get("home", ""))
    shared = config.get("include-system-site-packages", "").lower() == "true"
    return FoundEnvironment(
        kind=EnvironmentKind.uv if "uv" in config else EnvironmentKind.venv,
        prefix=prefix,
        python=python,
        version=version,
        label=venv_label(prefix),
        reason=reason,
        base=os.path.dirname(config.get("home", "")) if shared else "",
    )


def _moved_away(look: Directories, python: str, version: str, home: str) -> str:
    """Why the interpreter that an environment was made of is another one by now, or ""."""
    if home and os.path.isabs(home) and not os.path.isdir(home):
        return f"The Python that it was made of is gone: {home}. Make it anew."
    base = os.path.realpath(python)
    now = _minor(interpreter_version(look, os.path.dirname(os.path.dirname(base)), os.path.basename(base)))
    made = _minor(version)
    if os.path.islink(python) and now and made and now != made:
        return f"It was made for Python {made}, but its interpreter is Python {now} by now. Make it anew."
    return ""


def _minor(version: str) -> str:
    return ".".join(version.split(".")[:2])


def interpreter_version(look: Directories, prefix: str, name: str) -> str:
    """The version of `pythonX.Y` below a prefix, exact where its headers are installed."""
    minor = trimmed_version(name.removeprefix("python")) or library_version(look, prefix)
    header = os.path.join(prefix, "include", f"python{minor}", "patchlevel.h")
    return look.read(header, _patchlevel) or minor


def _patchlevel(path: str) -> str:
    match = _PATCHLEVEL.search(small_text(path))
    return trimmed_version(match[1]) if match else ""


def library_version(look: Directories, prefix: str) -> str:
    """The version that the name of `lib/pythonX.Y` tells, "" where there is none or several."""
    names = look.folders(os.path.join(prefix, "lib"))
    versions = [name.removeprefix("python") for name in names if re.fullmatch(r"python\d+\.\d+", name)]
    return versions[0] if len(versions) == 1 else ""


def venv_label(prefix: str) -> str:
    """The folder's name; the project's when the folder is just a `.venv`."""
    parent, name = os.path.split(prefix)
    return os.path.basename(parent) or name if name in _PLAIN else name


def kept_venvs(look: Directories, around: Surroundings) -> Iterator[FoundEnvironment]:
    """Environments in the folders where the tools of this family keep theirs."""
    for holder in _holders(around):
        yield from _below(look, holder)
    for holder in (
        around.environ.get("POETRY_VIRTUALENVS_PATH", ""),
        os.path.join(around.place("POETRY_CACHE_DIR", ".cache", "pypoetry"), "virtualenvs"),
        os.path.join(around.home, "Library", "Caches", "pypoetry", "virtualenvs"),
    ):
        for found in _below(look, holder):
            yield found.with_kind(EnvironmentKind.poetry, _project(_POETRY, found.label))
    for found in _below(look, around.place("", ".local", "share", "virtualenvs")):
        yield found.with_kind(found.kind, _project(_PIPENV, found.label))


def _holders(around: Surroundings) -> Iterator[str]:
    yield around.place("WORKON_HOME", ".virtualenvs")
    yield os.path.join(around.home, ".venvs")
    yield os.path.join(around.home, "venvs")
    yield around.place("", ".local", "share", "pdm", "venvs")
    yield os.path.join(around.place("PIPX_HOME", ".local", "share", "pipx"), "venvs")
    yield around.place("UV_TOOL_DIR", ".local", "share", "uv", "tools")
    yield os.path.join(around.place("UV_CACHE_DIR", ".cache", "uv"), "environments-v2")


def _below(look: Directories, holder: str) -> Iterator[FoundEnvironment]:
    for name in look.folders(holder) if os.path.isabs(holder) else ():
        found = read_venv(look, os.path.join(holder, name))
        if found is not None:
            yield found


def _project(pattern: re.Pattern[str], label: str) -> str:
    match = pattern.match(label)
    return match["project"] if match else label
