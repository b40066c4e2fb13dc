"""Bare interpreters: pyenv's, uv's, and those on PATH."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

from jupyter_crispdm.base.files.regular import regular_file

from ..types import EnvironmentKind
from .conda import read_conda
from .directories import Directories
from .found import FoundEnvironment, Surroundings, interpreter_in, trimmed_version
from .venvs import interpreter_version, library_version, read_venv

_NAME = re.compile(r"python(3(\.\d+)?)?")


def pyenv_versions(look: Directories, around: Surroundings) -> Iterator[FoundEnvironment]:
    """Versions that pyenv built, and the environments its virtualenv plug-in keeps in them."""
    versions = os.path.join(around.place("PYENV_ROOT", ".pyenv"), "versions")
    for name in look.folders(versions):
        prefix = os.path.join(versions, name)
        found = read_venv(look, prefix) or read_conda(look, prefix)
        yield found or _pyenv_version(look, prefix, name)
        for nested in look.folders(os.path.join(prefix, "envs")):
            inner = read_venv(look, os.path.join(prefix, "envs", nested))
            if inner is not None:
                yield inner


def _pyenv_version(look: Directories, prefix: str, name: str) -> FoundEnvironment:
    python, reason = interpreter_in(prefix)
    version = trimmed_version(name) or library_version(look, prefix)
    return FoundEnvironment(EnvironmentKind.pyenv, prefix, python, version, f"Python {name}", reason)


def uv_interpreters(look: Directories, around: Surroundings) -> Iterator[FoundEnvironment]:
    """Interpreters that uv downloaded."""
    holder = around.place("UV_PYTHON_INSTALL_DIR", ".local", "share", "uv", "python")
    for name in look.folders(holder):
        prefix = os.path.join(holder, name)
        match = re.match(r"(cpython|pypy)-(\d+\.\d+\.\d+)", name)
        if match and not os.path.islink(prefix):
            python, reason = interpreter_in(prefix)
            label = f"Python {match[2]} {'' if match[1] == 'cpython' else match[1]}".rstrip()
            yield FoundEnvironment(EnvironmentKind.system, prefix, python, match[2], label, reason)


def path_interpreters(look: Directories, around: Surroundings) -> Iterator[FoundEnvironment]:
    """Interpreters on PATH, without the shims that only start another one."""
    for folder in around.environ.get("PATH", "").split(os.pathsep):
        if not os.path.isabs(folder) or os.path.basename(folder) == "shims":
            continue
        prefix = os.path.dirname(folder)
        found = read_venv(look, prefix) or read_conda(look, prefix)
        if found is not None:
            yield found
            continue
        for name in look.read(folder, _python_names) or ():
            yield from _on_path(look, os.path.realpath(os.path.join(folder, name)))


def _python_names(folder: str) -> tuple[str, ...]:
    return tuple(sorted(name for name in os.listdir(folder) if _NAME.fullmatch(name)))


def _on_path(look: Directories, python: str) -> Iterator[FoundEnvironment]:
    if not os.access(python, os.X_OK) or look.read(python, is_script):
        return
    prefix = os.path.dirname(os.path.dirname(python))
    version = interpreter_version(look, prefix, os.path.basename(python))
    if version:
        yield FoundEnvironment(EnvironmentKind.system, prefix, python, version, f"Python {version}")


def is_script(path: str) -> bool:
    """Whether a file is a script rather than a program: a shim, which starts another interpreter or none."""
    with regular_file(os.path.realpath(path)) as file:
        return file.read(2) == b"#!"
