"""Schedules as a room."""

from __future__ import annotations

from collections.abc import Sequence

from jupyter_crispdm.auth.types import Role
from jupyter_crispdm.base.http.route import Routes
from jupyter_crispdm.base.rooms.context import Context
from jupyter_crispdm.base.rooms.room import Room
from jupyter_crispdm.jobs.room import JobsRoom

from .handlers import ScheduleRoutes
from .manager import ScheduleManager
from .store import ScheduleStore
from .topics import SCHEDULES, TOPICS


class SchedulesRoom(Room):
    """Submissions that the clock makes."""

    routes = (ScheduleRoutes,)
    topics = TOPICS
    roles = {
        # a schedule shows what it submits, variables included
        ("schedules", "read"): Role.ANALYST,
        ("schedules", "write"): Role.ANALYST,
        ("schedules", "admin"): Role.ADMIN,
    }

    def __init__(self, context: Context) -> None:
        feed = context.hub.value(SCHEDULES, lambda: self.manager.snapshot())
        jobs = context.room(JobsRoom).manager
        self.manager = ScheduleManager(ScheduleStore(context.database), jobs, context.clock, feed)

    def groups(self) -> Sequence[Routes]:
        """Verbs of schedules."""
        return [ScheduleRoutes(self.manager)]

    async def start(self) -> None:
        """Take up the plans."""
        await self.manager.start()

    async def close(self) -> None:
        """Submit nothing more."""
        await self.manager.close()
