"""The HTTP verbs of environments."""

from __future__ import annotations

import msgspec

from jupyter_crispdm.base.route import Request, Routes, route

from .manager import EnvironmentManager
from .types import Environment, EnvironmentDetail, EnvironmentList, EnvironmentQuery


class EnvironmentRoutes(Routes):
    """Verbs below `environments`."""

    def __init__(self, environments: EnvironmentManager) -> None:
        self._environments = environments

    @route("GET", "environments", query=EnvironmentQuery, answer=EnvironmentList, resource="environments")
    async def list(self, request: Request, query: EnvironmentQuery) -> EnvironmentList:
        """List the environments that were found."""
        if query.near:
            return EnvironmentList(await self._environments.near(query.near, query.refresh))
        return EnvironmentList(await self._environments.list(query.refresh))

    @route("GET", "environments/{id}", answer=EnvironmentDetail, resource="environments")
    async def show(self, request: Request, id: str) -> EnvironmentDetail:
        """Show one environment with its packages."""
        environment = await self._environments.get(id)
        packages = await self._environments.packages(environment.id)
        return EnvironmentDetail(**msgspec.structs.asdict(environment), packages=packages)

    @route("POST", "environments/{id}/kernel", answer=Environment, resource="environments", action="write")
    async def make_kernel(self, request: Request, id: str) -> Environment:
        """Make an environment usable as a kernel."""
        return await self._environments.make_kernel(id)
