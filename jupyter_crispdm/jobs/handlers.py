"""The jobs verbs: parse, call, answer."""

from __future__ import annotations

import mimetypes

import msgspec

from jupyter_crispdm.base.errors import NotFound
from jupyter_crispdm.base.http.request import Request
from jupyter_crispdm.base.http.route import File, Reply, Routes, route
from jupyter_crispdm.tracking import Metrics, TrackingManager

from .diagnosing.manager import Diagnoses
from .manager import JobManager
from .submitting.validation import check_metrics
from .types import (
    ArtifactList,
    Input,
    Job,
    JobFilter,
    JobId,
    JobList,
    Keep,
    LogQuery,
    MetricsQuery,
    Rerun,
    Stop,
    StopMany,
    Submission,
)
from .viewers.published import PublishedJobs
from .viewers.view import SHARED, is_shown_artifact, narrowed, require_shown, shown_artifacts


class JobRoutes(Routes):
    """``jobs``: submit, look, stop, feed, read, delete."""

    def __init__(
        self, jobs: JobManager, published: PublishedJobs, tracking: TrackingManager, diagnoses: Diagnoses
    ) -> None:
        self._jobs = jobs
        self._diagnoses = diagnoses
        self._published = published
        self._tracking = tracking

    @route("POST", "jobs", body=Submission, answer=Job, status=201, resource="jobs", action="submit")
    async def submit(self, request: Request, body: Submission) -> Reply:
        """Submit a job; 200 instead of 201 when the same was submitted before under its id.

        Viewers may submit what is published for them, with parameters of their own.
        """
        if await request.may("jobs", "write"):
            submitted = await self._jobs.submit(body, owner=request.owner, via=request.program)
            return self._submitted(request, *submitted)
        job, new = await self._published.submit(body, owner=request.owner, via=request.program)
        return self._submitted(request, narrowed(job), new)

    def _submitted(self, request: Request, job: Job, new: bool) -> Reply:
        location = request.url_for(JobRoutes.show, id=job.id)
        return Reply(job, status=201 if new else 200, headers={"Location": location})

    @route("GET", "jobs/{id}/submission", answer=Submission, resource="jobs", action="write")
    async def submission(self, request: Request, id: JobId) -> Submission:
        """Show what a job was submitted as, its own variables included: for those who may submit one."""
        return await self._jobs.submission(id)

    @route("POST", "jobs/{id}/rerun", body=Rerun, answer=Job, status=201, resource="jobs", action="write")
    async def rerun(self, request: Request, id: JobId, body: Rerun) -> Reply:
        """Submit a job once more, with changes, under a new id."""
        submitted = await self._jobs.rerun(id, body, owner=request.owner, via=request.program)
        return self._submitted(request, *submitted)

    @route("GET", "jobs", query=JobFilter, answer=JobList, resource="jobs")
    async def index(self, request: Request, query: JobFilter) -> JobList:
        """List jobs, newest first."""
        if await request.may("jobs", "all"):
            return JobList(await self._jobs.find(query))
        shown = await self._jobs.find(msgspec.structs.replace(query, tag=SHARED))
        return JobList([narrowed(job) for job in shown if query.tag in (None, *job.tags)])

    @route("GET", "jobs/{id}", answer=Job, resource="jobs")
    async def show(self, request: Request, id: JobId) -> Job:
        """Show a job."""
        job = await self._jobs.get(id)
        return job if await request.may("jobs", "all") else narrowed(require_shown(job))

    async def _sees_all(self, request: Request, id: JobId) -> bool:
        """Whether the caller sees all of a job. Raises NotFound for one that is not shown to them."""
        sees_all = await request.may("jobs", "all")
        if not sees_all:
            require_shown(await self._jobs.get(id))
        return sees_all

    @route("DELETE", "jobs/{id}", resource="jobs", action="write")
    async def delete(self, request: Request, id: JobId) -> None:
        """Delete a job that is over, with its files."""
        await self._jobs.delete(id)

    @route("POST", "jobs/{id}/stop", body=Stop, answer=Job, status=202, resource="jobs", action="stop")
    async def stop(self, request: Request, id: JobId, body: Stop) -> Job:
        """Begin to stop a job: SIGINT, grace, SIGTERM, grace, SIGKILL to its whole tree. Viewers stop their own."""
        if await request.may("jobs", "write"):
            job = await self._jobs.stop(id, body.grace)
        else:
            job = narrowed(await self._published.stop(id, request.owner, body.grace))
        if body.keep is Keep.best:
            await self._diagnoses.keep_best(id, body.metric)
        return job

    @route("POST", "jobs/stop", body=StopMany, answer=JobList, status=202, resource="jobs", action="write")
    async def stop_many(self, request: Request, body: StopMany) -> JobList:
        """Begin to stop several jobs, or every one that is not over."""
        jobs = await self._jobs.stop_many(body)
        for job in jobs if body.keep is Keep.best else []:
            await self._diagnoses.keep_best(job.id)
        return JobList(jobs)

    @route("POST", "jobs/{id}/input", body=Input, resource="jobs", action="write")
    async def send_input(self, request: Request, id: JobId, body: Input) -> None:
        """Hand a text, or the end, to a job's standard input."""
        await self._jobs.send_input(id, body)

    @route("GET", "jobs/{id}/log", query=LogQuery, answer=bytes, resource="jobs")
    async def log(self, request: Request, id: JobId, query: LogQuery) -> File:
        """Read a job's log, or a Range of it."""
        await self._sees_all(request, id)
        log = await self._jobs.log(id)
        return File(log, self._jobs.root, "text/plain; charset=utf-8", f"{id}.log" if query.download else None)

    @route("GET", "jobs/{id}/metrics", query=MetricsQuery, answer=Metrics, resource="jobs")
    async def metrics(self, request: Request, id: JobId, query: MetricsQuery) -> Metrics:
        """Read a job's curves, what was added since a cursor, or a range of an axis."""
        check_metrics(query)
        await self._sees_all(request, id)
        directory = await self._jobs.run_directory(id)
        if query.axis is not None:
            return await self._tracking.zoom(
                directory, query.axis, query.begin, query.end, query.points, query.name
            )
        return await self._tracking.since(directory, query.since, query.points, query.name)

    @route("GET", "jobs/{id}/artifacts", answer=ArtifactList, resource="jobs")
    async def artifacts(self, request: Request, id: JobId) -> ArtifactList:
        """List the files a job left behind."""
        sees_all = await self._sees_all(request, id)
        found = await self._jobs.artifacts(id)
        return ArtifactList(found if sees_all else shown_artifacts(found))

    @route("GET", "jobs/{id}/artifacts/{path:path}", answer=bytes, resource="jobs")
    async def artifact(self, request: Request, id: JobId, path: str) -> File:
        """Read a file that a job left behind."""
        if not await self._sees_all(request, id) and not is_shown_artifact(path):
            raise NotFound("The job has no such artifact.", field="path")
        file = await self._jobs.artifact(id, path)
        media_type = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        return File(file, self._jobs.root, media_type, file.name)
