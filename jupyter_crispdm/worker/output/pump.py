"""What a job prints, on its way into the log.

The job writes into a pipe, and a process of its own appends what comes down it to the log. Were the log file itself
the job's output, a program that opens `/dev/stdout` anew would cut it off; and a disk that is full would be the
program's mistake. That process is nobody's child, so neither the end of the server nor that of the supervisor harms it:
it ends when the last program that could write has ended. The supervisor holds the reading end too, so that the job
outlives a pump that is killed, and starts another.
"""

from __future__ import annotations

import array
import fcntl
import os
import select
import signal
import time

from ..command import as_no_subreaper
from ..record import write_all
from .times import TimeNotes
from .turn import Turn

_PIECE_BYTES = 1 << 16
_PIPE_BYTES = 1 << 20
_IGNORED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGPIPE)
_F_SETPIPE_SZ = 1031
_FIONREAD = 0x541B
_LOOK_SECONDS = 0.01


class Pump:
    """The way of a job's output. `log` is the opened log, `times` what says when; `sink` is what the job writes to.

    `turn` is taken for each piece: nothing is appended while the log is cut.
    """

    def __init__(self, log: int, times: int | None = None, turn: Turn | None = None) -> None:
        self._log, self._times, self._turn = log, times, turn
        self._source, self.sink = os.pipe()
        _widen(self.sink)
        self.life = self._start()

    def release(self) -> None:
        """Leave the writing end to the job alone, now that it has it."""
        os.close(self.sink)

    def revive(self) -> None:
        """Start another process where the last one was killed, unless all is written."""
        os.close(self.life)
        self.life = self._start()

    def finish(self, seconds: float) -> None:
        """Wait until all that was printed is in the log, or `seconds` have passed."""
        end = time.monotonic() + seconds
        while select.select([self.life], [], [], max(0.0, end - time.monotonic()))[0]:
            if not self._waiting():
                return
            self.revive()  # it was killed before it had read everything

    def settle(self, seconds: float) -> None:
        """Wait until what was printed up to now has been taken, or `seconds` have passed."""
        end = time.monotonic() + seconds
        while self._waiting() and time.monotonic() < end:
            time.sleep(_LOOK_SECONDS)

    def _waiting(self) -> int:
        """How many bytes nobody has taken out of the pipe yet."""
        count = array.array("i", [0])
        fcntl.ioctl(self._source, _FIONREAD, count)
        return count[0]

    def _start(self) -> int:
        """Fork a pump away from us; answers what tells, by its end, that it is gone."""
        life, living = os.pipe()
        with as_no_subreaper():
            child = os.fork()
            if child == 0:
                self._become_pump(living)
            os.waitpid(child, 0)
        os.close(living)
        return life

    def _become_pump(self, living: int) -> None:
        try:
            for number in _IGNORED:
                signal.signal(number, signal.SIG_IGN)
            os.setsid()
            if os.fork() == 0:
                turn = None if self._turn is None else self._turn.descriptor
                _keep_only(self._source, self._log, living, self._times, turn)
                _pump(self._source, self._log, TimeNotes(self._log, self._times), self._turn)
        finally:
            os._exit(0)


def _pump(source: int, log: int, notes: TimeNotes, turn: Turn | None) -> None:
    """Append what comes to the log until nobody can write any more; say how much a full disk cost."""
    lost, why = 0, ""
    while True:
        data = os.read(source, _PIECE_BYTES)
        if not data and not lost:
            return
        if turn is not None:
            turn.take()
        try:
            if lost:
                write_all(log, f"\n[crispdm] {lost} bytes of output were lost here: {why}.\n".encode())
                lost = 0
            notes.note()
            write_all(log, data)
        except OSError as error:
            lost, why = lost + len(data), error.strerror or "the log cannot be written"
        finally:
            if turn is not None:
                turn.give()
        if not data:
            return


def _keep_only(*descriptors: int | None) -> None:
    """Close everything else: a pump that held the writing end would never see the last writer go."""
    os.chdir("/")
    for name in os.listdir("/proc/self/fd"):
        if int(name) not in descriptors:
            try:
                os.close(int(name))
            except OSError:  # the listing's own
                continue


def _widen(pipe: int) -> None:
    """Give the pipe more room than the usual 64 KiB, where one may have it."""
    try:
        fcntl.fcntl(pipe, _F_SETPIPE_SZ, _PIPE_BYTES)
    except OSError:
        return
