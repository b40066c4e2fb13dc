"""The proxy as a room."""

from __future__ import annotations

from collections.abc import Sequence

from jupyter_crispdm.auth.types import Role
from jupyter_crispdm.base.http.route import Routes
from jupyter_crispdm.base.rooms.context import Context
from jupyter_crispdm.base.rooms.room import Room

from .allowing import AllowList
from .handlers import ProxyRoutes
from .limits import ProxyLimits
from .manager import ProxyManager
from .settings import ProxySettings
from .transforms import Transforms
from .upstream import Upstreams


class ProxyRoom(Room):
    """Upstreams of an allow list."""

    routes = (ProxyRoutes,)
    settings = ProxySettings
    roles = {("proxy", "write"): Role.ANALYST}

    def __init__(self, context: Context) -> None:
        settings = context.settings(ProxySettings)
        allowed = AllowList(settings.proxy_allow, settings.proxy_private)
        self.manager = ProxyManager(
            Upstreams(allowed, settings.proxy_silence_seconds),
            ProxyLimits(settings.proxy_seconds, settings.proxy_bytes, context.clock),
            Transforms(settings.proxy_transforms),
        )

    def groups(self) -> Sequence[Routes]:
        """The one verb."""
        return [ProxyRoutes(self.manager)]
