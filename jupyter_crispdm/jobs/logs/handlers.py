"""The verbs that look into a job's log: parse, call, answer."""

from __future__ import annotations

from pathlib import Path

from jupyter_crispdm.base.http.request import Request
from jupyter_crispdm.base.http.route import Routes, route
from jupyter_crispdm.tracking.logs.manager import LogManager
from jupyter_crispdm.tracking.logs.types import (
    ErrorsQuery,
    LinesQuery,
    LogErrors,
    LogLines,
    LogMatches,
    SearchQuery,
)

from ..manager import JobManager
from ..types import JobId
from ..viewers.view import require_shown


class JobLogRoutes(Routes):
    """``jobs/{id}/log/…``: lines at any place, a search over all of it, errors."""

    def __init__(self, jobs: JobManager, logs: LogManager) -> None:
        self._jobs = jobs
        self._logs = logs

    async def _log(self, request: Request, id: JobId) -> Path:
        """Where the log of a job is. Raises NotFound for a job that is not shown to the caller."""
        if not await request.may("jobs", "all"):
            require_shown(await self._jobs.get(id))
        return await self._jobs.log(id)

    @route("GET", "jobs/{id}/log/lines", query=LinesQuery, answer=LogLines, resource="jobs")
    async def lines(self, request: Request, id: JobId, query: LinesQuery) -> LogLines:
        """Read lines of a job's log around a place in it."""
        return await self._logs.lines(await self._log(request, id), query)

    @route("GET", "jobs/{id}/log/search", query=SearchQuery, answer=LogMatches, resource="jobs")
    async def search(self, request: Request, id: JobId, query: SearchQuery) -> LogMatches:
        """Search a job's log, for half a second at a time; `next` tells where to go on."""
        return await self._logs.search(await self._log(request, id), query)

    @route("GET", "jobs/{id}/log/errors", query=ErrorsQuery, answer=LogErrors, resource="jobs")
    async def errors(self, request: Request, id: JobId, query: ErrorsQuery) -> LogErrors:
        """Find the errors that a job's log tells of."""
        return await self._logs.errors(await self._log(request, id), query)
