"""From the wish for an environment to the argument vector that makes it; every wrong field is named."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from jupyter_crispdm.base.errors import BadRequest, Unprocessable

from ..contents.export import requirements
from ..discovery import FoundEnvironment, Surroundings, is_script
from ..discovery.packages import has_module, site_directories
from ..types import Creation, EnvironmentKind
from . import build
from .tools import find_conda, find_uv
from .wanted import CONDA_FILES, RequirementsCheck, for_conda

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_VERSION = re.compile(r"\d+\.\d+(\.\d+)?")
_SHOWN = 100
_NO_CONDA = "Neither conda, mamba nor micromamba was found on this machine."


@dataclass(frozen=True)
class CommandLines:
    """Writes the command lines of jobs that make environments."""

    around: Surroundings
    urls: bool = False

    @property
    def wanted(self) -> RequirementsCheck:
        """The check of what is to be installed."""
        return RequirementsCheck(Path(self.around.root), self.urls)

    def create(
        self, wish: Creation, prefix: Path, marker: Path, source: FoundEnvironment | None,
        known: Sequence[FoundEnvironment],
    ) -> list[str]:
        """The argument vector that makes an environment. Raises BadRequest, Unprocessable."""
        check_creation(wish)
        file = self._file(wish)
        kind = self._kind(wish, source, file)
        options = {"--marker": str(marker), "--with": kind, "--program": self.program(kind)}
        if kind == "conda":
            return self._conda(wish, prefix, options, source, file)
        if file is not None and file.suffix in CONDA_FILES:
            raise Unprocessable(f"Only 'conda' makes an environment from a {file.suffix} file.", field="kind")
        options["--python"] = self._python(wish, kind, source, known)
        packages = requirements(source) if source else self.wanted.packages(wish.packages)
        if file is not None and file.name == "pyproject.toml" and (kind == "venv" or not self.urls):
            packages, file = [*packages, *self.wanted.project_packages(file)], None
        flags = ["--exact"] if source else []
        return command("create", prefix, {**options, "--file": str(file or "")}, packages, flags)

    def install(self, found: FoundEnvironment, packages: Sequence[str]) -> list[str]:
        """The argument vector that installs packages into an environment. Raises BadRequest, Unprocessable."""
        if not packages:
            raise BadRequest("'packages' must name what to install.", field="packages")
        wanted = self.wanted.packages(packages)
        if not found.isolated or found.kind is EnvironmentKind.docker:
            raise Unprocessable(f"Nothing is installed into '{found.label}': it is not an environment of its own.")
        if found.kind is EnvironmentKind.server:
            raise Unprocessable("Nothing is installed into the environment that the server itself runs in.")
        kind = "conda" if found.conda else "uv" if find_uv(self.around) else "venv"
        program = self.program(kind) or self._lent_pip(found)
        options = {"--with": kind, "--program": program}
        return command("install", Path(found.prefix), options, for_conda(wanted) if kind == "conda" else wanted)

    def _lent_pip(self, found: FoundEnvironment) -> str:
        """The interpreter whose pip installs into an environment that has none, or "". Raises Unprocessable."""
        if has_module(site_directories(found), "pip"):
            return ""
        if find_spec("pip") is None:
            message = f"'{found.label}' has no pip, nor has the server; install uv for the server: pip install uv."
            raise Unprocessable(message, field="packages")
        return sys.executable

    def _kind(self, wish: Creation, source: FoundEnvironment | None, file: Path | None) -> str:
        if wish.kind is not None:
            return str(wish.kind)
        if (source is not None and source.conda) or (file is not None and file.suffix in CONDA_FILES):
            return "conda"
        return "uv" if find_uv(self.around) else "venv"

    def program(self, kind: str) -> str:
        """The program that makes environments of a kind; "" for venv, which Python has itself. Raises Unprocessable."""
        if kind == "venv":
            return ""
        program = find_uv(self.around) if kind == "uv" else find_conda(self.around)
        if program is None:
            message = _NO_CONDA if kind == "conda" else "uv was not found on this machine: pip install uv."
            raise Unprocessable(message, field="kind")
        return program

    def _file(self, wish: Creation) -> Path | None:
        if wish.file is None:
            return None
        root = Path(self.around.root).resolve()
        try:
            path = (root / wish.file).resolve()
            is_file = path.is_relative_to(root) and path.is_file()
        except (OSError, RuntimeError, ValueError):
            raise BadRequest("'file' is not a usable path.", field="file") from None
        if not path.is_relative_to(root):
            raise BadRequest("'file' must stay below the server's root folder.", field="file")
        if not is_file:
            raise Unprocessable(f"There is no file '{wish.file[:_SHOWN]}'.", field="file")
        if path.suffix not in (".txt", ".in", *CONDA_FILES) and path.name != "pyproject.toml":
            raise Unprocessable(
                "'file' must be a requirements .txt, an environment.yml or a pyproject.toml.", field="file"
            )
        self.wanted.check_file(path)
        return path

    def interpreter(self, version: str, kind: str, known: Sequence[FoundEnvironment]) -> str:
        """An interpreter of just this version, also one that environments stand on. Raises Unprocessable."""
        fit = [one for one in known if one.version == version and not one.reason and not one.conda]
        found = next((os.path.realpath(one.python) for one in fit if one.python), None)
        return found or self._python(Creation(name="", python=version), kind, None, known)

    def _python(
        self, wish: Creation, kind: str, source: FoundEnvironment | None, known: Sequence[FoundEnvironment]
    ) -> str:
        """An interpreter's absolute path; uv may be given a version that it then looks for."""
        wanted = wish.python
        if wanted is None:
            return os.path.realpath(source.python if source else sys.executable)
        if os.path.isabs(wanted):
            if not (os.path.basename(wanted).startswith("python") and _is_program(wanted)):
                raise Unprocessable(f"'python': {wanted[:_SHOWN]} is not an interpreter.", field="python")
            return wanted
        bare = {found.version: found.python for found in known if not found.isolated and not found.reason}
        match = next((bare[version] for version in bare if f"{version}.".startswith(f"{wanted}.")), None)
        if match is None and kind == "venv":
            there = ", ".join(sorted(bare, key=_numbers)) or "none"
            raise Unprocessable(f"There is no Python {wanted} on this machine. There are: {there}.", field="python")
        return match or wanted

    def _conda(
        self, wish: Creation, prefix: Path, options: dict[str, str], source: FoundEnvironment | None, file: Path | None
    ) -> list[str]:
        if wish.python is not None and not _VERSION.fullmatch(wish.python):
            raise BadRequest("'python' must be a version, such as 3.12, for conda.", field="python")
        if file is not None and wish.packages:
            raise BadRequest("With conda, either 'packages' or 'file', not both.", field="packages")
        version = ".".join(map(str, sys.version_info[:2]))
        clone = source.prefix if source else ""
        options |= {"--python": wish.python or version, "--clone": clone, "--file": str(file or "")}
        if source is not None and not source.conda:
            raise Unprocessable("conda clones conda environments only; choose uv or venv.", field="kind")
        packages = requirements(source) if source else for_conda(self.wanted.packages(wish.packages))
        return command("create", prefix, options, packages, ["--exact"] if source else [])


