"""Where this process reports to, as which of several processes, and what its job was given."""

from __future__ import annotations

import json
import os
import time
from typing import Any

from ._harmless import tell

_VARIABLE = "CRISPDM_RUN_DIR"
_ATTEMPT = "CRISPDM_ATTEMPT"
_RESUME = "CRISPDM_RESUME"
#: Who of several processes this one is, as their launchers say it: torchrun, Lightning, Open MPI, MPICH, SLURM.
_RANKS = ("CRISPDM_RANK", "RANK", "LOCAL_RANK", "OMPI_COMM_WORLD_RANK", "PMI_RANK", "SLURM_PROCID")
_MOST_ATTEMPTS = 100_000
_DIGITS = 6


def run_dir() -> str:
    """The directory of the job, or of this run outside a job; processes started later report there too."""
    asked = os.environ.pop(_RESUME, "")  # first, so that what is started later does not begin yet another attempt
    if asked:
        from ._continuing import resume_as_asked  # seldom needed

        resume_as_asked(asked)
    known = os.environ.get(_VARIABLE)
    return known if known else new_run(f"{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}")


def new_run(name: str) -> str:
    """Begin a run of this name here, for this process and those that it starts; where that cannot be, elsewhere."""
    path = _made(name)
    os.environ[_VARIABLE] = path
    os.environ.pop(_ATTEMPT, None)
    return path


def go_on_in(path: str, attempt: int) -> None:
    """Report to a run that is there, as another attempt at it."""
    os.environ[_VARIABLE] = path
    os.environ[_ATTEMPT] = str(attempt)


def in_job() -> bool:
    """Whether a server started this program, and so chose where it reports to."""
    return bool(os.environ.get("CRISPDM_JOB_ID"))


def rank() -> int:
    """The number of this process among those that train together; 0 where it is alone, or the first."""
    for name in _RANKS:
        number = _number(os.environ.get(name, ""))
        if number is not None:  # someone may use such a name for something else
            return number
    return 0


def attempt() -> int:
    """At how manieth attempt this run is, from 1: a job that is retried, a run that was resumed."""
    given = _number(os.environ.get(_ATTEMPT, ""))
    if given:
        return given
    over = 0
    while over < _MOST_ATTEMPTS and os.path.exists(os.path.join(run_dir(), "attempts", str(over + 1), "exit.json")):
        over += 1
    return over + 1


def parameters() -> dict[str, Any]:
    """The parameters that this job was submitted with, as JSON has them; none outside a job.

    Whoever may submit the job chose them, so treat them as any input. Raises OSError or ValueError where they cannot
    be read: a training that goes on without what was chosen for it would be worse.
    """
    path = os.environ.get("CRISPDM_PARAMETERS_FILE")
    if path is None:
        return {}
    with open(path, encoding="utf-8") as file:
        given = json.load(file)
    if not isinstance(given, dict):
        raise ValueError("The parameters of a job are an object.")
    return given


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _DIGITS else None


def _made(name: str) -> str:
    """A directory here; where that cannot be, a temporary one."""
    try:
        path = os.path.abspath(os.path.join("crispdm-runs", name))
        os.makedirs(path, exist_ok=True)
    except OSError as error:
        import tempfile  # seldom needed

        path = tempfile.mkdtemp(prefix=f"crispdm-{name}-")
        tell("run_dir", OSError(error.errno, f"{error.strerror}; this run reports to {path}"))
    return path
