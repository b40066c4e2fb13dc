"""From an environment's lock to the argument vector that makes it again, or why that cannot be done."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from jupyter_crispdm.base.errors import Unprocessable

from ..discovery import FoundEnvironment
from ..types import EnvironmentKind, Lock
from .creation import CommandLines, command
from .tools import find_uv

_VERSION = re.compile(r"\d+\.\d+\.\d+")
_BUILD = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.+-]*=[A-Za-z0-9_.+!-]+=[A-Za-z0-9_.+-]+")
_ARCHIVES = (".whl", ".zip", ".tar.gz", ".tar.bz2", ".tar.xz", ".tgz")
_SHOWN = 100
_NO_PIP = "Neither uv nor a pip of the server is there to install with: pip install uv."


def made_again(
    lines: CommandLines, lock: Lock, prefix: Path, marker: Path, known: Sequence[FoundEnvironment]
) -> list[str]:
    """The argument vector that makes an environment again, nothing more and nothing less. Raises Unprocessable."""
    _check(lock)
    if lock.conda:
        return _by_conda(lines, lock, prefix, marker)
    kind = "uv" if find_uv(lines.around) else "venv"
    if kind == "venv" and find_spec("pip") is None:
        raise Unprocessable(_NO_PIP)
    python = lines.interpreter(lock.python, kind, known)
    program = lines.program(kind) or sys.executable  # whose pip it is lent: its own may be none of the lock
    options = {"--marker": str(marker), "--with": kind, "--program": program, "--python": python}
    return command("create", prefix, options, lines.wanted.packages(_requirements(lock)), ["--exact"])


def _by_conda(lines: CommandLines, lock: Lock, prefix: Path, marker: Path) -> list[str]:
    odd = next((one for one in lock.conda if not _BUILD.fullmatch(one)), None)
    if odd is not None:
        raise Unprocessable(f"{odd[:_SHOWN]!a} is no package of conda's.")
    options = {"--marker": str(marker), "--with": "conda", "--program": lines.program("conda")}
    builds = [f"--conda={one}" for one in lock.conda]
    return command("create", prefix, options, lines.wanted.packages(lock.origins), ["--exact", *builds])


def _check(lock: Lock) -> None:
    """Raises Unprocessable for what no program can make as it was."""
    if not lock.kind:
        raise Unprocessable("Of its packages only the versions were noted, not where they came from.")
    if lock.kind == EnvironmentKind.docker.value:
        raise Unprocessable("It was an image, which Docker or Podman keep; no lock makes it again.")
    if not lock.conda and not _VERSION.fullmatch(lock.python):
        raise Unprocessable(f"Its Python was not noted, or is no release: {lock.python[:_SHOWN]!a}.")
    folder = next((one for one in lock.origins if _is_folder(one)), None)
    if folder is not None:
        raise Unprocessable(f"A package of it came from a folder, whose code may be another by now: {folder[:_SHOWN]}.")


def _is_folder(origin: str) -> bool:
    """Whether a requirement names a folder of this machine, as editable packages do."""
    return origin.startswith("-e ") or (" @ file:" in origin and not origin.endswith(_ARCHIVES))


def _requirements(lock: Lock) -> list[str]:
    """Each package, exact to its version; those of no index by where they came from."""
    origins = {one.partition(" @ ")[0]: one for one in lock.origins}
    return [origins.get(one.partition("==")[0], one) for one in lock.packages]
