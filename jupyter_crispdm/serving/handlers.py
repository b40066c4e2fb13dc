"""Deployments over HTTP."""

from __future__ import annotations

from jupyter_crispdm.base.http.request import Request
from jupyter_crispdm.base.http.route import Reply, Routes, route

from .manager import DeploymentManager
from .types import Deployment, DeploymentId, DeploymentList, DeploymentRequest


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

    @route("DELETE", "deployments/{id}", resource="deployments", action="write")
    async def delete(self, request: Request, id: DeploymentId) -> None:
        """Stop a deployment and forget it."""
        await self._deployments.delete(id)
