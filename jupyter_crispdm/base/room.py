"""The ground as a room: is the server there, what can it do, and the socket of all live facts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from jupyter_crispdm import __version__

from .http.gateway import NoSuchRoute
from .http.handlers import BaseRoutes
from .http.route import Routes
from .live.socket import LiveHandler
from .rooms.context import Context
from .rooms.room import Room
from .settings import BaseSettings


class BaseRoom(Room):
    """Health, the API's own description, the live socket, and the answer to what is nowhere."""

    routes = (BaseRoutes,)
    settings = BaseSettings

    def __init__(self, context: Context) -> None:
        self._context = context

    def groups(self) -> Sequence[Routes]:
        """The ground's own verbs."""
        context = self._context
        return [BaseRoutes(__version__, lambda: context.routes, context.topics, context.readiness)]

    def handlers(self) -> Sequence[tuple[Any, ...]]:
        """The socket, and whatever is below our address and no room's."""
        return [
            ("/crispdm/api/live", LiveHandler, {"hub": self._context.hub, "readiness": self._context.readiness}),
            ("/crispdm/(?:api|serving)(?:/.*)?", NoSuchRoute),
        ]
