"""Kernel specifications of environments: real files in a directory of our own, for every Jupyter program."""

from __future__ import annotations

import os
import shutil
from collections.abc import Container, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec

from ..activation import activation_of
from ..condavars import sourced
from ..discovery import FoundEnvironment, is_isolated
from ..discovery.directories import Directories, small_text
from ..discovery.packages import has_module
from .overlay import LAUNCHER, link_or_copy

PREFIX = "crispdm-"
_FILE = "kernel.json"
_LOGO = "logo-svg.svg"


@dataclass(frozen=True)
class ForeignSpec:
    """A kernel specification that somebody else made."""

    name: str
    argv: tuple[str, ...]

    def works(self, directories: Sequence[str]) -> bool:
        """Whether what it runs is still there: its program, and the module or script that this is told to run.

        `directories` hold the packages of the environment that it starts. A runner before the interpreter, as
        nb_conda_kernels has one, is not looked at.
        """
        program, *rest = self.argv
        if os.path.isabs(program) and not os.access(program, os.X_OK):
            return False
        modules = [word.partition(".")[0] for mark, word in pairwise(rest) if mark == "-m"]
        ipykernel = bool({"ipykernel", "ipykernel_launcher"}.intersection(modules))
        if ipykernel or (rest[:1] == ["-m"] and os.path.isabs(program)):
            return has_module(directories, "ipykernel" if ipykernel else modules[0])
        script = rest[0] if rest else ""
        return os.path.isfile(script) if os.path.isabs(script) and script.endswith(".py") else True

    def starts(self, found: FoundEnvironment, server: str) -> bool:
        """Whether this specification starts the interpreter of an environment."""
        program = self.argv[0] if self.argv else ""
        if not os.path.isabs(program):
            program = server if program.startswith("python") else ""
        if program and _same(program, found):
            return True
        return any(_names_prefix(word, found) for word in self.argv[1:])


def _same(program: str, found: FoundEnvironment) -> bool:
    folder = os.path.realpath(os.path.dirname(program))
    if not found.isolated:
        return os.path.realpath(program) == found.identity and not is_isolated(os.path.dirname(folder))
    return folder == os.path.join(found.identity, "bin") and os.path.basename(program).startswith("python")


def _names_prefix(word: str, found: FoundEnvironment) -> bool:
    """nb_conda_kernels hands the prefix to a runner of its own."""
    return found.isolated and os.path.isabs(word) and os.path.realpath(word) == found.identity


class SpecFiles:
    """The directory of our kernel specifications; it holds nothing that cannot be written again."""

    def __init__(self, jupyter_path: Path, server_python: str) -> None:
        self.jupyter_path = jupyter_path
        self.directory = jupyter_path / "kernels"
        self._server_python = server_python
        self._written: dict[str, bytes] | None = None

    def forget(self) -> None:
        """Look at every file again at the next `sync`."""
        self._written = None

    def sync(self, wanted: dict[str, bytes]) -> dict[str, str]:
        """Make the directory hold exactly these specifications; returns the reasons of those it could not."""
        if wanted == self._written:
            return {}
        failed: dict[str, str] = {}
        for name, content in wanted.items():
            try:
                self._write(self.directory / name, content)
            except OSError as error:
                failed[name] = f"Its kernel specification could not be written: {error.strerror}."
        self._remove_all_but(wanted)
        self._written = None if failed else wanted
        return failed

    def _remove_all_but(self, wanted: Container[str]) -> None:
        with suppress(FileNotFoundError):
            for name in os.listdir(self.directory):
                if name.startswith(PREFIX) and name not in wanted:
                    shutil.rmtree(self.directory / name, ignore_errors=True)

    def _write(self, folder: Path, content: bytes) -> None:
        """Not synchronised to the disk: a specification that a crash spoilt differs, and is written again."""
        file, draft = folder / _FILE, folder / f".{_FILE}"
        if file.is_file() and file.read_bytes() == content:
            return
        folder.mkdir(parents=True, exist_ok=True)
        logo = _logo()
        if logo is not None and not (folder / _LOGO).exists():
            link_or_copy(logo, folder / _LOGO)
        draft.write_bytes(content)
        draft.replace(file)

    def foreign(self, look: Directories, directories: Sequence[str]) -> list[ForeignSpec]:
        """The specifications in other directories of Jupyter's path; the first of a name counts."""
        found: dict[str, ForeignSpec] = {}
        for directory in directories:
            if directory == str(self.directory):
                continue
            for name in look.folders(directory):
                argv = look.read(os.path.join(directory, name, _FILE), _python_argv)
                if argv:
                    found.setdefault(name, ForeignSpec(name, argv))
        return list(found.values())

    def matching(self, found: FoundEnvironment, specs: Sequence[ForeignSpec], directories: Sequence[str]) -> str:
        """The name of somebody else's specification that starts a kernel in an environment, or ""."""
        starting = (spec for spec in specs if spec.starts(found, self._server_python))
        return next((spec.name for spec in starting if spec.works(directories)), "")


@cache
def _logo() -> Path | None:
    spec = find_spec("ipykernel")
    path = Path(spec.origin).parent / "resources" / _LOGO if spec and spec.origin else None
    return path if path and path.is_file() else None


def _python_argv(path: str) -> tuple[str, ...]:
    try:
        spec = msgspec.json.decode(small_text(path), type=dict[str, Any])
    except (msgspec.DecodeError, RecursionError):
        return ()
    return python_argv(spec)


def python_argv(spec: dict[str, Any]) -> tuple[str, ...]:
    """The argument vector of a specification, () when it is not a Python kernel."""
    argv = spec.get("argv")
    if str(spec.get("language")).lower() != "python" or not isinstance(argv, list):
        return ()
    return tuple(word for word in argv if isinstance(word, str))


def specification(
    found: FoundEnvironment, name: str, environment_id: str, overlay: Path | None, inherited: Sequence[str] = ()
) -> bytes:
    """The content of kernel.json: the kernel starts activated and knows `crispdm`.

    `inherited` names the variables that the server has from an activation of its own.
    """
    activation = activation_of(found)
    unset = [*activation.unset, *(name for name in inherited if name not in activation.variables)]
    command = [found.python, str(LAUNCHER), *_options(overlay, unset), "-f", "{connection_file}"]
    literal = {key: value.replace("$", "$$") for key, value in activation.variables.items()}
    first = activation.path.replace("$", "$$")
    content = {
        "argv": sourced(activation.scripts, command) if activation.scripts else command,
        "display_name": f"{name} (Python {found.minor}, {found.kind.value})",
        "language": "python",
        "env": {"PYTHONHOME": "", **literal, "PATH": f"{first}{os.pathsep}${{PATH}}"},
        "metadata": {"debugger": True, "crispdm": {"environment": environment_id, "prefix": found.prefix}},
    }
    return msgspec.json.format(msgspec.json.encode(content), indent=1)


def _options(overlay: Path | None, unset: Sequence[str]) -> Iterator[str]:
    if overlay is not None:
        yield from ("--overlay", str(overlay))
    yield from ("--unset", ",".join(unset))
