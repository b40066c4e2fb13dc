"""Everything that a job prints is in its log, in order, however it opens its output and whoever is killed."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest

from jupyter_crispdm.worker import control
from jupyter_crispdm.worker.processes.identity import process, processes
from tests.support import eventually_sync
from tests.unit.worker.conftest import StartedJob, StartJob

_PYTHON = "import sys; print('one', flush=True); print('two', file=open({name!r}, 'w')); print('three')"
_REOPENED = [
    ["bash", "-c", "echo one; echo two > /dev/stdout; echo three"],
    ["bash", "-c", "echo one; echo two > /dev/stderr; echo three"],
    ["bash", "-c", "echo one; echo two > /dev/fd/1; echo three"],
    ["bash", "-c", "echo one; echo two > /proc/self/fd/2; echo three"],
    ["bash", "-c", "echo one; echo two | tee /dev/stderr > /dev/null; echo three"],
    ["bash", "-c", "echo one; echo two | dd of=/dev/stdout status=none; echo three"],
    ["bash", "-c", "echo one; awk 'BEGIN { print \"two\" > \"/dev/stdout\" }'; echo three"],
    [sys.executable, "-c", _PYTHON.format(name="/dev/stdout")],
    [sys.executable, "-c", _PYTHON.format(name="/proc/self/fd/1")],
]


@pytest.mark.proves("jobs.reopened-output")
@pytest.mark.parametrize("argv", _REOPENED, ids=lambda argv: argv[-1][:60])
def test_a_program_that_opens_its_output_anew_erases_nothing(argv: list[str], start_job: StartJob) -> None:
    job = start_job(argv)
    assert job.exit()["state"] == "succeeded"
    assert job.log().splitlines() == ["one", "two", "three"]


def pumps_of(job: StartedJob) -> list[int]:
    """The processes that hold the log and are not the supervisor."""
    supervisor = job.state()["supervisor"]["pid"]
    log = (job.directory / "output.log").stat()

    def holds(pid: int) -> bool:
        try:
            names = os.listdir(f"/proc/{pid}/fd")
            return any(os.path.samestat(os.stat(f"/proc/{pid}/fd/{name}"), log) for name in names)
        except OSError:
            return False

    return [pid for pid in processes() if pid != supervisor and holds(pid)]


def pump_of(job: StartedJob) -> int:
    """The one pump, once it is there and whoever forked it has gone."""
    return int(eventually_sync(lambda: len(found := pumps_of(job)) == 1 and found[0]))


_SLOW = "import sys\nprint('begun', flush=True)\nfor line in sys.stdin: print(line.strip(), flush=True)"


def test_a_killed_pump_is_replaced_and_nothing_of_the_job_is_lost(start_job: StartJob) -> None:
    job = start_job([sys.executable, "-c", _SLOW])
    job.printed("begun")
    first = pump_of(job)
    os.kill(first, signal.SIGKILL)
    eventually_sync(lambda: first not in pumps_of(job))  # one that is dying may still take what comes, and die with it
    job.send(b'{"do": "input", "text": "on\\n"}\n')
    job.printed("on")
    assert pump_of(job) != first
    job.send(b'{"do": "eof"}\n')
    assert job.exit()["state"] == "succeeded"
    assert job.log().splitlines() == ["begun", "on"]


@pytest.mark.proves("machine.supervisor-killed")
def test_a_killed_supervisor_takes_neither_the_job_nor_its_output_along(start_job: StartJob, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    job = start_job(["sh", "-c", f"echo before; while [ ! -e {gate} ]; do sleep 0.05; done; echo after"])
    job.printed("before")
    pump = pump_of(job)
    os.kill(job.state()["supervisor"]["pid"], signal.SIGKILL)
    gate.touch()
    assert job.printed("after").splitlines() == ["before", "after"]
    eventually_sync(lambda: pump not in processes())


def test_the_pump_is_told_neither_to_stop_nor_to_hurry(start_job: StartJob) -> None:
    program = "import signal, time\nsignal.signal(2, lambda *_: (print('last words', flush=True), exit(0)))\n"
    job = start_job([sys.executable, "-c", f"{program}print('ready', flush=True)\ntime.sleep(600)"])
    job.printed("ready")
    job.send(b'{"do": "stop"}\n')
    assert job.exit()["state"] == "stopped"
    assert job.log().splitlines() == ["ready", "last words"]


def test_a_great_deal_of_output_arrives_whole(start_job: StartJob) -> None:
    job = start_job([sys.executable, "-c", "for n in range(400_000): print(n)"])
    assert job.exit(120)["state"] == "succeeded"
    assert job.log().splitlines() == [str(n) for n in range(400_000)]


def test_what_a_left_over_process_prints_is_kept_until_it_is_ended(start_job: StartJob) -> None:
    job = start_job(["sh", "-c", "(read go < gate; echo left over; sleep 600) & echo done"], check=False)
    os.mkfifo(gate := job.directory.parent / "gate")
    assert job.launch().returncode == 0
    job.printed("done")
    command = job.state()["process"]["pid"]
    eventually_sync(lambda: process(command) is None)
    gate.write_text("go\n")
    job.printed("left over")
    job.send(control.encode_stop(0, 0))  # hastens what the supervisor does with what is left
    assert job.exit()["state"] == "succeeded"
    assert job.log().splitlines()[:2] == ["done", "left over"]


def test_a_pump_ends_with_its_job(start_job: StartJob) -> None:
    job = start_job(["sleep", "600"])
    pump = pump_of(job)
    job.send(b'{"do": "stop", "grace": [0, 0]}\n')
    job.exit()
    eventually_sync(lambda: pump not in processes())
