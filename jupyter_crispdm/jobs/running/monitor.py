"""The regular look at running jobs.

Twice a second at what they report and print and whether they wait for input, every 2 s at what they use while
somebody watches, and now and then at whether they move at all.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Awaitable, Callable, Collection
from functools import partial
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from jupyter_crispdm.base.clock import Clock
from jupyter_crispdm.base.files.regular import open_folder
from jupyter_crispdm.base.tasks import Loop
from jupyter_crispdm.worker.processes.waiting import NAME as _WAITING

from ..executors.port import Executor
from ..executors.reach import Reach
from .session import JobSession
from .stall import BUSY_PERCENT, StallWatch

_SECONDS = 0.5
_MEASURE_SECONDS = 2.0
_MOST_FILES = 1000
_READING_CPU_SECONDS = 0.05
_READING_SECONDS = 0.4  # on a slow disk

Sessions = dict[Path, JobSession]


class _Sizes(NamedTuple):
    events: int
    log: int
    waiting: float | None = None
    """Since when the supervisor sees the program waiting for input."""


_NOTHING = _Sizes(0, 0)


class JobMonitor:
    """Looks at all sessions in a few calls, however many there are."""

    def __init__(
        self,
        executor: Executor,
        sessions: Callable[[], Collection[JobSession]],
        watched: Callable[[], bool],
        clock: Clock,
        stalled_after: float | None,
        cost: Callable[[], float] = time.thread_time,
    ) -> None:
        self._executor = executor
        self._sessions = sessions
        self._watched = watched
        self._clock = clock
        self._cost = cost
        self._reach = Reach()
        self._stalls: StallWatch[Path] = StallWatch(stalled_after, clock)
        self._sizes: dict[Path, _Sizes] = {}
        self._unread: dict[Path, None] = {}  # in the order in which their turn comes
        self._busy: set[Path] = set()
        self._measured = self._stirred = clock.monotonic()
        self._loops = [  # apart, so that a mistake in one is none of the others
            Loop("what running jobs report", partial(self._every, _SECONDS, self.look)),
            Loop("what running jobs use", partial(self._every, _MEASURE_SECONDS, self.measure)),
            Loop("which running jobs stand still", partial(self._every, _SECONDS, self.find_stalled)),
        ]

    def start(self) -> None:
        """Begin to look."""
        for loop in self._loops:
            loop.start()

    async def close(self) -> None:
        """Stop looking."""
        await asyncio.gather(*(loop.close() for loop in self._loops))
        self._reach.close()

    async def look(self) -> None:
        """Have those sessions read their events and their log whose file grew."""
        sessions = self._running()
        if not sessions:
            return
        sizes = await self._reach.ask({path: partial(_sizes, path) for path in sessions})
        before, self._sizes = self._sizes, {**{path: self._sizes.get(path, _NOTHING) for path in sessions}, **sizes}
        reported = [path for path in sizes if _has_news(sessions[path], sizes[path], before.get(path, _NOTHING))]
        printed = [path for path in sizes if sizes[path].log != before.get(path, _NOTHING).log]
        await asyncio.gather(*(self._take(path, sessions[path].read_events) for path in reported))
        for path, seen in sizes.items():
            await self._take(path, partial(sessions[path].take_waiting, seen.waiting))
        self._unread |= dict.fromkeys(printed)
        await self._read_logs(sessions)

    async def measure(self) -> None:
        """Tell the sessions what their jobs use, if somebody may be looking; note which of them compute."""
        sessions, watched = self._running(), self._watched()
        if not sessions or not (watched or self._due(self._measured, self._stalls.measurement_seconds)):
            return
        self._measured = self._clock.monotonic()
        usage = await self._executor.usage(list(sessions))
        self._busy |= {path for path, used in usage.items() if used.cpu_percent >= BUSY_PERCENT}
        if watched:
            for path, session in sessions.items():
                await self._take(path, partial(session.take_usage, usage.get(path)))

    async def find_stalled(self) -> None:
        """Tell the sessions whether their jobs stand still."""
        sessions = self._running()
        if not sessions or not self._due(self._stirred, self._stalls.look_seconds):
            return
        self._stirred = self._clock.monotonic()
        written = await self._reach.ask({path: partial(_all_sizes, path) for path in sessions})
        busy, self._busy = self._busy, set()
        for path, sizes in written.items():
            job = sessions[path].record.job
            moves = path in busy or job.waiting_for_input is not None  # which is a mark of its own
            since = self._stalls.since(path, sizes, moves, job.stalled)
            await self._take(path, partial(sessions[path].take_stalled, since))
        self._stalls.keep_only(sessions)

    def _running(self) -> Sessions:
        return {session.directory.path: session for session in self._sessions() if session.running}

    def _due(self, last: float, every: float) -> bool:
        return self._stalls.active and self._clock.monotonic() - last >= every

    async def _read_logs(self, sessions: Sessions) -> None:
        waiting = {path: sessions[path] for path in self._unread if path in sessions}
        budget = _Budget(self._cost, self._clock)
        found = await self._reach.ask({path: one.log.read for path, one in waiting.items()}, budget.is_spent)
        self._unread = dict.fromkeys(path for path in waiting if path not in found)
        for path, progress in found.items():
            await self._take(path, partial(sessions[path].take_progress, progress))

    async def _take(self, path: Path, take: Callable[[], Awaitable[None] | None]) -> None:
        """Hand something to a session; what goes wrong in it is its own."""
        try:
            result = take()
            if result is not None:
                await result
        except Exception as error:
            self._reach.note(path, error)

    async def _every(self, seconds: float, look: Callable[[], Awaitable[None]]) -> None:
        while True:
            await asyncio.sleep(seconds)
            await look()


def _has_news(session: JobSession, now: _Sizes, before: _Sizes) -> bool:
    return now.events != before.events or session.events.more


class _Budget:
    """What one look may read: so much of a processor, and so much time, for a slow disk; the rest has its turn next."""

    def __init__(self, cost: Callable[[], float], clock: Clock) -> None:
        self._cost, self._clock = cost, clock
        self._began: tuple[float, float] | None = None

    def is_spent(self) -> bool:
        """Whether it is; the first question, asked in the thread that reads, begins it."""
        now = self._cost(), self._clock.monotonic()
        began = self._began = self._began or now
        return now[0] - began[0] > _READING_CPU_SECONDS or now[1] - began[1] > _READING_SECONDS


def _sizes(directory: Path) -> _Sizes:
    events, log = (_size(f"{directory}/{name}") for name in ("events.jsonl", "output.log"))
    return _Sizes(events, log, _mark(f"{directory}/{_WAITING}"))


def _all_sizes(directory: Path) -> tuple[int | float | None, ...]:
    return *_sizes(directory), _size(f"{directory}/metrics.jsonl"), _size_of_metrics(directory)


def _size_of_metrics(directory: Path) -> int:
    try:
        with open_folder(directory / "metrics", below=directory.parent) as folder, os.scandir(folder) as entries:
            some = islice(entries, _MOST_FILES)
            return sum(entry.stat(follow_symlinks=False).st_size for entry in some)
    except OSError:
        return 0


def _size(path: str) -> int:
    try:
        return os.lstat(path).st_size  # twice a second, so not by way of the descriptor: nothing is opened
    except OSError:
        return 0


def _mark(path: str) -> float | None:
    try:
        return os.lstat(path).st_mtime
    except OSError:
        return None
