"""Whether the rooms do what they accept, and know what they tell.

A server listens before its rooms have found what a former one left: what it accepted then, nobody would do, and what it
told, a list of jobs without those that run, would be wrong. So whoever calls before all rooms have started waits for
them. From the moment at which they end, commands are refused; reading is allowed to the last.
"""

from __future__ import annotations

import asyncio
from enum import Enum

from .errors import NotReady
from .tasks import comes

PATIENCE = 5.0
"""How long a call waits for the rooms, in seconds: less than clients wait for an answer. Who is refused asks again."""


class Stage(str, Enum):
    """Where a server is in its life."""

    STARTING = "starting"
    READY = "ready"
    STOPPING = "stopping"
    FAILED = "failed"


_REASONS = {
    Stage.STARTING: "The server is starting. Try again in a moment.",
    Stage.STOPPING: "The server is stopping. Try again when it is back.",
    Stage.FAILED: "The workbench did not start. The server's log says why.",
}


class Readiness:
    """The one place that says so, for all routes and the live connection."""

    def __init__(self, patience: float = PATIENCE) -> None:
        self.patience = patience
        self._stage = Stage.STARTING
        self._begun = asyncio.Event()

    @property
    def stage(self) -> Stage:
        """Where the server is; to set it lets those go on who wait for the start."""
        return self._stage

    @stage.setter
    def stage(self, stage: Stage) -> None:
        self._stage = stage
        if stage is Stage.STARTING:
            self._begun.clear()
        else:
            self._begun.set()

    async def wait(self, *, command: bool = False) -> None:
        """Let a call go on once the rooms have started.

        Raises NotReady where they take longer than `patience`, where they could not start, and where a command would be
        lost because they end.
        """
        if self._stage is Stage.STARTING and not await comes(self._begun, self.patience):
            raise NotReady(_REASONS[self._stage])
        if self._stage is Stage.FAILED or (command and self._stage is not Stage.READY):
            raise NotReady(_REASONS[self._stage])
