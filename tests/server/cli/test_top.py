"""`jupyter crispdm top` in a terminal of its own."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.unit.cli.jobs.live.jobs import a_job, with_curves

_PATIENCE = 60.0


def overfits(project: Path, id: str, name: str, changed: float) -> Path:
    job = a_job(project / ".crispdm" / "jobs", id, name=name, changed=changed)
    held = [1 + abs(step - 10) / 20 for step in range(40)]
    return with_curves(job, train_loss=[2 * 0.9**step for step in range(40)], val_loss=held)


@pytest.mark.proves("cli.top")
def test_in_a_terminal_it_goes_on_answers_keys_and_leaves_the_screen_as_it_was(tmp_path: Path) -> None:
    overfits(tmp_path, "j1", "first", 3000.0)
    job = overfits(tmp_path, "j2", "second", 2000.0)
    screen = Screen([sys.executable, "-m", "jupyter_crispdm", "top", "--interval", "0.1"], tmp_path)
    screen.until("Over-fitted")
    screen.press(b"j")
    with open(job / "output.log", "a") as file:
        file.write("a line that comes later\n")
    screen.until("a line that comes later")
    screen.press(b" ")
    screen.until("paused")
    screen.press(b"q")
    assert screen.ends() == 0
    assert "\x1b[?1049h" in screen.text
    assert "\x1b[?1049l" in screen.text


class Screen:
    """A program in a terminal of its own, and all that it has shown."""

    def __init__(self, command: list[str], folder: Path) -> None:
        self._mine, its = pty.openpty()
        environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "120", "LINES": "40"}
        self._process = subprocess.Popen(command, stdin=its, stdout=its, stderr=its, env=environment, cwd=folder)
        os.close(its)
        self.text = ""

    def press(self, key: bytes) -> None:
        os.write(self._mine, key)

    def until(self, text: str) -> None:
        deadline = time.monotonic() + _PATIENCE
        while text not in self.text:
            assert self._read(deadline), f"{text!r} was not shown: {self.text[-2000:]!r}"

    def ends(self) -> int:
        deadline = time.monotonic() + _PATIENCE
        while self._read(deadline):
            pass
        os.close(self._mine)
        return self._process.wait(_PATIENCE)

    def _read(self, deadline: float) -> bool:
        ready, _, _ = select.select([self._mine], [], [], max(0.0, deadline - time.monotonic()))
        try:
            data = os.read(self._mine, 65536) if ready else b""
        except OSError:  # the other end is closed
            data = b""
        self.text += data.decode("utf-8", "replace")
        return bool(data)
