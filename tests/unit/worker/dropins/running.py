"""Scripts that train with other libraries, run as a job runs them, and what they reported."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jupyter_crispdm.tracking import RunEvents, Series, read_run

from ..conftest import SITE
from .doubles import DOUBLES

#: An interpreter that has the original libraries; without it there are doubles of them.
REAL = os.environ.get("CRISPDM_LIBRARIES")


@dataclass(frozen=True)
class Reported:
    """What a script left in its run's directory, and what it printed."""

    run: Path
    series: dict[str, Series]
    events: list[dict[str, Any]]
    media: list[dict[str, Any]]
    stderr: str

    def steps(self, name: str) -> list[int]:
        """The steps of a curve."""
        return [int(step) for step in self.series[name].step]

    def values(self, name: str) -> list[float]:
        """The values of a curve."""
        return [float(value) for value in self.series[name].value]

    def of(self, kind: str) -> list[dict[str, Any]]:
        """The events of a kind."""
        return [event for event in self.events if event["kind"] == kind]

    @property
    def params(self) -> dict[str, Any]:
        """All parameters that were noted."""
        return {key: value for event in self.of("params") for key, value in event["params"].items()}


def report(script: str, folder: Path, library: str = "", good: bool = True, **variables: str) -> Reported:
    """Run a script; `library` is what it needs a double of."""
    run = folder / "run"
    paths = [str(SITE)]
    python = sys.executable
    if library and REAL:
        python = REAL
    elif library:
        for name, source in DOUBLES[library].items():
            path = folder / "doubles" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(source)
        paths.append(str(folder / "doubles"))
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "PYTHONPATH": os.pathsep.join(paths),
                   "CRISPDM_RUN_DIR": str(run), **variables}  # fmt: skip
    command = [python, *(() if REAL else ("-W", "error")), "-c", script]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=200, cwd=folder)
    assert done.returncode == 0, done.stderr
    said = [line for line in done.stderr.splitlines() if line.startswith("crispdm")]
    assert not (good and said), done.stderr
    lines = run / "media.jsonl"
    media = [json.loads(line) for line in lines.read_text().splitlines()] if lines.exists() else []
    return Reported(run, read_run(run), RunEvents(run).read(), media, done.stderr)