def command(
    action: str, prefix: Path, options: dict[str, str], packages: Sequence[str] = (), flags: Sequence[str] = ()
) -> list[str]:
    """The argument vector of a job."""
    given = [f"{name}={value}" for name, value in options.items() if value]
    wanted = [f"--package={package}" for package in packages]
    return [sys.executable, "-I", build.__file__, action, f"--prefix={prefix}", *given, *flags, *wanted]


def check_creation(wish: Creation) -> None:
    """Refuse a name that is none, and wishes that contradict each other. Raises BadRequest."""
    if not _NAME.fullmatch(wish.name) or wish.name.endswith("."):
        message = "'name' must be 1 to 64 letters, digits, dots, dashes or underscores, a letter or digit first."
        raise BadRequest(message, field="name")
    if wish.clone is not None and (wish.packages or wish.file):
        raise BadRequest("'clone' takes neither 'packages' nor 'file'.", field="clone")
    python = wish.python or "3.0"
    if not (_VERSION.fullmatch(python) or (os.path.isabs(python) and python.isprintable())):
        raise BadRequest("'python' must be a version, such as 3.12, or an interpreter's absolute path.", field="python")


def _is_program(path: str) -> bool:
    """Whether a path is a program rather than a script: a shim of pyenv's may start nothing at all."""
    try:
        return os.access(path, os.X_OK) and not is_script(path)
    except (OSError, ValueError):
        return False


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))
