"""The collectors of streams: for each a job of the server's own, which goes on while the server restarts."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

import jupyter_crispdm
from jupyter_crispdm.base.errors import NotFound
from jupyter_crispdm.jobs.manager import ChangeCallback
from jupyter_crispdm.jobs.types import Job, JobState, Notify, Submission

PACKAGES = str(Path(jupyter_crispdm.__file__).parents[1])
"""Where programs that we start find this package, whichever directory they start in."""
TAG = "stream"


def python(module: str) -> tuple[str, ...]:
    """The command that runs a module of ours; nothing in its working directory shadows what it imports."""
    safe_path = ("-P",) if sys.version_info >= (3, 11) else ()
    return (sys.executable, *safe_path, "-m", module)


COMMAND = python("jupyter_crispdm.streams.collector")
"""What collects; the stream's directory is the argument after it."""


class Jobs(Protocol):
    """What streams ask of the jobs."""

    async def submit(self, submission: Submission, owner: str, *, service: bool = False) -> tuple[Job, bool]:
        """Have it run, once for each id."""

    async def get(self, id: str) -> Job:
        """One job. Raises NotFound."""

    async def stop(self, id: str, grace: Sequence[float] | None = None) -> Job:
        """Begin to stop a job. Raises NotFound."""

    def on_change(self, callback: ChangeCallback) -> None:
        """Have every change of a job told."""


class Collectors:
    """Starts and stops collectors, and knows how their jobs are. `changed` is called with the job that changed."""

    def __init__(self, jobs: Jobs, changed: Callable[[Job], object], command: Sequence[str] = COMMAND) -> None:
        self._jobs, self._changed, self._command = jobs, changed, command
        self._known: dict[str, Job | None] = {}
        self._stopped: set[str] = set()
        jobs.on_change(self._job_changed)

    def job(self, id: str | None) -> Job | None:
        """A collector's job as it is now; None for one that is not there."""
        return None if id is None else self._known.get(id)

    def was_stopped_by_us(self, id: str) -> bool:
        """Whether we asked a job to stop, and nobody else."""
        return id in self._stopped

    async def learn(self, id: str | None) -> Job | None:
        """`job`, of one that an earlier server started."""
        if id is not None and self._known.get(id) is None:
            try:
                self._known[id] = await self._jobs.get(id)
            except NotFound:
                self._known[id] = None
        return self.job(id)

    def name(self, stream: str) -> str:
        """An id for a stream's next job, which may be noted before the job is made."""
        id = f"stream-{stream[:40]}-{secrets.token_hex(4)}"
        self._known[id] = None
        return id

    async def begin(self, id: str, directory: Path, title: str, owner: str) -> None:
        """Start a collector. Raises what submitting a job raises."""
        job, _ = await self._jobs.submit(
            Submission(
                id=id, command=[*self._command, str(directory)], name=f"Stream: {title}"[:200], tags=[TAG],
                notify=Notify.never, env={"PYTHONPATH": PACKAGES},
            ),
            owner, service=True,
        )  # fmt: skip
        self._known[id] = job

    async def end(self, id: str) -> None:
        """Have a collector end: it writes down what it has, and goes."""
        job = await self.learn(id)
        if job is None or job.state.final:
            return
        self._stopped.add(id)
        if job.state is not JobState.stopping:
            self._known[id] = await self._jobs.stop(id)

    async def leave(self, id: str | None) -> str | None:
        """Let a job end before another begins; its id for as long as it has not, however it came to its end."""
        if id is None or (job := self.job(id)) is None or job.state.final:
            self.forget(id)
            return None
        await self.end(id)
        return id

    def forget(self, id: str | None) -> None:
        """A job is over, and nobody asks for it any more."""
        if id is not None:
            self._known.pop(id, None)
            self._stopped.discard(id)

    def _job_changed(self, job: Job) -> None:
        if job.id in self._known:
            self._known[job.id] = job
            self._changed(job)
