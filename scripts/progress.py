"""Runs a command and says what it is at: one line that moves on a terminal, a line every few seconds elsewhere.

    python scripts/progress.py "Installing the packages" -- python -m pip install -v .

Only the standard library: it runs before anything is installed. When the command fails, its last lines are shown
and its exit code is handed on. With V=1 everything that the command prints is shown as it is.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterator, Sequence
from queue import Empty, Queue
from threading import Thread
from typing import IO, TextIO

SILENCE_SECONDS = 8.0
LAST_LINES = 60
TICK_SECONDS = 0.5
QUIET = ("WARNING", "DEPRECATION", "[notice]", "npm warn", "npm notice")


def lines_of(stream: IO[str], tick: float) -> Iterator[str | None]:
    """The lines of a stream as they come; None when none came for `tick` seconds."""
    lines: Queue[str | None] = Queue()

    def read() -> None:
        for line in stream:
            lines.put(line)
        lines.put(None)

    Thread(target=read, daemon=True).start()
    while True:
        try:
            line = lines.get(timeout=tick)
        except Empty:
            yield None
        else:
            if line is None:
                return
            yield line


class Status:
    """What is told of a command that takes a while."""

    def __init__(self, title: str, out: TextIO, silence: float = SILENCE_SECONDS) -> None:
        self._out = out
        self._silence = silence
        self._terminal = out.isatty()
        self._began = self._told = time.monotonic()
        self._at = ""
        self._out.write(f"{title} …\n")
        self._out.flush()

    def take(self, line: str | None) -> None:
        """Take note of a line of the command, or of its silence (None), and tell when it is time."""
        text = "" if line is None else " ".join(line.split())
        if text and not text.startswith(QUIET):
            self._at = text
        if self._terminal or time.monotonic() - self._told >= self._silence:
            self._tell()

    def end(self, code: int) -> None:
        """Say how it ended."""
        clear = "\r\033[K" if self._terminal else ""
        how = "done" if code == 0 else f"failed with code {code}"
        self._out.write(f"{clear}  {how} after {self._seconds():.0f} s\n")
        self._out.flush()

    def _seconds(self) -> float:
        return time.monotonic() - self._began

    def _tell(self) -> None:
        self._told = time.monotonic()
        line = f"  {self._seconds():.0f} s: {self._at or 'working'}"
        if self._terminal:
            self._out.write(f"\r\033[K{line[: shutil.get_terminal_size().columns - 1]}")
        else:
            self._out.write(f"{line[:120]}\n")
        self._out.flush()


def run(title: str, command: Sequence[str], out: TextIO, silence: float = SILENCE_SECONDS) -> int:
    """Run a command under a title; answers its exit code."""
    last: deque[str] = deque(maxlen=LAST_LINES)
    status = Status(title, out, silence)
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    ) as process:
        assert process.stdout is not None
        for line in lines_of(process.stdout, min(silence, TICK_SECONDS)):
            if line is not None:
                last.append(line)
            status.take(line)
    status.end(process.returncode)
    if process.returncode:
        sys.stderr.write("".join(last))
    return process.returncode


def main(argv: Sequence[str]) -> int:
    """`TITLE -- COMMAND…`."""
    if len(argv) < 3 or argv[1] != "--":
        sys.stderr.write(f"{(__doc__ or '').strip()}\n")
        return 2
    title, command = argv[0], argv[2:]
    if os.environ.get("V"):
        return subprocess.run(command, check=False).returncode
    code = run(title, command, sys.stdout)
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
