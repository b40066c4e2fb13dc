"""The regular look at running jobs: twice a second at what they report, every 2 s at what they use."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection
from pathlib import Path

from .executors.port import Executor
from .session import JobSession

_log = logging.getLogger(__name__)
_SECONDS = 0.5
_BEATS_PER_MEASUREMENT = 4


class Pulse:
    """Looks at all sessions in a few calls, however many there are."""

    def __init__(
        self, executor: Executor, sessions: Callable[[], Collection[JobSession]], watched: Callable[[], bool]
    ) -> None:
        self._executor = executor
        self._sessions = sessions
        self._watched = watched
        self._sizes: dict[Path, int] = {}
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to look."""
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def close(self) -> None:
        """Stop looking."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    async def look(self) -> None:
        """Have those sessions read their events whose file grew."""
        sessions = {session.directory.events: session for session in self._sessions() if session.running}
        if not sessions:
            return
        sizes = await asyncio.to_thread(lambda: {path: _size(path) for path in sessions})
        grown = [path for path, size in sizes.items() if size != self._sizes.get(path, 0)]
        self._sizes = sizes
        await asyncio.gather(*(sessions[path].read_events() for path in grown))

    async def measure(self) -> None:
        """Tell the sessions what their jobs use, if somebody may be looking."""
        sessions = {session.directory.path: session for session in self._sessions() if session.running}
        if not sessions or not self._watched():
            return
        usage = await self._executor.usage(list(sessions))
        for path, session in sessions.items():
            session.take_usage(usage.get(path))

    async def _run(self) -> None:
        beat = 0
        while True:
            await asyncio.sleep(_SECONDS)
            beat += 1
            try:
                await self.look()
                if beat % _BEATS_PER_MEASUREMENT == 0:
                    await self.measure()
            except OSError:
                _log.exception("The running jobs could not be looked at; trying again.")


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
