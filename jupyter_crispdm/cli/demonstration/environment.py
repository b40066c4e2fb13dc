"""An environment of its own for the demo's jobs: torch and scikit-learn, which the server's need not have."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path

import httpx

from .progress import Step
from .project import Project

CPU_BUILDS = "https://download.pytorch.org/whl/cpu"
PROBE_SECONDS = 5.0
LAST_LINES = 15


class EnvironmentFailed(OSError):
    """The demo's environment could not be made."""


def ensure(project: Project) -> Path:
    """The prefix of the demo's environment, made unless it is there. Raises EnvironmentFailed."""
    prefix, requirements = project.environment, project.folder / "requirements.txt"
    mark = prefix / "crispdm-demo.sha256"
    wanted = hashlib.sha256(requirements.read_bytes()).hexdigest()
    if mark.is_file() and mark.read_text() == wanted and python_of(prefix).exists():
        return prefix
    with Step(f"Making an environment for training in {prefix} (once; minutes)") as step:
        for line in make(prefix, requirements):
            step.tell(line)
    mark.write_text(wanted)
    return prefix


def make(prefix: Path, requirements: Path) -> Iterator[str]:
    """Make it, and tell what is being done."""
    yield "creating"
    yield from lines_of([sys.executable, "-m", "venv", "--clear", str(prefix)])
    install = ["-m", "pip", "install", "--disable-pip-version-check", "--no-compile", "--progress-bar", "off"]
    sources = ["--extra-index-url", CPU_BUILDS] if cpu_builds_reachable() else []
    yield from lines_of([str(python_of(prefix)), *install, *sources, "-r", str(requirements)])


def lines_of(command: Sequence[str]) -> Iterator[str]:
    """What a program prints, line by line. Raises EnvironmentFailed with its last words."""
    last: deque[str] = deque(maxlen=LAST_LINES)
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            last.append(line)
            yield line.strip()
    if process.returncode:
        print("".join(last), file=sys.stderr, end="")
        raise EnvironmentFailed(
            f"{' '.join(command[:4])} ended with code {process.returncode}; its last lines are above."
        )


def cpu_builds_reachable() -> bool:
    """Whether torch's small builds can be asked for: on Linux the usual ones bring gigabytes of CUDA."""
    if sys.platform != "linux":
        return False
    try:
        return httpx.head(f"{CPU_BUILDS}/torch/", timeout=PROBE_SECONDS, follow_redirects=True).is_success
    except httpx.HTTPError:
        return False


def python_of(prefix: Path) -> Path:
    """An environment's interpreter."""
    return prefix / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
