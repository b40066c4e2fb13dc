"""What MLflow is told of a run: names that it takes, texts as long as it keeps, times in its milliseconds."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

import msgspec

from ..inputs.kept import short
from ..made.types import Inputs
from ..types import Run, RunState
from .server import MOST_METRICS, MOST_PARAMS

PUSH, MODELS = "crispdm.push", "crispdm.models"
_LONGEST_KEY, _LONGEST_PARAM, _LONGEST_TAG = 250, 6000, 5000
_NOT_TAKEN = re.compile(r"[^/\w.\- ]")
_STATUS = {RunState.succeeded: "FINISHED", RunState.stopped: "KILLED"}


def mark(run: Run) -> str:
    """What tells a run from all others, also from one of another server, or of another time, under the same id."""
    return sha256(f"{run.id}\n{run.created.isoformat()}".encode()).hexdigest()[:32]


def status(run: Run) -> str:
    """How it ended, in MLflow's words."""
    return _STATUS.get(run.state, "FAILED")


def began(run: Run) -> int:
    """When a run began, ms since the epoch."""
    return _milliseconds(run.started or run.created)


def ended(run: Run) -> int:
    """When a run ended, ms since the epoch."""
    return _milliseconds(run.ended or run.started or run.created)


def created(experiment: str, run: Run, inputs: Inputs, models: Iterable[str]) -> dict[str, Any]:
    """The body of `runs/create`."""
    named = {name: text for name, text in _tags(run, inputs, models).items() if text}
    tags = [{"key": name, "value": text[:_LONGEST_TAG]} for name, text in named.items()]
    return {"experiment_id": experiment, "run_name": run.name, "start_time": began(run), "tags": tags}


def params(run: Run) -> list[list[dict[str, str]]]:
    """A run's parameters, as many at once as MLflow takes."""
    names = keys(run.parameters)
    told = [{"key": names[name], "value": text(value)[:_LONGEST_PARAM]} for name, value in run.parameters.items()]
    return in_pieces(told, MOST_PARAMS)


def points(key: str, steps: list[int], values: list[float], times: list[float], otherwise: int) -> list[dict[str, Any]]:
    """The points of a metric; `otherwise` (ms) is the time of those that have none."""
    return [
        {"key": key, "value": _number(value), "step": step,
         "timestamp": int(time * 1000) if math.isfinite(time) else otherwise}
        for step, value, time in zip(steps, values, times, strict=True)
    ]  # fmt: skip


def metric_batches(told: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Metrics, as many at once as MLflow takes."""
    return in_pieces(told, MOST_METRICS)


def in_pieces(items: list[Any], most: int) -> list[list[Any]]:
    """A list in lists of so many."""
    return [items[at : at + most] for at in range(0, len(items), most)]


def keys(names: Iterable[str]) -> dict[str, str]:
    """A name that MLflow takes for each of ours, no two alike."""
    found: dict[str, str] = {}
    taken = set[str]()
    for name in names:
        parts = [part for part in _NOT_TAKEN.sub("_", name).split("/") if part not in ("", ".", "..")]
        key = "/".join(parts) or "_"
        if len(key) > _LONGEST_KEY or key in taken:
            key = f"{key[: _LONGEST_KEY - 17]}-{short(name.encode())}"
        taken.add(key)
        found[name] = key
    return found


def text(value: object) -> str:
    """A parameter as a text: a text as it is, all else as JSON."""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _tags(run: Run, inputs: Inputs, models: Iterable[str]) -> Mapping[str, str]:
    code, digests, lineage = inputs.code, run.inputs, run.lineage
    return {
        PUSH: mark(run), "crispdm.job": run.id, "crispdm.state": run.state.value, "mlflow.user": run.owner,
        "mlflow.source.type": "JOB", "mlflow.source.name": "jupyter_crispdm", "mlflow.note.content": run.note,
        "mlflow.source.git.commit": digests.commit, "mlflow.source.git.branch": "" if code is None else code.branch,
        "crispdm.dirty": "true" if digests.dirty else "", "crispdm.code_hash": digests.code,
        "crispdm.data_hash": digests.data, "crispdm.environment": run.environment,
        "crispdm.environment_hash": digests.environment, "crispdm.tags": ", ".join(run.tags),
        "crispdm.group": run.group, "crispdm.rerun_of": lineage.rerun_of or "",
        "crispdm.resumes": lineage.resumes or "", "crispdm.forks": lineage.forks or "", MODELS: listed(models),
    }  # fmt: skip


def listed(models: Iterable[str]) -> str:
    """Versions of models, as their tag says them."""
    return ", ".join(models)[:_LONGEST_TAG]


def _number(value: float) -> float | str:
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
