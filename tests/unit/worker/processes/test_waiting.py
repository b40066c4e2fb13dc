"""A job that waits for input is marked, in real processes; no other job is."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from jupyter_crispdm.worker import control
from jupyter_crispdm.worker.control import Stdin
from jupyter_crispdm.worker.processes import waiting
from jupyter_crispdm.worker.processes.usage import family
from tests.support import eventually_sync
from tests.unit.worker.conftest import StartedJob, StartJob

_ASKS = "name = input('who? '); print('hello', name); import time; time.sleep(600)"
_IN_A_THREAD = f"import threading; threading.Thread(target=lambda: exec({_ASKS!r})).start()"
_AWHILE_AFTER_OTHER_PIPES = f"import os; r, w = os.pipe(); {_ASKS}"


def _mark(job: StartedJob) -> Path:
    return job.directory / waiting.NAME


@pytest.mark.proves("jobs.waits-for-input")
@pytest.mark.parametrize(
    "command",
    [
        [sys.executable, "-c", _ASKS],
        [sys.executable, "-c", _IN_A_THREAD],
        [sys.executable, "-c", _AWHILE_AFTER_OTHER_PIPES],
        ["bash", "-c", "read -p 'who? ' name; echo hello $name; sleep 600"],
        ["bash", "-c", "head -n 1 < /dev/stdin; echo hello ada; sleep 600"],
    ],
    ids=["python", "thread", "pipes", "bash", "dup"],
)
def test_a_job_is_marked_while_it_waits_for_input(command: list[str], start_job: StartJob) -> None:
    job = start_job(command)
    eventually_sync(_mark(job).exists)
    job.send(*control.encode_input("ada\n"))
    job.printed("hello ada")
    eventually_sync(lambda: not _mark(job).exists())


def test_the_mark_goes_when_the_input_ends_and_with_the_job(start_job: StartJob) -> None:
    job = start_job([sys.executable, "-c", "import sys; sys.stdin.read(); sys.exit(3)"])
    eventually_sync(_mark(job).exists)
    job.send(control.encode_end())
    assert job.exit()["exit_code"] == 3
    assert not _mark(job).exists()


def test_it_works_for_each_interpreter(interpreter: str, start_job: StartJob) -> None:
    job = start_job(["cat"], python=interpreter)
    eventually_sync(_mark(job).exists)
    job.send(control.encode_stop(0, 0))
    assert job.exit()["state"] == "stopped"
    assert not _mark(job).exists()


@pytest.fixture
def stdin() -> Iterator[Stdin]:
    """A program's input that nobody reads."""
    source, sink = os.pipe()
    try:
        yield Stdin(sink)
    finally:
        os.close(source)
        os.close(sink)


def _looks(mark: waiting.WaitingMark, stdin: Stdin, readers: list[bool], computed: list[int]) -> list[bool]:
    """After each look, whether the mark stands."""
    found = []
    with pytest.MonkeyPatch.context() as patch:
        for blocked, ticks in zip(readers, computed, strict=True):
            patch.setattr(waiting, "family", lambda root: iter([root, 1]))
            patch.setattr(waiting, "reads", lambda pid, pipe, blocked=blocked: blocked)
            patch.setattr(waiting, "ticks", lambda pid, ticks=ticks: (ticks, 0))
            mark.look(stdin)
            found.append(os.path.exists(mark._path))
    return found


def test_what_computes_beside_a_reader_does_not_wait(tmp_path: Path, stdin: Stdin) -> None:
    mark = waiting.WaitingMark(str(tmp_path))
    assert _looks(mark, stdin, [True] * 4, [5, 100, 300, 500]) == [False] * 4


def test_the_mark_comes_at_the_second_quiet_look_and_goes_at_the_first_other(tmp_path: Path, stdin: Stdin) -> None:
    mark = waiting.WaitingMark(str(tmp_path))
    assert _looks(mark, stdin, [False, True, True, True, False], [9] * 5) == [False, False, True, True, False]


def test_input_that_is_not_read_yet_is_no_waiting(tmp_path: Path, stdin: Stdin) -> None:
    mark = waiting.WaitingMark(str(tmp_path))
    assert _looks(mark, stdin, [True] * 2, [9] * 2)[-1]
    stdin.put("x")
    assert not stdin.empty
    assert not _looks(mark, stdin, [True] * 2, [9] * 2)[-1]


def test_what_another_attempt_left_is_gone(tmp_path: Path) -> None:
    (tmp_path / waiting.NAME).touch()
    waiting.WaitingMark(str(tmp_path))
    assert not (tmp_path / waiting.NAME).exists()


def test_a_process_that_sleeps_or_reads_another_pipe_does_not_read_its_input(start_job: StartJob) -> None:
    job = start_job(["bash", "-c", "sleep 600 | cat"])
    pid = job.state()["process"]["pid"]
    assert not any(waiting.reads(one, os.readlink(f"/proc/{pid}/fd/0")) for one in family(pid))
    assert not waiting.reads(2**30, "pipe:[1]")
