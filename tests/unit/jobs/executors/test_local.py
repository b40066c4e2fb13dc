"""Real processes under real supervisors, without a server."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from jupyter_crispdm.base.errors import Conflict
from jupyter_crispdm.base.files.watch import Watcher
from jupyter_crispdm.jobs.executors.local import LocalExecutor
from jupyter_crispdm.jobs.queue.slots import Capacity
from jupyter_crispdm.jobs.types import Input, Job, JobState
from jupyter_crispdm.worker.processes.identity import kill_tree, same_process
from tests.support import eventually, words_of
from tests.unit.jobs.fakes import House

Open = Callable[[], House]


@pytest.fixture
def reopen(tmp_path: Path, jp_asyncio_loop: asyncio.AbstractEventLoop) -> Iterator[Open]:
    """Opens the room again and again on the same directories, as restarts of a server do."""
    houses: list[House] = []

    def make() -> House:
        house = House(tmp_path, LocalExecutor(Watcher()))
        houses.append(house)
        return house

    yield make
    for house in houses:
        jp_asyncio_loop.run_until_complete(house.close())
    for directory in (tmp_path / "data" / "jobs").glob("*"):
        kill_tree(None, directory, (0, 0))


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def log_of(house: House, job: Job) -> str:
    return (house.jobs.directory(job.id) / "output.log").read_text()


def record(house: House, job: Job, name: str) -> Any:
    file = house.jobs.directory(job.id) / name
    return json.loads(file.read_text()) if file.exists() else None


def variables_of(pid: int) -> bytes:
    return Path(f"/proc/{pid}/environ").read_bytes()


async def says(house: House, job: Job, text: str) -> None:
    await eventually(lambda: text in log_of(house, job))


async def tree_of(house: House, job: Job) -> list[int]:
    """The processes of a job that sleeps, and whose daemon does, once both do."""
    supervisor = psutil.Process(record(house, job, "state.json")["supervisor"]["pid"])

    def both_sleep() -> list[int]:
        found = supervisor.children(recursive=True)
        asleep = [one for one in found if words_of(one)[:1] == ["sleep"]]
        return [one.pid for one in found] if len(asleep) == 2 else []

    pids: list[int] = await eventually(both_sleep)
    return pids


@pytest.mark.proves("environments.log-captured")
async def test_a_command_runs_and_its_output_is_kept(reopen: Open) -> None:
    house = await reopen().open()
    job = await house.submit(command=["sh", "-c", "echo out; echo err >&2; echo $ACTIVATED; exit 3"])
    failed = await house.reaches(job.id, JobState.failed)
    assert (failed.exit_code, failed.reason) == (3, "exited with code 3")
    assert log_of(house, job) == "out\nerr\nserver\n"


async def test_a_program_sees_the_gpus_it_was_given_whatever_it_says_itself(tmp_path: Path) -> None:
    capacity = Capacity(places=9, devices=("3", "5"), strict_gpus=True)
    house = await House(tmp_path, LocalExecutor(Watcher()), capacity=capacity).open()
    show = ["sh", "-c", "echo [$CUDA_VISIBLE_DEVICES]"]
    both, none = [await house.submit(command=show, env={"CUDA_VISIBLE_DEVICES": "9"}, gpus=gpus) for gpus in (2, 0)]
    for job in (both, none):
        await house.reaches(job.id, JobState.succeeded)
    assert (log_of(house, both), log_of(house, none)) == ("[3,5]\n", "[]\n")
    await house.close()


async def test_a_missing_program_is_named(reopen: Open) -> None:
    house = await reopen().open()
    job = await house.submit(command=["no-such-program"])
    failed = await house.reaches(job.id, JobState.failed)
    assert "no-such-program" in failed.reason


@pytest.mark.proves("jobs.own-process")
async def test_the_job_is_no_child_of_this_process_and_knows_nothing_of_its_variables(
    reopen: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUPYTER_TOKEN", "secret")
    house = await reopen().open()
    job = await house.submit(command=["sleep", "60"])
    running = await house.reaches(job.id, JobState.running)
    pids = [record(house, job, "state.json")[who]["pid"] for who in ("process", "supervisor")]
    assert pids[0] == running.pid
    assert os.getpid() not in [parent.pid for parent in psutil.Process(pids[0]).parents()]
    assert not any(b"secret" in variables_of(pid) for pid in pids)
    await house.jobs.stop(job.id)
    await house.reaches(job.id, JobState.stopped)
    await eventually(lambda: not any(psutil.pid_exists(pid) for pid in pids))


@pytest.mark.proves("jobs.stdin")
async def test_input_reaches_the_program_whole(reopen: Open) -> None:
    house = await reopen().open()
    code = "import sys; print(len(input())); print('more:', sys.stdin.read())"
    job = await house.submit(command=python(code))
    await house.reaches(job.id, JobState.running)
    await house.jobs.send_input(job.id, Input(text="ä😀\0" * 5000 + "\n"))
    await house.jobs.send_input(job.id, Input(text="the end"))
    await house.jobs.send_input(job.id, Input(eof=True))
    await house.reaches(job.id, JobState.succeeded)
    assert log_of(house, job) == "15000\nmore: the end\n"


@pytest.mark.proves("machine.stubborn-jobs")
async def test_a_job_that_ignores_signals_and_has_daemonised_is_gone_in_time(reopen: Open) -> None:
    house = await reopen().open()
    daemon = "(setsid sh -c \"trap '' INT TERM; echo daemon; sleep 60\" &) "
    job = await house.submit(command=["sh", "-c", f"trap '' INT TERM; {daemon}; sleep 60; sleep 60"])
    await house.reaches(job.id, JobState.running)
    await says(house, job, "daemon")
    pids = await tree_of(house, job)
    await house.jobs.stop(job.id, (0.1, 0.1))
    stopped = await house.reaches(job.id, JobState.stopped)
    assert stopped.reason == "stopped"
    assert not any(psutil.pid_exists(pid) for pid in pids)


@pytest.mark.proves("http.jobs-timeout")
async def test_timeout(reopen: Open) -> None:
    house = await reopen().open()
    job = await house.submit(command=["sleep", "60"], timeout=0.2)
    failed = await house.reaches(job.id, JobState.failed)
    assert failed.reason == "timed out after 0.2 s"


@pytest.mark.proves("http.jobs-retries")
async def test_retries_run_again_and_append_to_the_log(reopen: Open) -> None:
    house = await reopen().open()
    code = "import os; first = not os.path.exists('x'); open('x', 'w'); print('try'); exit(first)"
    job = await house.submit(command=python(code), retries=2)
    done = await house.reaches(job.id, JobState.succeeded)
    assert (done.attempt, done.exit_code, log_of(house, job)) == (2, 0, "try\ntry\n")


async def test_a_server_that_comes_back_adopts_what_runs(reopen: Open) -> None:
    house = await reopen().open()
    job = await house.submit(command=python("print('a'); print(input()); exit(7)"))
    first = await house.reaches(job.id, JobState.running)
    await house.close()
    other = await reopen().open()
    adopted = await other.jobs.get(job.id)
    assert (adopted.state, adopted.pid, adopted.started) == (JobState.running, first.pid, first.started)
    assert not other.jobs.over(job.id)
    await other.jobs.send_input(job.id, Input(text="b\n"))
    failed = await other.reaches(job.id, JobState.failed)
    assert failed.exit_code == 7
    assert log_of(other, job) == "a\nb\n"


@pytest.mark.proves("machine.supervisor-killed")
async def test_a_killed_supervisor_means_lost_never_succeeded(reopen: Open) -> None:
    house = await reopen().open()
    go = house.path / "go"
    os.mkfifo(go)
    job = await house.submit(command=["sh", "-c", "echo on; read line < ../go; exit 0"], cwd=".", retries=1)
    await house.reaches(job.id, JobState.running)
    os.kill(record(house, job, "state.json")["supervisor"]["pid"], signal.SIGKILL)
    with pytest.raises(Conflict):
        await eventually(lambda: house.jobs.send_input(job.id, Input(text="x")))
    assert (await house.jobs.get(job.id)).state is JobState.running
    await asyncio.to_thread(go.write_text, "go\n")
    lost = await house.reaches(job.id, JobState.lost)
    assert lost.reason == "its supervisor was killed, so nobody saw how it ended"


@pytest.mark.proves("machine.stubborn-jobs")
async def test_stop_of_a_stubborn_job_after_a_restart(reopen: Open) -> None:
    house = await reopen().open()
    daemon = "(setsid sh -c \"trap '' INT TERM; echo daemon; sleep 60\" &) "
    job = await house.submit(command=["sh", "-c", f"trap '' INT TERM; {daemon}; sleep 60; sleep 60"])
    await house.reaches(job.id, JobState.running)
    await says(house, job, "daemon")
    pids = await tree_of(house, job)
    await house.close()
    other = await reopen().open()
    await other.jobs.stop(job.id, (0.1, 0.1))
    stopped = await other.reaches(job.id, JobState.stopped)
    assert (stopped.signal, stopped.reason) == ("SIGKILL", "stopped")
    assert len(pids) >= 3
    assert not [pid for pid in pids if psutil.pid_exists(pid)]


async def test_stop_without_supervisor_after_a_restart(reopen: Open) -> None:
    house = await reopen().open()
    daemon = "(setsid sh -c \"trap '' INT TERM; echo daemon; sleep 60\" &) "
    job = await house.submit(command=["sh", "-c", f"trap '' INT TERM; {daemon}; sleep 60; sleep 60"])
    await house.reaches(job.id, JobState.running)
    await says(house, job, "daemon")
    state, pids = record(house, job, "state.json"), await tree_of(house, job)
    os.kill(state["supervisor"]["pid"], signal.SIGKILL)
    await house.close()
    other = await reopen().open()
    await other.jobs.stop(job.id, (0.1, 0.1))
    await other.reaches(job.id, JobState.stopped)
    await eventually(lambda: not any(psutil.pid_exists(pid) for pid in pids))


async def test_keeping_the_best_without_a_supervisor_holds_up_nobody_and_can_be_hastened(reopen: Open) -> None:
    house = await reopen().open()
    job = await house.submit(command=["sh", "-c", "trap 'echo heard' INT; echo on; while :; do sleep 0.1; done"])
    await house.reaches(job.id, JobState.running)
    await says(house, job, "on")
    supervisor = record(house, job, "state.json")["supervisor"]
    os.kill(supervisor["pid"], signal.SIGKILL)
    await eventually(lambda: not same_process(supervisor))
    await house.jobs.stop(job.id, (3e8, 3e8))
    await says(house, job, "heard")
    await house.close()
    other = await reopen().open()
    assert (await other.jobs.get(job.id)).state is JobState.stopping
    await other.jobs.stop(job.id, (0.0, 0.0))
    await other.reaches(job.id, JobState.stopped)
    assert not [thread for thread in threading.enumerate() if not thread.daemon and "_end" in thread.name]


@pytest.mark.proves("machine.pid-reuse")
async def test_a_process_that_took_the_number_is_never_signalled(reopen: Open) -> None:
    house = await reopen().open()
    job = await house.submit(command=["sleep", "60"])
    await house.reaches(job.id, JobState.running)
    state = record(house, job, "state.json")
    await house.close()
    kill_tree(state["process"], house.jobs.directory(job.id), (0, 0))
    await eventually(lambda: not psutil.pid_exists(state["supervisor"]["pid"]))
    bystander = await asyncio.create_subprocess_exec("sleep", "60")
    for who in ("supervisor", "process"):
        state[who]["pid"] = bystander.pid
    directory = house.jobs.directory(job.id)
    (directory / "exit.json").unlink()
    (directory / "state.json").write_text(json.dumps(state))
    other = await reopen().open()
    assert (await other.jobs.get(job.id)).state is JobState.lost
    assert bystander.returncode is None
    bystander.kill()
    await bystander.wait()


@pytest.mark.proves("machine.pid-reuse")
async def test_after_a_reboot_it_is_lost(reopen: Open) -> None:
    house = await reopen().open()
    job = await house.submit(command=["sleep", "60"])
    await house.reaches(job.id, JobState.running)
    await house.close()
    state = record(house, job, "state.json")
    real = dict(state["process"])
    for who in ("supervisor", "process"):
        state[who]["boot"] = "an earlier one"
    (house.jobs.directory(job.id) / "state.json").write_text(json.dumps(state))
    other = await reopen().open()
    lost = await other.jobs.get(job.id)
    assert (lost.state, lost.reason) == (JobState.lost, "the machine was restarted while it ran")
    assert same_process(real)


async def test_what_a_tree_uses_is_measured(reopen: Open) -> None:
    house = await reopen().open()
    busy_child = python("x = bytearray(60_000_000)\nwhile True: pass")
    job = await house.submit(command=python(f"import subprocess; subprocess.run({busy_child})"))
    await house.reaches(job.id, JobState.running)

    async def busy() -> bool:
        await house.jobs._monitor.measure()
        use = (await house.jobs.get(job.id)).resources
        return use is not None and use.memory_bytes > 60_000_000 and use.cpu_percent > 10

    await eventually(busy)
    await house.jobs.stop(job.id, (0, 0))
    assert (await house.reaches(job.id, JobState.stopped)).resources is None


async def test_metrics_and_progress_of_a_training_program(reopen: Open) -> None:
    house = await reopen().open()
    (house.root / "train.py").write_text(
        "import crispdm\n"
        "crispdm.params({'rate': 0.1})\n"
        "for step in range(5):\n"
        "    crispdm.log(loss=1 / (step + 1), step=step)\n"
        "    crispdm.progress(step + 1, 5, 'training')\n"
    )
    job = await house.submit(command=None, script="train.py", parameters={"depth": 2})
    done = await house.reaches(job.id, JobState.succeeded)
    assert done.parameters == {"depth": 2, "rate": 0.1}
    assert done.progress is not None
    assert (done.progress.done, done.progress.total, done.progress.message) == (5, 5, "training")
