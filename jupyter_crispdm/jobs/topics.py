"""What can be followed live of jobs, and where the facts come from."""

from __future__ import annotations

from contextlib import AbstractContextManager
from functools import partial

from jupyter_crispdm.base.errors import NotFound
from jupyter_crispdm.base.files.watch import Watcher
from jupyter_crispdm.base.live.families import OpenLog, Shown
from jupyter_crispdm.base.live.hub import Hub
from jupyter_crispdm.base.live.topic import Kind, Topic
from jupyter_crispdm.tracking import LogSource, RunSource
from jupyter_crispdm.tracking.types import LogFact, MetricsFact

from .manager import JobManager
from .types import Job, JobFact, JobFilter, JobsFact
from .viewers.view import SHARED, ShownJobs, narrowed_job_fact, require_shown

_SNAPSHOT = 1000

JOBS = Topic("jobs", Kind.table, JobsFact, "jobs", "All jobs, then each that changes or is deleted.")
JOB = Topic("jobs/{id}", Kind.value, JobFact, "jobs", "One job as it stands.")
LOG = Topic("jobs/{id}/log", Kind.log, LogFact, "jobs", "What a job prints; the cursor is a byte of its log.")
METRICS = Topic("jobs/{id}/metrics", Kind.log, MetricsFact, "jobs", "A job's curves, as they grow.")
TOPICS = [JOBS, JOB, LOG, METRICS]


class JobTopics:
    """Tells what the manager tells, to those who may see it."""

    def __init__(self, hub: Hub, jobs: JobManager, watcher: Watcher) -> None:
        self._jobs = jobs
        shown = Shown(ShownJobs().narrow, partial(self._all, SHARED))
        self._rows = hub.table(JOBS, self._all, shown=shown, followed=self._viewing)
        self._single = hub.value(
            JOB, self._one, shown=Shown(narrowed_job_fact), admit=self._admit, followed=self._viewing
        )
        hub.log(LOG, self._log, watcher, admit=self._admit)
        hub.log(METRICS, self._metrics, watcher, admit=self._admit)
        jobs.on_change(self._changed)
        jobs.on_delete(self._deleted)

    def _viewing(self) -> AbstractContextManager[None]:
        return self._jobs.viewing()

    def _changed(self, job: Job) -> None:
        self._rows.tell(job.id, JobsFact(job=job))
        self._single.changed(id=job.id)

    def _deleted(self, id: str) -> None:
        self._rows.tell(id, JobsFact(deleted=id))
        self._single.changed(id=id)

    async def _all(self, tag: str | None = None) -> JobsFact:
        return JobsFact(jobs=await self._jobs.find(JobFilter(limit=_SNAPSHOT, tag=tag)))

    async def _one(self, id: str) -> JobFact:
        try:
            return JobFact(job=await self._jobs.get(id))
        except NotFound:
            return JobFact(deleted=id)

    async def _admit(self, sees_all: bool, id: str) -> None:
        """Refuse a job that does not exist, and to viewers one that is not shown. Raises NotFound."""
        job = await self._jobs.get(id)
        if not sees_all:
            require_shown(job)

    async def _log(self, id: str) -> OpenLog:
        path = await self._jobs.log(id)
        return OpenLog(LogSource(path), path.parent, partial(self._jobs.over, id))

    async def _metrics(self, id: str) -> OpenLog:
        directory = await self._jobs.run_directory(id)
        return OpenLog(RunSource(directory), directory, partial(self._jobs.over, id))
