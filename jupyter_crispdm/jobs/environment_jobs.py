"""Jobs that environments ask for: this room stands above theirs, so it is handed to them."""

from __future__ import annotations

from jupyter_crispdm.environments.types import SERVER_ID, Environment

from .manager import JobManager
from .types import JobFilter, Submission

_ALIVE = "queued,starting,running,stopping"
_MOST = 1000


class EnvironmentJobs:
    """Submits jobs for environments, and tells which use one."""

    def __init__(self, jobs: JobManager) -> None:
        self._jobs = jobs

    async def submit(self, argv: list[str], *, name: str, owner: str, via: str = "") -> str:
        """Put a command into the queue; answers the id of its job."""
        submission = Submission(command=argv, name=name, environment=SERVER_ID, tags=["environment"])
        job, _ = await self._jobs.submit(submission, owner, via=via)
        return job.id

    def over(self, job: str) -> bool:
        """Whether a job has ended."""
        return self._jobs.over(job)

    async def users_of(self, environment: Environment) -> list[str]:
        """The jobs that an environment has now, each in a few words."""
        alive = await self._jobs.find(JobFilter(state=_ALIVE, limit=_MOST))
        return [f"job {job.name} ({job.id})" for job in alive if job.environment == environment.id]
