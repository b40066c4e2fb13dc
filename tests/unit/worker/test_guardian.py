"""What becomes of a cluster's job whose supervisor is killed: nothing of it goes on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from jupyter_crispdm.worker.processes.identity import process, same_process
from tests.support import eventually_sync

from .conftest import WORKER, StartedJob, StartJob

DAEMON = """\
import os, time
if os.fork() == 0:
    os.setsid()
    os.closerange(0, 3)
    time.sleep(600)
print("ready", os.getpid(), flush=True)
time.sleep(600)
"""


@pytest.fixture
def supervisors() -> Iterator[list[subprocess.Popen[str]]]:
    running: list[subprocess.Popen[str]] = []
    yield running
    for one in running:
        one.kill()
        one.communicate(timeout=60)


def attach(job: StartedJob, supervisors: list[subprocess.Popen[str]]) -> subprocess.Popen[str]:
    command = [job.python, "-I", "-S", str(WORKER / "supervisor.py"), "--attached", str(job.directory)]
    supervisors.append(subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True))
    return supervisors[-1]


def family(directory: object) -> list[int]:
    """The processes of a job and whoever else has its directory in its environment or arguments."""
    mark = os.fsencode(str(directory))

    def has(pid: str) -> bool:
        try:
            with open(f"/proc/{pid}/environ", "rb") as environ, open(f"/proc/{pid}/cmdline", "rb") as arguments:
                return mark in environ.read() + arguments.read()
        except OSError:
            return False

    found = (int(pid) for pid in os.listdir("/proc") if pid.isdigit() and has(pid))
    return [pid for pid in found if (one := process(pid)) is not None and one.alive]


def test_all_of_a_job_ends_with_a_supervisor_that_is_killed(
    start_job: StartJob, supervisors: list[subprocess.Popen[str]], interpreter: str
) -> None:
    job = start_job([sys.executable, "-c", DAEMON], python=interpreter, check=False)
    supervisor = attach(job, supervisors)
    job.printed("ready")
    assert same_process(job.state()["process"])
    assert len(family(job.directory)) >= 3
    supervisor.send_signal(signal.SIGKILL)
    eventually_sync(lambda: not family(job.directory))
    assert job.read("exit.json") is None


def test_the_guardian_goes_with_the_job(start_job: StartJob, supervisors: list[subprocess.Popen[str]]) -> None:
    job = start_job(["true"], check=False)
    supervisor = attach(job, supervisors)
    assert supervisor.communicate(timeout=60)[0] == ""  # and nobody holds its output open
    eventually_sync(lambda: not family(job.directory))
    assert job.exit()["state"] == "succeeded"
