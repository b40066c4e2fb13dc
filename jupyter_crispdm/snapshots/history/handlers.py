"""The verbs of kept versions and layouts: parse, call, answer."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated

import msgspec

from jupyter_crispdm.auth.people import People
from jupyter_crispdm.base.clock import utc
from jupyter_crispdm.base.http.request import Request
from jupyter_crispdm.base.http.route import File, Routes, route

from .manager import HistoryManager
from .types import Layout, LayoutList, Version, VersionList, VersionQuery

if TYPE_CHECKING:
    from jupyter_crispdm.auth.layouts import KeptLayout

Number = Annotated[int, msgspec.Meta(description="The number of one that is kept.")]


class HistoryRoutes(Routes):
    """``history``: what files were when they were saved."""

    def __init__(self, history: HistoryManager) -> None:
        self._history = history

    @route("GET", "history", query=VersionQuery, answer=VersionList, resource="history")
    async def index(self, request: Request, query: VersionQuery) -> VersionList:
        """List the kept versions of a file, newest first."""
        return VersionList(await self._history.versions(query.path))

    @route("GET", "history/{id}", answer=bytes, resource="history")
    async def content(self, request: Request, id: Number) -> File:
        """Read a kept version, or a Range of it."""
        version, file = await self._history.content(id)
        return File(file, self._history.directory, filename=version.path.rpartition("/")[2])

    @route("POST", "history/{id}/restore", answer=Version, resource="history", action="write")
    async def restore(self, request: Request, id: Number) -> Version:
        """Save a kept version as its file again; what the file is now is kept too."""
        return await self._history.restore(id, request.owner)


class LayoutRoutes(Routes):
    """``layouts``: the caller's last layouts of JupyterLab."""

    def __init__(self, people: People) -> None:
        self._people = people

    @route("GET", "layouts", answer=LayoutList, resource="history")
    async def layouts(self, request: Request) -> LayoutList:
        """List your last layouts of JupyterLab, newest first."""
        workspaces = self._people.workspaces(request.owner)
        return LayoutList([_layout(one) for one in await asyncio.to_thread(workspaces.layouts)])

    @route("POST", "layouts/{id}/restore", answer=Layout, resource="history", action="write")
    async def bring_back(self, request: Request, id: Number) -> Layout:
        """Make one of your last layouts the workspace's again; reload JupyterLab to see it."""
        workspaces = self._people.workspaces(request.owner)
        return _layout(await asyncio.to_thread(workspaces.restore, id))


def _layout(kept: KeptLayout) -> Layout:
    return Layout(
        id=kept.id, workspace=kept.workspace, saved=utc(kept.id / 1000), size=kept.size, documents=list(kept.documents)
    )
