"""Jobs that environments ask for: this room stands above theirs, so it is handed to them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from jupyter_crispdm.environments.types import SERVER_ID, Environment

from .manager import JobManager
from .types import JobFilter, Submission

Users = Callable[[Environment], Awaitable[Sequence[str]]]

_ALIVE = "queued,starting,running,stopping"
_MOST = 1000


class EnvironmentJobs:
    """Submits jobs for environments, and tells what uses one; `others` tell of what is no job."""

    def __init__(self, jobs: JobManager, others: Sequence[Users] = ()) -> None:
        self._jobs = jobs
        self._others = others

    async def submit(self, argv: list[str], *, name: str, owner: str, via: str = "") -> str:
        """Put a command into the queue; answers the id of its job."""
        submission = Submission(command=argv, name=name, environment=SERVER_ID, tags=["environment"])
        job, _ = await self._jobs.submit(submission, owner, via=via)
        return job.id

    def over(self, job: str) -> bool:
        """Whether a job has ended."""
        return self._jobs.over(job)

    async def users_of(self, environment: Environment) -> list[str]:
        """What runs in an environment now, each in a few words."""
        alive = await self._jobs.find(JobFilter(state=_ALIVE, limit=_MOST))
        users = [f"job {job.name} ({job.id})" for job in alive if job.environment == environment.id]
        for others in self._others:
            users += await others(environment)
        return users
