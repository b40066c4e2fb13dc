"""What travels about jobs."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import Any

from jupyter_crispdm.base.wire import Body, Wire


class JobState(str, Enum):
    """Where a job stands. `queued starting running stopping` lead to one of four final states."""

    queued = "queued"
    starting = "starting"
    running = "running"
    stopping = "stopping"
    succeeded = "succeeded"
    failed = "failed"
    stopped = "stopped"
    lost = "lost"

    @property
    def final(self) -> bool:
        """Whether the job is over; a final state never changes."""
        return self in _FINAL


_FINAL = frozenset({JobState.succeeded, JobState.failed, JobState.stopped, JobState.lost})


class JobKind(str, Enum):
    """What a job was made from."""

    command = "command"
    script = "script"
    notebook = "notebook"


class Progress(Wire, frozen=True):
    """How far a job says it is."""

    done: float
    total: float | None = None
    message: str = ""


class Resources(Wire, frozen=True):
    """What the whole process tree of a job uses now."""

    cpu_percent: float
    memory_bytes: int


class Job(Wire, frozen=True, kw_only=True):
    """One job. Times are UTC; `environment` is the id of the environment it runs in."""

    id: str
    name: str
    kind: JobKind
    state: JobState
    owner: str
    environment: str
    command: list[str]
    cwd: str
    created: datetime
    started: datetime | None = None
    ended: datetime | None = None
    pid: int | None = None
    exit_code: int | None = None
    signal: str | None = None
    reason: str = ""
    attempt: int = 1
    progress: Progress | None = None
    resources: Resources | None = None
    parameters: dict[str, Any] = {}
    tags: list[str] = []


class JobList(Wire, frozen=True):
    """Jobs, newest first."""

    jobs: list[Job]


class Submission(Body, frozen=True):
    """A job to run: exactly one of `command`, `script` and `notebook`.

    `script` and `notebook` are paths below the server's root directory. `environment` is the id, the unique
    name or the prefix of a discovered environment. A chosen `id` makes it safe to send a submission twice.
    """

    command: list[str] | None = None
    script: str | None = None
    notebook: str | None = None
    args: list[str] = []
    parameters: dict[str, Any] = {}
    environment: str = "server"
    name: str | None = None
    cwd: str | None = None
    env: dict[str, str] = {}
    timeout: float | None = None
    retries: int = 0
    after: list[str] = []
    tags: list[str] = []
    id: str | None = None


class JobFilter(Body, frozen=True):
    """Which jobs to list: comma-separated states, an owner, how many, and those older than job `before`."""

    state: str | None = None
    owner: str | None = None
    limit: int = 100
    before: str | None = None


class Stop(Body, frozen=True):
    """Seconds to wait after SIGINT and after SIGTERM; None: what the server is set to."""

    grace: tuple[float, float] | None = None


class StopAll(Body, frozen=True):
    """Stop every job that is not over, of one owner or of all."""

    all: bool
    owner: str | None = None


class Input(Body, frozen=True):
    """A text for the job's standard input, or the end of it."""

    text: str | None = None
    eof: bool = False


class MetricsQuery(Body, frozen=True):
    """Points after cursor `since`, thinned to `points` a series, of the named series only."""

    since: int | None = None
    points: int | None = None
    name: list[str] | None = None


class LogQuery(Body, frozen=True):
    """`download=1` names the file, so that a browser saves it."""

    download: bool = False


class Artifact(Wire, frozen=True):
    """A file that a job left behind."""

    path: str
    size: int
    modified: datetime


class ArtifactList(Wire, frozen=True):
    """The files that a job left behind."""

    artifacts: list[Artifact]
