"""The registry over HTTP."""

from __future__ import annotations

from jupyter_crispdm.base.http.request import Request
from jupyter_crispdm.base.http.route import Reply, Routes, route

from .manager import ModelManager
from .types import Alias, AliasTarget, Model, ModelList, ModelName, ModelVersion, Registration, VersionNumber


class ModelRoutes(Routes):
    """`models`: what is registered, and what may be done with it."""

    def __init__(self, models: ModelManager) -> None:
        self._models = models

    @route("GET", "models", answer=ModelList, resource="models", action="read")
    async def index(self, request: Request) -> ModelList:
        """List the models with their versions."""
        return await self._models.all()

    @route(
        "POST",
        "models",
        body=Registration,
        answer=ModelVersion,
        status=201,
        resource="models",
        action="write",
    )
    async def register(self, request: Request, body: Registration) -> Reply:
        """Register a job's artifact, or a file below the root, as the next version of a model."""
        version = await self._models.register(body)
        location = request.url_for(ModelRoutes.show_version, name=version.name, number=version.version)
        return Reply(version, headers={"Location": location})

    @route("GET", "models/{name}", answer=Model, resource="models", action="read")
    async def show(self, request: Request, name: ModelName) -> Model:
        """Show one model."""
        return await self._models.show(name)

    @route("GET", "models/{name}/versions/{number}", answer=ModelVersion, resource="models", action="read")
    async def show_version(self, request: Request, name: ModelName, number: VersionNumber) -> ModelVersion:
        """Show one version."""
        return await self._models.get(name, number)

    @route("DELETE", "models/{name}/versions/{number}", resource="models", action="write")
    async def delete_version(self, request: Request, name: ModelName, number: VersionNumber) -> None:
        """Delete a version that no deployment uses."""
        await self._models.delete_version(name, number)

    @route(
        "PUT",
        "models/{name}/aliases/{alias}",
        body=AliasTarget,
        answer=ModelVersion,
        resource="models",
        action="write",
    )
    async def set_alias(self, request: Request, body: AliasTarget, name: ModelName, alias: Alias) -> ModelVersion:
        """Point an alias to a version."""
        return await self._models.set_alias(name, alias, body.version)

    @route("DELETE", "models/{name}/aliases/{alias}", resource="models", action="write")
    async def remove_alias(self, request: Request, name: ModelName, alias: Alias) -> None:
        """Forget an alias."""
        await self._models.remove_alias(name, alias)
