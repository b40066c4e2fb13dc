"""The schedules verbs: parse, call, answer."""

from __future__ import annotations

from jupyter_crispdm.base.http.request import Request
from jupyter_crispdm.base.http.route import Reply, Routes, route
from jupyter_crispdm.jobs.handlers import JobRoutes
from jupyter_crispdm.jobs.types import Job

from .manager import ScheduleManager
from .types import NewSchedule, Preview, PreviewQuery, Schedule, ScheduleChange, ScheduleId, ScheduleList


class ScheduleRoutes(Routes):
    """``schedules``: make, look, change, run, delete."""

    def __init__(self, schedules: ScheduleManager) -> None:
        self._schedules = schedules

    @route("GET", "schedules", answer=ScheduleList, resource="schedules")
    async def index(self, request: Request) -> ScheduleList:
        """List the schedules, oldest first."""
        return ScheduleList(self._schedules.all())

    @route("POST", "schedules", body=NewSchedule, answer=Schedule, status=201, resource="schedules", action="write")
    async def create(self, request: Request, body: NewSchedule) -> Reply:
        """Have a job run at times given by a cron expression in a time zone."""
        schedule = await self._schedules.create(body, owner=request.owner)
        return Reply(schedule, headers={"Location": request.url_for(ScheduleRoutes.show, id=schedule.id)})

    @route("GET", "schedules/preview", query=PreviewQuery, answer=Preview, resource="schedules")
    async def preview(self, request: Request, query: PreviewQuery) -> Preview:
        """Show in words and times what a cron expression means."""
        return await self._schedules.preview(query.cron, query.timezone)

    @route("GET", "schedules/{id}", answer=Schedule, resource="schedules")
    async def show(self, request: Request, id: ScheduleId) -> Schedule:
        """Show a schedule."""
        return self._schedules.get(id)

    @route("PATCH", "schedules/{id}", body=ScheduleChange, answer=Schedule, resource="schedules", action="write")
    async def change(self, request: Request, id: ScheduleId, body: ScheduleChange) -> Schedule:
        """Change, pause or resume a schedule."""
        return await self._schedules.change(id, body)

    @route("DELETE", "schedules/{id}", resource="schedules", action="write")
    async def remove(self, request: Request, id: ScheduleId) -> None:
        """Delete a schedule; its jobs stay."""
        await self._schedules.remove(id)

    @route("POST", "schedules/{id}/run", answer=Job, status=201, resource="schedules", action="write")
    async def run(self, request: Request, id: ScheduleId) -> Reply:
        """Start a schedule's job now."""
        job = await self._schedules.run(id)
        return Reply(job, headers={"Location": request.url_for(JobRoutes.show, id=job.id)})
