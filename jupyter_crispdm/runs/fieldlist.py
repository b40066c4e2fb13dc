"""What the table of runs can be filtered and sorted by, counted over all runs."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal

from .query.fields import as_float
from .types import Field, FieldList, Figures, Run

_MOST = 1000


def field_list(runs: Sequence[Run]) -> FieldList:
    """Every field that some run has, the most frequent first."""
    return FieldList(
        metrics=_metrics(runs, lambda run: run.metrics),
        parameters=_parameters(runs),
        system=_metrics(runs, lambda run: run.system),
        tags=_frequent(tag for run in runs for tag in run.tags),
        groups=_frequent(run.group for run in runs),
        owners=_frequent(run.owner for run in runs),
        environments=_frequent(run.environment for run in runs),
    )


def _frequent(words: Iterable[str]) -> list[str]:
    return [word for word, _ in Counter(filter(None, words)).most_common(_MOST)]


def _metrics(runs: Sequence[Run], of: Callable[[Run], Mapping[str, Figures]]) -> list[Field]:
    found: dict[str, list[Figures]] = defaultdict(list)
    for run in runs:
        for name, figures in of(run).items():
            found[name].append(figures)
    return _some([
        Field(name, len(several), goal=several[0].goal, min=_least(several), max=_greatest(several))
        for name, several in found.items()
    ])  # fmt: skip


def _least(several: Sequence[Figures]) -> float | None:
    return min((one.min for one in several if one.min is not None), default=None)


def _greatest(several: Sequence[Figures]) -> float | None:
    return max((one.max for one in several if one.max is not None), default=None)


def _parameters(runs: Sequence[Run]) -> list[Field]:
    found: dict[str, list[Any]] = defaultdict(list)
    for run in runs:
        for name, value in run.parameters.items():
            found[name].append(value)
    return _some([_parameter(name, values) for name, values in found.items()])


def _parameter(name: str, values: Sequence[Any]) -> Field:
    kinds = {_kind(value) for value in values}
    kind: Literal["number", "text", "flag", "mixed"] = kinds.pop() if len(kinds) == 1 else "mixed"
    numbers = [as_float(value) for value in values if _kind(value) == "number"]
    finite = [number for number in numbers if math.isfinite(number)]
    return Field(name, len(values), kind, min=min(finite, default=None), max=max(finite, default=None))


def _kind(value: Any) -> Literal["number", "text", "flag", "mixed"]:
    if isinstance(value, bool):
        return "flag"
    if isinstance(value, int | float):
        return "number"
    return "text" if isinstance(value, str) else "mixed"


def _some(fields: Sequence[Field]) -> list[Field]:
    return sorted(fields, key=lambda field: (-field.runs, field.name))[:_MOST]
