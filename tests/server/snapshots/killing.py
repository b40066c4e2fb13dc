"""Kills processes that save, and judges what the next one finds. The test does it some times, the benchmark often."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .generations import State, after

ROOT = Path(__file__).parents[3]


@contextmanager
def generations(directory: Path) -> Iterator[subprocess.Popen[str]]:
    """The mother of all processes that save in a directory."""
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])}
    program = [sys.executable, "-m", "tests.server.snapshots.generations", str(directory)]
    pipe = subprocess.PIPE
    with subprocess.Popen(program, stdin=pipe, stdout=pipe, text=True, env=environ, cwd=ROOT) as mother:
        yield mother
        mother.kill()


@dataclass
class Judge:
    """What was told to be done, and whether what is found is that or the save that was on its way."""

    state: State | None = None
    done: int = 0
    revision: int = 0
    kept: State | None = None
    old: int = 0
    new: int = 0

    def look(self, found: list[Any]) -> None:
        """Take what the next process finds."""
        state, revision, lost, kept = found
        coming = after(self.state, self.done + 1)
        assert lost == [], lost
        assert state in (self.state, coming), f"neither save {self.done} nor the next one"
        assert revision >= self.revision or state is None, (revision, self.revision)
        if state == self.state:
            self.old += 1
        else:
            self.new += 1
            self.done, self.state = self.done + 1, coming
        assert kept in (self.kept, self.state), "the saved work is a mixture"
        self.kept = kept
        self.revision = max(self.revision, revision)

    def hear(self, number: int, revision: int) -> None:
        """Take that a save was done."""
        assert number == self.done + 1
        self.done, self.state = number, after(self.state, number)
        if revision:
            assert revision > self.revision
            self.revision = revision
            if number % 7 == 5:
                self.kept = self.state


def live_and_die(mother: subprocess.Popen[str], judge: Judge, steps: int, answered: int) -> None:
    """One process from its start to its end: by itself after some steps, or killed by us after some saves."""
    assert mother.stdin is not None
    assert mother.stdout is not None
    print("live", file=mother.stdin, flush=True)
    _, pid, found = mother.stdout.readline().split(" ", 2)
    judge.look(json.loads(found))
    print(judge.done + 1, steps, file=mother.stdin, flush=True)
    for line in mother.stdout:
        if line == "ended\n":
            return
        _, number, revision = line.split()
        judge.hear(int(number), int(revision))
        answered -= 1
        if steps == 0 and answered == 0:
            os.kill(int(pid), signal.SIGKILL)
