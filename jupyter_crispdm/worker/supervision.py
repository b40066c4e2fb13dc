"""Looking after one job from its start to its exit record.

The job is its command: it ends when the command ends, with the command's exit code. Processes that the
command leaves behind may finish within the first grace time; then they get SIGTERM, and after the second
SIGKILL, so that nothing of a job outlives its exit record.
"""

from __future__ import annotations

import os
import selectors
import signal
import time
import traceback
from collections import deque
from collections.abc import Callable, Sequence
from subprocess import SubprocessError
from typing import Any

from . import command
from .control import CommandFifo, CommandFile, Stdin
from .output import reasons
from .output.loglimit import LogLimit
from .output.pump import Pump
from .output.times import open_times
from .processes.identity import identify
from .processes.memory import MemoryLimit, complaint, out_of_memory_kills
from .processes.waiting import WaitingMark
from .record import Spec, read_grace, write_all, write_record
from .report import UsageReport
from .systemseries import SystemSeries

_AGAIN_SECONDS = 0.05
_GIVE_UP_SECONDS = 10.0
_RETRY_SECONDS = 1.0
_LONGEST_SECONDS = 86400.0  # epoll takes no more than 24 days
_LISTEN_SECONDS = 0.2
_DRAIN_SECONDS, _SURVIVORS_DRAIN_SECONDS = 30.0, 1.0
_NOTE_SECONDS = 0.2
_NOT_STARTED, _LOST = 127, 1
_LAST_WORDS_BYTES = 8192
_CAUGHT = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT, signal.SIGCHLD)


