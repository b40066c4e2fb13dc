"""Making a supervisor of this process, or a detached one that nobody's end can end."""

from __future__ import annotations

import json
import os
import signal
import sys
import traceback

from . import control
from .identity import identify
from .record import Spec, read_spec, write_all
from .supervision import Supervision

_OK = b"ok"
_USAGE = "Usage: supervisor.py [--attached] JOB_DIR"
_STARTED_BEFORE = "This job was started before."


def main(arguments: list[str]) -> int:
    """Start the job in a directory; see supervisor.py for the two ways and the exit codes."""
    attached = arguments[:1] == ["--attached"]
    if len(arguments) != 1 + attached:
        return _complain(_USAGE, 2)
    directory = os.path.abspath(arguments[-1])
    try:
        spec = read_spec(directory)
    except (OSError, ValueError) as error:
        return _complain("{}: {}".format(os.path.join(directory, "spec.json"), error), 2)
    try:
        return _supervise(directory, spec) if attached else _detach(directory, spec)
    except FileExistsError:
        return _complain(_STARTED_BEFORE, 3)
    except OSError as error:
        return _complain(str(error), 1)


def _supervise(directory: str, spec: Spec) -> int:
    claim = os.open(os.path.join(directory, "claim"), os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    write_all(claim, json.dumps(dict(identify(os.getpid()), host=os.uname().nodename)).encode())
    os.close(claim)
    os.chdir("/")
    return Supervision(directory, spec, control.File(directory), (signal.SIGTERM, signal.SIGINT)).run()


def _detach(directory: str, spec: Spec) -> int:
    os.mkfifo(os.path.join(directory, control.FIFO), 0o600)  # whoever makes it owns the job
    answer, telling = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(answer)
        _supervise_detached(directory, spec, telling)
    os.close(telling)
    os.waitpid(child, 0)
    with open(answer, "rb") as file:
        text = file.read()
    if text == _OK:
        return 0
    return _complain(text.decode() or "The supervisor died before it had started the job.", 1)


def _supervise_detached(directory: str, spec: Spec, telling: int) -> None:
    """In the child: become a session of its own and somebody else's child, and never return."""
    try:
        os.setsid()
        if os.fork() != 0:
            os._exit(0)
        os.chdir("/")
        nothing = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(nothing, descriptor)
        os.close(nothing)
        Supervision(directory, spec, control.Fifo(directory), took_over=lambda: _tell(telling, _OK)).run()
        os._exit(0)
    except BaseException as error:
        _tell(telling, "".join(traceback.format_exception_only(type(error), error)).strip().encode())
        os._exit(1)


def _tell(descriptor: int, text: bytes) -> None:
    try:
        os.write(descriptor, text)
        os.close(descriptor)
    except OSError:  # whoever started us is gone, or was told before
        return


def _complain(text: str, code: int) -> int:
    print(text, file=sys.stderr)
    return code
