"""Running a short program: no shell, no input, and nothing of it left behind when it takes too long."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress


def run_briefly(
    command: Sequence[str], environ: Mapping[str, str], patience: float
) -> subprocess.CompletedProcess[bytes]:
    """The output of a program. Raises TimeoutExpired, after its whole process group was killed."""
    with subprocess.Popen(
        command,
        env=dict(environ),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as process:
        try:
            output, errors = process.communicate(timeout=patience)
        except BaseException:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            raise
        return subprocess.CompletedProcess(command, process.returncode, output, errors)
