"""Supervisors on a machine that fails them: full disks, endless or vanishing logs, and their own sudden end."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from jupyter_crispdm.worker import control
from jupyter_crispdm.worker.processes.identity import process, same_process
from tests.support import eventually_sync

from .conftest import StartedJob, StartJob

ROOT = Path(__file__).parents[3]
FULL = "No space left on device"
#: Lets some calls of one function fail in the supervisor, as on a full disk, but not in the process that starts it.
_FAULTY = """
import errno, os, sys
from jupyter_crispdm.worker import launch
name, first, times, directory = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
real, starter, calls = getattr(os, name), os.getpid(), 0
def faulty(*arguments, **options):
    global calls
    if os.getpid() != starter:
        calls += 1
        if first <= calls < first + times:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    return real(*arguments, **options)
setattr(os, name, faulty)
sys.exit(launch.main([directory]))
"""


def launch_on_a_full_disk(job: StartedJob, name: str, first: int, times: int) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", _FAULTY, name, str(first), str(times), str(job.directory)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)


def no_half_file(directory: Path) -> bool:
    """Whether each record is whole; one under a temporary name may be left."""
    return all(isinstance(json.loads(file.read_text()), dict) for file in directory.glob("*.json"))


@pytest.mark.parametrize(("name", "call"), [("write", 1), ("fsync", 1), ("replace", 1), ("fsync", 2)])
def test_a_disk_too_full_to_say_who_runs_fails_the_job_and_leaves_nothing_running(
    start_job: StartJob, name: str, call: int
) -> None:
    job = start_job(["sh", "-c", "echo pid=$$; sleep 600"], check=False, grace=[0, 0])
    assert launch_on_a_full_disk(job, name, call, 1).returncode == 0
    record = job.exit()
    assert (record["state"], record["reason"]) == ("failed", f"could not start: {FULL}")
    assert no_half_file(job.directory)
    marked = subprocess.run(["pgrep", "-f", "sleep 600"], capture_output=True, text=True)
    assert not [pid for pid in marked.stdout.split() if str(job.directory).encode() in environment_of(int(pid))]


def environment_of(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/environ").read_bytes()
    except OSError:
        return b""


@pytest.mark.proves("machine.disk-full")
@pytest.mark.parametrize(("name", "call"), [("replace", 2), ("fsync", 3), ("fsync", 4)])
def test_a_disk_too_full_for_the_exit_record_only_delays_it(start_job: StartJob, name: str, call: int) -> None:
    job = start_job(["sh", "-c", "exit 5"], check=False)
    assert launch_on_a_full_disk(job, name, call, 2).returncode == 0
    record = job.exit()
    assert (record["state"], record["exit_code"], record["reason"]) == ("failed", 5, "exited with code 5")
    assert no_half_file(job.directory)


@pytest.mark.parametrize("name", ["mkfifo", "open"])
def test_a_disk_too_full_to_begin_is_said(start_job: StartJob, name: str) -> None:
    job = start_job(["true"], check=False)
    done = launch_on_a_full_disk(job, name, 1, 100)
    assert done.returncode == 1
    assert FULL in done.stderr
    assert job.read("state.json") is None


@pytest.mark.proves("machine.huge-logs")
def test_a_log_of_a_gigabyte_without_a_line_stays_below_its_limit_and_costs_no_memory(
    start_job: StartJob, tmp_path: Path
) -> None:
    limit = 20_000_000
    flood = "head -c 1000000000 /dev/zero; : > flooded; read go; echo end; read line"
    job = start_job(["sh", "-c", flood], log_limit=limit)
    log = job.directory / "output.log"
    # A word that comes in the middle of a cut may be lost with the rest: the last one is said after all cuts.
    eventually_sync(lambda: (tmp_path / "flooded").exists() and log.stat().st_size <= limit)
    job.send(*control.encode_input("go\n"))
    eventually_sync(lambda: b"end\n" in log.read_bytes()[-10:])
    supervisor = job.state()["supervisor"]["pid"]
    most = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{supervisor}/status").read_text())
    assert most is not None
    assert int(most[1]) < 40_000
    job.send(control.encode_end())
    job.exit()
    assert (job.directory / "output.log").stat().st_size <= limit
    assert b"reached its limit" in (job.directory / "output.log").read_bytes()


def test_a_log_that_is_truncated_under_us_goes_on(start_job: StartJob) -> None:
    job = start_job(["sh", "-c", "yes | head -c 150000; read x; yes | head -c 300000; echo end"], log_limit=200_000)
    eventually_sync(lambda: (job.directory / "output.log").stat().st_size == 150_000)
    os.truncate(job.directory / "output.log", 0)
    job.send(control.encode_end())
    assert job.exit()["state"] == "succeeded"
    assert len(job.log()) <= 200_000
    assert job.log().endswith("y\nend\n")


def test_a_log_that_is_taken_away_does_no_harm(start_job: StartJob) -> None:
    job = start_job(["cat"], log_limit=100_000)
    job.state()
    (job.directory / "output.log").unlink()
    job.send(*control.encode_input("unseen"), control.encode_end())
    assert job.exit()["state"] == "succeeded"


@pytest.mark.proves("machine.supervisor-killed")
def test_a_killed_supervisor_leaves_its_job_running_and_claims_no_end(start_job: StartJob) -> None:
    job = start_job(["sh", "-c", "read line < go; echo went on"], check=False)
    go = job.directory.parent / "go"
    os.mkfifo(go)
    assert job.launch().returncode == 0
    state = job.state()
    os.kill(state["supervisor"]["pid"], 9)
    eventually_sync(lambda: not same_process(state["supervisor"]))
    assert same_process(state["process"])
    with open(go, "w") as file:
        file.write("go\n")
    eventually_sync(lambda: not same_process(state["process"]))
    assert job.log() == "went on\n"
    assert job.read("exit.json") is None
    assert job.launch().returncode == 3, "and is never run a second time"


def test_a_program_that_forks_without_end_is_stopped_as_a_whole(start_job: StartJob) -> None:
    program = (
        "import os, time\nfor _ in range(60):\n if os.fork() == 0:\n  os.setsid()\n  "
        "if os.fork() == 0:\n   time.sleep(600)\n  os._exit(0)\nprint('ready', flush=True)\ntime.sleep(600)"
    )
    job = start_job([sys.executable, "-c", program])
    job.printed("ready")
    supervisor = job.state()["supervisor"]["pid"]
    children = Path(f"/proc/{supervisor}/task/{supervisor}/children")
    pids = eventually_sync(lambda: len(children.read_text().split()) == 61 and children.read_text().split())
    job.send(control.encode_stop(0.1, 0.1))
    assert job.exit()["state"] == "stopped"
    assert not [pid for pid in map(process, map(int, pids)) if pid is not None and pid.alive]
