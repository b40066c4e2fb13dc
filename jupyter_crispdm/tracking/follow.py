"""Following a run while it goes on: its log and its curves as the topics read them."""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator, Callable
from pathlib import Path

from jupyter_crispdm.base.live.core.log import Place, State
from jupyter_crispdm.base.live.core.message import Message
from jupyter_crispdm.base.live.follower import LogChannel, Watcher
from jupyter_crispdm.base.live.following import following

from .logfile import LogSource
from .ranks import GATHERED
from .reading.epochs import EpochCounter
from .run import RunReader
from .sources import RECORDED
from .types import MetricsFact, curve

CURVE_POINTS = 2000
_COUNTED_ROWS = 1 << 16


class RunSource:
    """The curves of a run directory, as their topic reads them: the cursor is a number of rows, over all files.

    What is told at once is thinned to at most about `points` points a curve.
    """

    def __init__(self, directory: Path, points: int = CURVE_POINTS) -> None:
        self._directory, self._points = directory, points
        self._reader = RunReader(directory)
        self._counter = EpochCounter()
        self._counted, self._counted_in = 0, ""
        self._folder = directory

    def look(self, over: bool) -> State:
        """How many rows there are, and in which folder the next will appear."""
        # before the look: what is written there meanwhile is seen next time
        self._folder = _written_folder(self._directory)
        end = self._reader.look()
        return State(self._reader.epoch, end, self._folder, over, self._reader.trouble)

    def glance(self) -> State | None:
        """How many rows there are, where nothing but that can be new; None when it takes a look."""
        end = self._reader.glance()
        return None if end is None else State(self._reader.epoch, end, self._folder, False, self._reader.trouble)

    def read(self, start: int | None, state: State) -> tuple[MetricsFact, int] | None:
        """The rows from a cursor on, all of them; None when they have another epoch by now."""
        if state.epoch != self._reader.epoch:
            return None
        series = self._reader.between(start or 0, state.end, self._points)
        return MetricsFact({name: curve(one) for name, one in series.items()}, state.end), state.end

    def epochs(self, state: State) -> int:
        """How many epochs of the training are over; what is long past counts as one."""
        if state.epoch != self._counted_in:
            self._counted_in, self._counted, self._counter = state.epoch, 0, EpochCounter()
        if state.end > self._counted and state.epoch == self._reader.epoch:
            start = max(self._counted, state.end - _COUNTED_ROWS)
            self._counter.take(self._reader.between(start, state.end, None))
            self._counted = state.end
        return self._counter.count

    def nothing(self, at: int) -> MetricsFact:
        """No rows."""
        return MetricsFact({}, at)

    def close(self) -> None:
        """Let go of the files."""
        self._reader.close()


def follow_log(
    path: str | os.PathLike[str], since: int | None, ended: Callable[[], bool], watcher: Watcher
) -> AsyncGenerator[Message, None]:
    """The log from a byte on, as it grows: messages of `LogFact`.

    `ended` is asked before each look; once it is true and all is told, a last message says so.
    """
    log = Path(path)
    channel = LogChannel(log.name, LogSource(log), log.parent, ended, watcher)
    return following(log.name, channel, Place(since))


def follow_metrics(
    directory: str | os.PathLike[str],
    since: int | None,
    ended: Callable[[], bool],
    watcher: Watcher,
    points: int = CURVE_POINTS,
) -> AsyncGenerator[Message, None]:
    """The metrics from a cursor on, as they grow: messages of `MetricsFact`; None means all, thinned."""
    run = Path(directory)
    channel = LogChannel("metrics", RunSource(run, points), run, ended, watcher)
    return following("metrics", channel, Place(since))


def _written_folder(run: Path) -> Path:
    """Where news will appear: programs in Python write below metrics/, others beside it, the server what it gathers."""
    if (run / "metrics.jsonl").exists():
        return run
    recorded, gathered = run / RECORDED, run / GATHERED
    if _has_rows(gathered) and not _has_rows(recorded):
        return gathered
    return recorded if recorded.is_dir() else run


def _has_rows(folder: Path) -> bool:
    try:
        with os.scandir(folder) as entries:
            return any(entry.name.endswith(".bin") for entry in entries)
    except OSError:
        return False
