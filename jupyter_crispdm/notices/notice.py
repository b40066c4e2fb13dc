"""What is told: a sentence for people, and the same for programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from jupyter_crispdm.base.clock import utc
from jupyter_crispdm.jobs.types import Job, JobState
from jupyter_crispdm.tracking.diagnosis.types import AlertThen, CurveAlert

FAILURES = (JobState.failed, JobState.lost)


@dataclass(frozen=True)
class Notice:
    """What happened: a sentence about it, where it is seen, whose it is, and when it was.

    `event` and `about` are what a program is told, `details` the lines of a mail.
    """

    text: str
    url: str
    owner: str
    time: datetime
    event: str
    about: Mapping[str, Any] = field(default_factory=dict)
    details: Sequence[str] = ()


def job_notice(job: Job, url: str) -> Notice:
    """That a job is over."""
    return Notice(sentence(job), url, job.owner, job.ended or job.created, "job.ended", {"job": job}, _details(job))


def alert_notice(job: Job, alert: CurveAlert, url: str) -> Notice:
    """That a job's curves raised an alert."""
    about = {"job": job, "alert": alert}
    stops = " It is being stopped." if alert.rule.then is AlertThen.stop and not job.state.final else ""
    text = f"Job “{one_line(job.name)}”: {one_line(alert.reason)}{stops}"
    time = utc(alert.time) if alert.time is not None else job.started or job.created
    return Notice(text, url, job.owner, time, "job.alert", about, _details(job))


def sentence(job: Job) -> str:
    """What became of a job, as one tells it."""
    text = f"Job “{one_line(job.name)}” {_BECAME[job.state]}"
    if job.started and job.ended:
        text += f" after {str(job.ended - job.started).partition('.')[0]}"
    return f"{text}: {one_line(job.reason)}" if job.reason and job.state in FAILURES else f"{text}."


def one_line(text: str) -> str:
    """A text without line breaks and other characters that are not for reading."""
    return " ".join("".join(character if character.isprintable() else " " for character in text).split())


def _details(job: Job) -> list[str]:
    return [
        f"Job: {one_line(job.name)} ({job.id})",
        f"State: {job.state.value}" + ("" if job.exit_code is None else f", exit code {job.exit_code}"),
        f"Owner: {one_line(job.owner)}" + (f", by {one_line(job.via)}" if job.via else ""),
        f"Environment: {one_line(job.environment)}",
        f"Command: {one_line(' '.join(job.command))[:500]}",
    ]


_BECAME = {
    JobState.succeeded: "succeeded",
    JobState.failed: "failed",
    JobState.stopped: "was stopped",
    JobState.lost: "was lost",
}
