"""The supervisor of one job: `python -I -S supervisor.py JOB_DIR`.

Exits 0 once the detached supervisor has written state.json or exit.json, 2 for a wrong call or spec.json,
3 when the job was started before, 1 otherwise; says why on stderr.
"""

from __future__ import annotations

import os
import sys
from types import ModuleType


def _make_importable() -> None:
    """Let `jupyter_crispdm.worker` be imported without the package around it, which imports the server."""
    package = ModuleType("jupyter_crispdm")
    package.__path__ = [os.path.dirname(os.path.dirname(os.path.abspath(__file__)))]
    sys.modules[package.__name__] = package


if __name__ == "__main__":
    _make_importable()
    from jupyter_crispdm.worker.launch import main

    sys.exit(main(sys.argv[1:]))
