"""Snapshots as a room."""

from __future__ import annotations

from collections.abc import Sequence

from jupyter_crispdm.auth.room import AuthRoom
from jupyter_crispdm.auth.types import Role
from jupyter_crispdm.base.http.route import Routes
from jupyter_crispdm.base.rooms.context import Context
from jupyter_crispdm.base.rooms.room import Room

from .handlers import SnapshotRoutes, WorkRoutes
from .keeping import Keeper
from .limits import limits_of
from .manager import SnapshotManager
from .settings import SnapshotSettings
from .topics import SNAPSHOT, TOPICS
from .values import ValueFiles
from .works import WorkManager


class SnapshotsRoom(Room):
    """Work that saves itself, and work that people save."""

    routes = (SnapshotRoutes, WorkRoutes)
    topics = TOPICS
    settings = SnapshotSettings
    roles = {
        # everybody reads and writes their own; what colleagues share they can read
        ("snapshots", "read"): Role.VIEWER,
        ("snapshots", "write"): Role.VIEWER,
    }

    def __init__(self, context: Context) -> None:
        limits = limits_of(context.settings(SnapshotSettings))
        feed = context.hub.value(SNAPSHOT, lambda person, page: self.manager.fact(person, page))
        self._keeper = Keeper(
            context.database, ValueFiles(context.data_dir / "snapshots" / "values"), limits.accept
        )
        self.manager = SnapshotManager(self._keeper, limits, context.clock, feed)
        context.room(AuthRoom).on_forget(self.manager.forget)
        self.works = WorkManager(self._keeper, limits, context.clock)

    def groups(self) -> Sequence[Routes]:
        """Verbs of pages and of saved work."""
        return [SnapshotRoutes(self.manager), WorkRoutes(self.works)]

    async def tidy(self) -> None:
        """Begin to remove files that no row names."""
        self._keeper.start()

    async def close(self) -> None:
        """Let go."""
        await self._keeper.close()
