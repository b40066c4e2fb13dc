"""Fields of runs, by the names that people write: `created`, `metrics.val/loss.best`, `params.lr`, `tags`."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from operator import attrgetter
from typing import Any

from jupyter_crispdm.base.errors import BadRequest

from ..types import Figures, Run

Value = float | str | bool | datetime | list[str] | None
Getter = Callable[[Run], Value]

_FIGURES = ("last", "best", "min", "max", "count", "step", "best_step", "bad")
_LAST = attrgetter("last")
_ESCAPE = re.compile(r"\\(.)")
_INFINITE = {"Infinity": math.inf, "-Infinity": -math.inf}
_PLAIN: dict[str, Getter] = {
    "id": lambda run: run.id,
    "name": lambda run: run.name,
    "kind": lambda run: run.kind.value,
    "state": lambda run: run.state.value,
    "owner": lambda run: run.owner,
    "created": lambda run: run.created,
    "started": lambda run: run.started,
    "ended": lambda run: run.ended,
    "duration": lambda run: run.duration,
    "environment": lambda run: run.environment,
    "points": lambda run: float(run.points),
    "tags": lambda run: run.tags,
    "group": lambda run: run.group,
    "note": lambda run: run.note,
    "favourite": lambda run: run.favourite,
    "folder": lambda run: run.folder,
    "commit": lambda run: run.inputs.commit,
    "code": lambda run: run.inputs.code,
    "data": lambda run: run.inputs.data,
    "rerun_of": lambda run: run.lineage.rerun_of,
    "resumes": lambda run: run.lineage.resumes,
    "forks": lambda run: run.lineage.forks,
}
_OTHER_WORDS = {"favorite": "favourite", "tag": "tags"}
NUMBERS = frozenset({"duration", "points"})
TIMES = frozenset({"created", "started", "ended"})


def getter(path: str, field: str) -> Getter:
    """What reads a field of a run. Raises BadRequest that names `field` for a path that no run has.

    A name with blanks, commas or brackets stands in quotes: `metrics."val loss, mean".best`.
    """
    path = _plain(path)
    word, dot, rest = path.partition(".")
    if dot and rest:
        if word == "metrics":
            return _metric(rest, attrgetter("metrics"))
        if word == "system":
            return _metric(rest, attrgetter("system"))
        if word in ("params", "parameters"):
            return lambda run: _parameter(run.parameters, rest)
    found = _PLAIN.get(_OTHER_WORDS.get(path, path))
    if found is None:
        known = ", ".join([*_PLAIN, "metrics.NAME", "params.NAME", "system.NAME"])
        raise BadRequest(f"'{field}': there is no field '{path[:80]}'. There are: {known}.", field=field)
    return found


def _plain(path: str) -> str:
    head, quote, rest = path.partition('"')
    if not quote:
        return path
    name, _, tail = rest.rpartition('"')
    return head + _ESCAPE.sub(r"\1", name) + tail


def is_number(path: str) -> bool:
    """Whether a field holds nothing but numbers."""
    return path in NUMBERS or path.startswith(("metrics.", "system."))


def is_time(path: str) -> bool:
    """Whether a field holds times."""
    return path in TIMES


def _metric(name: str, of: Callable[[Run], Mapping[str, Figures]]) -> Getter:
    """The last value of a metric, or another of its figures: `loss` may be followed by `.best`, as no metric is."""
    base, _, figure = name.rpartition(".")
    inner, wanted = (base, attrgetter(figure)) if figure in _FIGURES else ("", _LAST)

    def read(run: Run) -> Value:
        metrics = of(run)
        found, get = metrics.get(name), _LAST
        if found is None:
            found, get = metrics.get(inner), wanted
            if found is None:
                return None
        value: Value = get(found)
        return value if value.__class__ is float else _number(value)

    return read


def _number(value: Any) -> float | None:
    if isinstance(value, str):
        return _INFINITE.get(value)
    return None if value is None else float(value)


def _parameter(parameters: Mapping[str, Any], name: str) -> Value:
    """A parameter as it was reported; of one that is nested, a part: `optimizer.lr`."""
    if name in parameters:
        return _scalar(parameters[name])
    value: Any = parameters
    for part in name.split("."):
        if not isinstance(value, dict) or part not in value:
            return None
        value = value[part]
    return _scalar(value)


def _scalar(value: Any) -> Value:
    if isinstance(value, bool | str) or value is None:
        return value
    if isinstance(value, int | float):
        return as_float(value)
    return str(value)


def as_float(value: float) -> float:
    """A number as it is compared; one that is too large for it is infinite."""
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf
