"""What a run's log and the files of other trackers say, written as rows of our own: `gathered/*.bin` in its directory.

So there is one reader of runs, one order and one cursor, whoever wrote the numbers. How far it came stands in
`gathered/state.json`, every two seconds; what was written after that, by a server that died, is cut off before it goes
on.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

from jupyter_crispdm.base.files.regular import Unreadable

from ..points import Point, Reader
from ..ranks import LOG
from .finding import Claims, File, Finder
from .formats.format import Found, Piece
from .inputs import Anew, FileInput, Input, LogInput
from .kinds import Kind, kind_of
from .pieces import Pieces
from .places import Place
from .rows import Rows
from .state import InputState, OutputState, State, load, save
from .stores.input import StoreInput, continued
from .stores.mlflow import Owner

_LOG_FILE = "output.log"
_CPU_SECONDS = 0.05
_SAVE_BYTES = 1 << 20
_SAVE_SECONDS = 2.0
_LOOKS_AT_ONCE = 10
_MOST_OUTPUTS = 200


class LogRules(NamedTuple):
    """How a log is read: what makes a reader, and what differs when the rules do."""

    make: Callable[[], Reader]
    digest: str = ""


class Gatherer:
    """Gathers for one run; a thread may call it at any time, and again.

    `folder`: where its program works; None: only its own directory is looked through. `started`: since when, in seconds
    since the epoch. `opened` tells the paths of files that its processes have open, `claims` what other runs have.
    Without `rules` its log is not read.
    """

    def __init__(
        self,
        run: Path,
        *,
        folder: Path | None = None,
        started: float | None = None,
        attempt: int = 1,
        rules: LogRules | None = None,
        opened: Callable[[], Collection[str]] = tuple,
        claims: Claims | None = None,
    ) -> None:
        self._run, self._attempt, self._rules = run, attempt, rules
        self._folder, self._started, self._claims = folder, started or 0.0, claims or Claims()
        self._place = Place(run)
        self._finder = Finder(run, folder, started, opened, self._claims)
        self._turn = threading.Lock()
        self._loaded = self._changed = self._closed = False
        self._saved = -math.inf
        self._moved = 0  # bytes read since the state was written
        self._state = State()
        self._outputs: dict[str, Rows] = {}
        self._inputs: dict[str, Input] = {}
        self._pieces = Pieces(self._place, self._state)
        self._trouble = ""

    @property
    def trouble(self) -> str:
        """Why something of it could not be gathered; empty when all could."""
        return self._trouble or next((one.trouble for one in self._inputs.values() if one.trouble), "")

    def gather(self, *, over: bool = False) -> bool:
        """Go through what is new, for at most a twentieth of a second; True: there may be more.

        `over`: nothing more will come once this is read. What fails is tried again at the next call.
        """
        with self._turn:
            if self._closed or (self._loaded and not over and self._is_quiet()):
                return False
            try:
                with self._place.locked() as free:
                    return not free or self._gather(over)
            except OSError as error:
                self._loaded = False  # what is in memory may be ahead of what is written
                self._trouble = error.reason if isinstance(error, Unreadable) else error.strerror or str(error)
                return False

    def use(self, rules: LogRules) -> None:
        """Read the log by other rules from now on, and anew from where this attempt began."""
        with self._turn:
            self._rules, self._loaded = rules, False

    def leave(self) -> None:
        """Write down how far it came, and gather no more. It touches the disk."""
        with self._turn:
            if self._changed and self._loaded and self._state.outputs and not self._closed:
                with suppress(OSError), self._place.locked() as free:
                    if free:
                        self._save()
            self.close()

    def close(self) -> None:
        """Gather no more, also where a call still waits for its turn."""
        self._closed = True
        self._finder.close()

    def _is_quiet(self) -> bool:
        """Whether nothing is new, as far as a look at names and sizes tells."""
        is_saved = not (self._changed and self._is_save_due())
        return is_saved and not self._finder.is_due() and all(one.is_quiet() for one in self._inputs.values())

    def _gather(self, over: bool) -> bool:
        if not self._loaded:
            self._load()
        if self._state.over and not over:
            self._state.over = False
        self._trouble = ""
        for file in self._finder.look(now=over):
            self._add(file)
        more = self._read_all(over)
        if over and not more and not self._state.over:
            self._state.over = self._changed = True
        if self._changed and (self._is_save_due() or (over and not more)):
            self._save()
        return more

    def _is_save_due(self) -> bool:
        """Seldom, as a file system may write all to the disk before a file takes the place of another."""
        worth = bool(self._state.outputs) or self._moved > _SAVE_BYTES
        return worth and time.monotonic() - self._saved >= _SAVE_SECONDS

    def _save(self) -> None:
        self._place.make()
        save(self._place, self._state)
        self._changed, self._moved, self._saved = False, 0, time.monotonic()

    def _read_all(self, over: bool) -> bool:
        """All inputs in turn, until nothing is left or time is up."""
        until = time.thread_time() + _CPU_SECONDS
        waiting = list(self._inputs)
        while waiting:
            again = []
            for number, key in enumerate(waiting, 1):
                if self._read(key, over):
                    again.append(key)
                if time.thread_time() > until and (again or number < len(waiting)):
                    self._turn_to(waiting[number:])
                    return True
            waiting = again
        return False

    def _turn_to(self, keys: list[str]) -> None:
        """Let those have their turn first next time that had none."""
        first = {key: self._inputs[key] for key in keys}
        self._inputs = first | {key: one for key, one in self._inputs.items() if key not in first}

    def _read(self, key: str, over: bool) -> bool:
        input = self._inputs[key]
        before = input.state.position
        now = time.time()
        try:
            found, more = input.read(now, over=over)
        except Anew:
            self._begin_anew(input.state.output)
            return True
        if found:
            self._write(input.state, found, now)
        if found or input.state.position != before:
            self._changed = True
            self._moved += abs(input.state.position - before)
        return more

    def _write(self, state: InputState, found: Iterable[Found], now: float) -> None:
        self._place.make()
        found = list(found)
        points = [one for one in found if isinstance(one, Point)]
        pieces = [one for one in found if isinstance(one, Piece)]
        if state.prefix:
            points = [point._replace(name=state.prefix + point.name) for point in points]
            pieces = [piece._replace(name=state.prefix + piece.name) for piece in pieces]
        self._rows(state.output).write(points, now)
        self._pieces.write(pieces)

    def _rows(self, name: str) -> Rows:
        if name not in self._outputs:
            state = self._state.outputs.setdefault(name, OutputState())
            self._outputs[name] = Rows(self._place, name, state)
            self._outputs[name].check()
        return self._outputs[name]

    def _load(self) -> None:
        self._state = load(self._place) or State()
        if not self._is_whole():
            self._state = State()
        self._outputs, self._inputs = {}, {}
        self._pieces = Pieces(self._place, self._state)
        self._changed, self._moved = False, 0
        for name in self._state.outputs:
            self._rows(name)
        self._add_log()
        self._finder.keep([key for key in self._state.inputs if key != _LOG_FILE])
        for key, state in self._state.inputs.items():
            if key != _LOG_FILE:
                self._restore(key, state)
        self._loaded = True

    def _is_whole(self) -> bool:
        """Whether what the state tells of is there: after a power cut, or mischief, it may not be."""
        rows = all(Rows(self._place, name, state).check() for name, state in self._state.outputs.items())
        return rows and Pieces(self._place, self._state).check()

    def _add_log(self) -> None:
        """The log, from where it was left off; for another attempt or by other rules as a new reader."""
        if self._rules is None:
            return
        state = self._state.inputs.get(_LOG_FILE)
        output, digest = self._output(LOG, ""), self._rules.digest
        if state is None or state.output != output:
            begun = state.position if state is not None else 0
            before = state.before if state is not None else b""
            state = InputState(LOG, output, begun=begun, position=begun, before=before)
        elif self._state.rules != digest:
            state = InputState(LOG, output, begun=state.begun, position=state.begun)
            self._forget(output)
        self._state.inputs[_LOG_FILE], self._state.rules = state, digest
        reader = self._rules.make()
        if state.memory:
            try:
                reader.restore(state.memory)
            except ValueError:  # of another version of ours: it goes on as if nothing stood before
                reader = self._rules.make()
        self._inputs[_LOG_FILE] = LogInput(self._run / _LOG_FILE, self._run.parent, state, reader)

    def _add(self, file: File) -> None:
        """Read a file that was found from now on."""
        kind = file.kind
        output = self._output(kind.name, file.key if kind.group == "" else kind.group)
        outputs = {state.output for state in self._state.inputs.values()}
        if output not in outputs and len(outputs) >= _MOST_OUTPUTS:
            self._trouble = f"more than {_MOST_OUTPUTS} runs of other trackers: the others are left out"
            return
        prefix = "" if kind.make is None else self._prefix(kind.name, kind.group) + kind.part
        state = self._state.inputs[file.key] = InputState(kind.name, output, prefix)
        self._inputs[file.key] = self._input(file.path, file.below, state, kind)

    def _restore(self, key: str, state: InputState) -> None:
        """Go on with a file that was found before."""
        path = Path(key)
        below = self._run if not path.is_absolute() else self._folder
        if below is None or (path.is_absolute() and not path.is_relative_to(below)):
            return
        kind = kind_of(str(path.relative_to(below)) if path.is_absolute() else key)
        if kind is None or kind.name != state.kind:
            return
        if kind.make is None and state.output != (output := self._output(kind.name, kind.group)):
            state = self._state.inputs[key] = continued(state, output)
        self._inputs[key] = self._input(below / path, below, state, kind)

    def _input(self, path: Path, below: Path, state: InputState, kind: Kind) -> Input:
        """What reads a file on from where its state says."""
        if kind.make is None:
            alone = partial(self._is_alone, path)
            mark = "" if below == self._run else self._run.name
            return StoreInput(path, below, state, Owner(mark, self._started, alone))
        format = kind.make()
        try:
            if state.memory:
                format.restore(state.memory)
        except ValueError:
            state.position, state.before = 0, b""
        return FileInput(path, below, state, format)

    def _is_alone(self, path: Path) -> bool:
        return not self._claims.has_rivals(self._run, path)

    def _output(self, kind: str, group: str) -> str:
        attempt = f"-a{self._attempt}" if self._attempt > 1 else ""
        return f"{kind}-{crc32(group.encode()):08x}{attempt}"

    def _prefix(self, kind: str, group: str) -> str:
        """What names begin with: nothing for the first group of a kind in an attempt, else where the group differs."""
        groups = self._state.folders.setdefault(f"{kind}-a{self._attempt}", [])
        if group not in groups:
            groups.append(group)
        return "" if groups[0] == group else _difference(groups[0], group)

    def _begin_anew(self, output: str) -> None:
        """Forget what came of a file that was written anew, and all that was written together with it."""
        self._forget(output)
        for key, state in list(self._state.inputs.items()):
            if state.output == output:
                self._state.inputs[key] = fresh = InputState(state.kind, output, state.prefix)
                self._restore(key, fresh)
        self._changed = True

    def _forget(self, output: str) -> None:
        self._outputs.pop(output, None)
        if output in self._state.outputs:
            self._state.outputs[output] = OutputState()
            self._rows(output)


def gather_folder(run: Path) -> None:
    """Take over what other trackers wrote below a run that is no job's: a bounded part, the rest the next time."""
    one = Gatherer(run)
    try:
        for _ in range(_LOOKS_AT_ONCE):
            if not one.gather():
                break
    finally:
        one.leave()


def _difference(first: str, other: str) -> str:
    """The parts of a path in which it differs from another, as the beginning of a name."""
    mine, parts = first.split("/"), other.split("/")
    same = 0
    while same < min(len(mine), len(parts) - 1) and mine[same] == parts[same]:
        same += 1
    return "/".join(part.rsplit(".", 1)[0] if part == parts[-1] else part for part in parts[same:]) + "/"
