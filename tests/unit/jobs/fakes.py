"""An executor and environments that live in memory, and a manager built on them."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from jupyter_crispdm.base.database import Database
from jupyter_crispdm.base.errors import Conflict, NotFound
from jupyter_crispdm.environments.types import Environment, EnvironmentKind, KernelInfo
from jupyter_crispdm.jobs.executors.port import CannotStart, Ended, NotStarted, Observation, Running, Vanished
from jupyter_crispdm.jobs.manager import JobManager
from jupyter_crispdm.jobs.queue.slots import Capacity
from jupyter_crispdm.jobs.running.telling import Tell
from jupyter_crispdm.jobs.submitting.preparation import JobLimits
from jupyter_crispdm.jobs.types import Job, JobState, Resources, Submission
from tests.support import FakeClock, eventually


class FakeExecutor:
    """Jobs that run until a test ends them."""

    places = False

    def __init__(self) -> None:
        self.seen: dict[str, Observation] = {}
        self.stopped: list[tuple[str, tuple[float, ...]]] = []
        self.sent: list[tuple[str, str | None]] = []
        self.started: list[str] = []
        self.refuse: str | None = None
        self.hold = asyncio.Event()
        self.hold.set()
        self.deaf = False
        self._changed: dict[str, asyncio.Event] = {}

    def become(self, id: str, seen: Observation) -> None:
        self.seen[id] = seen
        self._event(id).set()

    def end(self, id: str, code: int = 0) -> None:
        assert id in self.started, f"job {id} has not started: its start would undo this end; wait until it runs"
        state = JobState.failed if code else JobState.succeeded
        self.become(id, Ended(state, code, None, f"exited with code {code}" if code else "", 100.0, 200.0))

    async def start(self, directory: Path) -> None:
        await self.hold.wait()
        if self.refuse is not None:
            raise CannotStart(self.refuse)
        self.started.append(directory.name)
        self.become(directory.name, Running(4711, 100.0))

    async def observe(self, directory: Path) -> Observation:
        return self.seen.get(directory.name, NotStarted())

    async def changed(self, directory: Path, seen: Observation) -> None:
        event = self._event(directory.name)
        await event.wait()
        event.clear()

    async def stop(self, directory: Path, grace: Sequence[float]) -> None:
        self.stopped.append((directory.name, tuple(grace)))
        self.become(directory.name, Ended(JobState.stopped, None, "SIGINT", "stopped", 100.0, 200.0))

    async def send(self, directory: Path, text: str | None) -> None:
        if self.deaf:
            raise Conflict("The job takes no input.", field="text")
        self.sent.append((directory.name, text))

    async def usage(self, directories: Sequence[Path]) -> dict[Path, Resources]:
        return {path: Resources(cpu_percent=50.0, memory_bytes=1000) for path in directories}

    async def close(self) -> None:
        return

    def _event(self, id: str) -> asyncio.Event:
        return self._changed.setdefault(id, asyncio.Event())


class FakeEnvironments:
    """The server's environment, and a broken one."""

    def __init__(self) -> None:
        self.known = {
            key: Environment(
                id=key, name=key, kind=EnvironmentKind.venv, prefix=f"/envs/{key}", python=sys.executable,
                version="3.12", kernel=KernelInfo(f"crispdm-{key}", False), usable=key != "broken",
            )
            for key in ("server", "other", "broken")
        }  # fmt: skip

    async def get(self, key: str) -> Environment:
        if key not in self.known:
            raise NotFound(f"There is no environment '{key}'.")
        return self.known[key]

    async def make_kernel(self, key: str) -> Environment:
        return msgspec.structs.replace(self.known[key], kernel=KernelInfo("python3", True))

    async def activation(self, environment: Environment) -> dict[str, str]:
        return {"PATH": os.environ["PATH"], "ACTIVATED": environment.id}


class House:
    """A jobs room without a server."""

    def __init__(
        self, path: Path, executor: Any, max_running: int = 2, capacity: Capacity | None = None,
        tell: Tell | None = None,
    ) -> None:
        self.path = path
        self.root = path / "root"
        self.data = path / "data"
        self.root.mkdir(exist_ok=True)
        self.data.mkdir(exist_ok=True)
        self.clock = FakeClock()
        self.executor = executor
        self.database = Database.in_directory(self.data)
        self.jobs = JobManager(
            database=self.database,
            environments=FakeEnvironments(),  # type: ignore[arg-type]
            executor=executor,
            clock=self.clock,
            data_dir=self.data,
            root_dir=self.root,
            capacity=capacity or Capacity(places=max_running),
            limits=JobLimits(grace=(1.0, 2.0), log_limit=None),
            tell=tell,
        )

    async def open(self) -> House:
        await self.database.start()
        await self.jobs.start()
        return self

    async def close(self) -> None:
        await self.jobs.close()
        await self.database.close()

    async def look_by_hand(self) -> None:
        """From now on nobody looks at running jobs but the test: two looks at once know of each other's only half."""
        await self.jobs._monitor.close()
        await self.jobs._gathering._loop.close()

    async def killed(self) -> None:
        """End as a kill of the server does: nothing is done any more, also not by what looks now and then."""
        self.jobs._dispatcher._open = False
        tasks = [*self.jobs._dispatcher._tasks]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.look_by_hand()
        await self.jobs._cache.flush()
        await self.jobs._cache._loop.close()

    async def submit(self, **fields: Any) -> Job:
        fields.setdefault("command", ["true"])
        job, _ = await self.jobs.submit(Submission(**fields), owner="ada")
        return job

    async def reaches(self, id: str, state: JobState) -> Job:
        async def there() -> Job | None:
            job = await self.jobs.get(id)
            assert job.state is state or not job.state.final, job
            return job if job.state is state else None

        found: Job = await eventually(there)
        return found


__all__ = ["CannotStart", "Ended", "FakeEnvironments", "FakeExecutor", "House", "NotStarted", "Running", "Vanished"]
