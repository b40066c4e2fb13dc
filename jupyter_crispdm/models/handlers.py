"""The registry over HTTP."""

from __future__ import annotations

from jupyter_crispdm.base.http.request import Request
from jupyter_crispdm.base.http.route import File, Reply, Routes, route

from .aliases import Aliases
from .manager import ModelManager
from .registering.offers import Registrar
from .trust import TrustDesk
from .types import (
    Alias,
    AliasHistory,
    AliasTarget,
    CompareQuery,
    Comparison,
    Model,
    ModelList,
    ModelName,
    ModelVersion,
    Registration,
    RollBack,
    TrustDecision,
    TrustReport,
    VersionNumber,
)

_ALIAS = "models/{name}/aliases/{alias}"
_TRUST = "models/{name}/versions/{number}/trust"


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
        by = Registrar(request.owner, await request.may("models", "trust"))
        version = await self._models.register(body, by)
        location = request.url_for(ModelRoutes.show_version, name=version.name, number=version.version)
        return Reply(version, headers={"Location": location})

    @route("GET", "models/{name}", answer=Model, resource="models", action="read")
    async def show(self, request: Request, name: ModelName) -> Model:
        """Show one model."""
        return await self._models.show(name)

    @route("GET", "models/{name}/compare", query=CompareQuery, answer=Comparison, resource="models", action="read")
    async def compare(self, request: Request, name: ModelName, query: CompareQuery) -> Comparison:
        """Show versions beside each other: metrics, parameters, signature, classes, lineage, packages."""
        return await self._models.compare(name, query.versions)

    @route("GET", "models/{name}/versions/{number}", answer=ModelVersion, resource="models", action="read")
    async def show_version(self, request: Request, name: ModelName, number: VersionNumber) -> ModelVersion:
        """Show one version."""
        return await self._models.get(name, number)

    @route("DELETE", "models/{name}/versions/{number}", resource="models", action="write")
    async def delete_version(self, request: Request, name: ModelName, number: VersionNumber) -> None:
        """Delete a version that no deployment uses; aliases that point to it go with it."""
        await self._models.delete_version(name, number, request.owner)

    @route("GET", "models/{name}/versions/{number}/file", answer=bytes, resource="models", action="download")
    async def file(self, request: Request, name: ModelName, number: VersionNumber) -> File:
        """Read a version's file, or a Range of it."""
        version = await self._models.get(name, number)
        path = self._models.path(version)
        headers = {"ETag": f'"{version.sha256}"', "Content-Security-Policy": "sandbox"}
        return File(path, path.parent, filename=f"{name}-{number}{path.suffix}", headers=headers)


class AliasRoutes(Routes):
    """`models/{name}/aliases`: names that point to a version, and which they pointed to before."""

    def __init__(self, aliases: Aliases) -> None:
        self._aliases = aliases

    @route("GET", "models/{name}/history", answer=AliasHistory, resource="models")
    async def history(self, request: Request, name: ModelName) -> AliasHistory:
        """Tell which version bore which alias from when until when, and by whom."""
        return await self._aliases.history(name)

    @route("PUT", _ALIAS, body=AliasTarget, answer=ModelVersion, resource="models", action="write")
    async def set_alias(self, request: Request, body: AliasTarget, name: ModelName, alias: Alias) -> ModelVersion:
        """Point an alias to a version."""
        return await self._aliases.point(name, alias, body.version, request.owner)

    @route("DELETE", _ALIAS, resource="models", action="write")
    async def remove_alias(self, request: Request, name: ModelName, alias: Alias) -> None:
        """Forget an alias."""
        await self._aliases.remove(name, alias, request.owner)

    @route("POST", f"{_ALIAS}/rollback", body=RollBack, answer=ModelVersion, resource="models", action="write")
    async def roll_back(self, request: Request, body: RollBack, name: ModelName, alias: Alias) -> ModelVersion:
        """Point an alias to the version before; 409 where there is none, or where somebody has moved it."""
        return await self._aliases.roll_back(name, alias, request.owner, body.if_version)


class TrustRoutes(Routes):
    """`models/{name}/versions/{number}/trust`: what a version's file would build, and who trusts that."""

    def __init__(self, desk: TrustDesk) -> None:
        self._desk = desk

    @route("GET", _TRUST, answer=TrustReport, resource="models")
    async def report(self, request: Request, name: ModelName, number: VersionNumber) -> TrustReport:
        """Tell which types a version's file would build, and which of them nobody has trusted yet."""
        return await self._desk.report(name, number)

    @route("POST", _TRUST, body=TrustDecision, answer=TrustReport, resource="models", action="trust")
    async def decide(
        self, request: Request, body: TrustDecision, name: ModelName, number: VersionNumber
    ) -> TrustReport:
        """Trust types that a version's file would build, for a reason; none of them: withdraw that."""
        return await self._desk.decide(name, number, body, request.owner)
