"""Where this process reports to."""

from __future__ import annotations

import os
import time

from ._harmless import tell

_VARIABLE = "CRISPDM_RUN_DIR"


def run_dir() -> str:
    """The directory of the job, or of this run outside a job; processes started later report there too."""
    known = os.environ.get(_VARIABLE)
    if known:
        return known
    path = _made(f"{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}")
    os.environ[_VARIABLE] = path
    return path


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
