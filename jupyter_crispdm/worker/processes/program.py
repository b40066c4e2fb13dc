"""Which file a command's first word means.

`execvp` goes on with the next folder of PATH when a file cannot be started, so that a `pip` whose interpreter is
gone would quietly become another environment's. A shell takes the first executable file, and so do we.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

_SHEBANG_BYTES = 256


def program(word: str, environ: Mapping[str, str], cwd: str) -> str:
    """The path of the first executable file that a word names. Raises FileNotFoundError."""
    if os.path.dirname(word):
        return word
    for folder in environ.get("PATH", os.defpath).split(os.pathsep):
        path = os.path.join(cwd, folder or ".", word)
        if os.path.isfile(path) and os.access(path, os.X_OK):
            return path
    raise FileNotFoundError(2, "No such file or directory", word)


def dead_interpreter(path: str, cwd: str) -> str | None:
    """The interpreter that a script's first line names and that is not there; None where there is no such fault."""
    try:
        with open(os.path.join(cwd, path), "rb") as file:
            first = file.read(_SHEBANG_BYTES).split(b"\n")[0]
    except OSError:
        return None
    words = os.fsdecode(first[2:]).split() if first.startswith(b"#!") else []
    return words[0] if words and not os.path.exists(os.path.join(cwd, words[0])) else None
