"""Where a model came from, as far as the program that trains it can say: its script, its git checkout, its data."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

_CHUNK = 1 << 20
_SECONDS = 5.0
_MOST_FILES = 100_000
_MOST_BYTES = 16 << 30
_LONGEST = 1000


def code() -> dict[str, Any]:
    """The running script with its SHA-256, and the commit of its checkout; `dirty` where that was changed."""
    script = getattr(sys.modules.get("__main__"), "__file__", None)
    found: dict[str, Any] = {}
    if script and os.path.isfile(script):
        found = {"script": _short(script), "sha256": _hash_of_file(script)}
    commit = _git("rev-parse", "--verify", "HEAD")
    if commit:
        status = _git("status", "--porcelain", "--untracked-files=no")
        found.update(commit=commit[:64], dirty=None if status is None else bool(status))
    return found


def data_hash(path: str) -> str | None:
    """The SHA-256 of a file, or of the names and contents of all files of a folder.

    None for what is none, and for what would take long to read.
    """
    if os.path.isfile(path):
        return _hash_of_file(path) if os.path.getsize(path) <= _MOST_BYTES else None
    return _hash_of_folder(path) if os.path.isdir(path) else None


def _hash_of_folder(folder: str) -> str | None:
    total, size = hashlib.sha256(), 0
    for number, name in enumerate(sorted(_files(folder))):
        path = os.path.join(folder, *name.split("/"))
        size += os.path.getsize(path)
        if number >= _MOST_FILES or size > _MOST_BYTES:
            return None
        total.update(b"%s\0%s\n" % (name.encode("utf-8", "surrogateescape"), _hash_of_file(path).encode()))
    return total.hexdigest()


def _files(folder: str) -> Iterator[str]:
    for home, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(home, name)
            if os.path.isfile(path):
                yield os.path.relpath(path, folder).replace(os.sep, "/")


def _hash_of_file(path: str) -> str:
    total = hashlib.sha256()
    with open(path, "rb") as file:
        for piece in iter(lambda: file.read(_CHUNK), b""):
            total.update(piece)
    return total.hexdigest()


def _short(script: str) -> str:
    relative = os.path.relpath(script)
    return (os.path.abspath(script) if relative.startswith("..") else relative)[:_LONGEST]


def _git(*words: str) -> str | None:
    """What git says of the current folder; None where there is no git, no checkout, or no answer."""
    environ = dict(os.environ, GIT_OPTIONAL_LOCKS="0", GIT_TERMINAL_PROMPT="0")
    command = ["git", "-c", "core.fsmonitor=false", *words]
    try:
        answer = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=_SECONDS,
            env=environ,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return None
    return answer.stdout.decode("utf-8", "replace").strip() if answer.returncode == 0 else None
