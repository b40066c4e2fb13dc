"""Where this process reports to."""

from __future__ import annotations

import os
import time

_VARIABLE = "CRISPDM_RUN_DIR"


def run_dir() -> str:
    """The directory of the job, or of this run outside a job; processes started later report there too."""
    known = os.environ.get(_VARIABLE)
    if known:
        return known
    name = f"{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}"
    path = os.path.abspath(os.path.join("crispdm-runs", name))
    os.makedirs(path, exist_ok=True)
    os.environ[_VARIABLE] = path
    return path
