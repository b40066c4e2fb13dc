"""What keeps a front: real processes, which do next to nothing."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from jupyter_crispdm.serving.inference.guardian import GivenUp, Pause
from tests.support import eventually_sync

PROGRAM = """
import os, signal, socket, sys, time
from pathlib import Path
from jupyter_crispdm.serving.inference.guardian import GivenUp, Guardian

listening = socket.create_server(("127.0.0.1", 0))
home = Path(sys.argv[1])

def front():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    {body}

def started(pid):
    (home / "next").write_text(f"{{pid}} {{listening.getsockname()[1]}}")
    (home / "next").replace(home / "told")

try:
    Guardian(front, started).run()
except GivenUp as error:
    sys.exit(str(error))
print("ended in order")
"""
ANSWER = """
    while True:
        connected, _ = listening.accept()
        connected.sendall(str(os.getpid()).encode())
        connected.close()
"""


@contextmanager
def guarded(home: Path, body: str) -> Iterator[subprocess.Popen[str]]:
    program = home / "program.py"
    program.write_text(PROGRAM.format(body=textwrap.dedent(body).strip().replace("\n", "\n    ")))
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen([sys.executable, str(program), str(home)], text=True, **pipes) as process:  # type: ignore[call-overload]
        try:
            yield process
        finally:
            process.kill()


def told(home: Path) -> tuple[int, int]:
    eventually_sync((home / "told").exists)
    pid, port = (home / "told").read_text().split()
    return int(pid), int(port)


def connect(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=60)


def ask(port: int) -> int:
    with connect(port) as client:
        return int(client.recv(100))


@pytest.mark.proves("serving.front-comes-back")
def test_who_connects_while_there_is_no_front_waits_for_the_next_one(tmp_path: Path) -> None:
    with guarded(tmp_path, ANSWER) as process:
        first, port = told(tmp_path)
        assert ask(port) == first
        os.kill(first, signal.SIGSTOP)
        eventually_sync(lambda: psutil.Process(first).status() == psutil.STATUS_STOPPED)  # it takes nobody any more
        with connect(port) as waiting:
            os.kill(first, signal.SIGKILL)
            second = int(waiting.recv(100))
        assert second != first
        assert psutil.Process(second).ppid() == process.pid


def test_a_front_that_ends_in_order_ends_its_guardian(tmp_path: Path) -> None:
    with guarded(tmp_path, "pass") as process:
        assert process.wait(60) == 0
        assert process.stdout is not None
        assert "ended in order" in process.stdout.read()


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, -signal.SIGINT)])
def test_a_guardian_that_is_told_to_end_ends_its_front(tmp_path: Path, number: int, code: int) -> None:
    """Ctrl-C was told as success: `serve` ended with 0 where a shell expects 130."""
    with guarded(tmp_path, ANSWER) as process:
        front, _ = told(tmp_path)
        process.send_signal(number)
        assert process.wait(60) == code
        assert not psutil.pid_exists(front)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux tells a child that its parent died")
def test_a_front_does_not_outlive_its_guardian(tmp_path: Path) -> None:
    with guarded(tmp_path, ANSWER) as process:
        front = psutil.Process(told(tmp_path)[0])
        eventually_sync(lambda: ask(told(tmp_path)[1]) == front.pid)
        process.kill()
        front.wait(60)


def test_fronts_that_end_as_soon_as_they_are_there_are_given_up(tmp_path: Path) -> None:
    with guarded(tmp_path, "raise OSError('no')") as process:
        assert process.wait(60) == 1
        assert process.stderr is not None
        assert "It ended 5 times" in process.stderr.read()


def test_the_next_front_comes_at_once_unless_they_die_early() -> None:
    pause = Pause()
    early = [pause.after(0.1, by_itself=False) for _ in range(9)]
    assert early == [0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0]
    assert pause.after(61.0, by_itself=False) == 0.0
    assert pause.after(0.1, by_itself=False) == 0.05


def test_fronts_that_fail_after_a_moment_come_ever_later_and_are_not_given_up() -> None:
    """Those that lived for a second counted as steady: one after the other was started, without a pause."""
    pause = Pause()
    assert [pause.after(1.5, by_itself=True) for _ in range(9)] == [0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0]


def test_fronts_that_fail_at_once_are_given_up_only_in_a_row() -> None:
    pause = Pause()
    for seconds in (0.0, 0.0, 0.0, 0.0, 1.5, 0.0, 0.0, 0.0, 0.0):
        pause.after(seconds, by_itself=True)
    with pytest.raises(GivenUp):
        pause.after(0.0, by_itself=True)


def test_killed_fronts_are_never_given_up() -> None:
    pause = Pause()
    for _ in range(4):
        pause.after(0.0, by_itself=True)
    pause.after(0.0, by_itself=False)
    for _ in range(4):
        pause.after(0.0, by_itself=True)
    with pytest.raises(GivenUp):
        pause.after(0.0, by_itself=True)
