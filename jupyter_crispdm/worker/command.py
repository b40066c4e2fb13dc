"""Starting a job's command, and holding on to everything it starts."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from .processes.identity import descendants, processes, send_signal
from .processes.program import dead_interpreter, program
from .record import Spec

_PR_SET_CHILD_SUBREAPER = 36


def become_subreaper(wanted: bool = True) -> bool:
    """Ask the kernel to make us the parent of orphans among our descendants, or no longer; False where it cannot."""
    try:
        prctl = ctypes.CDLL(None, use_errno=True).prctl
    except (AttributeError, OSError):  # not Linux
        return False
    return bool(prctl(_PR_SET_CHILD_SUBREAPER, int(wanted), 0, 0, 0) == 0)


@contextmanager
def as_no_subreaper() -> Iterator[None]:
    """Fork something away from us that is to be nobody's child."""
    become_subreaper(False)
    try:
        yield
    finally:
        become_subreaper()


def start(spec: Spec, log: int, confine: Callable[[], None] | None) -> tuple[int, int]:
    """Start the command in its own session and group; answers its pid and the write end of its input.

    `confine` is called in the new process, before it becomes the command. Raises OSError, ValueError or
    SubprocessError, also for what goes wrong in the new process before the command runs.
    """
    executable = program(spec.argv[0], spec.env, spec.cwd)
    source, sink = os.pipe()
    try:
        command = subprocess.Popen(
            spec.argv,
            executable=executable,
            cwd=spec.cwd,
            env=spec.env,
            stdin=source,
            stdout=log,
            stderr=log,
            start_new_session=True,
            preexec_fn=_before(spec.umask, confine),
        )
    except FileNotFoundError as error:
        os.close(sink)
        gone = dead_interpreter(executable, spec.cwd)
        if gone is None or error.filename == spec.cwd:
            raise
        raise FileNotFoundError(error.errno, f"its interpreter is gone: {gone}", executable) from error
    except BaseException:
        os.close(sink)
        raise
    finally:
        os.close(source)
    command.returncode = 0  # the supervisor collects all exit codes itself; this object must not
    return command.pid, sink


def _before(umask: int | None, confine: Callable[[], None] | None) -> Callable[[], None] | None:
    """What the new process does before it becomes the command."""
    if umask is None:
        return confine

    def prepare() -> None:
        os.umask(umask)
        if confine is not None:
            confine()

    return prepare


def signal_tree(command: int, number: int) -> list[int]:
    """Signal every process below us once: the command's group in one go, then those outside of it."""
    table = processes()
    tree = [table[pid] for pid in descendants([os.getpid()], table)]
    if any(one.group == command for one in tree):
        _signal_group(command, number)
    for one in tree:
        if one.group != command:
            send_signal(one, number)
    return [one.pid for one in tree]


def exit_code(status: int) -> int:
    """What a shell would say of a wait status."""
    return 128 + os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)


def decode(status: int) -> tuple[int | None, str | None]:
    """The exit code or the name of the signal in a wait status."""
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        try:
            return None, signal.Signals(number).name
        except ValueError:  # a real-time signal has no name
            return None, f"SIG{number}"
    return os.WEXITSTATUS(status), None


def _signal_group(group: int, number: int) -> None:
    try:
        os.killpg(group, number)
    except OSError:  # its last process has just ended, or it is another user's
        return
