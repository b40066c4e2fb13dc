"""Real jobs under real supervisors."""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from jupyter_crispdm.worker import control
from jupyter_crispdm.worker.processes.identity import kill_tree, process, same_process
from tests.support import eventually_sync

from .conftest import WORKER, StartedJob, StartJob


def script(text: str) -> list[str]:
    return [sys.executable, "-u", "-c", text]


def pid_printed(job: StartedJob) -> int:
    return int(job.printed("pid=").split("pid=")[1].split()[0])


def gone(pid: int) -> bool:
    found = process(pid)
    return found is None or not found.alive


def test_every_interpreter_supervises_a_job(start_job: StartJob, interpreter: str) -> None:
    program = "import sys; print(input()); print(sys.stdin.read()); print('e', file=sys.stderr); sys.exit(7)"
    job = start_job([interpreter, "-c", program], python=interpreter)
    job.send(*control.encode_input("hällo\nwörld"), control.encode_end())
    record = job.exit()
    assert (record["state"], record["exit_code"], record["signal"]) == ("failed", 7, None)
    assert record["reason"] == "exited with code 7"
    assert job.log() == "hällo\nwörld\ne\n"
    assert record["started"] <= record["ended"]


def test_a_job_that_succeeds(start_job: StartJob) -> None:
    record = start_job(["true"]).exit()
    assert (record["state"], record["exit_code"], record["reason"]) == ("succeeded", 0, "")


def test_state_is_there_when_the_launcher_returns(start_job: StartJob) -> None:
    job = start_job(["sleep", "60"])
    state = job.read("state.json")
    assert state is not None
    assert state["state"] == "running"
    assert same_process(state["process"])
    assert same_process(state["supervisor"])


def test_nothing_ties_the_supervisor_to_its_starter(start_job: StartJob) -> None:
    job = start_job(["sleep", "60"])
    state = job.state()
    supervisor, command = process(state["supervisor"]["pid"]), process(state["process"]["pid"])
    assert supervisor is not None
    assert command is not None
    assert supervisor.parent != os.getpid()
    assert os.getsid(supervisor.pid) == supervisor.group != os.getsid(0)
    assert command.parent == supervisor.pid
    assert command.group == command.pid


@pytest.mark.parametrize(
    ("argv", "cwd", "words"),
    [
        (["/does/not/exist"], None, "/does/not/exist: No such file or directory"),
        (["no-such-program-anywhere"], None, "no-such-program-anywhere: No such file or directory"),
        (["/etc/passwd"], None, "/etc/passwd: Permission denied"),
        (["true"], "/no/such/folder", "/no/such/folder: No such file or directory"),
        (["true", "nul\0inside"], None, "embedded null byte"),
    ],
)
def test_a_command_that_cannot_start(start_job: StartJob, argv: list[str], cwd: str | None, words: str) -> None:
    job = start_job(argv, **({"cwd": cwd} if cwd else {}))
    record = job.exit()
    assert record["state"] == "failed"
    assert record["reason"] == f"could not start: {words}"
    assert record["exit_code"] is None
    assert f"could not start: {words}" in job.log()
    assert job.read("state.json") is None


def test_a_directory_is_started_once(start_job: StartJob) -> None:
    job = start_job(["sh", "-c", "echo started; exec sleep 60"])
    again = job.launch()
    assert again.returncode == 3
    assert again.stderr == "This job was started before.\n"
    assert job.printed("started").count("started") == 1


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ("{", "spec.json"),
        ("[]", "must hold an object"),
        ('{"argv": [], "cwd": "/", "env": {}}', "'argv'"),
        ('{"argv": ["true"], "cwd": "/", "env": {"A": 1}}', "'env'"),
        ('{"argv": ["true"], "cwd": "/", "env": {}, "timeout": -1}', "'timeout'"),
        ('{"argv": ["true"], "cwd": 1, "env": {}}', "'cwd'"),
    ],
)
def test_a_wrong_spec_is_named(start_job: StartJob, spec: str, words: str) -> None:
    job = start_job(["true"], check=False)
    (job.directory / "spec.json").write_text(spec)
    done = job.launch()
    assert done.returncode == 2
    assert words in done.stderr
    assert not (job.directory / "control").exists()


