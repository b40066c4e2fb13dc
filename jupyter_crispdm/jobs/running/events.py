"""What a job reports about itself: progress, parameters, questions, why it failed. Checked, as a program wrote it."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import msgspec

from jupyter_crispdm.tracking.bounds import merged, plain_parameters

from ..executors.port import Ended
from ..types import Job, Progress

_MESSAGE_LENGTH = 500
_KNOWN_BETTER = ("out of memory", "timed out")


@dataclass(frozen=True)
class ReportedFailure:
    """Why a program says that it failed, and when it said so."""

    message: str = ""
    time: float = 0.0

    def explain(self, ended: Ended) -> Ended:
        """The end with these words in place of a mere exit code or a line of the log, when they are of this attempt."""
        by_itself = bool(ended.exit_code) and not ended.reason.startswith(_KNOWN_BETTER)
        if self.message and by_itself and self.time >= (ended.started or 0.0):
            return dataclasses.replace(ended, reason=self.message)
        return ended


def failure_in(events: Iterable[dict[str, Any]]) -> ReportedFailure | None:
    """The last failure that is reported in the events."""
    found = None
    for event in events:
        message, time = event.get("message"), _number(event.get("time"))
        if event.get("kind") == "failure" and isinstance(message, str):
            printable = "".join(character for character in message if character.isprintable())
            found = ReportedFailure(printable[:_MESSAGE_LENGTH], time or 0.0)
    return found


def asked_in(events: Iterable[dict[str, Any]], before: float | None = None) -> float | None:
    """Since when a notebook waits for an answer to what it asked, or None; `before` is how it was before the events."""
    for event in events:
        if event.get("kind") == "input":
            time = _number(event.get("time")) or 0.0
            before = time if "prompt" in event else None
    return before


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
    message = event.get("message")
    message = message[:_MESSAGE_LENGTH] if isinstance(message, str) else ""
    return msgspec.structs.replace(job, progress=Progress(done=done, total=total, message=message))


def _with_parameters(job: Job, event: dict[str, Any]) -> Job:
    values = event.get("params")
    if not isinstance(values, dict):
        return job
    return msgspec.structs.replace(job, parameters=merged(job.parameters, plain_parameters(values)))


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:  # an integer beyond any float
        return None
    return number if math.isfinite(number) else None
