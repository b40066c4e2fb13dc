"""Streams as a room."""

from __future__ import annotations

from collections.abc import Sequence

from jupyter_crispdm.auth.types import Role
from jupyter_crispdm.base.http.route import Routes
from jupyter_crispdm.base.rooms.context import Context
from jupyter_crispdm.base.rooms.room import Room

from .events import EventManager
from .handlers import EventRoutes, StreamRoutes
from .manager import StreamManager
from .settings import StreamSettings
from .store import EventStore, StreamStore
from .topics import TOPICS, StreamTopics


class StreamsRoom(Room):
    """Collected, watched, kept."""

    routes = (StreamRoutes, EventRoutes)
    topics = TOPICS
    settings = StreamSettings
    roles = {
        # a viewer is shown streams that are `shared`, without source and directory; "all" is everything
        ("streams", "read"): Role.VIEWER,
        ("streams", "all"): Role.ANALYST,
        ("streams", "write"): Role.ANALYST,
        # what is done about an alarm is the business of whoever watches
        ("streams", "act"): Role.VIEWER,
        ("streams", "admin"): Role.ADMIN,
    }

    def __init__(self, context: Context) -> None:
        settings = context.settings(StreamSettings)
        self.events = EventManager(EventStore(context.database), context.clock)
        self.manager = StreamManager(
            StreamStore(context.database), context.data_dir / "streams", context.clock, settings.max_streams
        )
        StreamTopics(context.hub, self.manager, self.events, context.watcher)

    def groups(self) -> Sequence[Routes]:
        """Verbs of streams and of their alarms."""
        return [StreamRoutes(self.manager), EventRoutes(self.manager, self.events)]

    async def start(self) -> None:
        """Take up the streams."""
        await self.manager.start_all()

    async def close(self) -> None:
        """Let go of them; their collectors go on."""
        await self.manager.close()