def test_timeout(start_job: StartJob) -> None:
    job = start_job(["sleep", "60"], timeout=0.2)
    record = job.exit()
    assert (record["state"], record["reason"], record["signal"]) == (
        "failed",
        "timed out after 0.2 s",
        "SIGINT",
    )


def test_stop_lets_the_program_clean_up(start_job: StartJob) -> None:
    program = "import time\ntry:\n print('ready'); time.sleep(60)\nexcept KeyboardInterrupt:\n print('cleaned')"
    job = start_job(script(program))
    job.printed("ready")
    job.send(control.encode_stop(600, 600))
    record = job.exit()
    assert (record["state"], record["reason"], record["exit_code"]) == ("stopped", "stopped", 0)
    assert job.log() == "ready\ncleaned\n"


STUBBORN = """
import os, signal, sys, time
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    signal.signal(number, signal.SIG_IGN)
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        print(f"pid={os.getpid()} ", flush=True)
        time.sleep(600)
    os._exit(0)
os.wait()
print("ready", flush=True)
time.sleep(600)
"""


@pytest.mark.proves("machine.stubborn-jobs")
def test_stop_ends_daemonised_children_that_ignore_every_signal(start_job: StartJob) -> None:
    job = start_job(script(STUBBORN))
    daemon = pid_printed(job)
    job.printed("ready")
    assert not gone(daemon)
    job.send(control.encode_stop(0.1, 0.1))
    record = job.exit()
    assert (record["state"], record["signal"]) == ("stopped", "SIGKILL")
    assert gone(daemon)
    assert gone(job.state()["process"]["pid"])


def test_a_second_stop_hastens_the_first(start_job: StartJob) -> None:
    job = start_job(script(STUBBORN))
    job.printed("ready")
    job.send(control.encode_stop(600, 600))
    eventually_sync(lambda: job.read("exit.json") or (_sent(job, control.encode_stop(0, 0)) and None))
    assert job.exit()["signal"] == "SIGKILL"


def test_each_process_gets_one_interrupt(start_job: StartJob) -> None:
    program = (
        "import signal, time\nsignal.signal(signal.SIGINT, lambda *_: print('int'))\nprint('ready')\n"
        "signal.signal(signal.SIGTERM, lambda *_: exit(0))\nwhile True: time.sleep(60)"
    )
    job = start_job(script(program))
    job.printed("ready")
    job.send(control.encode_stop(600, 600))
    job.printed("int\n")
    job.send(control.encode_stop(0, 600))
    job.exit()
    assert job.log() == "ready\nint\n"


def test_what_the_command_leaves_running_is_ended_after_the_grace_time(start_job: StartJob) -> None:
    program = "import subprocess; p = subprocess.Popen(['sleep', '600']); print(f'pid={p.pid} ')"
    job = start_job(script(program), grace=[0.2, 5])
    record = job.exit()
    assert (record["state"], record["exit_code"], record["reason"]) == ("succeeded", 0, "")
    assert gone(pid_printed(job))
    assert "ending 1 process(es) that it left running" in job.log()


def test_what_the_command_leaves_running_may_finish_by_itself(start_job: StartJob) -> None:
    job = start_job(["sh", "-c", "(read line < gate; echo late) & exit 4"], check=False, grace=[60, 5])
    os.mkfifo(job.directory.parent / "gate")
    assert job.launch().returncode == 0
    with open(job.directory.parent / "gate", "w") as gate:
        gate.write("go\n")
    record = job.exit()
    assert record["exit_code"] == 4
    assert job.log() == "late\n"


def test_a_command_killed_by_a_signal(start_job: StartJob) -> None:
    job = start_job(["sleep", "60"])
    os.kill(job.state()["process"]["pid"], signal.SIGSEGV)
    record = job.exit()
    assert (record["state"], record["exit_code"], record["signal"]) == ("failed", None, "SIGSEGV")
    assert record["reason"] == "killed by SIGSEGV (segmentation fault)"


