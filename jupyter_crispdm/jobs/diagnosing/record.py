"""diagnosis.json of a job: what is watched for, and what is kept. The server writes it; a job may scribble over it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import msgspec

from jupyter_crispdm.tracking.diagnosis.rules import Watched
from jupyter_crispdm.tracking.diagnosis.types import MOST_RULES, AlertRule, Better, CurveAlert

NAME = "diagnosis.json"


class KeepRecord(msgspec.Struct, frozen=True):
    """That the best of a job is its result: by this metric, or by what was measured on held-out data."""

    metric: Annotated[str, msgspec.Meta(max_length=200)] | None = None
    better: Better | None = None


class DiagnosisRecord(msgspec.Struct, frozen=True):
    """The alerts of a job, and whether its best is kept."""

    alerts: Annotated[list[CurveAlert], msgspec.Meta(max_length=MOST_RULES)] = []
    keep: KeepRecord | None = None


def record_of(watched: Sequence[Watched], keep: KeepRecord | None) -> DiagnosisRecord:
    """What is written."""
    return DiagnosisRecord([one.alert() for one in watched], keep)


def watched_in(record: DiagnosisRecord) -> list[Watched]:
    """The rules of a record, and where each was raised."""
    return [Watched(one.rule, one.reason, list(one.evidence), one.time) for one in record.alerts]


def renewed(rules: Sequence[AlertRule], before: Sequence[Watched]) -> list[Watched]:
    """Other rules; one that stays as it is keeps what it raised."""
    known = {msgspec.json.encode(one.rule): one for one in before}
    return [known.get(msgspec.json.encode(rule)) or Watched(rule) for rule in rules]
