"""The snapshots verbs: parse, call, answer. Each caller sees their own, and what colleagues share."""

from __future__ import annotations

from jupyter_crispdm.base.http.gateway import BODY_LIMIT
from jupyter_crispdm.base.http.request import Request
from jupyter_crispdm.base.http.route import Reply, Routes, route

from .manager import SnapshotManager
from .types import (
    LoadedWork,
    Merged,
    NewSnapshot,
    NewWork,
    Page,
    Saved,
    Snapshot,
    SnapshotChange,
    SnapshotList,
    Work,
    WorkChange,
    WorkList,
    WorkName,
    WorkQuery,
    WorkRename,
)
from .works import WorkManager


class SnapshotRoutes(Routes):
    """``snapshots``: pages that save themselves."""

    def __init__(self, snapshots: SnapshotManager) -> None:
        self._snapshots = snapshots

    @route("GET", "snapshots", answer=SnapshotList, resource="snapshots")
    async def index(self, request: Request) -> SnapshotList:
        """List your pages that saved themselves."""
        return SnapshotList(await self._snapshots.all(request.owner))

    @route("DELETE", "snapshots", resource="snapshots", action="write")
    async def forget(self, request: Request) -> None:
        """Forget all your pages that saved themselves; work saved under a name stays."""
        await self._snapshots.forget(request.owner)

    @route("GET", "snapshots/{page}", answer=Snapshot, resource="snapshots")
    async def show(self, request: Request, page: Page) -> Snapshot:
        """Show your page as it was saved last."""
        return await self._snapshots.get(request.owner, page)

    @route("PUT", "snapshots/{page}", body=NewSnapshot, answer=Saved, resource="snapshots", action="write",
           limit=BODY_LIMIT)
    async def put(self, request: Request, page: Page, body: NewSnapshot) -> Saved:
        """Save your page whole; 409 with the current one when that is not the base."""
        return await self._snapshots.put(request.owner, page, body.values, body.base)

    @route("PATCH", "snapshots/{page}", body=SnapshotChange, answer=Merged, resource="snapshots", action="write",
           limit=BODY_LIMIT)
    async def patch(self, request: Request, page: Page, body: SnapshotChange) -> Merged:
        """Save the fields that changed, and hear which others changed since the base."""
        return await self._snapshots.patch(request.owner, page, body.values, body.base)

    @route("DELETE", "snapshots/{page}", resource="snapshots", action="write")
    async def remove(self, request: Request, page: Page) -> None:
        """Forget your page."""
        await self._snapshots.delete(request.owner, page)


class WorkRoutes(Routes):
    """``snapshots/{page}/saved``: work saved under a name."""

    def __init__(self, works: WorkManager) -> None:
        self._works = works

    @route("GET", "snapshots/{page}/saved", answer=WorkList, resource="snapshots")
    async def saved(self, request: Request, page: Page) -> WorkList:
        """List what you saved of a page and what colleagues share of it."""
        return WorkList(await self._works.all(request.owner, page))

    @route("GET", "snapshots/{page}/saved/{name}", query=WorkQuery, answer=LoadedWork, resource="snapshots")
    async def load(self, request: Request, page: Page, name: WorkName, query: WorkQuery) -> LoadedWork:
        """Load saved work, your own or what a colleague shares."""
        return await self._works.load(request.owner, page, name, query.by)

    @route("PUT", "snapshots/{page}/saved/{name}", body=NewWork, answer=Work, resource="snapshots", action="write",
           limit=BODY_LIMIT)
    async def save(self, request: Request, page: Page, name: WorkName, body: NewWork) -> Reply:
        """Save work under a name (201), or replace it (200)."""
        work, is_new = await self._works.save(request.owner, page, name, body)
        where = request.url_for(WorkRoutes.load, page=page, name=name)
        return Reply(work, status=201 if is_new else 200, headers={"Location": where} if is_new else {})

    @route("PATCH", "snapshots/{page}/saved/{name}", body=WorkChange, answer=Work, resource="snapshots", action="write")
    async def change(self, request: Request, page: Page, name: WorkName, body: WorkChange) -> Work:
        """Change the note of saved work, or whether colleagues may read it."""
        return await self._works.change(request.owner, page, name, body)

    @route("POST", "snapshots/{page}/saved/{name}/rename", body=WorkRename, answer=Work, resource="snapshots",
           action="write")
    async def rename(self, request: Request, page: Page, name: WorkName, body: WorkRename) -> Work:
        """Rename saved work."""
        return await self._works.rename(request.owner, page, name, body.name)

    @route("DELETE", "snapshots/{page}/saved/{name}", resource="snapshots", action="write")
    async def delete(self, request: Request, page: Page, name: WorkName) -> None:
        """Delete saved work."""
        await self._works.remove(request.owner, page, name)
