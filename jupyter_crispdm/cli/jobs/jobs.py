"""`jupyter crispdm jobs`."""

from __future__ import annotations

import argparse
from datetime import datetime, timezone

from jupyter_crispdm.client import connect
from jupyter_crispdm.jobs.types import Job, JobList, Progress

from .. import output
from ..typed import count

COLUMNS = ("ID", "NAME", "STATE", "PROGRESS", "TOOK", "EXIT", "ENVIRONMENT", "OWNER", "CREATED", "REASON")
SPARE = ("OWNER", "ENVIRONMENT", "CREATED", "EXIT", "TOOK")
"""What is left out first where the terminal is narrow."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--state", help="only jobs in these states, separated by commas")
    parser.add_argument("--owner", help="only this user's jobs")
    parser.add_argument("--limit", type=count, default=50, metavar="N", help="the newest N (default: 50)")
    parser.add_argument("--json", action="store_true", help="print what the API answers")


def run(arguments: argparse.Namespace) -> int:
    """Print the job table."""
    with connect() as client:
        jobs = client.jobs.list(state=arguments.state, owner=arguments.owner, limit=arguments.limit)
    if arguments.json:
        output.json(JobList([*jobs]))
        return 0
    now = datetime.now(timezone.utc)
    empty = "No jobs yet. Submit one: jupyter crispdm run -- COMMAND…"
    output.table(COLUMNS, [row(job, now) for job in jobs], empty, SPARE)
    return 0


def row(job: Job, now: datetime) -> tuple[object, ...]:
    """One job as the table shows it."""
    took = output.duration((job.ended or now) - job.started) if job.started else ""
    return (
        job.id,
        job.name,
        job.state.value,
        percent(job.progress),
        took,
        job.signal if job.exit_code is None else job.exit_code,
        job.environment,
        f"{job.owner}, by {job.via}" if job.via else job.owner,
        output.moment(job.created),
        reason(job),
    )


def reason(job: Job) -> str:
    """Why it ended or waits."""
    waits = job.waiting_for_input is not None and not job.state.final
    return "waits for input" if waits else job.reason


def percent(progress: Progress | None) -> str:
    """How far a job is, as far as it says."""
    if progress is None:
        return ""
    if not progress.total:
        return f"{progress.done:g}"
    return f"{progress.done / progress.total:.0%}"
