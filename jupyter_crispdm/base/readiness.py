"""Whether the rooms do what they accept.

A server listens before its rooms have found what a former one left: what it accepted then, nobody would do. So every
command is refused until all rooms have started, and again from the moment at which they end. Reading is always allowed.
"""

from __future__ import annotations

from enum import Enum

from .errors import NotReady


class Stage(str, Enum):
    """Where a server is in its life."""

    STARTING = "starting"
    READY = "ready"
    STOPPING = "stopping"


class Readiness:
    """The one place that says so, for all routes."""

    def __init__(self) -> None:
        self.stage = Stage.STARTING

    def check(self) -> None:
        """Raises NotReady where a command would be lost."""
        if self.stage is not Stage.READY:
            raise NotReady(f"The server is {self.stage.value}. Try again in a moment.")
