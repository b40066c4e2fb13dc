"""Versions as zips, over HTTP."""

from __future__ import annotations

from jupyter_crispdm.base.http.incoming import Incoming
from jupyter_crispdm.base.http.request import Request
from jupyter_crispdm.base.http.route import Made, Reply, Routes, route

from ..handlers import ModelRoutes
from ..registering.offers import Registrar
from ..types import ImportQuery, ModelName, ModelVersion, VersionNumber
from .exchange import Exchange

_ZIP = ("application/zip", "application/octet-stream")


class ExchangeRoutes(Routes):
    """`models/import` and `…/export`."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    @route("GET", "models/{name}/versions/{number}/export", answer=bytes, resource="models", action="download")
    async def export(self, request: Request, name: ModelName, number: VersionNumber) -> Made:
        """Read a version with all that is known about it as a zip."""
        return Made(await self._exchange.export(name, number), "application/zip", f"{name}-{number}.zip")

    @route("POST", "models/import", body=bytes, media=_ZIP, query=ImportQuery, answer=ModelVersion, status=201,
           resource="models", action="write", streamed=True)
    async def take(self, request: Request, query: ImportQuery, body: Incoming) -> Reply:
        """Take in the zip of a version as the next version here; whole or not at all."""
        by = Registrar(request.owner, await request.may("models", "trust"))
        version = await self._exchange.take(body, by, name=query.name, announced=body.announced)
        location = request.url_for(ModelRoutes.show_version, name=version.name, number=version.version)
        return Reply(version, headers={"Location": location})
