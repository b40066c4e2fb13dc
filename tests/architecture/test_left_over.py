"""What goes on without its server ends with its test."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import psutil
import pytest

from tests.support import end_all_of, eventually_sync, words_of

_WAITS = "import signal\nwhile True: signal.pause()"
Start = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture
def start() -> Iterator[Start]:
    with ExitStack() as running:

        def begin(*words: str, **variables: str) -> subprocess.Popen[bytes]:
            process = subprocess.Popen([sys.executable, "-S", "-c", _WAITS, *words], env=variables)
            running.enter_context(process)
            running.callback(process.kill)
            return process

        yield begin


def test_all_that_works_for_a_folder_is_ended_and_nothing_else(start: Start, tmp_path: Path) -> None:
    folder = tmp_path / "one"
    service = start(f"--directory={folder}/serving")
    job = start(CRISPDM_RUN_DIR=str(folder / "jobs" / "j"))
    others = start(f"{folder}-two/jobs/j"), start(str(tmp_path))
    assert len(end_all_of(folder)) == 2
    assert (service.wait(60), job.wait(60)) == (-9, -9)
    assert [one.poll() for one in others] == [None, None]
    assert end_all_of(folder) == []


def test_a_process_that_has_ended_and_is_not_asked_for_has_no_words() -> None:
    child = subprocess.Popen([sys.executable, "-c", ""])
    process = psutil.Process(child.pid)
    eventually_sync(lambda: process.status() == psutil.STATUS_ZOMBIE)
    assert words_of(process) == []
    child.wait(60)
    assert words_of(process) == []
    assert words_of(psutil.Process())
