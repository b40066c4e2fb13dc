"""What travels about jobs."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import Annotated, Any

from msgspec import UNSET, UnsetType

from jupyter_crispdm.base.parsing.names import NameRule
from jupyter_crispdm.base.wire import Body, Wire
from jupyter_crispdm.tracking.diagnosis.types import AlertRule, CurveAlert, Diagnosis

JOB_ID = NameRule(
    "[A-Za-z0-9][A-Za-z0-9_.-]{0,63}",
    "1 to 64 letters, digits, '_', '.' or '-', the first a letter or a digit, and not 'stop'",
    reserved=("stop",),
)
JobId = Annotated[str, JOB_ID.meta]


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
    """What the whole process tree of a job uses now; memory that processes share counts once."""

    cpu_percent: float
    memory_bytes: int


class Notify(str, Enum):
    """When the end of a job is told by webhook and e-mail."""

    end = "end"
    failure = "failure"
    never = "never"


class Job(Wire, frozen=True, kw_only=True):
    """One job. Times are UTC; `environment` is the id of the environment it runs in.

    `via` is the program that submitted it for its owner, a person; empty where they did so themselves.
    `source` is the script or notebook below the server's root. `cpus`, `gpus` and `memory` (bytes) are what it
    asked for, `devices` the GPUs it was given. `stalled` is since when neither log, metrics nor CPU moved,
    `waiting_for_input` since when the program waits for input.
    While it is queued, `reason` says what it waits for.
    """

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
    source: str | None = None
    cpus: int = 1
    gpus: int = 0
    memory: int | None = None
    devices: list[str] = []
    stalled: datetime | None = None
    waiting_for_input: datetime | None = None
    after: list[str] = []
    rerun_of: str | None = None
    schedule: str | None = None
    via: str = ""


class JobList(Wire, frozen=True):
    """Jobs, newest first."""

    jobs: list[Job]


class JobsFact(Wire, frozen=True, omit_defaults=True):
    """What the topic `jobs` tells: all `jobs` first (the newest 1,000), then one `job` that changed or was `deleted`.

    `jobs` replace all that was told before; `gap`: something in between was left out. An absent field says nothing.
    """

    jobs: list[Job] | UnsetType = UNSET
    job: Job | UnsetType = UNSET
    deleted: str | UnsetType = UNSET
    gap: bool = False


class JobFact(Wire, frozen=True, omit_defaults=True):
    """What the topic `jobs/{id}` tells: the `job` as it is now, or its id once it is `deleted`."""

    job: Job | UnsetType = UNSET
    deleted: str | UnsetType = UNSET


class Submission(Body, frozen=True):
    """A job to run: exactly one of `command`, `script` and `notebook`.

    `script` and `notebook` are paths below the server's root directory. `environment` is the id, the unique
    name or the prefix of a discovered environment. A chosen `id` makes it safe to send a submission twice.

    `timeout` and `retry_delay` are seconds, `memory` is bytes: the job waits until so much, `cpus` and `gpus`
    are free, and gets no more than that memory. Of a notebook, `cells` are sources that are run in place of its
    own, and `from_cell` (a position, from 0) leaves out those before it, but for cells tagged ``parameters``
    or ``setup``.

    `alerts` are rules that its curves are watched for; `PUT jobs/{id}/alerts` changes them.
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
    retry_delay: float = 0.0
    after: list[str] = []
    tags: list[str] = []
    id: str | None = None
    cpus: int = 1
    gpus: int = 0
    memory: int | None = None
    notify: Notify = Notify.end
    cells: list[str] | None = None
    from_cell: int | None = None
    alerts: list[AlertRule] = []


class JobFilter(Body, frozen=True):
    """Which jobs to list: comma-separated states, an owner, a tag, how many, and those older than job `before`."""

    state: str | None = None
    owner: str | None = None
    tag: str | None = None
    limit: int = 100
    before: str | None = None


class Keep(str, Enum):
    """What becomes the result of a job that is stopped."""

    best = "best"


class Stop(Body, frozen=True):
    """Seconds to wait after SIGINT and after SIGTERM; None: what the server is set to.

    `keep` "best": what it kept at its best point is its result, by `metric`, or by what was measured on held-out data.
    """

    grace: tuple[float, float] | None = None
    keep: Keep | None = None
    metric: str | None = None


class StopMany(Body, frozen=True):
    """Stop the jobs in `ids`, or `all` that are not over, of one owner or of everybody; `keep` as for one."""

    all: bool = False
    owner: str | None = None
    ids: list[str] = []
    grace: tuple[float, float] | None = None
    keep: Keep | None = None


class Rerun(Body, frozen=True):
    """What to change in a job's submission before it is run again: any field of a submission."""

    changes: dict[str, Any] = {}


class Input(Body, frozen=True):
    """A text for the job's standard input, or the end of it."""

    text: str | None = None
    eof: bool = False


class MetricsQuery(Body, frozen=True):
    """Points after cursor `since`, thinned to `points` a series, of the named series only.

    Without `points` those of at most 1,048,576 rows: ask on from the cursor that is answered, until there are none.

    With an `axis` ("step" or "time", in seconds since the epoch) those from `begin` to `end` on it instead, whatever
    the cursor, and one neighbour on each side; `points` is 2,000 then where it is not given.
    """

    since: int | None = None
    points: int | None = None
    name: list[str] | None = None
    axis: str | None = None
    begin: float | None = None
    end: float | None = None


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


class DiagnosisFact(Wire, frozen=True, omit_defaults=True):
    """What the topic `jobs/{id}/diagnosis` tells: what the job's curves say now, or its id once it is `deleted`."""

    diagnosis: Diagnosis | UnsetType = UNSET
    deleted: str | UnsetType = UNSET


class AlertRules(Body, frozen=True):
    """The rules to watch for, in place of those before. One that stays as it is, is not raised again."""

    alerts: list[AlertRule]


class AlertList(Wire, frozen=True):
    """The rules of a job, and which of them were raised."""

    alerts: list[CurveAlert]
