"""The warm launcher: it starts supervisors, holds none of them, and nothing is lost when it is killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from jupyter_crispdm.jobs.executors import launcher as launching
from jupyter_crispdm.jobs.executors.launcher import Answer, Launcher
from jupyter_crispdm.worker.processes.identity import kill_tree, process, same_process
from tests.support import eventually_sync

ROOT = Path(__file__).parents[3]
Prepare = Callable[..., Path]


@pytest.fixture
def launcher() -> Iterator[Launcher]:
    launcher = Launcher()
    yield launcher
    launcher.close()


@pytest.fixture
def prepare(tmp_path: Path) -> Iterator[Prepare]:
    """Make a job directory: `prepare([argv…])`."""
    made: list[Path] = []

    def prepare(argv: list[str]) -> Path:
        directory = tmp_path / f"job {len(made)} ü"
        directory.mkdir()
        made.append(directory)
        variables = {"PATH": os.environ["PATH"], "CRISPDM_RUN_DIR": str(directory)}
        spec = {"argv": argv, "cwd": str(tmp_path), "env": variables, "grace": [0, 0]}
        (directory / "spec.json").write_text(json.dumps(spec))
        return directory

    yield prepare
    for directory in made:
        state = read(directory, "state.json")
        kill_tree(state and state["supervisor"], None, (0, 0))
        kill_tree(None, directory, (0, 0))


def read(directory: Path, name: str) -> Any:
    file = directory / name
    return json.loads(file.read_text()) if file.exists() else None


def exit_code(directory: Path) -> Any:
    return eventually_sync(lambda: read(directory, "exit.json"))["exit_code"]


def helpers() -> list[int]:
    """The launchers among our children."""
    children = Path("/proc/self/task").glob("*/children")
    pids = [int(pid) for file in children for pid in told(file).split()]
    return [pid for pid in pids if b"--launcher" in told(Path(f"/proc/{pid}/cmdline"))]


def told(file: Path) -> bytes:
    """What the system tells of a process or a thread; nothing where it has ended meanwhile."""
    try:
        return file.read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


def opened_by(pid: int) -> list[str]:
    """What a process has open; it may close some of it meanwhile."""
    found = []
    for link in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):
            found.append(os.readlink(link))
    return found


def gone(pid: int) -> bool:
    found = process(pid)
    return found is None or not found.alive


def test_one_helper_starts_many_jobs_and_holds_none(launcher: Launcher, prepare: Prepare) -> None:
    jobs = [prepare(["sleep", "60"]) for _ in range(5)]
    assert [launcher.start(job) for job in jobs] == [Answer(0, "")] * 5
    (helper,) = helpers()
    for job in jobs:
        state = read(job, "state.json")
        supervisor = process(state["supervisor"]["pid"])
        assert supervisor is not None
        assert supervisor.parent not in (helper, os.getpid())
        assert os.getsid(supervisor.pid) == supervisor.group != os.getsid(helper)
    children = Path(f"/proc/{helper}/task/{helper}/children")
    eventually_sync(lambda: not told(children).strip())  # it is answered before the last one is reaped


def test_jobs_and_supervisors_share_no_descriptor_with_the_helper(launcher: Launcher, prepare: Prepare) -> None:
    job = prepare(["ls", "-l", "/proc/self/fd", f"/proc/{os.getpid()}/cwd"])
    other = prepare(["sleep", "60"])
    for directory in (job, other):
        launcher.start(directory)
    exit_code(job)
    assert "socket" not in (job / "output.log").read_text()
    supervisor = read(other, "state.json")["supervisor"]["pid"]
    assert not [target for target in opened_by(supervisor) if target.startswith("socket")]
    (helper,) = helpers()
    eventually_sync(lambda: len(opened_by(helper)) == 3)  # it is answered before the pipe for the answer is closed


def test_a_job_is_started_once(launcher: Launcher, prepare: Prepare) -> None:
    job = prepare(["sh", "-c", "echo started"])
    assert launcher.start(job).code == 0
    assert launcher.start(job) == Answer(3, "This job was started before.")
    exit_code(job)
    assert (job / "output.log").read_text() == "started\n"


def test_what_is_wrong_is_said(launcher: Launcher, prepare: Prepare) -> None:
    assert launcher.start(prepare([])).code == 2
    assert "'argv'" in launcher.start(prepare([])).text
    assert launcher.start(prepare(["true"]).parent / "nowhere").code == 2


def test_a_helper_that_was_killed_is_replaced_and_jobs_go_on(launcher: Launcher, prepare: Prepare) -> None:
    first, second, third = (prepare(["sh", "-c", f"read x; exit {code}"]) for code in (4, 5, 6))
    launcher.start(first)
    (helper,) = helpers()
    os.kill(helper, signal.SIGKILL)
    assert launcher.start(second).code == 0
    assert launcher.start(third).code == 0
    assert helpers() != [helper]
    for directory, code in ((first, 4), (second, 5), (third, 6)):
        with open(directory / "control", "wb") as control:
            control.write(b'{"do": "eof"}\n')
        assert exit_code(directory) == code


def test_a_helper_that_hangs_is_ended_and_starts_nothing_later(
    launcher: Launcher, prepare: Prepare, monkeypatch: pytest.MonkeyPatch
) -> None:
    launcher.start(prepare(["true"]))
    (helper,) = helpers()
    os.kill(helper, signal.SIGSTOP)
    monkeypatch.setattr(launching, "_ANSWER_SECONDS", 0.2)
    job = prepare(["sh", "-c", "echo started"])
    assert launcher.start(job).code == 0
    assert gone(helper)
    exit_code(job)
    assert (job / "output.log").read_text() == "started\n"


def test_many_threads_ask_while_the_helper_is_killed(launcher: Launcher, prepare: Prepare) -> None:
    jobs = [prepare(["sh", "-c", f"echo {number}; exit {number}"]) for number in range(24)]

    def start(number: int) -> int:
        if number % 6 == 3:
            for helper in helpers():
                with suppress(ProcessLookupError):
                    os.kill(helper, signal.SIGKILL)
        return launcher.start(jobs[number]).code

    with ThreadPoolExecutor(6) as threads:
        assert set(threads.map(start, range(len(jobs)))) <= {0, 3}
    assert [exit_code(job) for job in jobs] == list(range(24))
    assert [(job / "output.log").read_text() for job in jobs] == [f"{number}\n" for number in range(24)]


_SERVER = """
import sys, time
from pathlib import Path
from jupyter_crispdm.jobs.executors.launcher import Launcher
launcher = Launcher()
print(launcher.start(Path(sys.argv[1])).code, launcher._helper._process.pid, flush=True)
time.sleep(600)
"""


def test_the_helper_ends_with_its_server_and_the_job_does_not(prepare: Prepare) -> None:
    job = prepare(["cat"])
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", _SERVER, str(job)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as server:
        assert server.stdout is not None
        code, helper = map(int, server.stdout.readline().split())
        assert code == 0
        server.kill()
    eventually_sync(lambda: gone(helper))
    assert same_process(read(job, "state.json")["supervisor"])
    assert same_process(read(job, "state.json")["process"])


def test_close_ends_the_helper_and_what_is_still_being_started_makes_no_other(prepare: Prepare) -> None:
    """A server that ends while a job starts left a launcher behind, which nobody ended."""
    launcher = Launcher()
    assert launcher.start(prepare(["true"])).code == 0
    (helper,) = helpers()
    launcher.close()
    assert gone(helper)
    late = prepare(["true"])
    assert launcher.start(late).code == 0
    assert exit_code(late) == 0
    assert helpers() == []
