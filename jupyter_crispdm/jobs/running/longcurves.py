"""Keeping the columns of running jobs up to date, so that a long curve is there at once whenever somebody looks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from functools import partial
from pathlib import Path

from jupyter_crispdm.base.tasks import Loop
from jupyter_crispdm.tracking.columns.keeping import keep

from ..executors.reach import Reach
from .session import JobSession

_SECONDS = 5.0
#: Rows of one job that are taken over before the next job has its turn; about 60 ms.
_ROWS_A_TURN = 1 << 21


class ColumnKeeper:
    """Looks at the metrics of all running jobs every few seconds, and at those of each that is over once more."""

    def __init__(self, sessions: Callable[[], Collection[JobSession]]) -> None:
        self._sessions = sessions
        self._reach = Reach()
        self._left: set[Path] = set()  # jobs that ran at the last look, or have more to be taken over
        self._loop = Loop("columns of metrics", self._run)

    def start(self) -> None:
        """Begin to keep."""
        self._loop.start()

    async def close(self) -> None:
        """Keep no more."""
        await self._loop.close()
        self._reach.close()

    async def look(self) -> None:
        """Take over what is new of each job, so much at a time."""
        running = {session.directory.path for session in self._sessions() if session.running}
        questions = {path: partial(keep, path, _ROWS_A_TURN) for path in sorted(running | self._left)}
        answers = await self._reach.ask(questions)
        self._left = running | {path for path, more in answers.items() if more}

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(_SECONDS)
            await self.look()
