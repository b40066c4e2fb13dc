"""Keeps a front: holds what outlives one, and starts the next when one dies.

The guardian has the socket that listens, so that whoever connects while there is no front waits instead of being
refused; the lock of the directory; and the memory of answers that were given to a key. It has imported all that a
front needs, and starts one by a fork, which takes milliseconds. It answers nothing itself, so little can befall it.
"""

from __future__ import annotations

import ctypes
import gc
import logging
import os
import signal
import sys
import time
from collections.abc import Callable
from types import FrameType

_log = logging.getLogger(__name__)
_PR_SET_PDEATHSIG = 1
_MOMENT, _STEADY_SECONDS = 1.0, 60.0
_FIRST_PAUSE, _LONGEST_PAUSE = 0.05, 5.0
_TRIES = 5
_END_SECONDS = 8


class GivenUp(Exception):
    """One front after the other ended by itself."""


class Guardian:
    """Starts fronts, one after the other, until it is told to end.

    `front` is what a front does, in a process of its own; `started` is told the pid of each.
    """

    def __init__(self, front: Callable[[], None], started: Callable[[int], None]) -> None:
        self._front, self._started = front, started
        self._pid = 0
        self._ending = 0  # the signal that said so

    def run(self) -> None:
        """Keep a front until SIGTERM or SIGINT; then end it, too.

        Raises GivenUp when none can be kept, and KeyboardInterrupt at the end where it was SIGINT.
        """
        gc.collect()
        gc.freeze()  # what is there now is there in every front: no collection looks through it, nor copies it
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._end)
        signal.signal(signal.SIGALRM, self._kill)
        self._keep()
        if self._ending == signal.SIGINT:
            raise KeyboardInterrupt

    def _keep(self) -> None:
        pause = Pause()
        while not self._ending:
            begun = time.monotonic()
            status = self._once()
            if self._ending or (os.WIFEXITED(status) and os.WEXITSTATUS(status) == 0):
                return
            _log.warning("The front %s; the next one is started.", _explain(status))
            time.sleep(pause.after(time.monotonic() - begun, by_itself=os.WIFEXITED(status)))

    def _once(self) -> int:
        """Run a front to its end, and say how it ended."""
        both = {signal.SIGTERM, signal.SIGINT}
        signal.pthread_sigmask(signal.SIG_BLOCK, both)  # none may come between the fork and the moment it is known
        guardian, self._pid = os.getpid(), os.fork()
        if self._pid == 0:
            _become_front(self._front, guardian)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, both)
        self._started(self._pid)
        try:
            return os.waitpid(self._pid, 0)[1]
        finally:
            self._pid = 0
            signal.alarm(0)

    def _end(self, number: int, frame: FrameType | None) -> None:
        self._ending = number
        if self._pid:
            os.kill(self._pid, signal.SIGTERM)
            signal.alarm(_END_SECONDS)

    def _kill(self, number: int, frame: FrameType | None) -> None:
        if self._pid:
            os.kill(self._pid, signal.SIGKILL)


class Pause:
    """How long to wait before the next front: not at all after one that was steady, ever longer after others."""

    def __init__(self) -> None:
        self._pause, self._in_a_row = _FIRST_PAUSE, 0

    def after(self, seconds: float, *, by_itself: bool) -> float:
        """The pause after a front that lived so long. Raises GivenUp when too many in a row ended by themselves."""
        if seconds >= _STEADY_SECONDS:
            self._pause, self._in_a_row = _FIRST_PAUSE, 0
            return 0.0
        self._in_a_row = self._in_a_row + 1 if by_itself and seconds < _MOMENT else 0
        if self._in_a_row >= _TRIES:
            raise GivenUp(f"It ended {_TRIES} times as soon as it was started; its messages say why.")
        pause, self._pause = self._pause, min(2 * self._pause, _LONGEST_PAUSE)
        return pause


def _become_front(front: Callable[[], None], guardian: int) -> None:
    """Be a front, and end as one: nothing that the guardian has begun is ended here."""
    status = 1
    try:
        os.setpgid(0, 0)  # Ctrl-C in a terminal is for the guardian, which passes it on once
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGALRM):
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM, signal.SIGINT})
        _end_with(guardian)
        front()
        status = 0
    except SystemExit as ended:
        status = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except BaseException:  # whatever it is: it is in the log, and this process must not go on as a second guardian
        _log.exception("The front failed.")
    finally:
        logging.shutdown()
        os._exit(status)


def _end_with(guardian: int) -> None:
    """Ask Linux to end this process in order when the guardian dies: the server then starts both anew."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != guardian:
        sys.exit(1)


def _explain(status: int) -> str:
    if os.WIFSIGNALED(status):
        return f"was killed by signal {os.WTERMSIG(status)}"
    return f"ended with exit code {os.WEXITSTATUS(status)}"
