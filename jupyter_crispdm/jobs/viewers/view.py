"""What those see of jobs who may see dashboards only.

A viewer sees the jobs that are tagged `shared`, as a dashboard shows them: state, progress, curves, log and results,
and nothing of how they were run: no command, no folder, no notebook. Other jobs do not exist for them.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from jupyter_crispdm.base.errors import NotFound

from ..submitting.naming import command_name
from ..types import Artifact, Job, JobFact, JobsFact

SHARED = "shared"
_NOTEBOOK = ".ipynb"


def is_shown(job: Job) -> bool:
    """Whether a viewer sees a job."""
    return SHARED in job.tags


def require_shown(job: Job) -> Job:
    """The job. Raises NotFound, as for one that does not exist, when a viewer does not see it."""
    if not is_shown(job):
        raise NotFound(f"There is no job '{job.id[:64]}'.", field="id")
    return job


def narrowed(job: Job) -> Job:
    """What a viewer sees of a job that is shown."""
    return msgspec.structs.replace(
        job, name=_shown_name(job), command=[], cwd="", source=None, pid=None, after=[], rerun_of=None, schedule=None,
        via="",
    )


def _shown_name(job: Job) -> str:
    """The name, unless it is code: a job that was given none is called by what runs in it."""
    return job.id if " " in job.name and job.name == command_name(job.command)[: len(job.name)].strip() else job.name


def is_shown_artifact(path: str) -> bool:
    """Whether a viewer may have a file of a shown job: an executed notebook holds the code."""
    return not path.lower().endswith(_NOTEBOOK)


def shown_artifacts(artifacts: Iterable[Artifact]) -> list[Artifact]:
    """Those files that a viewer may have."""
    return [artifact for artifact in artifacts if is_shown_artifact(artifact.path)]


def narrowed_job_fact(fact: JobFact) -> JobFact | None:
    """What a viewer is told of one job; None for nothing."""
    if isinstance(fact.job, Job):
        return JobFact(job=narrowed(fact.job)) if is_shown(fact.job) else None
    return fact


class ShownJobs:
    """What a viewer is told of all jobs; it remembers which are shown, since of a deleted one only the id is told."""

    def __init__(self) -> None:
        self._ids: set[str] = set()

    def narrow(self, fact: JobsFact) -> JobsFact | None:
        """What a viewer is told of a fact; None for nothing."""
        if isinstance(fact.jobs, list):
            shown = [job for job in fact.jobs if is_shown(job)]
            self._ids.update(job.id for job in shown)
            return JobsFact(jobs=[narrowed(job) for job in shown])
        if isinstance(fact.job, Job):
            return self._changed(fact.job)
        if fact.deleted not in self._ids:
            return None
        self._ids.discard(str(fact.deleted))
        return fact

    def _changed(self, job: Job) -> JobsFact | None:
        if not is_shown(job):
            return None
        self._ids.add(job.id)
        return JobsFact(job=narrowed(job))
