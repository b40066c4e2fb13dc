"""Supervisors that stay in the foreground, as clusters run them, and take their orders from a file."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest

from jupyter_crispdm.worker import control
from jupyter_crispdm.worker.processes.identity import process, same_process
from tests.support import eventually_sync

from .conftest import WORKER, StartedJob, StartJob

Attach = Callable[[StartedJob], "subprocess.Popen[str]"]


@pytest.fixture
def attach() -> Iterator[Attach]:
    """Run the supervisor of a prepared job in the foreground, as a child of ours."""
    running: list[subprocess.Popen[str]] = []

    def run(job: StartedJob) -> subprocess.Popen[str]:
        command = [job.python, "-I", "-S", str(WORKER / "supervisor.py"), "--attached", str(job.directory)]
        running.append(subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd="/"))
        return running[-1]

    yield run
    for one in running:
        one.kill()
        one.communicate(timeout=60)


def code(supervisor: subprocess.Popen[str]) -> int:
    return supervisor.wait(60)


def test_every_interpreter_supervises_a_job_in_the_foreground(
    start_job: StartJob, attach: Attach, interpreter: str
) -> None:
    program = "import sys; print(input()); print(sys.stdin.read()); print('e', file=sys.stderr); sys.exit(7)"
    job = start_job([interpreter, "-c", program], python=interpreter, check=False)
    supervisor = attach(job)
    state = job.state()
    assert state["supervisor"]["pid"] == supervisor.pid
    assert {state[who]["host"] for who in ("supervisor", "process")} == {os.uname().nodename}
    control.append(job.directory, [*control.encode_input("hällo\nwörld"), control.encode_end()])
    assert code(supervisor) == 7
    record = job.exit()
    assert (record["state"], record["exit_code"], record["reason"]) == ("failed", 7, "exited with code 7")
    assert job.log() == "hällo\nwörld\ne\n"


def test_orders_that_were_given_before_it_started_are_obeyed(start_job: StartJob, attach: Attach) -> None:
    job = start_job(["cat"], check=False)
    for line in ("one\n", "two\n"):
        control.append(job.directory, control.encode_input(line))
    control.append(job.directory, [control.encode_end()])
    assert code(attach(job)) == 0
    assert job.log() == "one\ntwo\n"


def test_a_torn_line_spoils_no_later_one(start_job: StartJob, attach: Attach) -> None:
    job = start_job(["cat"], check=False)
    (job.directory / "control.jsonl").write_bytes(b'{"do": "inp')
    control.append(job.directory, [*control.encode_input("whole\n"), control.encode_end()])
    assert code(attach(job)) == 0
    assert job.log() == "whole\n"


def test_a_stop_by_the_file(start_job: StartJob, attach: Attach) -> None:
    job = start_job(["sleep", "60"], check=False)
    supervisor = attach(job)
    job.state()
    control.append(job.directory, [control.encode_stop(5, 5)])
    assert code(supervisor) == 128 + signal.SIGINT
    record = job.exit()
    assert (record["state"], record["reason"], record["signal"]) == ("stopped", "stopped", "SIGINT")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_to_the_supervisor_stops_the_job(start_job: StartJob, attach: Attach, number: signal.Signals) -> None:
    program = (
        "import time\ntry:\n print('ready'); time.sleep(60)\nexcept KeyboardInterrupt:\n print('cleaned'); exit(3)"
    )
    job = start_job([sys.executable, "-c", program], check=False)
    supervisor = attach(job)
    job.printed("ready")
    supervisor.send_signal(number)
    assert code(supervisor) == 3
    record = job.exit()
    assert (record["state"], record["exit_code"]) == ("stopped", 3)
    assert record["reason"] == f"stopped: the supervisor was asked to end ({number.name})"
    assert job.log() == "ready\ncleaned\n"


def test_a_job_runs_once_whoever_starts_it_again(start_job: StartJob, attach: Attach) -> None:
    job = start_job(["sh", "-c", "echo started; exec sleep 60"], check=False)
    first = attach(job)
    job.printed("started")
    again = attach(job)
    assert code(again) == 3
    assert again.stderr is not None
    assert again.stderr.read() == "This job was started before.\n"
    assert same_process(job.state()["supervisor"])
    assert first.poll() is None
    assert job.log() == "started\n"


def test_a_command_that_cannot_start(start_job: StartJob, attach: Attach) -> None:
    job = start_job(["/does/not/exist"], check=False)
    assert code(attach(job)) == 127
    record = job.exit()
    assert record["reason"] == "could not start: /does/not/exist: No such file or directory"


def test_what_the_command_left_running_is_gone_when_the_supervisor_ends(start_job: StartJob, attach: Attach) -> None:
    job = start_job(["sh", "-c", "setsid sleep 600 & echo pid=$!; exit 4"], check=False, grace=[0, 0])
    assert code(attach(job)) == 4
    found = process(int(job.log().split("pid=")[1].split()[0]))
    assert found is None or not found.alive


def test_a_wrong_call_is_explained() -> None:
    for arguments in ([], ["--attached"], ["a", "b"]):
        command = [sys.executable, "-I", "-S", str(WORKER / "supervisor.py"), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
        assert done.returncode == 2
        assert done.stderr.startswith("Usage: supervisor.py")


def test_the_end_is_recorded_also_when_nobody_waits(start_job: StartJob, attach: Attach) -> None:
    job = start_job(["cat"], check=False)
    state = attach(job)
    os.kill(job.state()["process"]["pid"], signal.SIGKILL)
    assert code(state) == 128 + signal.SIGKILL
    assert eventually_sync(lambda: job.read("exit.json"))["signal"] == "SIGKILL"


def test_what_the_cluster_gave_to_the_job_is_shown_to_it(
    start_job: StartJob, attach: Attach, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = 'echo "$CUDA_VISIBLE_DEVICES $SLURM_JOB_ID $RAY_ADDRESS|$SLURM_JWT$RAY_AUTH_TOKEN$JUPYTER_TOKEN"'
    job = start_job(["sh", "-c", script], check=False)
    for name, value in {
        "CUDA_VISIBLE_DEVICES": "3",
        "SLURM_JOB_ID": "7",
        "RAY_ADDRESS": "head:6379",
        "SLURM_JWT": "x",
        "RAY_AUTH_TOKEN": "x",
        "JUPYTER_TOKEN": "x",
    }.items():
        monkeypatch.setenv(name, value)
    assert code(attach(job)) == 0
    assert job.log() == "3 7 head:6379|\n"


def test_what_it_uses_is_written_for_a_server_that_cannot_look(start_job: StartJob, attach: Attach) -> None:
    program = "kept = bytearray(64 << 20)\nwhile True: pass"
    job = start_job(["sh", "-c", '"$@"; true', "sh", sys.executable, "-c", program], check=False, grace=[0, 0])
    supervisor = attach(job)
    used = eventually_sync(lambda: (now := job.read("usage.json")) and now["memory_bytes"] > 64 << 20 and now)
    eventually_sync(lambda: (job.read("usage.json") or {})["cpu_percent"] > 10)
    assert used["memory_bytes"] < 300 << 20
    control.append(job.directory, [control.encode_stop(0, 0)])
    code(supervisor)
