"""Whether a program waits for input: one of its processes is blocked reading the pipe that is its standard input.

The kernel tells where a thread sleeps (`wchan`), and to those above it in the tree, as we are, in which call
(`syscall`). While that is so and the tree computes nothing, the file `waiting` stands in the job's directory; since
when it does is its time of change. A program that polls its input, as Node.js does, does not block and is not seen.
"""

from __future__ import annotations

import os
import time
from contextlib import suppress

from ..control import Stdin
from .usage import family, ticks

NAME = "waiting"
_SECONDS, _SOON_SECONDS = 1.0, 0.25
_MOST_OF_OUR_TIME = 0.02
_IDLE_SHARE, _IDLE_TICKS = 0.05, 1
_MOST_THREADS, _MOST_DESCRIPTORS = 64, 256
_TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
_READS = {"x86_64": "0", "aarch64": "63"}  # the call `read`, for kernels that do not tell where a thread sleeps


class WaitingMark:
    """The mark of one job."""

    def __init__(self, directory: str) -> None:
        self._path = os.path.join(directory, NAME)
        self._last: tuple[float, int] | None = None  # when somebody was blocked, and what the tree had computed
        self._stands = True
        self.clear()  # what another attempt left

    def look(self, stdin: Stdin) -> float:
        """Set or clear the mark; answers after how many seconds to look again."""
        began = time.perf_counter()
        seconds = self._look(stdin)
        return max(seconds, (time.perf_counter() - began) / _MOST_OF_OUR_TIME)

    def clear(self) -> None:
        """The program waits no longer."""
        self._last = None
        if self._stands:
            with suppress(OSError):  # there is none, or the directory is gone
                os.unlink(self._path)
            self._stands = False

    def _look(self, stdin: Stdin) -> float:
        pids = [pid for pid in family(os.getpid()) if pid != os.getpid()] if stdin.empty else []
        if not any(reads(pid, stdin.pipe) for pid in pids):
            self.clear()
            return _SECONDS
        before, now = self._last, (time.monotonic(), sum(sum(ticks(pid)) for pid in pids))
        if before is None:
            self._last = now
            return _SOON_SECONDS
        most = max(_IDLE_TICKS, _IDLE_SHARE * _TICKS_PER_SECOND * (now[0] - before[0]))
        if now[1] - before[1] > most:
            self.clear()
        elif not self._stands:
            self._set()
        self._last = now
        return _SECONDS

    def _set(self) -> None:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        try:
            os.close(os.open(self._path, flags, 0o600))
            self._stands = True
        except FileExistsError:  # somebody else's; it is replaced at the next look
            self._stands = True
            self.clear()
        except OSError:  # a full disk must not end the supervision
            return


def reads(pid: int, pipe: str) -> bool:
    """Whether a thread of the process is blocked reading the pipe, such as `pipe:[4711]`."""
    if _blocked(pid, pid, pipe):
        return True
    if _link(pid, 0) != pipe:
        return False
    try:
        threads = os.listdir(f"/proc/{pid}/task")[:_MOST_THREADS]
    except OSError:  # it has just ended
        return False
    return any(_blocked(pid, int(thread), pipe) for thread in threads if int(thread) != pid)


def _blocked(pid: int, thread: int, pipe: str) -> bool:
    place = _text(f"/proc/{pid}/task/{thread}/wchan")
    if "pipe" not in place and place != "0":
        return False
    call = _text(f"/proc/{pid}/task/{thread}/syscall").split()
    if len(call) > 1 and call[1].startswith("0x"):
        known = place != "0" or call[0] == _READS.get(os.uname().machine)
        return known and _link(pid, int(call[1], 16)) == pipe
    return not call and "pipe" in place and _reads_no_other(pid, pipe)


def _reads_no_other(pid: int, pipe: str) -> bool:
    """Whether this is the only pipe that the process can read, where the kernel does not tell which one it reads."""
    if _link(pid, 0) != pipe:
        return False
    try:
        numbers = os.listdir(f"/proc/{pid}/fd")[:_MOST_DESCRIPTORS]
        readable = [int(one) for one in numbers if os.lstat(f"/proc/{pid}/fd/{one}").st_mode & 0o400]
    except OSError:
        return False
    return all(_link(pid, number) == pipe for number in readable if _link(pid, number).startswith("pipe:"))


def _link(pid: int, descriptor: int) -> str:
    try:
        return os.readlink(f"/proc/{pid}/fd/{descriptor}")
    except (OSError, OverflowError):
        return ""


def _text(path: str) -> str:
    try:
        with open(path, "rb") as file:
            return file.read(256).decode("ascii", "replace").strip()
    except OSError:  # it has just ended, or is another user's
        return ""
