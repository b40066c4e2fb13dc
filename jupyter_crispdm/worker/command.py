"""Starting a job's command, and holding on to everything it starts."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess

from .record import Spec

_PR_SET_CHILD_SUBREAPER = 36


def become_subreaper() -> bool:
    """Ask the kernel to make us the parent of orphans among our descendants; False where it cannot."""
    try:
        prctl = ctypes.CDLL(None, use_errno=True).prctl
    except (AttributeError, OSError):  # not Linux
        return False
    return bool(prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0)


def start(spec: Spec, log: int) -> tuple[int, int]:
    """Start the command in its own process group; answers its pid and the write end of its input.

    Raises OSError or ValueError, also for what goes wrong in the new process before the command runs.
    """
    source, sink = os.pipe()
    try:
        command = subprocess.Popen(
            spec.argv, cwd=spec.cwd, env=spec.env, stdin=source, stdout=log, stderr=log, preexec_fn=_prepare
        )
    except BaseException:
        os.close(sink)
        raise
    finally:
        os.close(source)
    command.returncode = 0  # the supervisor collects all exit codes itself; this object must not
    return command.pid, sink


def _prepare() -> None:
    os.setpgid(0, 0)
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
