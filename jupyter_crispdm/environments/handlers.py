"""The HTTP verbs of environments."""

from __future__ import annotations

import msgspec

from jupyter_crispdm.base.http.request import Request
from jupyter_crispdm.base.http.route import Reply, Routes, route

from .building.builder import EnvironmentBuilder
from .manager import EnvironmentManager
from .types import (
    Accepted,
    Creation,
    Difference,
    DifferenceQuery,
    Environment,
    EnvironmentDetail,
    EnvironmentKey,
    EnvironmentList,
    EnvironmentQuery,
    ExportQuery,
    Installation,
    PackageList,
    PackageQuery,
)
from .view import narrowed


class EnvironmentRoutes(Routes):
    """Verbs below `environments`."""

    def __init__(self, environments: EnvironmentManager, builder: EnvironmentBuilder) -> None:
        self._environments = environments
        self._builder = builder

    @route("GET", "environments", query=EnvironmentQuery, answer=EnvironmentList, resource="environments")
    async def index(self, request: Request, query: EnvironmentQuery) -> EnvironmentList:
        """List the environments that were found."""
        sees_all = await request.may("environments", "all")
        environments = await (
            self._environments.near(query.near, query.refresh)
            if query.near and sees_all
            else self._environments.all(query.refresh and sees_all)
        )
        if query.package:
            environments = await self._environments.having(environments, query.package)
        if not sees_all:
            return EnvironmentList([narrowed(environment) for environment in environments])
        return EnvironmentList(environments, self._environments.notes)

    @route("POST", "environments", body=Creation, answer=Accepted, status=202, resource="environments", action="write")
    async def create(self, request: Request, body: Creation) -> Accepted:
        """Make an environment, as a job."""
        return await self._builder.create(body, request.owner, request.program)

    @route("GET", "environments/{id}", answer=EnvironmentDetail, resource="environments")
    async def show(self, request: Request, id: EnvironmentKey) -> EnvironmentDetail:
        """Show one environment with its packages."""
        environment = await self._environments.get(id)
        packages = await self._environments.packages(environment.id)
        if not await request.may("environments", "all"):
            environment = narrowed(environment)
        return EnvironmentDetail(**msgspec.structs.asdict(environment), packages=packages)

    @route("DELETE", "environments/{id}", answer=Accepted, status=202, resource="environments", action="write")
    async def delete(self, request: Request, id: EnvironmentKey) -> Accepted:
        """Delete an environment, as a job."""
        return await self._builder.delete(id, request.owner, request.program)

    @route("GET", "environments/{id}/packages", query=PackageQuery, answer=PackageList, resource="environments")
    async def packages(self, request: Request, id: EnvironmentKey, query: PackageQuery) -> PackageList:
        """List the packages of an environment."""
        return PackageList(await self._environments.packages(id, query.search))

    @route(
        "POST", "environments/{id}/packages", body=Installation, answer=Accepted, status=202,
        resource="environments", action="write",
    )  # fmt: skip
    async def install(self, request: Request, id: EnvironmentKey, body: Installation) -> Accepted:
        """Install packages into an environment, as a job."""
        return await self._builder.install(id, body.packages, request.owner, request.program)

    @route(
        "GET", "environments/{id}/diff", query=DifferenceQuery, answer=Difference, resource="environments", action="all"
    )
    async def diff(self, request: Request, id: EnvironmentKey, query: DifferenceQuery) -> Difference:
        """Tell how the packages of two environments differ."""
        return await self._environments.difference(id, query.other)

    @route("GET", "environments/{id}/export", query=ExportQuery, answer=bytes, resource="environments", action="all")
    async def export(self, request: Request, id: EnvironmentKey, query: ExportQuery) -> Reply:
        """Answer a file that makes the environment again."""
        name, text = await self._environments.export(id, conda=query.format == "conda")
        headers = {"Content-Type": "text/plain; charset=utf-8"}
        if query.download:
            headers["Content-Disposition"] = f"attachment; filename={name}"
        return Reply(text.encode(), headers=headers)

    @route("POST", "environments/{id}/kernel", answer=Environment, resource="environments", action="write")
    async def make_kernel(self, request: Request, id: EnvironmentKey) -> Environment:
        """Make an environment usable as a kernel."""
        return await self._environments.make_kernel(id)
