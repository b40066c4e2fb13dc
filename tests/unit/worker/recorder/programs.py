"""Programs that report: run with every interpreter, below a directory of a run or outside of one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from jupyter_crispdm.tracking import RunEvents

from ..conftest import SITE


def run(
    program: str, run_dir: Path | None, python: str = sys.executable, **options: Any
) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(SITE)}
    if run_dir is not None:
        environment["CRISPDM_RUN_DIR"] = str(run_dir)
    command = [python, "-W", "error", "-c", "import crispdm\n" + program]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, **options)


def good(program: str, run_dir: Path | None, python: str = sys.executable, **options: Any) -> str:
    done = run(program, run_dir, python, **options)
    assert done.returncode == 0, done.stderr
    return done.stdout


def events(run_dir: Path, kind: str) -> list[dict[str, Any]]:
    return [event for event in RunEvents(run_dir).read() if event["kind"] == kind]
