"""Shared values as a room."""

from __future__ import annotations

from collections.abc import Sequence

from jupyter_crispdm.auth.settings import DoorSettings
from jupyter_crispdm.auth.types import Role, UserRole
from jupyter_crispdm.base.http.route import Routes
from jupyter_crispdm.base.live.families import Shown
from jupyter_crispdm.base.rooms.context import Context
from jupyter_crispdm.base.rooms.room import Room

from .backends.making import make
from .contents import ContentManager
from .handlers import ContentRoutes, LockRoutes, StateRoutes
from .limits import Budgets, limits_of
from .locks import LockManager
from .manager import StateManager
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


class StateRoom(Room):
    """Values that all sessions of the server share."""

    routes = (StateRoutes, ContentRoutes, LockRoutes, TextRoutes, PresenceRoutes)
    topics = (*TOPICS, TEXT, PRESENCE)
    settings = StateSettings
    roles = {
        # each value says who of these may read and write it
        ("state", "read"): Role.VIEWER,
        ("state", "write"): Role.VIEWER,
        # everybody speaks of their own pages; viewers are not told of pages that they cannot open
        ("presence", "read"): Role.VIEWER,
        ("presence", "write"): Role.VIEWER,
        ("presence", "all"): Role.ANALYST,
    }

    def __init__(self, context: Context) -> None:
        settings, hub = context.settings(StateSettings), context.hub
        self._feed = hub.value(STATE, lambda key, role: self.manager.fact(key, role))
        self._budgets = Budgets(settings.state_writes, context.clock)
        folder, limits = context.data_dir / "state" / "contents", limits_of(settings)
        texts = text_limits(settings)
        kept = make(settings.state_url, context.database, folder, limits, context.clock, texts)
        self.manager = StateManager(kept.backend, kept.limits, context.clock, self._tell)
        self.locks = LockManager(kept.backend, self.manager)
        self.contents = ContentManager(kept.contents, self.manager, self._budgets, context.clock)
        self.texts = TextManager(kept.texts, context.clock, texts, self.manager)
        self.manager.on_ended(self.texts.settle)
        hub.log(TEXT, self.texts.open, self.texts.bells)
        self._pages = OpenPages(context.server.base_url, lambda: context.settings(DoorSettings).published)
        visitors = hub.table(PRESENCE, self._visitors, shown=Shown(self._pages.narrow))
        self.presence = PresenceManager(context.clock, visitors)

    def groups(self) -> Sequence[Routes]:
        """Verbs of values, of contents, of locks, of texts and of who is here."""
        return [
            StateRoutes(self.manager, self._budgets), ContentRoutes(self.contents, self._budgets),
            LockRoutes(self.locks, self._budgets),
            TextRoutes(self.texts, self._budgets), PresenceRoutes(self.presence, self._pages),
        ]  # fmt: skip

    async def prepare(self) -> None:
        """Read what is kept."""
        await self.manager.start(self.locks.woken)
        await self.texts.start()

    async def start(self) -> None:
        """Begin to remove contents that no value has, and to forget who is gone."""
        await self.contents.start()
        self.presence.start()

    async def close(self) -> None:
        """Let go."""
        await self.presence.close()
        await self.contents.close()
        await self.texts.close()
        await self.manager.close()

    def _tell(self, key: str | None) -> None:
        """Have those who follow a key told, whatever their role; None: those who follow any."""
        if key is None:
            self._feed.all_changed()
            return
        for role in UserRole:
            self._feed.changed(key=key, role=role.value)

    async def _visitors(self) -> PresenceFact:
        return PresenceFact(visitors=self.presence.all())