class Supervision:
    """One job. `took_over` is called once, when state.json or exit.json is there."""

    def __init__(
        self,
        directory: str,
        spec: Spec,
        orders: CommandFifo | CommandFile,
        ended_by: Sequence[int] = (signal.SIGTERM,),
        took_over: Callable[[], None] = lambda: None,
    ) -> None:
        self._directory = directory
        self._spec = spec
        self._orders = orders
        self._ended_by = ended_by
        self._took_over = took_over
        self._selector = selectors.DefaultSelector()
        self._log = self._open("output.log", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        self._limit = LogLimit(self._path("output.log"), spec.log_limit) if spec.log_limit else None
        self._pump: Pump | None = None
        self._stdin: Stdin | None = None
        self._pid = 0
        self._status: int | None = None  # of the command, once it has ended
        self._childless = False
        self._verdict: tuple[str, str] | None = None  # state and reason, when we ended the command
        self._steps: deque[tuple[int, float]] = deque()
        self._deadlines: dict[str, float] = {}
        self._killing_since: float | None = None
        self._survivors: list[int] = []
        self._started, self._started_tick, self._ended_tick = time.time(), time.monotonic(), 0.0
        self._usage, self._system = UsageReport(directory), SystemSeries(directory)
        self._mark = WaitingMark(directory)
        self._memory = MemoryLimit(spec.memory) if spec.memory else None
        self._memory_kills = out_of_memory_kills()

    def run(self) -> int:
        """Start the command, look after it, and write how it ended; answers its exit code as a shell would."""
        os.umask(0o077)  # what the supervisor writes is its account's alone; the command has its user's
        command.become_subreaper()
        self._catch_signals()
        try:
            self._start()
        except (OSError, ValueError, SubprocessError) as error:
            self._end_start(error)
            return _NOT_STARTED
        try:
            self._took_over()
            self._loop()
            self._drain()
            outcome = self._outcome()
        except Exception as error:  # the last resort: a job without exit record would be a riddle
            self._note(traceback.format_exc())
            command.signal_tree(self._pid, signal.SIGKILL)
            outcome = {"state": "failed", "reason": f"the supervisor failed: {error!r}"}
        self._finish(outcome)
        return _LOST if self._status is None else command.exit_code(self._status)

    # --- starting

    def _start(self) -> None:
        memory = self._memory
        turn = self._limit.turn if self._limit else None
        pump = self._pump = Pump(self._log, open_times(self._path("output.log")), turn)
        try:
            self._pid, sink = command.start(self._spec, pump.sink, memory.confine if memory else None)
        finally:
            pump.release()
        self._stdin = Stdin(sink)
        self._selector.register(pump.life, selectors.EVENT_READ, self._pump_gone)
        self._set_deadlines()
        state = {"state": "running", "supervisor": _identify(os.getpid()), "process": _identify(self._pid)}
        try:
            write_record(self._directory, "state.json", dict(state, started=self._started))
        except OSError:
            command.signal_tree(self._pid, signal.SIGKILL)
            raise

    def _pump_gone(self) -> None:
        """Start another pump while the job could still print; at the job's end none is needed."""
        if self._pump is None:
            return
        self._selector.unregister(self._pump.life)
        if self._status is None or not self._childless:
            self._pump.revive()
            self._selector.register(self._pump.life, selectors.EVENT_READ, self._pump_gone)

    def _set_deadlines(self) -> None:
        if self._orders.descriptor is None:
            self._deadlines["listen"] = self._deadlines["usage"] = self._started_tick
        else:
            self._selector.register(self._orders.descriptor, selectors.EVENT_READ, self._obey)
        self._deadlines["waiting"] = self._deadlines["system"] = self._started_tick
        if self._spec.timeout is not None:
            self._deadlines["timeout"] = self._started_tick + self._spec.timeout
        if self._limit is not None:
            self._deadlines["log"] = self._started_tick
        if self._memory is not None:
            self._memory.started(self._pid)
            self._deadlines["memory"] = self._started_tick

    def _end_start(self, error: Exception) -> None:
        reason = f"could not start: {_describe(error)}"
        self._note(reason)
        self._ended_tick = time.monotonic()
        self._finish({"state": "failed", "reason": reason}, self._took_over)

    def _catch_signals(self) -> None:
        """Turn signals into wake-ups. A handler, unlike SIG_IGN, is not handed on to the command."""
        wake, waker = os.pipe()
        for descriptor in (wake, waker):
            os.set_blocking(descriptor, False)
        signal.set_wakeup_fd(waker, warn_on_full_buffer=False)
        for number in _CAUGHT:
            signal.signal(number, _nothing)
        signal.pthread_sigmask(signal.SIG_SETMASK, [])
        self._selector.register(wake, selectors.EVENT_READ, lambda: self._wake(wake))

    # --- looking after

    def _loop(self) -> None:
        while True:
            self._collect()
            if self._survivors or (self._status is not None and self._childless):
                return
            self._act(time.monotonic())
            for key, _ in self._selector.select(self._patience()):
                key.data()
            self._watch_stdin()

    def _collect(self) -> None:
        """Take the exit codes of all children that have ended, our own and the orphans we adopted."""
        try:
            while True:
                pid, status = os.waitpid(-1, os.WNOHANG)
                if pid == 0:
                    return
                if pid == self._pid:
                    self._status, self._ended_tick = status, time.monotonic()
                    self._command_ended()
        except ChildProcessError:
            self._childless = True

    def _command_ended(self) -> None:
        self._deadlines.pop("timeout", None)
        if self._verdict is None:
            first, second = self._spec.grace
            self._begin([(0, first), (signal.SIGTERM, second)])

    def _act(self, now: float) -> None:
        """Do what is due."""
        due = [name for name, deadline in self._deadlines.items() if deadline <= now]
        if "listen" in due:
            self._deadlines["listen"] = now + _LISTEN_SECONDS
            self._obey()
        if "usage" in due:
            self._deadlines["usage"] = now + self._usage.write()
        if "system" in due:
            self._deadlines["system"] = now + self._system.write()
        if "waiting" in due and self._stdin is not None:
            self._deadlines["waiting"] = now + self._mark.look(self._stdin)
        if "log" in due and self._limit is not None:
            self._deadlines["log"] = now + self._limit.enforce()
        if "memory" in due:
            self._check_memory(now)
        if "timeout" in due:
            del self._deadlines["timeout"]
            self._stop("failed", f"timed out after {self._spec.timeout or 0:g} s", self._spec.grace)
        if "step" in due:
            self._step(now)

    def _check_memory(self, now: float) -> None:
        memory = self._memory
        if memory is None:
            return
        self._deadlines["memory"] = now + memory.look()
        if memory.exceeded:
            del self._deadlines["memory"]
            if self._verdict is None and self._status is None:
                self._verdict = "failed", memory.words
            self._deadlines.pop("timeout", None)
            self._begin([])  # it has no room left to clean up in

    def _begin(self, steps: list[tuple[int, float]]) -> None:
        self._steps = deque(steps)
        self._deadlines["step"] = time.monotonic()

    def _step(self, now: float) -> None:
        if self._steps:
            number, seconds = self._steps.popleft()
            if number:
                self._say_leftovers(command.signal_tree(self._pid, number))
            self._deadlines["step"] = now + seconds
            return
        self._deadlines["step"] = now + _AGAIN_SECONDS
        left = command.signal_tree(self._pid, signal.SIGKILL)
        if self._killing_since is None:
            self._killing_since = now
        elif now - self._killing_since > _GIVE_UP_SECONDS:
            self._survivors = left

    def _stop(self, state: str, reason: str, grace: tuple[float, float]) -> None:
        """End the job; a second call can only hasten it."""
        if self._verdict is not None or self._status is not None:
            self._deadlines["step"] = min(self._deadlines["step"], time.monotonic() + grace[0])
            allowed = {0: grace[0], signal.SIGINT: grace[0], signal.SIGTERM: grace[1]}
            self._steps = deque((number, min(wait, allowed[number])) for number, wait in self._steps)
            return
        self._verdict = state, reason
        self._deadlines.pop("timeout", None)
        self._begin([(signal.SIGINT, grace[0]), (signal.SIGTERM, grace[1])])

    def _say_leftovers(self, pids: list[int]) -> None:
        if self._status is not None and self._verdict is None and pids:
            text = "The command has ended; ending {} process(es) that it left running."
            self._note(text.format(len(pids)))

    # --- listening

    def _patience(self) -> float | None:
        if not self._deadlines:
            return None
        left = min(self._deadlines.values()) - time.monotonic()
        return min(max(0.0, left), _LONGEST_SECONDS)

    def _wake(self, descriptor: int) -> None:
        received = os.read(descriptor, 4096)
        for number in self._ended_by:
            if number in received:
                reason = f"stopped: the supervisor was asked to end ({signal.Signals(number).name})"
                self._stop("stopped", reason, self._spec.grace)

    def _obey(self) -> None:
        for order in self._orders.read():
            self._obey_one(order)

    def _obey_one(self, order: dict[str, Any]) -> None:
        action = order.get("do")
        if action == "stop":
            self._stop("stopped", "stopped", read_grace(order.get("grace"), self._spec.grace))
        elif action == "eof" and self._stdin is not None:
            self._mark.clear()
            self._stdin.end()
        elif action == "input" and isinstance(order.get("text"), str):
            self._give(order["text"])

    def _give(self, text: str) -> None:
        self._mark.clear()
        if self._stdin is None or not self._stdin.put(text):
            self._note("Input was dropped: the program does not read it.")

    def _watch_stdin(self) -> None:
        """Wait for room in the program's input exactly while something waits for it."""
        stdin = self._stdin
        if stdin is None:
            return
        watched = stdin.descriptor in self._selector.get_map()
        if stdin.pending and not watched:
            self._selector.register(stdin.descriptor, selectors.EVENT_WRITE, self._feed)
        elif watched and not stdin.pending:
            self._selector.unregister(stdin.descriptor)

    def _feed(self) -> None:
        if self._stdin is not None:
            self._stdin.flush()

    # --- ending

    def _drain(self) -> None:
        """Have all that was printed in the log before anybody is told of the end."""
        if self._pump is not None:
            self._pump.finish(_SURVIVORS_DRAIN_SECONDS if self._survivors else _DRAIN_SECONDS)

    def _outcome(self) -> dict[str, Any]:
        code, name = (None, None) if self._status is None else command.decode(self._status)
        if self._verdict is not None:
            state, reason = self._verdict
        elif code == 0:
            state, reason = "succeeded", ""
        else:
            state, reason = "failed", self._why(code, name)
        if self._survivors:
            reason = "{}; could not end process(es) {}".format(reason or "ended", _join(self._survivors))
        return {"state": state, "exit_code": code, "signal": name, "reason": reason}

    def _why(self, code: int | None, name: str | None) -> str:
        if self._memory is not None and self._memory.look() and self._memory.exceeded:
            return self._memory.words
        killed = name == "SIGKILL" or code == 128 + signal.SIGKILL  # the latter by way of a shell
        now = out_of_memory_kills() if killed else None
        if now is not None and self._memory_kills is not None and now > self._memory_kills:
            return "out of memory"
        tail = self._last_words()
        words = complaint(tail)
        if words is not None:
            return f"out of memory: {reasons.readable(words)}"
        if name is not None:
            return reasons.killed(name)
        return reasons.why(tail, code) or reasons.ended_with(code)

    def _last_words(self) -> bytes:
        try:
            with open(self._path("output.log"), "rb") as file:
                file.seek(max(0, os.fstat(file.fileno()).st_size - _LAST_WORDS_BYTES))
                return file.read(_LAST_WORDS_BYTES)
        except OSError:
            return b""

    def _finish(self, outcome: dict[str, Any], then: Callable[[], None] = lambda: None) -> None:
        """Write exit.json, however long the disk stays full; give up only when the directory is gone."""
        self._mark.clear()
        if self._limit is not None:
            self._limit.enforce()
        ended = self._started + max(0.0, self._ended_tick - self._started_tick)
        if self._memory is not None:
            self._memory.close()
        record = dict({"exit_code": None, "signal": None}, **outcome)
        record.update(started=self._started, ended=ended)
        while os.path.isdir(self._directory):
            try:
                write_record(self._directory, "exit.json", record)
                break
            except OSError:
                time.sleep(_RETRY_SECONDS)
        then()

    def _note(self, text: str) -> None:
        if self._pump is not None:
            self._pump.settle(_NOTE_SECONDS)
        try:
            write_all(self._log, f"[crispdm] {text}\n".encode("utf-8", "replace"))
        except OSError:  # a full disk must not end the supervision
            return

    def _path(self, name: str) -> str:
        return os.path.join(self._directory, name)

    def _open(self, name: str, flags: int) -> int:
        return os.open(self._path(name), flags | os.O_CLOEXEC, 0o600)


def _nothing(number: int, frame: object) -> None:
    """Handle a signal: the wake-up descriptor has been told already."""


def _identify(pid: int) -> dict[str, Any]:
    return dict(identify(pid), host=os.uname().nodename)


def _describe(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    return str(error)


def _join(pids: list[int]) -> str:
    return ", ".join(map(str, sorted(pids)))
