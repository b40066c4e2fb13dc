"""Deployments over HTTP."""

from __future__ import annotations

from jupyter_crispdm.base.http.request import Request
from jupyter_crispdm.base.http.route import File, Reply, Routes, route
from jupyter_crispdm.jobs.types import LogQuery

from .manager import DeploymentManager
from .types import (
    Comparison,
    Deployment,
    DeploymentChange,
    DeploymentId,
    DeploymentList,
    DeploymentRequest,
)


class DeploymentRoutes(Routes):
    """`deployments`: what is served, and what may be done with it."""

    def __init__(self, deployments: DeploymentManager) -> None:
        self._deployments = deployments

    @route("GET", "deployments", answer=DeploymentList, resource="deployments", action="read")
    async def index(self, request: Request) -> DeploymentList:
        """List the deployments."""
        return await self._deployments.all()

    @route(
        "POST",
        "deployments",
        body=DeploymentRequest,
        answer=Deployment,
        status=201,
        resource="deployments",
        action="write",
    )
    async def deploy(self, request: Request, body: DeploymentRequest) -> Reply:
        """Deploy a version of a model; the topic `deployments` tells when it is ready."""
        deployment = await self._deployments.deploy(body, owner=request.owner)
        return Reply(deployment, headers={"Location": request.url_for(DeploymentRoutes.show, id=deployment.id)})

    @route("GET", "deployments/{id}", answer=Deployment, resource="deployments", action="read")
    async def show(self, request: Request, id: DeploymentId) -> Deployment:
        """Show one deployment."""
        return await self._deployments.get(id)

    @route(
        "PATCH",
        "deployments/{id}",
        body=DeploymentChange,
        answer=Deployment,
        resource="deployments",
        action="write",
    )
    async def change(self, request: Request, id: DeploymentId, body: DeploymentChange) -> Deployment:
        """Change a deployment while it answers: its workers, what is tried out beside it, when it rests."""
        return await self._deployments.change(id, body)

    @route("GET", "deployments/{id}/log", query=LogQuery, answer=bytes, resource="deployments", action="write")
    async def log(self, request: Request, id: DeploymentId, query: LogQuery) -> File:
        """Read what the workers of a deployment said, or a Range of it."""
        log = await self._deployments.log(id)
        name = f"{id}.log" if query.download else None
        return File(log, self._deployments.root, "text/plain; charset=utf-8", name)

    @route("GET", "deployments/{id}/comparison", answer=Comparison, resource="deployments", action="read")
    async def comparison(self, request: Request, id: DeploymentId) -> Comparison:
        """Show how the version that is tried out does beside the one that answers."""
        return await self._deployments.comparison(id)

    @route("DELETE", "deployments/{id}", resource="deployments", action="write")
    async def delete(self, request: Request, id: DeploymentId) -> None:
        """Stop a deployment and forget it."""
        await self._deployments.delete(id)
