"""Shared values as a room."""

from __future__ import annotations

from collections.abc import Sequence

from jupyter_crispdm.auth.settings import DoorSettings
from jupyter_crispdm.auth.types import Role, UserRole
from jupyter_crispdm.base.http.route import Routes
from jupyter_crispdm.base.live.families import Shown
from jupyter_crispdm.base.rooms.context import Context
from jupyter_crispdm.base.rooms.room import Room

from .handlers import ContentRoutes, LockRoutes, StateRoutes
from .presence.handlers import PresenceRoutes
from .presence.manager import PresenceManager
from .presence.pages import OpenPages
from .presence.topics import PRESENCE
from .presence.types import PresenceFact
from .settings import StateSettings
from .text.handlers import TextRoutes
from .text.limits import text_limits
from .text.manager import TextManager
from .text.topics import TEXT
from .topics import STATE, TOPICS
from .types import StateValue


class StateRoom(Room):
    """Values that all sessions of the server share."""

    routes = (StateRoutes, ContentRoutes, LockRoutes, TextRoutes, PresenceRoutes)
    topics = (*TOPICS, TEXT, PRESENCE)
    settings = StateSettings
    roles = {
        # each value says who of these may read and write it
        ("state", "read"): Role.VIEWER,
        ("state", "write"): Role.VIEWER,
        # what a value says of it is for those who may write code
        ("state", "roles"): Role.ANALYST,
        # everybody speaks of their own pages; viewers are not told of pages that they cannot open
        ("presence", "read"): Role.VIEWER,
        ("presence", "write"): Role.VIEWER,
        ("presence", "all"): Role.ANALYST,
    }

    def __init__(self, context: Context) -> None:
        context.hub.value(STATE, self._nothing)
        self.texts = TextManager(context.database, context.clock, text_limits(context.settings(StateSettings)))
        context.hub.log(TEXT, self.texts.open, self.texts.bells)
        self._pages = OpenPages(context.server.base_url, lambda: context.settings(DoorSettings).published)
        feed = context.hub.table(PRESENCE, self._visitors, shown=Shown(self._pages.narrow))
        self.presence = PresenceManager(context.clock, feed)

    def groups(self) -> Sequence[Routes]:
        """Verbs of values, of contents, of locks, of texts and of who is here."""
        return [
            StateRoutes(), ContentRoutes(), LockRoutes(), TextRoutes(self.texts),
            PresenceRoutes(self.presence, self._pages),
        ]  # fmt: skip

    async def start(self) -> None:
        """Begin to forget who is gone."""
        self.presence.start()

    async def close(self) -> None:
        """Let go."""
        await self.presence.close()

    async def _visitors(self) -> PresenceFact:
        return PresenceFact(visitors=self.presence.all())

    async def _nothing(self, key: str) -> StateValue:
        return StateValue(key=key, value=None, version=0, updated=None, by="", session="", notified=0, expires=None,
                          read=UserRole.VIEWER, write=UserRole.VIEWER, content=None)
