"""Serving as a room: deployments, and the inference server behind the login."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

import httpx

from jupyter_crispdm.auth.types import Role
from jupyter_crispdm.base.http.route import Routes
from jupyter_crispdm.base.rooms.context import Context
from jupyter_crispdm.base.rooms.room import Room
from jupyter_crispdm.environments.room import EnvironmentsRoom
from jupyter_crispdm.environments.types import Environment
from jupyter_crispdm.models.room import ModelsRoom

from .checks import look
from .handlers import DeploymentRoutes
from .manager import DeploymentManager
from .passing import TIMES, ServingRoutes
from .process import InferenceProcess
from .settings import ServingSettings
from .store import DeploymentStore
from .topics import DEPLOYMENTS, TOPICS

_CONNECTIONS = httpx.Limits(max_connections=1000, max_keepalive_connections=50)


class ServingRoom(Room):
    """What is deployed, and what it answers."""

    routes = (DeploymentRoutes, ServingRoutes)
    topics = TOPICS
    settings = ServingSettings
    checks = (look,)
    roles = {
        ("deployments", "read"): Role.VIEWER,
        ("deployments", "write"): Role.ANALYST,
        ("deployments", "admin"): Role.ADMIN,
        # asking a model is what a viewer and a predict token are for; loading and unloading one is not
        ("serving", "read"): Role.PREDICT,
        ("serving", "write"): Role.PREDICT,
        ("serving", "admin"): Role.ANALYST,
    }

    def __init__(self, context: Context) -> None:
        settings = context.settings(ServingSettings)
        environments = context.room(EnvironmentsRoom)
        directory = context.data_dir / "serving"
        feed = context.hub.value(DEPLOYMENTS, lambda: self.manager.snapshot())
        self.manager = DeploymentManager(
            DeploymentStore(context.database), context.room(ModelsRoom).manager, environments.manager,
            InferenceProcess(directory, context.watcher, port=settings.serving_port, arguments=_limits(settings)),
            directory, context.watcher, context.clock, feed,
        )  # fmt: skip
        environments.above.guard(self._deployments_in)
        self._client = httpx.AsyncClient(timeout=TIMES, limits=_CONNECTIONS, trust_env=False)
        self._outlives = settings.serving_outlives_server

    def groups(self) -> Sequence[Routes]:
        """Verbs of deployments, and those of the inference server for whoever is logged in."""
        return [DeploymentRoutes(self.manager), ServingRoutes(self.manager, self._client)]

    async def start(self) -> None:
        """Find the inference server again, or start it."""
        await self.manager.start()

    async def close(self) -> None:
        """End the inference server too, unless predictions shall go on without this one."""
        await self.manager.close(stop=not self._outlives)
        await self._client.aclose()

    async def _deployments_in(self, environment: Environment) -> list[str]:
        """The deployed models that an environment serves."""
        deployed = (await self.manager.all()).deployments
        return [f"deployment {one.id}" for one in deployed if one.environment == environment.id]


def _limits(settings: ServingSettings) -> tuple[str, ...]:
    """What the inference server is told of the settings."""
    told = {"--memory": settings.serving_memory, "--grpc-port": settings.serving_grpc_port}
    return tuple(chain.from_iterable((name, str(value)) for name, value in told.items() if value is not None))
