"""The door as a room: users, tokens, and the role of everything that stands below it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from jupyter_crispdm.base.database import Database
from jupyter_crispdm.base.http.route import Routes
from jupyter_crispdm.base.rooms.context import Context
from jupyter_crispdm.base.rooms.room import Room

from .checks import login
from .handlers import TokenRoutes, UserRoutes
from .jupyter.kernels.life import address_of
from .jupyter.safety import has_our_users
from .manager import UserManager
from .people import People
from .roles import OWN_ROWS
from .settings import DoorSettings


def database_of(server: Any, settings: DoorSettings) -> Database:
    """The process's one database: our identity provider, where it is used, has opened it already."""
    if has_our_users(server):
        opened: Database = server.identity_provider.database
        return opened
    url = settings.database_url
    database = Database(url) if url else Database.in_directory(settings.data_directory)
    database.start_sync()
    return database


class AuthRoom(Room):
    """Users, sessions and tokens."""

    routes = (UserRoutes, TokenRoutes)
    settings = DoorSettings
    checks = (login,)
    roles = OWN_ROWS

    def __init__(self, context: Context) -> None:
        self._provider = context.server.identity_provider if has_our_users(context.server) else None
        self.people = People(context.data_dir)
        self._server = context.server
        self._kernels = context.server.kernel_manager
        self.users: UserManager = (
            self._provider.users
            if self._provider
            else UserManager(context.database, session_days=context.settings(DoorSettings).session_days)
        )

    @property
    def knows_programs(self) -> bool:
        """Whether programs come in by tokens of ours."""
        return self._provider is not None

    def address(self) -> str:
        """Where kernels and jobs reach the server; empty where they cannot."""
        return str(getattr(self._kernels, "server_url", None) or address_of(self._server))

    def groups(self) -> Sequence[Routes]:
        """Verbs of people and of programs."""
        return [UserRoutes(self.users, self.people), TokenRoutes(self.users)]

    def on_forget(self, forget: Callable[[str], Awaitable[None]]) -> None:
        """Have a room above forget what it keeps of somebody, by name, when they log out and say so."""
        if self._provider:
            self._provider.forgetting.append(forget)

    async def start(self) -> None:
        """Begin to keep kernels ready for dashboards."""
        if self._provider:
            self._kernels.warm.open()

    async def close(self) -> None:
        """Close the door; the database is not ours."""
        if self._provider:
            await self._kernels.warm.close()
            self._provider.close()
        else:
            self.users.close()
