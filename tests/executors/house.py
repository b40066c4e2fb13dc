"""A jobs room with everything real but the web server, opened again and again as servers come and go."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jupyter_crispdm.base.clock import SystemClock
from jupyter_crispdm.base.database import Database
from jupyter_crispdm.environments.manager import EnvironmentManager
from jupyter_crispdm.jobs.executors.port import Executor
from jupyter_crispdm.jobs.manager import JobManager
from jupyter_crispdm.jobs.queue.slots import Capacity
from jupyter_crispdm.jobs.submitting.preparation import JobLimits
from jupyter_crispdm.jobs.types import Job, JobState, Submission
from tests.support import eventually

_PATIENCE_SECONDS = 180.0  # a cluster on a busy machine is slow


class House:
    """One life of a server over the directories below `path`."""

    def __init__(self, path: Path, executor: Executor, environment_paths: tuple[str, ...] = ()) -> None:
        self.root = path / "project folder"
        self.data = path / "data of 'ada' 100%j $(x)"
        for folder in (self.root, self.data):
            folder.mkdir(exist_ok=True)
        self.executor = executor
        self._database = Database.in_directory(self.data)
        self._environments = EnvironmentManager(self.root, self.data, environment_paths)
        self.jobs = JobManager(
            database=self._database,
            environments=self._environments,
            executor=executor,
            clock=SystemClock(),
            data_dir=self.data,
            root_dir=self.root,
            capacity=Capacity(places=100),
            limits=JobLimits(grace=(0.5, 0.5)),
        )

    async def open(self) -> House:
        await self._database.start()
        await self.jobs.start()
        return self

    async def close(self) -> None:
        await self.jobs.close()
        await self._environments.close()
        await self._database.close()

    async def submit(self, **fields: Any) -> Job:
        job, _ = await self.jobs.submit(Submission(**fields), owner="ada")
        return job

    async def reaches(self, job: Job, *states: JobState) -> Job:
        """The job once it is in one of these states."""

        async def there() -> Job | None:
            now = await self.jobs.get(job.id)
            assert now.state in states or not now.state.final, now
            return now if now.state in states else None

        found: Job = await eventually(there, _PATIENCE_SECONDS)
        return found

    async def ends(self, job: Job) -> Job:
        """The job once it is over."""
        return await self.reaches(job, *(state for state in JobState if state.final))

    async def says(self, job: Job, text: str) -> None:
        """Wait until the job's log holds that text."""
        await eventually(lambda: text in self.log(job))

    def log(self, job: Job) -> str:
        return (self.jobs.directory(job.id) / "output.log").read_text()
