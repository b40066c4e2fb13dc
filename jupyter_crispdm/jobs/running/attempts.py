"""Another attempt of a job that failed, in words."""

from __future__ import annotations

import msgspec

from jupyter_crispdm.base.clock import utc

from ..directory import ExitFile
from ..executors.port import Ended
from ..store import JobRecord

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 60.0


def waits_for_attempt(failure: str, due: float | None, now: float) -> str:
    """That the last attempt failed, and when the next one is, where it is not at once."""
    if due is None:
        return failure
    day = "" if utc(due).date() == utc(now).date() else f"{utc(due):%Y-%m-%d} "
    return f"{failure}; again at {day}{utc(due):%H:%M} UTC"


def pause_of_service(last: float, started: float | None, ended: float | None) -> float:
    """Seconds before a service that failed is started again: twice the last pause, or the first if it held out."""
    held_out = started is not None and ended is not None and ended - started > LONGEST_PAUSE
    return FIRST_PAUSE if held_out or not last else min(2 * last, LONGEST_PAUSE)


def to_attempt(record: JobRecord, attempt: int, last: Ended | ExitFile, now: float) -> JobRecord:
    """The record before another attempt: how the last one ended, and when the next one is due."""
    failure = f"attempt {attempt - 1} failed: {last.reason or f'exit code {last.exit_code}'}"
    delay = pause_of_service(record.retry_delay, last.started, last.ended) if record.service else record.retry_delay
    due = (now if last.ended is None else last.ended) + delay if delay else None
    job = msgspec.structs.replace(record.job, attempt=attempt)
    return msgspec.structs.replace(record, job=job, failure=failure, due=due, retry_delay=delay)
