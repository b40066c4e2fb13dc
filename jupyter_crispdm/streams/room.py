"""Streams as a room."""

from __future__ import annotations

from collections.abc import Sequence

from jupyter_crispdm.auth.types import Role
from jupyter_crispdm.base.http.route import Routes
from jupyter_crispdm.base.rooms.context import Context
from jupyter_crispdm.base.rooms.room import Room
from jupyter_crispdm.jobs.room import JobsRoom
from jupyter_crispdm.notices.room import NoticesRoom

from .collecting.checking import SourceChecks
from .collecting.checks import look
from .collecting.trial import Trials
from .events.manager import EventManager
from .events.notices import alarm_notice
from .events.store import EventStore
from .events.types import StreamEvent
from .handlers import EventRoutes, StreamRoutes
from .limits import Limits
from .manager import StreamManager
from .settings import StreamSettings
from .store import StreamStore
from .topics import TOPICS, StreamTopics


class StreamsRoom(Room):
    """Collected, watched, kept."""

    routes = (StreamRoutes, EventRoutes)
    topics = TOPICS
    settings = StreamSettings
    checks = (look,)
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
        settings, root = context.settings(StreamSettings), context.data_dir / "streams"
        jobs = context.room(JobsRoom).manager
        self.events = EventManager(EventStore(context.database), root, context.clock)
        self.manager = StreamManager(
            StreamStore(context.database), jobs, self.events,
            SourceChecks(
                context.root_dir, context.data_dir / "serving", root, jobs.run_directory, settings.stream_secrets
            ),
            Trials(settings.stream_trial_seconds, context.root_dir),
            root=root, clock=context.clock, limits=_limits(settings),
        )  # fmt: skip
        StreamTopics(context.hub, self.manager, self.events, context.watcher)
        self._notices = context.room(NoticesRoom).manager
        self.events.on_alarm(self._tell)

    def groups(self) -> Sequence[Routes]:
        """Verbs of streams and of their alarms."""
        return [StreamRoutes(self.manager), EventRoutes(self.manager, self.events)]

    async def start(self) -> None:
        """Take up the streams."""
        await self.manager.start_all()

    async def close(self) -> None:
        """Let go of them; their collectors go on."""
        await self.manager.close()

    def _tell(self, event: StreamEvent) -> None:
        if self.manager.knows(event.stream):
            self._notices.tell(alarm_notice(event, self.manager.get(event.stream), self._notices.url))


def _limits(settings: StreamSettings) -> Limits:
    return Limits(
        settings.max_streams, settings.keep_streams_days, settings.keep_stream_bytes, settings.stream_silence_seconds
    )
