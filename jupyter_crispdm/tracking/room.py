"""Tracking as a room."""

from __future__ import annotations

from collections.abc import Sequence

from jupyter_crispdm.auth.types import Role
from jupyter_crispdm.base.http.route import Routes
from jupyter_crispdm.base.rooms.context import Context
from jupyter_crispdm.base.rooms.room import Room

from .logs.manager import LogManager
from .manager import TrackingManager
from .media.manager import MediaManager
from .rules.handlers import RuleRoutes
from .rules.manager import RulesManager


class TrackingRoom(Room):
    """Reads what runs wrote; most of its verbs, and its topics, are those of jobs."""

    routes = (RuleRoutes,)
    roles = {
        ("tracking", "read"): Role.VIEWER,
        ("tracking", "write"): Role.ANALYST,
        ("tracking", "admin"): Role.ADMIN,
    }

    def __init__(self, context: Context) -> None:
        self.manager = TrackingManager()
        self.logs = LogManager()
        self.media = MediaManager()
        self.rules = RulesManager(context.data_dir / "tracking")

    def groups(self) -> Sequence[Routes]:
        """Verbs of rules."""
        return [RuleRoutes(self.rules)]

    async def prepare(self) -> None:
        """Read the rules."""
        self.rules.load()
