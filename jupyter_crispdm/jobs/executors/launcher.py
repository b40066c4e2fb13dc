"""Asking a warm launcher (see ``worker/launcher.py``) to start supervisors."""

from __future__ import annotations

import os
import select
import socket
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

from jupyter_crispdm.worker import supervisor

_ANSWER_SECONDS = 20.0
_LAUNCH_SECONDS = 60.0
_END_SECONDS = 1.0
_ANSWER_BYTES = 1 << 16


@dataclass(frozen=True)
class Answer:
    """What became of a start: an exit code of supervisor.py, and why."""

    code: int
    text: str


class Launcher:
    """Starts supervisors by a helper process that is kept; without it, where that fails, each by itself.

    What is asked for twice is started once, since the job directory holds the claim. So whenever the helper does not
    answer, it is ended, and the job is started the slow way. Every method blocks and may be called by any thread.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._helper: _Helper | None = None
        self._closed = False

    def start(self, directory: Path) -> Answer:
        """Start the supervisor of a job directory. Raises OSError, subprocess.TimeoutExpired."""
        return self._ask(directory) or _start_directly(directory)

    def close(self) -> None:
        """End the helper; jobs go on. What is still being started goes by itself: another helper, nobody would end."""
        with self._lock:
            self._closed = True
            helper, self._helper = self._helper, None
        if helper is not None:
            helper.close()

    def _ask(self, directory: Path) -> Answer | None:
        try:
            with self._lock:
                if self._closed:
                    return None
                if self._helper is None:
                    self._helper = _Helper()
                helper = self._helper
                pipe = helper.send(directory)
        except OSError:
            self._give_up(self._helper)
            return None
        code, _, text = _read(pipe).partition(" ")
        if not code:
            self._give_up(helper)
            return None
        return Answer(int(code), text)

    def _give_up(self, helper: _Helper | None) -> None:
        with self._lock:
            if helper is None or helper is not self._helper:  # somebody else was quicker
                return
            self._helper = None
        helper.kill()


class _Helper:
    """One launcher process and our end of its socket."""

    def __init__(self) -> None:
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._socket.settimeout(_ANSWER_SECONDS)
        with theirs:
            try:
                self._process = subprocess.Popen(
                    [sys.executable, "-I", "-S", supervisor.__file__, "--launcher"],
                    stdin=theirs.fileno(),
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    env={"PATH": os.defpath},
                    cwd="/",
                    start_new_session=True,  # what a terminal sends to the server is none of its business
                )
            except BaseException:
                self._socket.close()
                raise

    def send(self, directory: Path) -> int:
        """Ask for a supervisor; answers the pipe on which the outcome comes."""
        pipe, theirs = os.pipe()
        try:
            socket.send_fds(self._socket, [os.fsencode(directory)], [theirs])
        except BaseException:
            os.close(pipe)
            raise
        finally:
            os.close(theirs)
        return pipe

    def kill(self) -> None:
        """End it at once, so that nothing it was asked for is started later."""
        self._process.kill()
        self.close()

    def close(self) -> None:
        """Let it end by itself."""
        self._socket.close()
        try:
            self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def _read(pipe: int) -> str:
    """What comes first, and in time; not all until the end, which a program forked meanwhile could hold up."""
    try:
        ready = select.poll()
        ready.register(pipe, select.POLLIN)
        return os.read(pipe, _ANSWER_BYTES).decode(errors="replace") if ready.poll(1000 * _ANSWER_SECONDS) else ""
    finally:
        os.close(pipe)


def _start_directly(directory: Path) -> Answer:
    # Others in this process may take the exit code (nb_conda_kernels reaps every child); it then reads 0.
    # That is harmless: what counts is the record that the supervisor writes before it ends.
    done = subprocess.run(
        [sys.executable, "-I", "-S", supervisor.__file__, str(directory)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env={"PATH": os.defpath},
        cwd="/",
        timeout=_LAUNCH_SECONDS,
        text=True,
        errors="replace",
    )
    return Answer(done.returncode, done.stderr.strip())
