"""The regular look at running jobs.

Twice a second at what they report and print, every 2 s at what they use while somebody watches, and now and then
at whether they move at all.
"""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import Callable, Collection, Iterable
from pathlib import Path
from typing import NamedTuple

from jupyter_crispdm.base.clock import Clock
from jupyter_crispdm.base.tasks import Loop
from jupyter_crispdm.tracking.progress import LogProgress

from .executors.port import Executor
from .session import JobSession
from .stall import BUSY_PERCENT, StallWatch

_log = logging.getLogger(__name__)
_SECONDS = 0.5
_BEATS_PER_MEASUREMENT = 4
_READING_CPU_SECONDS = 0.05
_READING_SECONDS = 0.4  # on a slow disk

Sessions = dict[Path, JobSession]


class _Sizes(NamedTuple):
    events: int
    log: int


_NOTHING = _Sizes(0, 0)


class Pulse:
    """Looks at all sessions in a few calls, however many there are."""

    def __init__(
        self,
        executor: Executor,
        sessions: Callable[[], Collection[JobSession]],
        watched: Callable[[], bool],
        clock: Clock,
        stalled_after: float | None,
    ) -> None:
        self._executor = executor
        self._sessions = sessions
        self._watched = watched
        self._clock = clock
        self._stalls: StallWatch[Path] = StallWatch(stalled_after, clock)
        self._sizes: dict[Path, _Sizes] = {}
        self._unread: dict[Path, None] = {}  # in the order in which their turn comes
        self._busy: set[Path] = set()
        self._measured = self._stirred = clock.monotonic()
        self._loop = Loop("look at running jobs", self._run)

    def start(self) -> None:
        """Begin to look."""
        self._loop.start()

    async def close(self) -> None:
        """Stop looking."""
        await self._loop.close()

    async def look(self) -> None:
        """Have those sessions read their events and their log whose file grew."""
        sessions = self._running()
        if not sessions:
            return
        sizes = await asyncio.to_thread(lambda: {path: _sizes(path) for path in sessions})
        before, self._sizes = self._sizes, sizes
        reported = [path for path in sizes if sizes[path].events != before.get(path, _NOTHING).events]
        printed = [path for path in sizes if sizes[path].log != before.get(path, _NOTHING).log]
        await asyncio.gather(*(sessions[path].read_events() for path in reported))
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
                session.take_usage(usage.get(path))

    async def find_stalled(self) -> None:
        """Tell the sessions whether their jobs stand still."""
        sessions = self._running()
        if not sessions or not self._due(self._stirred, self._stalls.look_seconds):
            return
        self._stirred = self._clock.monotonic()
        written = await asyncio.to_thread(lambda: {path: tuple(_all_sizes(path)) for path in sessions})
        busy, self._busy = self._busy, set()
        for path, session in sessions.items():
            known = session.record.job.stalled
            session.take_stalled(self._stalls.since(path, written[path], path in busy, known))
        self._stalls.keep_only(sessions)

    def _running(self) -> Sessions:
        return {session.directory.path: session for session in self._sessions() if session.running}

    def _due(self, last: float, every: float) -> bool:
        return self._stalls.active and self._clock.monotonic() - last >= every

    async def _read_logs(self, sessions: Sessions) -> None:
        waiting = {path: sessions[path] for path in self._unread if path in sessions}
        found = await asyncio.to_thread(_read_for_a_while, waiting)
        self._unread = dict.fromkeys(path for path in waiting if path not in found)
        for path, progress in found.items():
            sessions[path].take_progress(progress)

    async def _run(self) -> None:
        beat = 0
        while True:
            await asyncio.sleep(_SECONDS)
            beat += 1
            try:
                await self.look()
                if beat % _BEATS_PER_MEASUREMENT == 0:
                    await self.measure()
                await self.find_stalled()
            except OSError:
                _log.exception("The running jobs could not be looked at; trying again.")


def _read_for_a_while(sessions: Sessions) -> dict[Path, LogProgress | None]:
    """What the logs say; those for which the time does not suffice have their turn the next time."""
    cpu_end, end = time.thread_time() + _READING_CPU_SECONDS, time.monotonic() + _READING_SECONDS
    found: dict[Path, LogProgress | None] = {}
    for path, session in sessions.items():
        found[path] = session.log.read()
        if time.thread_time() > cpu_end or time.monotonic() > end:
            break
    return found


def _sizes(directory: Path) -> _Sizes:
    return _Sizes(_size(f"{directory}/events.jsonl"), _size(f"{directory}/output.log"))


def _all_sizes(directory: Path) -> Iterable[int]:
    yield from _sizes(directory)
    yield _size(f"{directory}/metrics.jsonl")
    try:
        with os.scandir(directory / "metrics") as entries:
            yield sum(entry.stat().st_size for entry in entries)
    except OSError:
        return


def _size(path: str) -> int:
    try:
        return os.stat(path).st_size
    except OSError:
        return 0
