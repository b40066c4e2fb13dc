"""What travels about runs."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, UnsetType

from jupyter_crispdm.base.parsing.names import NameRule
from jupyter_crispdm.base.wire import Body, Wire
from jupyter_crispdm.jobs.types import Job

from .made.types import Changed, Inputs

RUN_ID = NameRule(
    "[A-Za-z0-9][A-Za-z0-9_.@-]{0,127}",
    "1 to 128 letters, digits, '_', '.', '@' or '-', the first a letter or a digit",
    reserved=("compare", "fields", "merge", "views"),
)
RunId = Annotated[str, RUN_ID.meta]
# a view is an address of Lab's page, which carries no such marks
VIEW_NAME = NameRule(
    r"[^\x00-\x1f\x7f/\\<>\"]{1,100}", "1 to 100 letters without '/', '\\', '<', '>' and '\"'", reserved=(".", "..")
)
ViewName = Annotated[str, VIEW_NAME.meta]

Number = float | str | None
"""A number in JSON, where NaN is null and an infinity is "Infinity" or "-Infinity"."""


class RunKind(str, Enum):
    """What a run is of: a job, a program outside jobs (a folder in `crispdm-runs/`), or several that were merged."""

    job = "job"
    folder = "folder"
    merged = "merged"


class RunState(str, Enum):
    """Where a run stands: as its job, or, outside jobs, `running` while it is written to and `ended` after that."""

    queued = "queued"
    starting = "starting"
    running = "running"
    stopping = "stopping"
    succeeded = "succeeded"
    failed = "failed"
    stopped = "stopped"
    lost = "lost"
    ended = "ended"


Goal = Literal["low", "high"]


class Figures(Wire, frozen=True, omit_defaults=True, gc=False):
    """What is told of a metric: the `last` value at `step`, the `best` at `best_step`, the least and the greatest.

    `count` points were logged, of which `bad` are no finite numbers and count for nothing else than `last`. Whether low
    or high is better, the `goal`, is told by the metric's name; where it does not tell, there is no `best`.
    """

    last: Number
    step: int
    min: float | None
    max: float | None
    count: int
    bad: int = 0
    goal: Goal | None = None
    best: float | None = None
    best_step: int | None = None


class Digests(Wire, frozen=True, omit_defaults=True, gc=False):
    """What a run was made of, in short: equal texts are equal inputs, an empty one is not known.

    `commit` is the commit of its code, `dirty` says that the code was not exactly that.
    """

    code: str = ""
    commit: str = ""
    dirty: bool = False
    environment: str = ""
    data: str = ""


class Lineage(Wire, frozen=True, omit_defaults=True):
    """Where a run comes from, each the id of a run: it goes on with `resumes`, branches off `forks` (at `step`),
    is `rerun_of` once more, or was `merged` of several.
    """

    resumes: str | None = None
    forks: str | None = None
    step: int | None = None
    rerun_of: str | None = None
    merged: list[str] = []


class Run(Wire, frozen=True, kw_only=True):
    """One row of the table of runs. Times are UTC, `duration` is seconds.

    `points` were logged in all. `system` are figures of what its process tree used: CPU, memory, files, GPUs. `folder`
    is where a run outside jobs lies below the server's root. `trouble` says why some of it cannot be read.
    """

    id: str
    kind: RunKind
    name: str
    state: RunState
    owner: str
    created: datetime
    started: datetime | None = None
    ended: datetime | None = None
    duration: float | None = None
    environment: str = ""
    points: int = 0
    metrics: dict[str, Figures] = {}
    system: dict[str, Figures] = {}
    parameters: dict[str, Any] = {}
    tags: list[str] = []
    group: str = ""
    note: str = ""
    favourite: bool = False
    inputs: Digests = Digests()
    lineage: Lineage = Lineage()
    folder: str = ""
    reason: str = ""
    trouble: str = ""


class RunQuery(Body, frozen=True):
    """Which runs to list, and in which order.

    `filter` is a condition such as `metrics.val/loss < 0.3 and params.lr = 0.1`. `sort` names fields, best first, with
    a `-` for the greatest first: `metrics.loss.best,-created`. Runs without the field come last. `before` is the id of
    the last run of the page before this one.
    """

    filter: str = ""
    sort: str = "-created"
    limit: int = 100
    before: str | None = None


class RunList(Wire, frozen=True):
    """Some runs in the order asked for, how many there are in `total`, and what to ask for `before` next, if any.

    `pending` jobs have figures that are not read yet: the index is being made, or they have just changed.
    """

    runs: list[Run]
    total: int
    next: str | None = None
    pending: int = 0


class RunsFact(Wire, frozen=True, omit_defaults=True):
    """What the topic `runs` tells: all `runs` first (the newest 1,000), then one `run` that changed or was `deleted`.

    `runs` replace all that was told before; `gap`: something in between was left out. An absent field says nothing.
    """

    runs: list[Run] | UnsetType = UNSET
    run: Run | UnsetType = UNSET
    deleted: str | UnsetType = UNSET
    gap: bool = False


class Field(Wire, frozen=True, omit_defaults=True):
    """A metric or parameter that `runs` runs have. The `kind` of a parameter's values; the range of its numbers."""

    name: str
    runs: int
    kind: Literal["number", "text", "flag", "mixed"] = "number"
    goal: Goal | None = None
    min: float | None = None
    max: float | None = None


