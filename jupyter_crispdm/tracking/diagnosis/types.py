"""What travels about what curves say."""

from __future__ import annotations

from enum import Enum
from typing import Annotated

import msgspec

from jupyter_crispdm.base.wire import Body, Wire

MOST_RULES = 50
_MOST_PATIENCE = 1_000_000_000


class Verdict(str, Enum):
    """What a pair of curves, or a single one, says.

    `early`: too few points to say. `learning`: still better and better, with no other curve to compare it with.
    `underfit`: more training, or a larger model, would help. `right`: as good as before on what was held out, and near
    the training. `plateau`: nothing gets better for long. `overfit`: better on what it was trained on, not on what was
    held out. `diverging`: worse and worse in training. `nan`: no number any more.
    """

    early = "early"
    learning = "learning"
    underfit = "underfit"
    right = "right"
    plateau = "plateau"
    overfit = "overfit"
    diverging = "diverging"
    nan = "nan"


class Better(str, Enum):
    """Which values of a metric are better."""

    low = "low"
    high = "high"


class Evidence(Wire, frozen=True):
    """A point that a verdict rests on: of the series `name`, and `what` it is: start, best, now, broken.

    A value that is no number is null, an infinity "Infinity" or "-Infinity".
    """

    what: str
    name: str
    step: int
    value: float | str | None


class Finding(Wire, frozen=True):
    """What a pair of curves says; of a single one, the other name is null. `better`: which values are."""

    train: str | None
    validation: str | None
    better: Better
    verdict: Verdict
    reason: str
    evidence: list[Evidence] = []


class Best(Wire, frozen=True):
    """The best point of a run by `metric`, and what the run kept of then: an artifact, or a file that it calls a model.

    `kept`: it was asked for as the result when the job was stopped. `time` is in seconds since the epoch.
    """

    metric: str
    better: Better
    step: int
    value: float
    time: float | None = None
    artifact: str | None = None
    model: str | None = None
    kept: bool = False
    note: str = ""


class AlertWhen(str, Enum):
    """What raises an alert: a value above or below a limit, one that is no number, or no better one for long."""

    above = "above"
    below = "below"
    nan = "nan"
    stuck = "stuck"


class AlertThen(str, Enum):
    """What an alert does: it is told, or the job is stopped too, and the best of it kept."""

    notice = "notice"
    stop = "stop"


class PatienceUnit(str, Enum):
    """How patience is counted: in values of the metric (epochs, where it is logged once an epoch), or in steps."""

    values = "values"
    steps = "steps"


class AlertRule(Body, frozen=True):
    """Raise an alert once: when the metric is `above` or `below` a `value`, is no number (`nan`), or is `stuck`.

    `stuck`: no better value for `patience` values or steps, better by more than `least`. `better` says which values
    are; without it, the metric's name tells. A rule for `nan` without a metric watches all.
    """

    when: AlertWhen
    metric: Annotated[str, msgspec.Meta(max_length=200)] = ""
    value: float | None = None
    patience: Annotated[int, msgspec.Meta(ge=1, le=_MOST_PATIENCE)] | None = None
    unit: PatienceUnit = PatienceUnit.values
    least: Annotated[float, msgspec.Meta(ge=0)] = 0.0
    better: Better | None = None
    then: AlertThen = AlertThen.notice


class CurveAlert(Wire, frozen=True):
    """A rule, and where it was raised, if it was: at a point of a series, with a sentence. `time` is of the server."""

    rule: AlertRule
    raised: bool = False
    reason: str = ""
    time: float | None = None
    evidence: list[Evidence] = []


class Diagnosis(Wire, frozen=True):
    """What the curves of a run say: all in all, for each pair, the best point, and the alerts that are watched for.

    `trouble` says why some of the curves cannot be read.
    """

    verdict: Verdict
    reason: str
    findings: list[Finding] = []
    best: Best | None = None
    alerts: list[CurveAlert] = []
    trouble: str = ""
