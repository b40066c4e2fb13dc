"""Shared values as a room."""

from __future__ import annotations

from collections.abc import Sequence

from jupyter_crispdm.auth.types import Role, UserRole
from jupyter_crispdm.base.http.route import Routes
from jupyter_crispdm.base.rooms.context import Context
from jupyter_crispdm.base.rooms.room import Room

from .handlers import ContentRoutes, LockRoutes, StateRoutes
from .settings import StateSettings
from .topics import STATE, TOPICS
from .types import StateValue


class StateRoom(Room):
    """Values that all sessions of the server share."""

    routes = (StateRoutes, ContentRoutes, LockRoutes)
    topics = TOPICS
    settings = StateSettings
    roles = {
        # each value says who of these may read and write it
        ("state", "read"): Role.VIEWER,
        ("state", "write"): Role.VIEWER,
        # what a value says of it is for those who may write code
        ("state", "roles"): Role.ANALYST,
    }

    def __init__(self, context: Context) -> None:
        context.hub.value(STATE, self._nothing)

    def groups(self) -> Sequence[Routes]:
        """Verbs of values, of contents and of locks."""
        return [StateRoutes(), ContentRoutes(), LockRoutes()]

    async def _nothing(self, key: str) -> StateValue:
        return StateValue(key=key, value=None, version=0, updated=None, by="", session="", notified=0, expires=None,
                          read=UserRole.VIEWER, write=UserRole.VIEWER, content=None)
