"""Environments as a room."""

from __future__ import annotations

from collections.abc import Sequence

from jupyter_crispdm.auth.types import Role
from jupyter_crispdm.base.http.route import Routes
from jupyter_crispdm.base.rooms.context import Context
from jupyter_crispdm.base.rooms.room import Room

from .building.builder import EnvironmentBuilder
from .building.port import RoomsAbove
from .checks import look
from .handlers import EnvironmentRoutes
from .manager import EnvironmentManager
from .settings import EnvironmentSettings
from .topics import TOPICS, offer
from .types import Environment


class EnvironmentsRoom(Room):
    """Found, made into kernels, built. `above` is what rooms above do for this one."""

    routes = (EnvironmentRoutes,)
    topics = TOPICS
    settings = EnvironmentSettings
    checks = (look,)
    roles = {
        ("environments", "read"): Role.VIEWER,
        ("environments", "write"): Role.ANALYST,
        ("environments", "admin"): Role.ADMIN,
        # a viewer is shown environments without their place; "all" is everything
        ("environments", "all"): Role.ANALYST,
    }

    def __init__(self, context: Context) -> None:
        settings = context.settings(EnvironmentSettings)
        self._server = context.server
        self.manager = EnvironmentManager(
            context.root_dir, context.data_dir, settings.environment_paths, context.clock
        )
        offer(context.hub, self.manager)
        self.manager.install_into(context.server.kernel_spec_manager)
        self.above = RoomsAbove()
        self.above.guard(self._kernels_in)
        self.builder = EnvironmentBuilder(self.manager, self.above, settings.package_urls)

    def groups(self) -> Sequence[Routes]:
        """Verbs of environments."""
        return [EnvironmentRoutes(self.manager, self.builder)]

    async def start(self) -> None:
        """Look for environments, and remove what was left half-made."""
        await self.manager.start()
        await self.builder.start()

    async def close(self) -> None:
        """Stop looking."""
        await self.manager.close()

    async def _kernels_in(self, environment: Environment) -> list[str]:
        """The running kernels of an environment."""
        kernels = self._server.kernel_manager.list_kernels()
        return [f"kernel {one['id']}" for one in kernels if one["name"] == environment.kernel.name]
