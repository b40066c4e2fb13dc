"""The supervisor of one job, in one of two ways, and what makes many of the first kind.

`python -I -S supervisor.py JOB_DIR` starts a detached supervisor, which nobody's end can end. Exits 0 once that
has written state.json or exit.json. Orders come by the FIFO `control`, and making that FIFO claims the job.

`python -I -S supervisor.py --attached JOB_DIR` is itself the supervisor, for a cluster that looks after processes
by itself. It stays until the job is over and exits with the command's exit code, 128 + the number of the signal that
ended it, or 127 when the command could not be started. Orders come by the file `control.jsonl`, which is
there or is made, and is read from its beginning each 0.2 s: `control.append(JOB_DIR, lines)` sends, also before
the job runs. The file `claim` (who supervises: pid, start, boot, host), made exclusively, claims the job. SIGTERM
and SIGINT to the supervisor stop the job with the grace of spec.json, and it is recorded as stopped.

In both ways JOB_DIR holds spec.json, perhaps grant.json, whose "env" is laid over that of spec.json, and gets
output.log, state.json and exit.json, whose identities carry the name of their host. Other exit codes: 2 for a
wrong call or spec.json, 3 when the job was started before, 1 otherwise; stderr says why.

`python -I -S supervisor.py --launcher` starts detached supervisors as often as it is asked; see launcher.py.
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
    if sys.argv[1:] == ["--launcher"]:
        from jupyter_crispdm.worker.launcher import serve

        sys.exit(serve())
    from jupyter_crispdm.worker.launch import main

    sys.exit(main(sys.argv[1:]))
