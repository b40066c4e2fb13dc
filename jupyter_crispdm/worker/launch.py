"""Detaching the supervisor from whoever started it."""

from __future__ import annotations

import os
import sys
import traceback

from .record import Spec, read_spec
from .supervision import Supervision

_OK = b"ok"


def main(arguments: list[str]) -> int:
    """Start the job in a directory; returns once a process of its own looks after it."""
    if len(arguments) != 1:
        return _complain("Usage: supervisor.py JOB_DIR", 2)
    directory = os.path.abspath(arguments[0])
    try:
        spec = read_spec(directory)
    except (OSError, ValueError) as error:
        return _complain("{}: {}".format(os.path.join(directory, "spec.json"), error), 2)
    try:
        os.mkfifo(os.path.join(directory, "control"), 0o600)  # whoever makes it owns the job
    except FileExistsError:
        return _complain("This job was started before.", 3)
    except OSError as error:
        return _complain(str(error), 1)
    return _launch(directory, spec)


def _launch(directory: str, spec: Spec) -> int:
    answer, telling = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(answer)
        _detach(directory, spec, telling)
    os.close(telling)
    os.waitpid(child, 0)
    with open(answer, "rb") as file:
        text = file.read()
    if text == _OK:
        return 0
    return _complain(text.decode() or "The supervisor died before it had started the job.", 1)


def _detach(directory: str, spec: Spec, telling: int) -> None:
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
        Supervision(directory, spec, lambda: _tell(telling, _OK)).run()
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
