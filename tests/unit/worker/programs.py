"""Programs that import crispdm as a job does: another process, with nothing of ours on its path but that."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from .conftest import SITE


def run(program: str, cwd: Path, python: str = sys.executable, **variables: str) -> subprocess.CompletedProcess[str]:
    """How a program ended, below a directory; without variables of its own it is outside a job."""
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(SITE), **variables}
    command = [python, "-W", "error", "-c", "import crispdm\n" + program]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, cwd=cwd)


def good(program: str, cwd: Path, python: str = sys.executable, **variables: str) -> str:
    """What a program printed that ended well and complained of nothing."""
    done = run(program, cwd, python, **variables)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.strip()
