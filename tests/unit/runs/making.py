"""Runs as the index has them."""

from __future__ import annotations

from typing import Any

from jupyter_crispdm.base.clock import utc
from jupyter_crispdm.runs.records import Account, Entry
from jupyter_crispdm.runs.types import Figures, Run, RunKind, RunState

NOON = 1_700_049_600.0  # 2023-11-15 12:00 UTC


def run(id: str = "a", at: float = 0.0, **fields: Any) -> Run:
    """A run that was made some seconds after noon."""
    plain = {"kind": RunKind.job, "name": id, "state": RunState.succeeded, "owner": "ada", "created": utc(NOON + at)}
    return Run(id=id, **{**plain, **fields})


def figures(last: float | str | None, best: float | None = None, **fields: Any) -> Figures:
    """Figures of a metric that is better when it is low."""
    number = last if isinstance(last, float) else None
    return Figures(last, 9, number, number, 10, goal="low", best=number if best is None else best, **fields)


def entry(made: Run, **metrics: Figures) -> Entry:
    """A run with metrics, as the index keeps it."""
    return Entry(run=made, metrics=Account("e", 10, dict(metrics), NOON, NOON + 60), system=Account())
