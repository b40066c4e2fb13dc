"""What a job reports about itself: progress and parameters. Written by a program, so it is input to check."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import msgspec

from .types import Job, Progress

_MESSAGE_LENGTH = 500


def fold(job: Job, events: Iterable[dict[str, Any]]) -> Job:
    """The job with the newest progress and all parameters that its events report."""
    for event in events:
        kind = event.get("kind")
        if kind == "progress":
            job = _with_progress(job, event)
        elif kind == "params":
            job = _with_parameters(job, event)
    return job


def _with_progress(job: Job, event: dict[str, Any]) -> Job:
    done, total = _number(event.get("done")), _number(event.get("total"))
    if done is None:
        return job
    message = str(event.get("message") or "")[:_MESSAGE_LENGTH]
    return msgspec.structs.replace(job, progress=Progress(done=done, total=total, message=message))


def _with_parameters(job: Job, event: dict[str, Any]) -> Job:
    values = event.get("params")
    if not isinstance(values, dict):
        return job
    return msgspec.structs.replace(job, parameters={**job.parameters, **values})


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:  # an integer beyond any float
        return None
    return number if math.isfinite(number) else None
