"""Runs beside each other: what differs comes first."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence
from typing import Any

from jupyter_crispdm.base.errors import BadRequest

from .inputs.differences import changed
from .made.types import Inputs
from .types import RUN_ID, Comparison, Figures, MetricRow, ParameterRow, Run, RunDifference

_MOST_RUNS = 100
_MOST_LINES = 5000
_MOST_DIFF = 1_000_000


def ids_of(text: str) -> list[str]:
    """The ids in a query, each once. Raises BadRequest."""
    found = list(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
    return checked(found, "ids")


def checked(ids: Sequence[str], field: str) -> list[str]:
    """Ids of 2 to 100 runs. Raises BadRequest."""
    unique = list(dict.fromkeys(ids))
    if not 2 <= len(unique) <= _MOST_RUNS:
        raise BadRequest(f"'{field}' must name 2 to {_MOST_RUNS} runs.", field=field)
    return [RUN_ID.check(id, field) for id in unique]


def compared(runs: Sequence[Run], inputs: Callable[[Run], Inputs]) -> Comparison:
    """The comparison of some runs; `inputs` reads those of one, and no more than two runs' are held at a time."""
    first, made_of = runs[0], inputs(runs[0])
    differences = [_difference(first, run, made_of, inputs(run)) for run in runs[1:]]
    return Comparison(list(runs), _parameters(runs), _metrics(runs), differences)


def _difference(first: Run, run: Run, made_of: Inputs, own: Inputs) -> RunDifference:
    return RunDifference(run.id, changed(first, run, made_of, own), code_difference(made_of, own))


def code_difference(then: Inputs, now: Inputs) -> str:
    """What differs between the code of two runs, where both stand on the same commit: of their differences to it."""
    if then.code is None or now.code is None or then.code.digest == now.code.digest:
        return ""
    if then.code.commit != now.code.commit:
        return ""
    lines = difflib.unified_diff(
        then.code.diff.splitlines()[:_MOST_LINES], now.code.diff.splitlines()[:_MOST_LINES],
        "then", "now", lineterm="",
    )  # fmt: skip
    return "\n".join(lines)[:_MOST_DIFF]


def _parameters(runs: Sequence[Run]) -> list[ParameterRow]:
    names = dict.fromkeys(name for run in runs for name in run.parameters)
    rows = [_parameter(name, [run.parameters.get(name) for run in runs]) for name in names]
    return sorted(rows, key=lambda row: row.same)


def _parameter(name: str, values: list[Any]) -> ParameterRow:
    return ParameterRow(name, values, all(value == values[0] and type(value) is type(values[0]) for value in values))


def _metrics(runs: Sequence[Run]) -> list[MetricRow]:
    names = dict.fromkeys(name for run in runs for name in run.metrics)
    rows = [MetricRow(name, figures := [run.metrics.get(name) for run in runs], _best(figures)) for name in names]
    return sorted(rows, key=lambda row: row.best is None)


def _best(figures: Sequence[Figures | None]) -> int | None:
    """The position of the best of the runs; None where only one has the metric, or nobody knows what is better."""
    there = [(one.best, place) for place, one in enumerate(figures) if one is not None and one.best is not None]
    goals = {one.goal for one in figures if one is not None}
    if len(there) < 2 or len(goals) != 1:
        return None
    ordered = sorted(there, key=lambda pair: pair[0], reverse=goals == {"high"})
    return ordered[0][1]
