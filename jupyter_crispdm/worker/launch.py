"""Making a supervisor of this process, or a detached one that nobody's end can end."""

from __future__ import annotations

import json
import os
import re
import signal
import sys
import traceback
from collections.abc import Mapping

from . import control
from .guardian import leave_guardian
from .processes.identity import identify
from .record import Spec, read_spec, write_all
from .supervision import Supervision

_USAGE = "Usage: supervisor.py [--attached] JOB_DIR, or supervisor.py --launcher"
_OF_THE_PLACE = re.compile(
    "SLURM_.*|RAY_(ADDRESS|JOB_CONFIG_JSON_ENV_VAR|AUTH_MODE|AUTH_TOKEN_PATH)"
    "|(CUDA|ROCR|HIP|NVIDIA|ONEAPI|ASCEND_RT)_(VISIBLE_DEVICES|DEVICE_SELECTOR)"
    "|GPU_DEVICE_ORDINAL|ZE_AFFINITY_MASK|NEURON_RT_VISIBLE_CORES|TPU_VISIBLE_CHIPS|HABANA_VISIBLE_MODULES|TMPDIR"
)
_OK, _FAILED, _WRONG, _STARTED_BEFORE = 0, 1, 2, 3


class Refused(Exception):
    """A job that is not started, with the exit code that tells why."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)
        self.code = code


def main(arguments: list[str]) -> int:
    """Start the job in a directory; see supervisor.py for the ways and the exit codes."""
    attached = arguments[:1] == ["--attached"]
    if len(arguments) != 1 + attached:
        return _complain(_USAGE, _WRONG)
    directory = os.path.abspath(arguments[-1])
    try:
        return _supervise(directory) if attached else _detach(directory)
    except Refused as refusal:
        return _complain(str(refusal), refusal.code)


def start_detached(directory: str, telling: int) -> None:
    """Claim a job, fork its supervisor and be done with it; `telling` gets the exit code and why."""
    try:
        spec = _spec(directory)
        _claim(directory)
    except Refused as refusal:
        _tell(telling, refusal.code, str(refusal))
    else:
        _supervise_detached(directory, spec, telling)


def _supervise(directory: str) -> int:
    spec = _spec(directory)
    spec.env.update(_told_by_cluster(os.environ))
    try:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        claim = os.open(os.path.join(directory, "claim"), flags, 0o600)
        write_all(claim, json.dumps(dict(identify(os.getpid()), host=os.uname().nodename)).encode())
        os.close(claim)
        os.chdir("/")
        leave_guardian(directory)
        supervision = Supervision(directory, spec, control.CommandFile(directory), (signal.SIGTERM, signal.SIGINT))
    except OSError as error:
        raise _refusal(error) from error
    return supervision.run()


def _told_by_cluster(environ: Mapping[str, str]) -> dict[str, str]:
    """What the cluster says of the part of the machine that it gave to the job: no token is of that kind."""
    return {key: value for key, value in environ.items() if _OF_THE_PLACE.fullmatch(key) and key != "SLURM_JWT"}


def _detach(directory: str) -> int:
    answer, telling = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(answer)
        start_detached(directory, telling)
        os._exit(0)
    os.close(telling)
    os.waitpid(child, 0)
    with open(answer, "rb") as file:
        code, _, text = file.read().decode().partition(" ")
    if not code:
        raise Refused(_FAILED, "The supervisor died before it had started the job.")
    return _complain(text, int(code)) if text else int(code)


def _supervise_detached(directory: str, spec: Spec, telling: int) -> None:
    """Become a session of its own and fork; the new process is nobody's child and never returns."""
    os.setsid()
    if os.fork() != 0:
        return
    try:
        os.chdir("/")
        nothing = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(nothing, descriptor)
        os.close(nothing)
        Supervision(directory, spec, control.CommandFifo(directory), took_over=lambda: _tell(telling, _OK)).run()
        os._exit(0)
    except BaseException as error:
        _tell(telling, _FAILED, "".join(traceback.format_exception_only(type(error), error)).strip())
        os._exit(1)


def _spec(directory: str) -> Spec:
    try:
        return read_spec(directory)
    except (OSError, ValueError) as error:
        raise Refused(_WRONG, "{}: {}".format(os.path.join(directory, "spec.json"), error)) from error


def _claim(directory: str) -> None:
    try:
        os.mkfifo(os.path.join(directory, control.FIFO), 0o600)  # whoever makes it owns the job
    except OSError as error:
        raise _refusal(error) from error


def _refusal(error: OSError) -> Refused:
    if isinstance(error, FileExistsError):
        return Refused(_STARTED_BEFORE, "This job was started before.")
    return Refused(_FAILED, str(error))


def _tell(descriptor: int, code: int, text: str = "") -> None:
    try:
        os.write(descriptor, f"{code} {text}".encode("utf-8", "replace"))
        os.close(descriptor)
    except OSError:  # whoever started us is gone, or was told before
        return


def _complain(text: str, code: int) -> int:
    print(text, file=sys.stderr)
    return code