def test_the_supervisor_ends_its_job_when_it_is_told_to_end(start_job: StartJob) -> None:
    job = start_job(["sleep", "60"])
    os.kill(job.state()["supervisor"]["pid"], signal.SIGTERM)
    record = job.exit()
    assert record["state"] == "stopped"
    assert "SIGTERM" in record["reason"]


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGINT, signal.SIGQUIT])
def test_the_supervisor_shrugs_off_other_signals(start_job: StartJob, number: int) -> None:
    job = start_job(["cat"])
    os.kill(job.state()["supervisor"]["pid"], number)
    job.send(control.encode_end())
    assert job.exit()["state"] == "succeeded"


def test_input_of_any_size_never_blocks_the_supervisor(start_job: StartJob) -> None:
    job = start_job(["sleep", "600"])
    for line in control.encode_input("x" * 1_300_000):
        eventually_sync(partial(_sent, job, line))
    assert "Input was dropped" in job.printed("dropped")
    job.send(control.encode_stop(5, 5))
    assert job.exit()["state"] == "stopped"


def _sent(job: StartedJob, line: bytes) -> bool:
    try:
        job.send(line)
    except BlockingIOError:
        return False
    except OSError as error:
        if error.errno != errno.ENXIO:  # that one says: it has ended, and nobody reads any more
            raise
        return False
    return True


def test_a_long_text_arrives_whole(start_job: StartJob) -> None:
    text = "äöü€😀" * 20_000 + "\n"
    job = start_job(["wc", "-c"])
    for line in control.encode_input(text):
        assert len(line) <= control.LINE_BYTES
        eventually_sync(partial(_sent, job, line))
    eventually_sync(lambda: _sent(job, control.encode_end()))
    job.exit()
    assert int(job.log()) == len(text.encode())


def test_rubbish_on_the_control_fifo_is_ignored(start_job: StartJob) -> None:
    job = start_job(["cat"])
    job.send(
        b"\xff\xfe\n",
        b"{\n",
        b"[1]\n",
        b'{"do": "dance"}\n',
        b'{"do": "input", "text": 5}\n',
        b"x" * 9000 + b"\n",
    )
    job.send(*control.encode_input("fine"), control.encode_end())
    assert job.exit()["state"] == "succeeded"
    assert job.log() == "fine"


@pytest.mark.proves("settings.log-limit", "machine.log-cap")
def test_the_log_stays_below_its_limit_and_says_so(start_job: StartJob) -> None:
    limit = 200_000
    job = start_job(["sh", "-c", "echo first; yes | head -c 30000000; echo last"], log_limit=limit)
    assert job.exit()["state"] == "succeeded"
    log = job.log()
    assert len(log) <= limit
    assert log.startswith("first\n")
    assert log.endswith("last\n")
    assert "reached its limit of 200000 bytes" in log


@pytest.mark.proves("machine.disk-full-recovers")
def test_a_full_disk_delays_the_exit_record_only(start_job: StartJob) -> None:
    job = start_job(["cat"])
    obstacle = job.directory / "exit.json"
    obstacle.mkdir()  # the rename fails as long as it is there
    (obstacle / "file").touch()
    job.send(control.encode_end())
    eventually_sync(lambda: gone(job.state()["process"]["pid"]))
    assert same_process(job.state()["supervisor"])
    (obstacle / "file").unlink()
    obstacle.rmdir()
    assert job.exit()["state"] == "succeeded"


def test_the_supervisor_ends_when_its_directory_is_deleted(start_job: StartJob) -> None:
    job = start_job(["cat"])
    state = job.state()
    gone_to = job.directory.with_name("away")
    job.directory.rename(gone_to)  # at once: what the supervisor writes meanwhile would come between file and file
    shutil.rmtree(gone_to)
    os.kill(state["process"]["pid"], signal.SIGKILL)
    eventually_sync(lambda: gone(state["supervisor"]["pid"]))