class FieldList(Wire, frozen=True):
    """What the table of runs can be filtered and sorted by, and its columns: the most frequent first."""

    metrics: list[Field]
    parameters: list[Field]
    system: list[Field]
    tags: list[str]
    groups: list[str]
    owners: list[str]
    environments: list[str]


class RunChange(Body, frozen=True):
    """What people say of a run; what is left out stays."""

    tags: list[str] | UnsetType = UNSET
    note: str | UnsetType = UNSET
    group: str | UnsetType = UNSET
    favourite: bool | UnsetType = UNSET


class Result(Wire, frozen=True, omit_defaults=True):
    """The last value of a metric in one run and in another."""

    metric: str
    then: Number
    now: Number
    same: bool


class Explanation(Wire, frozen=True):
    """A run beside the one that it repeats: which results differ, which inputs changed, and both in a sentence."""

    of: str
    results: list[Result]
    inputs: list[Changed]
    summary: str


class MlflowState(str, Enum):
    """How a run stands to the MLflow server to which runs are pushed."""

    waiting = "waiting"
    pushed = "pushed"
    refused = "refused"


class MlflowRun(Wire, frozen=True, omit_defaults=True):
    """A run on the MLflow server: `url` is its page there, `trouble` why it waits, was refused, or lacks files."""

    state: MlflowState
    url: str = ""
    trouble: str = ""


class RunDetail(Run, frozen=True, kw_only=True):
    """One run with everything that it was made of, and the runs that came of it.

    `again`: for a run that repeats another one, how the two differ. `mlflow`: where it is pushed, once it is over.
    """

    made_of: Inputs
    children: list[str] = []
    again: Explanation | None = None
    mlflow: MlflowRun | None = None


class Again(Body, frozen=True):
    """How to run a run again: with the code and in the environment of `then`, or as they stand `now`.

    The environment of `then` must be there: `POST runs/{id}/environment` builds it; 409 says that, or why it cannot be.
    `exact`: 409 where any input cannot be made what it was; the environment is then that of `then`.
    """

    code: Literal["then", "now"] = "then"
    environment: Literal["then", "now"] = "now"
    exact: bool = False
    name: str | None = None


class RunAgain(Wire, frozen=True):
    """The job that runs a run again, and how each of its inputs stands to what it was."""

    job: Job
    inputs: list[Changed]


class RunEnvironment(Wire, frozen=True, omit_defaults=True):
    """The environment that a run had, as it was then: `ready` under its `id`, or still built by `job`."""

    id: str
    name: str
    ready: bool
    job: str = ""


class CompareQuery(Body, frozen=True):
    """The runs to compare, their ids with commas between them: 2 to 100, the first is what others are measured by."""

    ids: str


class ParameterRow(Wire, frozen=True):
    """A parameter in each of the runs, null where a run has none; `same` in all of them or not."""

    name: str
    values: list[Any]
    same: bool


class MetricRow(Wire, frozen=True):
    """A metric in each of the runs, null where a run has none; `best` is the position of the best run."""

    name: str
    figures: list[Figures | None]
    best: int | None = None


class RunDifference(Wire, frozen=True, omit_defaults=True):
    """How a run's inputs stand to those of the first; `diff` is the code's, as far as it is kept, in unified form."""

    id: str
    inputs: list[Changed]
    diff: str = ""


class Comparison(Wire, frozen=True):
    """Runs beside each other: what differs comes first."""

    runs: list[Run]
    parameters: list[ParameterRow]
    metrics: list[MetricRow]
    differences: list[RunDifference]


class Merge(Body, frozen=True):
    """Runs to make one of, 2 to 100: of each metric, from the first step of a later run on, that run holds alone."""

    ids: list[str]
    name: str


class View(Body, frozen=True):
    """A way to look at the table: what is filtered, sorted, shown, chosen and drawn.

    `widths` are the pixels of those columns to which somebody gave some.
    `columns` are fields as in `sort`; `axes` those of the parallel coordinates, `x`, `y` and `colour` of the scatter.
    `chosen` are ids of runs, `baseline` the one that others are measured by, `curves` the metric whose curves the
    chosen ones show.
    """

    filter: str = ""
    sort: str = "-created"
    columns: list[str] = []
    widths: dict[str, Annotated[int, msgspec.Meta(ge=1, le=10_000)]] = {}
    group_by: str = ""
    chosen: list[str] = []
    baseline: str | None = None
    axes: list[str] = []
    x: str = ""
    y: str = ""
    colour: str = ""
    curves: str = ""
    smoothing: Annotated[float, msgspec.Meta(ge=0.0, le=1.0)] = 0.0
    note: Annotated[str, msgspec.Meta(max_length=2000)] = ""


class SavedView(Wire, frozen=True):
    """A view under a name, which everybody who sees runs can open."""

    name: str
    view: View
    saved: datetime
    by: str


class ViewList(Wire, frozen=True):
    """Saved views, in the order of names."""

    views: list[SavedView]
