"""Which program runs a script that is not executable by itself."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from jupyter_crispdm.base.errors import Unprocessable

#: By the end of its name: the language, and the programs that run it, the best first.
_PROGRAMS = {
    ".r": ("R", ("Rscript",)),
    ".sh": ("shell", ("bash", "sh")),
    ".bash": ("shell", ("bash",)),
    ".jl": ("Julia", ("julia",)),
    ".js": ("JavaScript", ("node",)),
    ".mjs": ("JavaScript", ("node",)),
}


def is_runnable(file: Path) -> bool:
    """Whether a file can be run as a script: in a known language, or executable."""
    return file.suffix == ".py" or file.suffix.lower() in _PROGRAMS or os.access(file, os.X_OK)


def interpreter(file: Path, python: str, path: str) -> list[str]:
    """What stands before a script to run it; `path` is where programs are looked for. Raises Unprocessable."""
    if file.suffix == ".py":
        return [python]
    known = _PROGRAMS.get(file.suffix.lower())
    if known is None or _names_its_own(file):
        return []
    language, programs = known
    found = next(filter(None, (shutil.which(program, path=path) for program in programs)), None)
    if found is None:
        message = f"A {language} script needs the program '{programs[0]}', which the environment does not have."
        raise Unprocessable(message, field="script")
    return [found]


def _names_its_own(file: Path) -> bool:
    """Whether the system itself can run it: it is executable, and its first line says by what."""
    if not os.access(file, os.X_OK):
        return False
    with file.open("rb") as content:
        return content.read(2) == b"#!"
