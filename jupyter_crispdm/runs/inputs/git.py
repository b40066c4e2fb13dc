"""Asking git, as far as that is safe in a folder of others: nothing that the folder's own settings name is started.

Hooks, watchers, filters and programs for differences are switched off, each filter by its name. Every answer is bounded
in bytes and in time. Reads the disk and waits: call it in a thread.
"""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

from jupyter_crispdm.base.secrets import without_secrets

_SECONDS = 10.0
_NAMES_BYTES = 1 << 20
_PLAIN = ("core.fsmonitor=false", "core.hooksPath=/dev/null", "core.untrackedCache=false", "diff.external=",
          "core.quotePath=true", "core.pager=cat", "gc.auto=0")  # fmt: skip
_PROGRAMS = (".clean", ".smudge", ".process", ".textconv", ".command")


class GitFailed(Exception):
    """Git is not there, refuses, takes too long, or says too much."""


class Git:
    """The checkout that a folder is in. Raises GitFailed where it is in none."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._settings = [*_PLAIN]
        self.top = Path(self.line("rev-parse", "--show-toplevel"))
        self._folder = self.top
        self._settings += self._filters()

    def line(self, *words: str) -> str:
        """An answer of one line. Raises GitFailed."""
        return self.ask(*words, limit=_NAMES_BYTES).decode("utf-8", "surrogateescape").rstrip("\n")

    def names(self, *words: str, limit: int = _NAMES_BYTES) -> list[str]:
        """Names, of which each ends with a zero byte. Raises GitFailed."""
        found = self.ask(*words, limit=limit).split(b"\0")
        return [name.decode("utf-8", "surrogateescape") for name in found if name]

    def ask(self, *words: str, limit: int, variables: Mapping[str, str] | None = None) -> bytes:
        """What a command of git answers. Raises GitFailed, also for more than `limit` bytes."""
        settings = [part for setting in self._settings for part in ("-c", setting)]
        return answered(["git", "--no-pager", *settings, *words], self._folder, limit, variables or {})

    def _filters(self) -> list[str]:
        """Settings that take every program from the filters that the checkout names."""
        try:
            known = self.names("config", "--includes", "--name-only", "-z", "--list")
        except GitFailed:
            return []
        mine = {name for name in known if name.startswith(("filter.", "diff.")) and name.endswith(_PROGRAMS)}
        required = {name.rpartition(".")[0] + ".required" for name in mine if name.startswith("filter.")}
        return [*(f"{name}=" for name in sorted(mine)), *(f"{name}=false" for name in sorted(required))]


def answered(command: Sequence[str], folder: Path, limit: int, variables: Mapping[str, str]) -> bytes:
    """What a program prints, without secrets in its environment. Raises GitFailed."""
    environ = {name: value for name, value in without_secrets(os.environ).items() if not name.startswith("GIT_")}
    quiet = {"GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
    try:
        process = subprocess.Popen(
            command, cwd=folder, env={**environ, **quiet, **variables}, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
    except OSError as error:
        raise GitFailed(f"git cannot be started: {error.strerror}") from error
    clock = threading.Timer(_SECONDS, process.kill)
    clock.start()
    try:
        assert process.stdout is not None
        with process.stdout:
            data = process.stdout.read(limit + 1)
        if len(data) > limit:
            process.kill()
        code = process.wait()
    finally:
        clock.cancel()
    if len(data) > limit:
        raise GitFailed(f"git says more than {limit:,} bytes")
    if code:
        raise GitFailed(f"git answers with code {code}")
    return data