def test_the_job_goes_on_without_its_supervisor_and_can_be_ended(start_job: StartJob) -> None:
    job = start_job(script(STUBBORN))
    daemon = pid_printed(job)
    job.printed("ready")
    state = job.state()
    os.kill(state["supervisor"]["pid"], signal.SIGKILL)
    eventually_sync(lambda: not same_process(state["supervisor"]))
    assert same_process(state["process"])
    assert kill_tree(state["process"], job.directory, (0.05, 0.05)) == []
    assert gone(daemon)
    assert not same_process(state["process"])
    assert job.read("exit.json") is None


def test_the_environment_is_exactly_the_given_one(start_job: StartJob, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRISPDM_TOKEN", "secret")
    job = start_job(["env"], env={"ONLY": "this"})
    job.exit()
    assert "ONLY=this" in job.log()
    assert "secret" not in job.log()


def test_what_was_granted_is_laid_over_the_environment(start_job: StartJob) -> None:
    job = start_job(["sh", "-c", "echo $ONLY $DEVICES"], check=False, env={"ONLY": "this", "DEVICES": "none"})
    (job.directory / "grant.json").write_text('{"env": {"DEVICES": "0,1"}, "devices": ["0", "1"]}')
    assert job.launch().returncode == 0
    job.exit()
    assert job.log() == "this 0,1\n"


@pytest.mark.parametrize("grant", ["[]", "{", '{"env": {"A": 1}}'])
def test_a_wrong_grant_is_named(start_job: StartJob, grant: str) -> None:
    job = start_job(["true"], check=False)
    (job.directory / "grant.json").write_text(grant)
    done = job.launch()
    assert done.returncode == 2
    assert "grant.json" in done.stderr


def test_no_descriptor_of_the_supervisor_reaches_the_program(start_job: StartJob) -> None:
    job = start_job(["ls", "/proc/self/fd"])
    job.exit()
    assert job.log().split() == ["0", "1", "2", "3"]  # the fourth is ls reading the directory


def test_the_records_are_private(start_job: StartJob) -> None:
    job = start_job(["true"])
    job.exit()
    for name in ("state.json", "exit.json", "control"):
        assert (job.directory / name).stat().st_mode & 0o077 == 0


MEMORY = Path("/sys/fs/cgroup/memory")


@pytest.mark.proves("machine.out-of-memory")
@pytest.mark.skipif(not os.access(MEMORY / "cgroup.procs", os.W_OK), reason="needs a writable memory control group")
def test_out_of_memory_is_said(start_job: StartJob) -> None:
    group = MEMORY / f"crispdm-test-{os.getpid()}"
    group.mkdir()
    try:
        (group / "memory.limit_in_bytes").write_text(str(64 << 20))
        enter = f"echo $$ > {group}/cgroup.procs; exec {sys.executable} -c 'b = bytearray(1 << 30)'"
        job = start_job(["sh", "-c", enter], check=False)
        supervisor = [sys.executable, "-I", "-S", str(WORKER / "supervisor.py"), str(job.directory)]
        # the supervisor enters the group, not this process, which needs more than the group may have
        subprocess.run(["sh", "-c", 'echo $$ > "$0"; exec "$@"', group / "cgroup.procs", *supervisor], check=True)
        record = job.exit()
        assert (record["state"], record["signal"], record["reason"]) == ("failed", "SIGKILL", "out of memory")
    finally:
        eventually_sync(lambda: not (group / "cgroup.procs").read_text().strip())
        group.rmdir()


def test_many_jobs_at_once(start_job: StartJob) -> None:
    jobs = [start_job(["sh", "-c", f"echo {number}; exit {number}"]) for number in range(12)]
    assert [job.exit()["exit_code"] for job in jobs] == list(range(12))
    assert [job.log() for job in jobs] == [f"{number}\n" for number in range(12)]


@pytest.mark.proves("machine.half-written")
def test_exit_json_is_never_half_written(start_job: StartJob) -> None:
    job = start_job(["true"])
    eventually_sync((job.directory / "exit.json").exists, step=0)
    assert json.loads((job.directory / "exit.json").read_text())["state"] == "succeeded"
