"""Memory limits on real programs that allocate, with a control group and without."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from jupyter_crispdm.worker.processes import usage
from jupyter_crispdm.worker.processes.memory import complaint, in_words, out_of_memory_kills, tree_bytes
from jupyter_crispdm.worker.processes.usage import family, own_share, resident, share
from tests.support import eventually_sync
from tests.unit.worker.conftest import StartedJob, StartJob

MEMORY = Path("/sys/fs/cgroup/memory")
ROOT = Path(__file__).parents[4]
LIMIT = 200_000_000
REASON = "out of memory: used more than 200.0 MB"
_WITHOUT_GROUPS = """
import sys
from jupyter_crispdm.worker import launch
from jupyter_crispdm.worker.processes import memory
memory.make_group = lambda limit: None
sys.exit(launch.main(sys.argv[1:]))
"""
TAKE = "import time\nheld = []\nfor _ in range({chunks}): held.append(b'x' * 20_000_000); time.sleep(0.02)\n"
TOO_MUCH = TAKE.format(chunks=15) + "time.sleep(600)"  # it takes no more, and goes on until somebody sees it


def launch(job: StartedJob, groups: bool) -> StartedJob:
    """Start a prepared job; without groups as on a machine where nobody may make one."""
    if groups:
        done = job.launch()
    else:
        command = [sys.executable, "-c", _WITHOUT_GROUPS, str(job.directory)]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    return job


def script(text: str) -> list[str]:
    return [sys.executable, "-u", "-c", text]


@pytest.fixture(params=[True, False], ids=["groups", "no-groups"])
def groups(request: pytest.FixtureRequest) -> bool:
    """Whether a control group may be made; where none can, both are the same."""
    return bool(request.param)


@pytest.mark.proves("machine.out-of-memory", "jobs.memory-limit")
def test_a_program_over_its_limit_ends_and_says_so(start_job: StartJob, groups: bool) -> None:
    job = launch(start_job(script(TOO_MUCH), check=False, memory=LIMIT), groups)
    record = job.exit()
    assert (record["state"], record["signal"], record["reason"]) == ("failed", "SIGKILL", REASON)


def test_every_interpreter_holds_a_job_to_its_limit(start_job: StartJob, interpreter: str) -> None:
    record = start_job(script(TOO_MUCH), python=interpreter, memory=LIMIT).exit()
    assert (record["state"], record["reason"]) == ("failed", REASON)


def test_a_program_below_its_limit_is_left_alone(start_job: StartJob, groups: bool) -> None:
    job = launch(start_job(script(TAKE.format(chunks=5) + "print('kept')"), check=False, memory=LIMIT), groups)
    assert job.exit()["state"] == "succeeded"
    assert job.log() == "kept\n"


@pytest.mark.proves("jobs.memory-limit")
def test_the_limit_holds_for_the_whole_tree(start_job: StartJob, groups: bool) -> None:
    program = (
        "import subprocess, sys\n"
        "take = 'held = b\"x\" * 60_000_000; print(len(held), flush=True); input()'\n"
        "some = [subprocess.Popen([sys.executable, '-c', take]) for _ in range(5)]\n"
        "for one in some: one.wait()\nprint('all')"
    )
    job = launch(start_job(script(program), check=False, memory=LIMIT), groups)
    record = job.exit()
    assert (record["state"], record["reason"]) == ("failed", REASON)


def test_memory_that_forked_processes_share_counts_once(start_job: StartJob, groups: bool) -> None:
    program = (
        "import os, time\nheld = b'x' * 120_000_000\n"
        "some = [os.fork() for _ in range(3)]\nif 0 in some: time.sleep(1.5); os._exit(0)\n"
        "for one in some: os.waitpid(one, 0)\nprint('shared')"
    )
    job = launch(start_job(script(program), check=False, memory=LIMIT), groups)
    assert job.exit()["state"] == "succeeded"
    assert "shared" in job.log()


def test_many_threads_and_addresses_are_no_memory(start_job: StartJob, groups: bool) -> None:
    program = (
        "import mmap, threading, time\n"
        "space = mmap.mmap(-1, 1 << 32)\n"
        "some = [threading.Thread(target=time.sleep, args=(0.5,)) for _ in range(200)]\n"
        "for one in some: one.start()\nfor one in some: one.join()\nprint('fine')"
    )
    job = launch(start_job(script(program), check=False, memory=LIMIT), groups)
    assert job.exit()["state"] == "succeeded"


def test_a_request_that_is_refused_at_once_is_said_too(start_job: StartJob) -> None:
    job = launch(start_job(script("b = bytearray(1 << 40)"), check=False, memory=LIMIT), groups=False)
    record = job.exit()
    assert (record["state"], record["exit_code"], record["reason"]) == ("failed", 1, "out of memory: MemoryError")


@pytest.mark.proves("machine.out-of-memory")
def test_a_program_that_dies_of_memory_without_a_limit_of_ours_is_understood(start_job: StartJob) -> None:
    job = start_job(script("raise MemoryError('Unable to allocate 7.28 TiB')"))
    assert job.exit()["reason"] == "out of memory: MemoryError: Unable to allocate 7.28 TiB"


@pytest.mark.parametrize(
    ("log", "words"),
    [
        (b"Traceback\n  x\nMemoryError\n", "MemoryError"),
        (
            b"numpy._core._exceptions._ArrayMemoryError: Unable to allocate 8 GiB\n",
            "numpy._core._exceptions._ArrayMemoryError: Unable to allocate 8 GiB",
        ),
        (b"torch.OutOfMemoryError: CUDA out of memory. Tried\n", "torch.OutOfMemoryError: CUDA out of memory. Tried"),
        (
            b"Error: cannot allocate vector of size 7 Gb\nExecution halted\n",
            "Error: cannot allocate vector of size 7 Gb",
        ),
        (b"terminate called\n  what():  std::bad_alloc\n", "what():  std::bad_alloc"),
        (b"MemoryError\na\nb\nc\nd\n", None),
        (b"the memory is fine\n", None),
        (b"\xff\xfe", None),
        (b"", None),
    ],
)
def test_last_words(log: bytes, words: str | None) -> None:
    assert complaint(log) == words


@pytest.mark.parametrize(
    ("size", "words"),
    [(10**9, "1.0 GB"), (1 << 30, "1.0 GiB"), (1_500_000, "1.5 MB"), (999, "999.0 B"), (3 << 40, "3.0 TiB")],
)
def test_a_size_is_said_in_the_unit_it_was_given_in(size: int, words: str) -> None:
    assert in_words(size) == words


def test_usage_of_this_process_and_its_children() -> None:
    with subprocess.Popen(script("held = b'x' * 50_000_000; print('r'); input()"), stdin=-1, stdout=-1) as child:
        assert child.stdout is not None
        child.stdout.readline()
        assert {os.getpid(), child.pid} <= set(family(os.getpid()))
        assert 50_000_000 <= own_share(child.pid) <= share(child.pid) <= resident(child.pid)
        assert tree_bytes(os.getpid(), 0) >= 50_000_000
        child.communicate(timeout=60)
    assert (own_share(child.pid), share(child.pid), resident(child.pid)) == (0, 0, 0)


@pytest.mark.parametrize("content", [None, b"Rss: 5 kB\n"])
def test_where_the_kernel_tells_no_share_what_is_resident_counts(
    content: bytes | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = usage._read

    def refuse(path: str) -> bytes:
        if not path.endswith("smaps_rollup"):
            return read(path)
        if content is None:
            raise PermissionError(path)
        return content

    monkeypatch.setattr(usage, "_read", refuse)
    pid = os.getpid()
    assert share(pid) > 1_000_000
    assert abs(own_share(pid) - resident(pid)) < 10_000_000


def test_a_kernel_that_lists_no_children_is_asked_for_all_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE) as child:
        lists = set(family(os.getpid()))
        monkeypatch.setattr(os.path, "exists", lambda path: False)
        assert child.pid in set(family(os.getpid())) == lists
        child.communicate(timeout=60)


def test_somebody_counts() -> None:
    assert out_of_memory_kills() is not None


@pytest.mark.skipif(not os.access(MEMORY / "cgroup.procs", os.W_OK), reason="needs a writable memory control group")
def test_no_group_is_left_behind(start_job: StartJob) -> None:
    job = launch(start_job(["cat"], check=False, memory=LIMIT), groups=True)
    supervisor = job.state()["supervisor"]
    made = list(MEMORY.rglob(f"crispdm-{supervisor['pid']}-{supervisor['start']}"))
    assert len(made) == 1
    os.kill(supervisor["pid"], 9)
    os.kill(job.state()["process"]["pid"], 9)
    eventually_sync(lambda: not (made[0] / "cgroup.procs").read_text())
    assert made[0].exists()
    second = launch(start_job(["true"], check=False, memory=LIMIT), groups=True)
    second.exit()
    assert not made[0].exists()
    assert not list(MEMORY.rglob(f"crispdm-{second.state()['supervisor']['pid']}-*"))
