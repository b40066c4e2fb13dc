"""The verbs of what a job kept with a step: parse, call, answer."""

from __future__ import annotations

from pathlib import Path

from jupyter_crispdm.base.http.request import Request
from jupyter_crispdm.base.http.route import File, Routes, route
from jupyter_crispdm.tracking.media.manager import MediaManager
from jupyter_crispdm.tracking.media.types import MediaList, MediaQuery, PieceQuery

from ..manager import JobManager
from ..types import JobId
from ..viewers.view import require_shown


class JobMediaRoutes(Routes):
    """``jobs/{id}/media``: what was kept with a step, and the file of each piece."""

    def __init__(self, jobs: JobManager, media: MediaManager) -> None:
        self._jobs = jobs
        self._media = media

    async def _directory(self, request: Request, id: JobId) -> Path:
        """Where the run of a job is. Raises NotFound for a job that is not shown to the caller."""
        if not await request.may("jobs", "all"):
            require_shown(await self._jobs.get(id))
        return await self._jobs.run_directory(id)

    @route("GET", "jobs/{id}/media", query=MediaQuery, answer=MediaList, resource="jobs")
    async def media(self, request: Request, id: JobId, query: MediaQuery) -> MediaList:
        """List the pictures, histograms, texts, tables and figures of a job, by name and step."""
        return await self._media.list_of(await self._directory(request, id), query)

    @route("GET", "jobs/{id}/media/{name:path}", query=PieceQuery, answer=bytes, resource="jobs")
    async def medium(self, request: Request, id: JobId, name: str, query: PieceQuery) -> File:
        """Read one piece: the newest of a name, or that of a step."""
        found = await self._media.piece(await self._directory(request, id), name, query)
        return File(found.path, self._jobs.root, found.media_type)
