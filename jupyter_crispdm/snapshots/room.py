"""Snapshots as a room."""

from __future__ import annotations

from collections.abc import Sequence

from jupyter_crispdm.auth.room import AuthRoom
from jupyter_crispdm.auth.types import Role
from jupyter_crispdm.base.http.route import Routes
from jupyter_crispdm.base.rooms.context import Context
from jupyter_crispdm.base.rooms.room import Room

from .contentfiles import ContentFiles
from .handlers import SnapshotRoutes, WorkRoutes
from .history.handlers import HistoryRoutes, LayoutRoutes
from .history.lab import LabContents, Listener
from .history.manager import HistoryManager
from .keeping import Keeper
from .limits import limits_of
from .manager import SnapshotManager
from .settings import SnapshotSettings
from .topics import SNAPSHOT, TOPICS
from .values import ValueFiles
from .works import WorkManager


class SnapshotsRoom(Room):
    """Work that saves itself, and work that people save."""

    routes = (SnapshotRoutes, WorkRoutes, HistoryRoutes, LayoutRoutes)
    topics = TOPICS
    settings = SnapshotSettings
    roles = {
        # everybody reads and writes their own; what colleagues share they can read
        ("snapshots", "read"): Role.VIEWER,
        ("snapshots", "write"): Role.VIEWER,
        # whoever has Lab reads every file below the root anyway
        ("history", "read"): Role.ANALYST,
        ("history", "write"): Role.ANALYST,
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
        self.history = _history(context)
        self._listener, self._events = Listener(self.history), context.server.event_logger
        self._people = context.room(AuthRoom).people

    def groups(self) -> Sequence[Routes]:
        """Verbs of pages and of saved work."""
        pages = [SnapshotRoutes(self.manager), WorkRoutes(self.works)]
        return [*pages, HistoryRoutes(self.history), LayoutRoutes(self._people)]

    async def start(self) -> None:
        """Take note of files that are saved."""
        self._listener.attach(self._events)

    async def tidy(self) -> None:
        """Begin to remove files that no row names."""
        self._keeper.start()
        self.history.start()

    async def close(self) -> None:
        """Let go."""
        await self._listener.close(self._events)
        await self.history.close()
        await self._keeper.close()


def _history(context: Context) -> HistoryManager:
    settings = context.settings(SnapshotSettings)
    return HistoryManager(
        context.database, ContentFiles(context.data_dir / "history"), context.root_dir, context.clock,
        LabContents(context.server.contents_manager),
        most=settings.history_file_bytes, limit=settings.history_bytes,
    )  # fmt: skip
